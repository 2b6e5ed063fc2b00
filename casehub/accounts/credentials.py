"""Credentials: made before the transaction, stored in it, changed by their owner.

The account's private key lies under the passphrase; the secret of the telephone, the hashes of
codes and the pin lie under that key. So the server holds nothing that would open any of them.
"""

from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import select

from casehub import references
from casehub.accounts.factors import FactorKind, FactorOffer, digests_of, new_recovery_codes
from casehub.accounts.models import AccountKey
from casehub.accounts.pins import Pin
from casehub.accounts.server_keys import server_keys
from casehub.accounts.sign_in_models import Credential, CredentialKind
from casehub.accounts.sign_in_policy import sign_in_rules
from casehub.errors import Stale, Tampered
from casehub.hubs.keys import current_key
from casehub.store import Sealed, db
from casehub.texts import N_
from casehub.vault import Cost, Lock, Passphrase, PrivateKey, seal_own

_FACTORS = (CredentialKind.PHONE, CredentialKind.CARD)


@dataclass(frozen=True)
class PreparedLock:
    """An account's key under a passphrase, ready to be stored. Prints nothing."""

    credential: UUID
    lock: Lock
    wrapped: bytes = field(repr=False)


@dataclass(frozen=True)
class ChosenWays:
    """What somebody chose to come in with, ready to be stored: it takes no more time."""

    key: PrivateKey
    lock: PreparedLock
    offer: FactorOffer
    recovery_codes: tuple[str, ...] = field(repr=False)


def prepare_lock(passphrase: Passphrase, key: PrivateKey, cost: Cost | None = None) -> PreparedLock:
    """Wrap an account's key under a passphrase. Slow, and asks no database: do it before.

    Without a cost it is the policy's. In a request, wait for `queue.hashing.turn()` around it.
    """
    credential = references.new_id()
    pepper = server_keys().pepper
    lock = Lock.new(cost or sign_in_rules().cost.cost, pepper)
    return PreparedLock(credential, lock, lock.wrap(key, passphrase, pepper, str(credential)))


def choose_ways(
    passphrase: Passphrase,
    offer: FactorOffer,
    *,
    key: PrivateKey | None = None,
    cost: Cost | None = None,
) -> ChosenWays:
    """Make an account's key pair with its ways in, and ten recovery codes to be shown once.

    As slow as `prepare_lock`.
    """
    own = key or PrivateKey.new()
    return ChosenWays(own, prepare_lock(passphrase, own, cost), offer, new_recovery_codes())


def set_up(key_row: AccountKey, chosen: ChosenWays) -> list[Credential]:
    """Store the ways in to an account's new key, and pin the agency's present one.

    The caller records what is returned, with the key's own row. Call it when the agency has a key.
    """
    rows = [
        _passphrase(key_row, chosen.lock),
        _factor(key_row, chosen.key, chosen.offer),
        _recovery(key_row, chosen.key, chosen.recovery_codes),
        _pin(key_row, chosen.key),
    ]
    db.session.add_all(rows)
    db.session.flush()
    return rows


def forget(account: UUID) -> list[Credential]:
    """Delete an account's credentials: a reset, a leaver. The caller records what is returned."""
    return _delete(credentials_of(account))


def credentials_of(account: UUID) -> list[Credential]:
    """Return an account's credentials."""
    return list(db.session.scalars(select(Credential).where(Credential.account_id == account)))


def credential_of(account: UUID, kind: CredentialKind) -> Credential | None:
    """Return one of an account's credentials, or None."""
    found = (item for item in credentials_of(account) if item.kind is kind)
    return next(found, None)


def factor_of(account: UUID) -> Credential | None:
    """Return an account's second factor, or None before there is one."""
    found = (item for item in credentials_of(account) if item.kind in _FACTORS)
    return next(found, None)


