"""Memberships: an agency's private keys, sealed to its members and opened by them.

What an actor opens here is kept on the actor's keyring for the rest of the request. Nothing opens
without a permit, so lists and polls never unwrap a key.
"""

from uuid import UUID

from sqlalchemy import select

from casehub.accounts.models import Account, AccountKey, AccountKeyState, AccountRole, Membership
from casehub.errors import Tampered, Unfinished
from casehub.hubs.keys import (
    check_still_current,
    current_key,
    hold_current_key,
    predecessor,
    public_of,
)
from casehub.hubs.models import AgencyKey
from casehub.policy import Permit, Role
from casehub.store import Sealed, db
from casehub.texts import N_
from casehub.vault import (
    AgencySecret,
    Given,
    Holder,
    PrivateKey,
    PublicKey,
    check_membership,
    give_membership,
    open_membership,
)
from casehub.vault import Membership as Statement


def roles_of(account: UUID) -> frozenset[Role]:
    """Return the roles that an account has now."""
    return frozenset(
        db.session.scalars(
            select(AccountRole.role).where(
                AccountRole.account_id == account,
                AccountRole.from_at.is_not(None),
                AccountRole.ended_at.is_(None),
            )
        )
    )


def _statement(key: AccountKey, agency_key: AgencyKey) -> Statement:
    # Built from the rows as they are: a role changed in the database closes the membership.
    roles = roles_of(key.account_id) if key.account_id else frozenset[Role]()
    return Statement(
        hub=agency_key.hub_id,
        agency=agency_key.agency_id,
        epoch=agency_key.epoch,
        account=key.account_id or key.id,
        key=PublicKey(key.public_key).digest,
        roles=tuple(sorted(role.value for role in roles)),
        holder=key.holder,
    )


def make_member(key: AccountKey, agency_key: AgencyKey, secret: AgencySecret) -> Membership:
    """Seal an epoch of the agency's keys to a member's key; a membership that exists is renewed.

    The caller records it.
    """
    given = give_membership(_statement(key, agency_key), secret, PublicKey(key.public_key))
    membership = db.session.scalar(
        select(Membership).where(
            Membership.account_key_id == key.id, Membership.agency_key_id == agency_key.id
        )
    )
    if membership is None:
        membership = Membership(
            hub_id=agency_key.hub_id, account_key_id=key.id, agency_key_id=agency_key.id
        )
        db.session.add(membership)
    membership.statement, membership.signature = given.statement, given.signature
    membership.sealed = Sealed(given.sealed)
    db.session.flush()
    return membership


def _given(membership: Membership) -> Given:
    return Given(membership.statement, bytes(membership.sealed), membership.signature)


def check_member(membership: Membership) -> AccountKey:
    """Return the key of a membership that the agency really signed; raise Tampered otherwise."""
    key = membership.account_key
    public = public_of(membership.agency_key)
    expected = _statement(key, membership.agency_key)
    check_membership(_given(membership), expected, PublicKey(key.public_key), public)
    return key


def open_member(membership: Membership, private: PrivateKey) -> AgencySecret:
    """Open the agency's keys with a member's own; raise Tampered where anything does not fit."""
    agency_key = membership.agency_key
    expected = _statement(membership.account_key, agency_key)
    return open_membership(_given(membership), expected, private, public_of(agency_key))


def new_key(account: Account, public: PublicKey) -> AccountKey:
    """Add the key that an account's owner made; the caller records it."""
    key = AccountKey(
        hub_id=account.hub_id,
        agency_id=account.agency_id,
        account_id=account.id,
        account=account,
        public_key=public.content,
    )
    db.session.add(key)
    db.session.flush()
    return key


def current_account_key(account: UUID) -> AccountKey | None:
    """Return the key that an account's owner made, or None before that."""
    return db.session.scalar(
        select(AccountKey).where(
            AccountKey.account_id == account,
            AccountKey.holder == Holder.PERSON,
            AccountKey.state == AccountKeyState.CURRENT,
        )
    )


def account_of_key(key: AccountKey) -> Account:
    """Return whose key it is; raise Tampered for a recovery sheet's or one that lost its owner."""
    if key.account is None:
        raise Tampered(N_("A key belongs to nobody."))
    return key.account


def live_keys(account: UUID) -> list[AccountKey]:
    """Return the keys of an account that may be members: its own, and what stands in for it."""
    return list(
        db.session.scalars(
            select(AccountKey).where(
                AccountKey.account_id == account, AccountKey.state == AccountKeyState.CURRENT
            )
        )
    )


def members_of(agency_key: AgencyKey) -> list[Membership]:
    """Return everybody that an epoch of the agency's keys is sealed to."""
    return list(
        db.session.scalars(select(Membership).where(Membership.agency_key_id == agency_key.id))
    )


def own_agency_key(permit: Permit) -> tuple[AgencyKey, AgencySecret]:
    """Return the current epoch of the actor's agency, opened with the actor's own key.

    Raises Unfinished where the account holds no membership, Tampered where it does not fit, Stale
    where the epoch changes at this moment.
    """
    actor = permit.actor
    agency_key = current_key(actor.agency)
    secret = actor.keyring.opened(permit, agency_key.epoch)
    if secret is None:
        secret = _open(permit, agency_key)
        actor.keyring.keep(permit, agency_key.epoch, secret)
    return agency_key, secret


def held_agency_key(permit: Permit) -> tuple[AgencyKey, AgencySecret]:
    """Return the current epoch as `own_agency_key` does, held to the end of this transaction.

    Whoever seals to its own agency needs this: a rotation that ends meanwhile would delete the
    private half before the seal is stored. Raises Stale where one was quicker.
    """
    hold_current_key(permit.actor.agency)
    return own_agency_key(permit)


def _open(permit: Permit, agency_key: AgencyKey) -> AgencySecret:
    account_key = permit.actor.keyring.account_key(permit)
    membership = db.session.scalar(
        select(Membership)
        .join(AccountKey)
        .join(Account, Account.id == AccountKey.account_id)
        .where(
            Membership.agency_key_id == agency_key.id,
            AccountKey.account_id == permit.actor.account,
            AccountKey.holder == Holder.PERSON,  # not what stands in for a reset under way
            AccountKey.state == AccountKeyState.CURRENT,
        )
    )
    if membership is None:
        check_still_current(agency_key)  # else it was a rotation that took the membership along
        raise Unfinished(
            N_("Your account does not hold your agency's keys."),
            N_("Ask a custodian of your agency for a new code."),
        )
    return open_member(membership, account_key)


def own_agency_secret(permit: Permit, epoch: int) -> AgencySecret:
    """Return one epoch of the actor's agency's private keys, walking back from the current one."""
    keyring = permit.actor.keyring
    found = keyring.opened(permit, epoch)
    if found is not None:
        return found
    key, secret = own_agency_key(permit)
    if epoch > key.epoch:
        raise Tampered(N_("A key was sealed to an epoch that has not begun."))
    while key.epoch > epoch:
        key, secret = predecessor(key, secret)
        keyring.keep(permit, key.epoch, secret)
    return secret
