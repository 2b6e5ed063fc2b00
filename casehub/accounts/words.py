"""The words about accounts."""

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import aliased

from casehub.accounts.facts import AccountFacts, may_second, stands
from casehub.accounts.models import Account
from casehub.hubs.models import Agency
from casehub.policy import Actor, Subject, book
from casehub.texts import N_

_ENOUGH = 2


def _same_agency(actor: Actor, facts: AccountFacts) -> bool:
    return facts.agency == actor.agency


def _not_self(actor: Actor, facts: AccountFacts) -> bool:
    return facts.subject != actor.account


def _not_proposer(actor: Actor, facts: AccountFacts) -> bool:
    return facts.proposed_by is not None and facts.proposed_by != actor.account


def _two_agreed(actor: Actor, facts: AccountFacts) -> bool:
    del actor
    return facts.seconded_by is not None


def _alone(actor: Actor, facts: AccountFacts) -> bool:
    return facts.hub == actor.hub and facts.standing < _ENOUGH


def _few_seconders(actor: Actor, facts: AccountFacts) -> bool:
    return facts.hub == actor.hub and facts.seconders < _ENOUGH


def _few_seconders_sql(actor: Actor) -> ColumnElement[bool]:
    colleague = aliased(Account)
    seconders = (
        select(func.count())
        .where(
            colleague.agency_id == Account.agency_id,
            colleague.id != Account.id,
            may_second(colleague),
        )
        .correlate(Account)
        .scalar_subquery()
    )
    return (Account.hub_id == actor.hub) & (seconders < _ENOUGH)


def _coordinates(actor: Actor, facts: AccountFacts) -> bool:
    del actor
    return facts.actor_coordinates


def _alone_sql(actor: Actor) -> ColumnElement[bool]:
    colleague = aliased(Account)
    admitted = (
        select(func.count())
        .where(colleague.agency_id == Account.agency_id, stands(colleague))
        .correlate(Account)
        .scalar_subquery()
    )
    return (Account.hub_id == actor.hub) & (admitted < _ENOUGH)


book.word(
    "same_agency",
    Subject.ACCOUNT,
    N_("The account belongs to the actor's agency."),
    _same_agency,
    lambda actor: Account.agency_id == actor.agency,
)
book.word(
    "not_self",
    Subject.ACCOUNT,
    N_("It is not the actor's own account."),
    _not_self,
    lambda actor: Account.id != actor.account,
)
book.word(
    "not_proposer",
    Subject.ACCOUNT,
    N_("Somebody else than the actor proposed it."),
    _not_proposer,
    lambda actor: Account.proposed_by.is_not(None) & (Account.proposed_by != actor.account),
)
book.word(
    "two_agreed",
    Subject.ACCOUNT,
    N_("A second person has agreed."),
    _two_agreed,
    lambda _actor: Account.seconded_by.is_not(None),
)
book.word(
    "agency_is_alone",
    Subject.ACCOUNT,
    N_("The account's agency, of the same hub, never had two accounts, nor a second on its way."),
    _alone,
    _alone_sql,
)
book.word(
    "nobody_to_second",
    Subject.ACCOUNT,
    N_("The account's agency, of the same hub, has fewer than two others who may second."),
    _few_seconders,
    _few_seconders_sql,
)
book.word(
    "actor_coordinates",
    Subject.ACCOUNT,
    N_("The actor's agency coordinates the hub."),
    _coordinates,
    lambda actor: exists().where(Agency.id == actor.agency, Agency.coordinates),
)
