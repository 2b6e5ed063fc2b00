"""What policy may look at when it decides about an account."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from sqlalchemy import ColumnElement, func, select

from casehub.accounts.code_models import CodeRow
from casehub.accounts.models import Account, AccountRole, AccountState
from casehub.hubs.models import Agency
from casehub.policy import Actor, Facts, Role, Subject
from casehub.store import db


@dataclass(frozen=True)
class AccountFacts(Facts):
    """An account, who stands behind it or what is proposed for it, and how many there are.

    `subject` None is an account that is only being proposed. `standing` counts the agency's
    accounts that were ever admitted, or are agreed to and on their way; `seconders` those admitted
    now, but for the subject, who may be a second person. `actor_coordinates` says whether the
    actor's agency coordinates this hub.
    """

    about: ClassVar[Subject] = Subject.ACCOUNT

    subject: UUID | None
    agency: UUID
    hub: UUID
    proposed_by: UUID | None
    seconded_by: UUID | None
    standing: int
    seconders: int
    actor_coordinates: bool

    @property
    def target(self) -> UUID | None:
        """Return the account."""
        return self.subject


def facts_about(
    actor: Actor, account: Account, proposed: AccountRole | CodeRow | None = None
) -> AccountFacts:
    """Return the facts of an account, or of a role or a reset that is proposed for it."""
    behind = account if proposed is None else proposed
    return AccountFacts(
        subject=account.id,
        agency=account.agency_id,
        hub=account.hub_id,
        proposed_by=behind.given_by if isinstance(behind, AccountRole) else behind.proposed_by,
        seconded_by=behind.seconded_by,
        standing=standing_accounts(account.agency_id),
        seconders=seconders_of(account.agency_id, account.id),
        actor_coordinates=_coordinates(actor),
    )


def facts_about_new(actor: Actor) -> AccountFacts:
    """Return the facts of an account that the actor's own agency is about to propose."""
    return AccountFacts(
        subject=None,
        agency=actor.agency,
        hub=actor.hub,
        proposed_by=None,
        seconded_by=None,
        standing=standing_accounts(actor.agency),
        seconders=seconders_of(actor.agency),
        actor_coordinates=_coordinates(actor),
    )


def stands(account: type[Account]) -> ColumnElement[bool]:
    """Return which accounts count: a leaver once admitted does, so that nobody is alone again."""
    waiting = account.state.in_([AccountState.INVITED, AccountState.WAITING])
    return account.admitted_at.is_not(None) | (account.seconded_by.is_not(None) & waiting)


def standing_accounts(agency: UUID) -> int:
    """Count an agency's accounts that were ever admitted, or are agreed to."""
    return (
        db.session.scalar(select(func.count()).where(Account.agency_id == agency, stands(Account)))
        or 0
    )


def may_second(account: type[Account]) -> ColumnElement[bool]:
    """Return which accounts may be a second person: custodians and supervisors admitted now."""
    held = select(AccountRole.id).where(
        AccountRole.account_id == account.id,
        AccountRole.role.in_([Role.CUSTODIAN, Role.SUPERVISOR]),
        AccountRole.from_at.is_not(None),
        AccountRole.ended_at.is_(None),
    )
    return (account.state == AccountState.ADMITTED) & held.correlate(account).exists()


def seconders_of(agency: UUID, subject: UUID | None = None) -> int:
    """Count an agency's accounts that may be a second person, but for whom it is about."""
    query = select(func.count()).where(Account.agency_id == agency, may_second(Account))
    if subject is not None:
        query = query.where(Account.id != subject)
    return db.session.scalar(query) or 0


def _coordinates(actor: Actor) -> bool:
    agency = db.session.get(Agency, actor.agency)
    return agency is not None and agency.coordinates
