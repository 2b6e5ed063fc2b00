"""What the pages about an agency show: people, what waits for whom, alarms, other agencies."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from casehub import clock
from casehub.accounts.code_models import CodeKind, CodeRow, SheetDeposit
from casehub.accounts.facts import facts_about
from casehub.accounts.models import Account, AccountRole, AccountState
from casehub.accounts.readiness import Item, readiness
from casehub.accounts.stand_ins import live_codes
from casehub.audit import AuditEntry, Outcome, deployment_log
from casehub.custody.wording import PersonState
from casehub.errors import NotThere
from casehub.hubs.agreements import agreement_of
from casehub.hubs.introductions import has_compared, trusts
from casehub.hubs.models import Agency, AgencyKey, AgencyState, Agreement, Vouching
from casehub.policy import Actor, Permission, allowed_sql, decide, denial
from casehub.store import db

_ALARMS_SHOWN = 10


@dataclass(frozen=True)
class Person:
    """Somebody of an agency, as its page shows them."""

    account: Account
    roles: list[AccountRole]
    waiting: list[AccountRole]
    code: CodeRow | None
    state: PersonState

    @property
    def id(self) -> UUID:
        """Return the account's id."""
        return self.account.id


@dataclass(frozen=True)
class Waiting:
    """Something that waits for the reader's agreement, or for the reader to carry it out."""

    kind: str
    id: UUID
    account: Account
    role: AccountRole | None = None


@dataclass(frozen=True)
class Alarm:
    """An alarm of the hub."""

    code: str
    at: datetime


def own_agency(actor: Actor) -> Agency:
    """Return the reader's agency."""
    return db.session.get_one(Agency, actor.agency)


def people_of(actor: Actor) -> list[Person]:
    """Return everybody of the reader's agency who has not ended, then those who have."""
    accounts = db.session.scalars(
        select(Account).where(Account.agency_id == actor.agency).order_by(Account.name)
    ).all()
    people = [person_of(account) for account in accounts]
    return sorted(people, key=lambda person: person.state is PersonState.ENDED)


def person_of(account: Account) -> Person:
    """Return somebody with roles, roles that wait, and the code that is under way."""
    held = db.session.scalars(
        select(AccountRole)
        .where(AccountRole.account_id == account.id, AccountRole.ended_at.is_(None))
        .order_by(AccountRole.created_at)
    ).all()
    codes = live_codes(account.id)
    code = codes[-1] if codes else None
    return Person(
        account,
        [role for role in held if role.from_at is not None],
        [role for role in held if role.from_at is None],
        code,
        _state(account, code),
    )


def _state(account: Account, code: CodeRow | None) -> PersonState:
    admitted = account.state is AccountState.ADMITTED
    if account.state is AccountState.ENDED:
        return PersonState.ENDED
    if code is not None and code.until is not None:
        made = PersonState.RESET_MADE if admitted else PersonState.CODE_MADE
        return PersonState.RAN_OUT if code.until <= clock.now() else made
    if admitted:
        return _state_of_reset(code)
    return PersonState.PROPOSED if account.seconded_by is None else PersonState.AGREED


def _state_of_reset(code: CodeRow | None) -> PersonState:
    if code is None:
        return PersonState.WORKS
    agreed = code.seconded_by is not None
    return PersonState.RESET_AGREED if agreed else PersonState.RESET_PROPOSED


def account_for(actor: Actor, account: UUID, permission: Permission) -> Account:
    """Return an account that policy lets the reader act on; raise NotThere for any other."""
    found = db.session.scalar(
        select(Account)
        .join(Agency, Agency.id == Account.agency_id)
        .where(Account.id == account, Account.hub_id == actor.hub, allowed_sql(actor, permission))
    )
    if found is None:
        raise NotThere(denial(actor, permission, None, None))
    return found


def account_waiting(actor: Actor, account: UUID) -> Account:
    """Return an account that waits for the reader as second person.

    Of another agency nothing else is shown: whoever agreed once has no business with it any more.
    """
    found = account_for(actor, account, Permission.ACCOUNT_SECOND)
    waits = found.state is AccountState.INVITED and found.seconded_by is None
    if not waits and found.agency_id != actor.agency:
        raise NotThere(denial(actor, Permission.ACCOUNT_SECOND, facts_about(actor, found), None))
    return found


