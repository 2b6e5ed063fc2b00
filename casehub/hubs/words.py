"""The words about agencies."""

from casehub.hubs.facts import AgencyFacts
from casehub.hubs.models import Agency
from casehub.policy import Actor, Subject, book
from casehub.texts import N_


def _own(actor: Actor, facts: AgencyFacts) -> bool:
    return facts.agency == actor.agency


def _same_hub(actor: Actor, facts: AgencyFacts) -> bool:
    return facts.hub == actor.hub


book.word(
    "own_agency",
    Subject.AGENCY,
    N_("It is the actor's own agency."),
    _own,
    lambda actor: Agency.id == actor.agency,
)
book.word(
    "same_hub",
    Subject.AGENCY,
    N_("The agency belongs to the actor's hub."),
    _same_hub,
    lambda actor: Agency.hub_id == actor.hub,
)