def lock_of(credential: Credential) -> tuple[Lock, bytes]:
    """Return a passphrase's lock and what it wraps; raise Tampered where its row is not whole."""
    salt, pepper, sealed = credential.salt, credential.pepper, credential.sealed
    numbers = (credential.memory_kib, credential.passes, credential.lanes)
    memory, passes, lanes = numbers
    if not (salt and pepper and sealed and memory and passes and lanes):
        raise Tampered(N_("A passphrase's row is not whole."))
    return Lock(salt, Cost(memory, passes, lanes), pepper), bytes(sealed)


def replace_lock(key_row: AccountKey, lock: PreparedLock) -> list[Credential]:
    """Store another passphrase for the same key; the caller records what is returned."""
    return _replace((CredentialKind.PASSPHRASE,), _passphrase(key_row, lock))


def replace_factor(key_row: AccountKey, key: PrivateKey, offer: FactorOffer) -> list[Credential]:
    """Store another second factor; the caller records what is returned."""
    return _replace(_FACTORS, _factor(key_row, key, offer))


def replace_recovery(
    key_row: AccountKey, key: PrivateKey, codes: tuple[str, ...], new_id: UUID | None = None
) -> list[Credential]:
    """Store a new set of recovery codes; the caller records what is returned.

    Raises Stale where the set of this id is the present one: its codes were shown already.
    """
    fresh = _recovery(key_row, key, codes, new_id)
    if any(row.id == fresh.id for row in credentials_of(fresh.account_id)):
        raise Stale(
            N_("This was sent already, and the codes were shown then."),
            N_("If they were not written down, open the page again and make others."),
        )
    return _replace((CredentialKind.RECOVERY,), fresh)


def replace_pin(key_row: AccountKey, key: PrivateKey) -> list[Credential]:
    """Pin the agency's present key; the caller records what is returned."""
    return _replace((CredentialKind.PIN,), _pin(key_row, key))


def _replace(kinds: tuple[CredentialKind, ...], fresh: Credential) -> list[Credential]:
    rows = [item for item in credentials_of(fresh.account_id) if item.kind in kinds]
    gone = _delete(rows)
    db.session.add(fresh)
    db.session.flush()
    return [*gone, fresh]


def _delete(rows: list[Credential]) -> list[Credential]:
    for row in rows:
        db.session.delete(row)
    db.session.flush()
    return rows


def _row(key_row: AccountKey, kind: CredentialKind, credential: UUID) -> Credential:
    if key_row.account_id is None:
        raise ValueError("a key without an account has no credentials")
    return Credential(
        id=credential,
        hub_id=key_row.hub_id,
        account_id=key_row.account_id,
        account_key_id=key_row.id,
        kind=kind,
    )


def _passphrase(key_row: AccountKey, prepared: PreparedLock) -> Credential:
    row = _row(key_row, CredentialKind.PASSPHRASE, prepared.credential)
    lock = prepared.lock
    row.salt, row.pepper, row.sealed = lock.salt, lock.pepper, Sealed(prepared.wrapped)
    row.memory_kib, row.passes, row.lanes = lock.cost.memory_kib, lock.cost.passes, lock.cost.lanes
    return row


def _factor(key_row: AccountKey, key: PrivateKey, offer: FactorOffer) -> Credential:
    new = references.new_id()
    if offer.kind is FactorKind.PHONE:
        row = _row(key_row, CredentialKind.PHONE, new)
        row.sealed = Sealed(seal_own(key, offer.secret.content, str(new)))
        return row
    row = _row(key_row, CredentialKind.CARD, new)
    row.digests = digests_of(offer.codes, key, str(new))
    return row


def _recovery(
    key_row: AccountKey, key: PrivateKey, codes: tuple[str, ...], new_id: UUID | None = None
) -> Credential:
    row = _row(key_row, CredentialKind.RECOVERY, new_id or references.new_id())
    row.digests = digests_of(codes, key, str(row.id))
    return row


def _pin(key_row: AccountKey, key: PrivateKey) -> Credential:
    row = _row(key_row, CredentialKind.PIN, references.new_id())
    row.sealed = Pin.of(current_key(key_row.agency_id)).seal(row.id, key)
    return row