def colleague(actor: Actor, account: UUID) -> Account:
    """Return an account of the reader's own agency; raise NotThere for any other."""
    found = db.session.scalar(
        select(Account).where(Account.id == account, Account.agency_id == actor.agency)
    )
    if found is None:
        raise NotThere(denial(actor, Permission.AGENCY_SEE, None, None))
    return found


def code_for(actor: Actor, code: UUID, permission: Permission) -> CodeRow:
    """Return an account's code in the reader's hub; who may do what with it the service says."""
    found = db.session.scalar(
        select(CodeRow).where(
            CodeRow.id == code,
            CodeRow.hub_id == actor.hub,
            CodeRow.kind.in_([CodeKind.INVITATION, CodeKind.RESET]),
        )
    )
    if found is None or not may_with(actor, permission, found.account, found):
        raise NotThere(denial(actor, permission, None, None))
    return found


def role_for(actor: Actor, role: UUID, permission: Permission) -> AccountRole:
    """Return a role that policy lets the reader do something with; raise NotThere for others."""
    found = db.session.scalar(
        select(AccountRole).where(AccountRole.id == role, AccountRole.hub_id == actor.hub)
    )
    if found is None or not may_with(actor, permission, found.account, found):
        raise NotThere(denial(actor, permission, None, None))
    return found


def may_with(
    actor: Actor,
    permission: Permission,
    account: Account | None,
    behind: AccountRole | CodeRow | None = None,
) -> bool:
    """Say whether policy lets the reader do something with an account, a role or a reset."""
    if account is None:
        return False
    return decide(actor, permission, facts_about(actor, account, behind)).allowed


def waiting_for(actor: Actor) -> list[Waiting]:
    """Return what waits for a second person and could have the reader as such."""
    return [*_accounts_waiting(actor), *_resets_waiting(actor), *_roles_waiting(actor)]


def _accounts_waiting(actor: Actor) -> list[Waiting]:
    rows = db.session.scalars(
        select(Account).where(
            Account.hub_id == actor.hub,
            Account.state == AccountState.INVITED,
            Account.proposed_by.is_not(None),
            Account.seconded_by.is_(None),
            allowed_sql(actor, Permission.ACCOUNT_SECOND),
        )
    )
    return [Waiting("account", row.id, row) for row in rows]


def _resets_waiting(actor: Actor) -> list[Waiting]:
    rows = db.session.scalars(
        select(CodeRow).where(
            CodeRow.hub_id == actor.hub,
            CodeRow.kind == CodeKind.RESET,
            CodeRow.seconded_by.is_(None),
            CodeRow.used_at.is_(None),
            CodeRow.ended_at.is_(None),
        )
    ).all()
    return [
        Waiting("reset", row.id, row.account)
        for row in rows
        if row.account and may_with(actor, Permission.RESET_SECOND, row.account, row)
    ]


def _roles_waiting(actor: Actor) -> list[Waiting]:
    rows = db.session.scalars(
        select(AccountRole)
        .join(Account, Account.id == AccountRole.account_id)
        .where(
            AccountRole.hub_id == actor.hub,
            Account.state == AccountState.ADMITTED,
            AccountRole.given_by.is_not(None),
            AccountRole.from_at.is_(None),
            AccountRole.ended_at.is_(None),
        )
    ).all()
    found = []
    for row in rows:
        if row.seconded_by is None and may_with(actor, Permission.ROLE_SECOND, row.account, row):
            found.append(Waiting("role", row.id, row.account, row))
        elif may_with(actor, Permission.ROLE_GIVE, row.account, row):
            found.append(Waiting("given-role", row.id, row.account, row))
    return found


def names_of(accounts: Sequence[UUID | None]) -> dict[UUID, str]:
    """Return the names of accounts, to say who did something."""
    ids = [account for account in accounts if account is not None]
    rows = db.session.execute(select(Account.id, Account.name).where(Account.id.in_(ids)))
    return {row.id: row.name for row in rows}


