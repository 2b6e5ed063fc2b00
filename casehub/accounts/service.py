"""What is done to accounts: beginning an agency, proposing, seconding, ending.

Between agreeing and being admitted stands a code (`codes.py`): the owner comes with it and makes a
key of their own.
"""

import re
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import select

from casehub import clock
from casehub.accounts import acts
from casehub.accounts.browser_sessions import end_all
from casehub.accounts.credentials import forget
from casehub.accounts.facts import facts_about, facts_about_new
from casehub.accounts.keys import make_member, new_key
from casehub.accounts.logged import check_as_logged, permitted
from casehub.accounts.models import (
    Account,
    AccountKey,
    AccountKeyState,
    AccountRole,
    AccountState,
)
from casehub.accounts.sign_in_names import checked, suggested
from casehub.accounts.stand_ins import (
    Issued,
    delete_memberships,
    done_already,
    end_codes,
    make_stand_in,
    sheet_row,
)
from casehub.audit import Replayed, record
from casehub.errors import Invalid, Stale
from casehub.hubs.keys import hold_current_key, new_epoch
from casehub.hubs.models import Agency, AgencyState
from casehub.policy import Actor, Permission, Role
from casehub.store import db
from casehub.texts import N_
from casehub.vault import AgencySecret, PublicKey

_LONGEST_NAME, _LONGEST_EMAIL, _LONGEST_PHONE = 120, 254, 40
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


@dataclass(frozen=True)
class NewAccount:
    """What proposing an account takes. Without a name to sign in with one is made of the name."""

    name: str
    email: str
    language: str
    roles: frozenset[Role]
    work_phone: str | None = field(default=None)
    sign_in_name: str | None = field(default=None)


def _account(agency: Agency, command: NewAccount, state: AccountState) -> Account:
    _check_texts(command)
    account = Account(
        hub_id=agency.hub_id,
        agency_id=agency.id,
        agency=agency,
        name=command.name,
        email=command.email,
        language=command.language,
        work_phone=command.work_phone,
        sign_in_name=checked(command.sign_in_name or suggested(command.name)),
        state=state,
    )
    db.session.add(account)
    db.session.flush()
    return account


def _check_texts(command: NewAccount) -> None:
    if not command.name.strip() or len(command.name) > _LONGEST_NAME:
        message = N_("A name has 1 to {longest} characters.")
        raise Invalid("name", message, longest=_LONGEST_NAME)
    if len(command.email) > _LONGEST_EMAIL or not _EMAIL.fullmatch(command.email):
        raise Invalid("email", N_("Enter an e-mail address in the form name@example.org."))
    if command.work_phone and len(command.work_phone) > _LONGEST_PHONE:
        message = N_("A telephone number has at most {longest} characters.")
        raise Invalid("work_phone", message, longest=_LONGEST_PHONE)


def begin_agency(
    agency: Agency, custodian: NewAccount, public: PublicKey
) -> tuple[AccountKey, Issued]:
    """Make an agency's first keys and its recovery sheet, in its first custodian's own request.

    The right to do this is the agency's start code, which the caller has checked: nobody is signed
    in yet. Raises Stale where the agency has keys already, Invalid without the custodian's role.
    """
    db.session.refresh(agency, with_for_update=True)
    if agency.state is not AgencyState.NAMED:
        raise Stale(N_("This agency has begun already."))
    if Role.CUSTODIAN not in custodian.roles:
        raise Invalid("roles", N_("An agency begins with a custodian."))
    account = _account(agency, custodian, AccountState.ADMITTED)
    account.admitted_at = clock.now()
    roles = [
        AccountRole(hub_id=agency.hub_id, account_id=account.id, role=role, from_at=clock.now())
        for role in sorted(custodian.roles)
    ]
    db.session.add_all(roles)
    key, secret = new_key(account, public), AgencySecret.new()
    agency_key = new_epoch(agency, secret, epoch=1)
    agency.state = AgencyState.ACTIVE
    db.session.flush()
    sheet, made = make_stand_in(sheet_row(agency), (agency_key, secret))
    membership = make_member(key, agency_key, secret)
    record(
        acts.AGENCY_BEGUN,
        by=None,
        hub=agency.hub_id,
        things=[agency, account, *roles, key, agency_key, membership, *made],
        subject=account.id,
    )
    return key, sheet


