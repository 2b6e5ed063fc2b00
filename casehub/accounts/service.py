"""What is done to accounts: beginning an agency, proposing, seconding, admitting, ending."""

from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import select

from casehub import clock
from casehub.accounts import acts
from casehub.accounts.facts import facts_about, facts_about_new
from casehub.accounts.keys import current_account_key, make_member, own_agency_key, roles_of
from casehub.accounts.logged import check_as_logged
from casehub.accounts.models import (
    Account,
    AccountKey,
    AccountKeyState,
    AccountRole,
    AccountState,
    Membership,
)
from casehub.audit import Replayed, record
from casehub.errors import Invalid, Stale, Unfinished
from casehub.hubs.keys import hold_current_key, new_epoch
from casehub.hubs.models import Agency, AgencyState
from casehub.policy import Actor, Permission, Role, may
from casehub.store import db
from casehub.texts import N_
from casehub.vault import AgencySecret, PublicKey


@dataclass(frozen=True)
class NewAccount:
    """What proposing an account takes."""

    name: str
    email: str
    language: str
    roles: frozenset[Role]
    work_phone: str | None = field(default=None)


def _account(agency: Agency, command: NewAccount, state: AccountState) -> Account:
    account = Account(
        hub_id=agency.hub_id,
        agency_id=agency.id,
        agency=agency,
        name=command.name,
        email=command.email,
        language=command.language,
        work_phone=command.work_phone,
        state=state,
    )
    db.session.add(account)
    db.session.flush()
    return account


def _key_of(account: Account, public: PublicKey) -> AccountKey:
    return AccountKey(
        hub_id=account.hub_id,
        agency_id=account.agency_id,
        account_id=account.id,
        account=account,
        public_key=public.content,
    )


def begin_agency(agency: Agency, custodian: NewAccount, public: PublicKey) -> Account:
    """Make an agency's first keys, in the request of its first custodian and shown to nobody else.

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
    key = _key_of(account, public)
    secret = AgencySecret.new()
    agency_key = new_epoch(agency, secret, epoch=1)
    agency.state = AgencyState.ACTIVE
    db.session.add_all([*roles, key])
    db.session.flush()
    membership = make_member(key, agency_key, secret)
    record(
        acts.AGENCY_BEGUN,
        by=None,
        hub=agency.hub_id,
        things=[agency, account, *roles, key, agency_key, membership],
        subject=account.id,
    )
    return account


def propose_account(actor: Actor, command: NewAccount) -> Account:
    """Propose an account of the own agency; it waits for a second person and for its owner."""
    permit = may(actor, Permission.ACCOUNT_PROPOSE, facts_about_new(actor))
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
    permit = may(actor, Permission.ACCOUNT_SECOND, facts_about(actor, account))
    if account.seconded_by is not None or account.state is AccountState.ENDED:
        raise Stale(N_("Somebody else has done this already."))
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


def take_up_account(account: Account, public: PublicKey) -> AccountKey:
    """Take the key that an account's owner made for themselves.

    The right to do this is the invitation, which the caller has checked. Raises Stale where the
    account has a key, or has ended.
    """
    hold_account(account)
    if account.state is not AccountState.INVITED:
        raise Stale(N_("This invitation was used already."))
    key = _key_of(account, public)
    account.state = AccountState.WAITING
    db.session.add(key)
    db.session.flush()
    record(
        acts.KEY_MADE,
        by=None,
        hub=account.hub_id,
        things=[account, key],
        subject=account.id,
        key=public.digest,
    )
    return key


def admit_account(actor: Actor, account: Account) -> None:
    """Seal the agency's keys to an account that two people agreed to and whose owner made a key.

    Accounts whose roles open nothing are admitted without keys. Raises Unfinished before the owner
    made a key, Stale where the account is admitted or ended, Tampered where account, key or roles
    are not what the log says: nothing else vouches for them yet.
    """
    hold_account(account)
    permit = may(actor, Permission.ACCOUNT_ADMIT, facts_about(actor, account))
    if account.state in (AccountState.ADMITTED, AccountState.ENDED):
        raise Stale(N_("Somebody else has done this already."))
    key = current_account_key(account.id)
    if key is None:
        raise Unfinished(
            N_("{name} has not used the invitation yet."),
            N_("Ask them to; the link and the code are theirs."),
            name=account.name,
        )
    check_as_logged(account.hub_id, [account, key, *live_roles(account.id)])
    account.state, account.admitted_at = AccountState.ADMITTED, clock.now()
    epoch, made = 0, list[Replayed]()
    if any(role.opens_content for role in roles_of(account.id)):
        hold_current_key(actor.agency)
        agency_key, secret = own_agency_key(permit)
        epoch, made = agency_key.epoch, [make_member(key, agency_key, secret)]
    record(
        acts.ADMITTED,
        by=actor,
        rule=permit.rule,
        things=[account, *made],
        subject=account.id,
        epoch=epoch,
    )


def end_account(actor: Actor, account: Account) -> None:
    """End a leaver's account: roles, keys and memberships go in this transaction.

    They took no key away with them, so nothing has to be sealed anew. Raises Stale where it has
    ended already, or where the agency's keys are just being changed.
    """
    hold_account(account)
    permit = may(actor, Permission.ACCOUNT_END, facts_about(actor, account))
    if account.state is AccountState.ENDED:
        raise Stale(N_("Somebody else has done this already."))
    # A rotation that began meanwhile would make the leaver a member of the next epoch.
    hold_current_key(account.agency_id)
    account.state = AccountState.ENDED
    changed: list[Replayed] = [account]
    for role in live_roles(account.id):
        role.ended_at = clock.now()
        changed.append(role)
    for key in db.session.scalars(select(AccountKey).where(AccountKey.account_id == account.id)):
        key.state = AccountKeyState.PAST
        changed.append(key)
        changed += _delete_memberships(key.id)
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


def _delete_memberships(key: UUID) -> list[Membership]:
    found = list(db.session.scalars(select(Membership).where(Membership.account_key_id == key)))
    for membership in found:
        db.session.delete(membership)
    return found