def alarms_of(actor: Actor) -> list[Alarm]:
    """Return the newest alarms of the reader's hub, and of the installation as a whole.

    What was found altered before anybody was known to have asked for it stands in the latter.
    """
    bodies = db.session.execute(
        select(AuditEntry.body, AuditEntry.at)
        .where(
            AuditEntry.log_id.in_([actor.hub, deployment_log().id]),
            AuditEntry.outcome == Outcome.ALARM.value,
        )
        .order_by(AuditEntry.at.desc())
        .limit(_ALARMS_SHOWN)
    )
    return [Alarm(json.loads(body)["facts"]["code"], at) for body, at in bodies]


def deposits_kept_by(actor: Actor) -> Sequence[SheetDeposit]:
    """Return the sheets of others that are said to lie at the reader's agency."""
    return db.session.scalars(
        select(SheetDeposit)
        .where(SheetDeposit.kept_by_agency_id == actor.agency, SheetDeposit.ended_at.is_(None))
        .order_by(SheetDeposit.created_at)
    ).all()


def deposit_for(actor: Actor, deposit: UUID) -> SheetDeposit:
    """Return a sheet that lies at the reader's agency; raise NotThere for any other."""
    found = next((row for row in deposits_kept_by(actor) if row.id == deposit), None)
    if found is None:
        raise NotThere(denial(actor, Permission.SHEET_KEEP, None, None))
    return found


@dataclass(frozen=True)
class Standing:
    """An agency of the hub and how far it is."""

    agency: Agency
    items: list[Item]
    agreement: Agreement | None
    we_trust: bool
    trusts_us: bool
    we_knew: bool
    knew_us: bool

    @property
    def ready(self) -> bool:
        """Say whether everything is done."""
        return all(item.done for item in self.items)

    @property
    def review_due(self) -> bool:
        """Say whether the agreement should have been looked at again by now."""
        return self.agreement is not None and self.agreement.review_on <= clock.now().date()


def standings(actor: Actor) -> list[Standing]:
    """Return every agency of the reader's hub with what it has still to do."""
    own = own_agency(actor)
    agencies = db.session.scalars(
        select(Agency)
        .where(Agency.hub_id == actor.hub, Agency.state != AgencyState.ENDED)
        .order_by(Agency.coordinates.desc(), Agency.name)
    )
    return [
        Standing(
            agency,
            readiness(agency),
            agreement_of(agency),
            agency.id != own.id and trusts(own, agency),
            agency.id != own.id and trusts(agency, own),
            agency.id != own.id and has_compared(own, agency),
            agency.id != own.id and has_compared(agency, own),
        )
        for agency in agencies
    ]


def agency_for(actor: Actor, agency: UUID) -> Agency:
    """Return another agency of the reader's hub; raise NotThere for any else."""
    found = db.session.scalar(
        select(Agency).where(
            Agency.id == agency, Agency.hub_id == actor.hub, Agency.id != actor.agency
        )
    )
    if found is None:
        raise NotThere(denial(actor, Permission.AGENCY_SEE, None, None))
    return found


def live_vouching(actor: Actor, agency: Agency) -> Vouching:
    """Return the own agency's newest vouch for another's key; raise NotThere without one."""
    found = db.session.scalar(
        select(Vouching)
        .join(AgencyKey, AgencyKey.id == Vouching.agency_key_id)
        .where(
            Vouching.by_agency_id == actor.agency,
            Vouching.withdrawn_at.is_(None),
            AgencyKey.agency_id == agency.id,
        )
        .order_by(Vouching.created_at.desc())
        .limit(1)
    )
    if found is None:
        raise NotThere(denial(actor, Permission.AGENCY_KEY_VOUCH, None, None))
    return found


def last_drill(agency: Agency) -> datetime | None:
    """Return when the agency's sheet was last tried, or None."""
    return db.session.scalar(
        select(func.max(AgencyKey.last_drill_at)).where(AgencyKey.agency_id == agency.id)
    )