def propose_account(actor: Actor, command: NewAccount) -> Account:
    """Propose an account of the own agency; it waits for a second person and for its owner."""
    permit = permitted(actor, Permission.ACCOUNT_PROPOSE, facts_about_new(actor))
    if not command.roles:
        raise Invalid("roles", N_("Choose at least one role."))
    agency = db.session.get_one(Agency, actor.agency)
    account = _account(agency, command, AccountState.INVITED)
    account.proposed_by = actor.account
    roles = [
        AccountRole(hub_id=agency.hub_id, account_id=account.id, role=role, given_by=actor.account)
        for role in sorted(command.roles)
    ]
    db.session.add_all(roles)
    db.session.flush()
    record(
        acts.PROPOSED,
        by=actor,
        rule=permit.rule,
        things=[account, *roles],
        subject=account.id,
        roles=command.roles,
    )
    return account


def second_account(actor: Actor, account: Account) -> None:
    """Agree, as the second person, to an account and the roles proposed with it.

    A role that was added later waits for somebody else than the one who added it.
    """
    hold_account(account)
    permit = permitted(actor, Permission.ACCOUNT_SECOND, facts_about(actor, account))
    if account.seconded_by is not None or account.state is AccountState.ENDED:
        raise done_already()
    roles = _waiting_roles(account)
    check_as_logged(account.hub_id, [account, *roles])
    account.seconded_by = actor.account
    for role in roles:
        role.seconded_by, role.from_at = actor.account, clock.now()
    record(
        acts.SECONDED,
        by=actor,
        rule=permit.rule,
        things=[account, *roles],
        subject=account.id,
    )


def _waiting_roles(account: Account) -> list[AccountRole]:
    return list(
        db.session.scalars(
            select(AccountRole).where(
                AccountRole.account_id == account.id,
                AccountRole.given_by == account.proposed_by,
                AccountRole.from_at.is_(None),
                AccountRole.ended_at.is_(None),
            )
        )
    )


def end_account(actor: Actor, account: Account) -> None:
    """End a leaver's account: roles, keys, memberships and ways in go in this transaction.

    Wherever they are signed in, they are signed out.

    They took no key away with them, so nothing has to be sealed anew. Raises Stale where it has
    ended already, or where the agency's keys are just being changed.
    """
    hold_account(account)
    permit = permitted(actor, Permission.ACCOUNT_END, facts_about(actor, account))
    if account.state is AccountState.ENDED:
        raise done_already()
    # A rotation that began meanwhile would make the leaver a member of the next epoch.
    hold_current_key(account.agency_id)
    account.state = AccountState.ENDED
    end_all(account.id)
    changed: list[Replayed] = [account, *end_codes(account.id), *forget(account.id)]
    for role in live_roles(account.id):
        role.ended_at = clock.now()
        changed.append(role)
    for key in db.session.scalars(select(AccountKey).where(AccountKey.account_id == account.id)):
        key.state = AccountKeyState.PAST
        changed.append(key)
        changed += delete_memberships(key.id)
    db.session.flush()
    record(acts.ENDED, by=actor, rule=permit.rule, things=changed, subject=account.id)


def hold_account(account: Account) -> None:
    """Read an account anew and hold its row: whoever changes it or its roles meanwhile waits."""
    db.session.refresh(account, with_for_update=True)


def live_roles(account: UUID) -> list[AccountRole]:
    """Return an account's roles that have not ended, proposed ones too."""
    return list(
        db.session.scalars(
            select(AccountRole).where(
                AccountRole.account_id == account, AccountRole.ended_at.is_(None)
            )
        )
    )
