"""The words about agencies."""

from sqlalchemy import select
from sqlalchemy.orm import aliased

from casehub.hubs.facts import AgencyFacts
from casehub.hubs.models import Agency
from casehub.policy import Actor, Subject, book
from casehub.texts import N_


def _own(actor: Actor, facts: AgencyFacts) -> bool:
    return facts.agency == actor.agency


def _same_hub(actor: Actor, facts: AgencyFacts) -> bool:
    return facts.hub == actor.hub


def _coordinates(actor: Actor, facts: AgencyFacts) -> bool:
    return actor.agency in facts.coordinators


_coordinating = aliased(Agency)

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
book.word(
    "actor_coordinates_hub",
    Subject.AGENCY,
    N_("The actor's agency coordinates the hub that the agency belongs to."),
    _coordinates,
    lambda actor: (
        select(_coordinating.id)
        .where(
            _coordinating.id == actor.agency,
            _coordinating.hub_id == Agency.hub_id,
            _coordinating.coordinates,
        )
        .correlate(Agency)
        .exists()
    ),
)
