"""Signing in and stepping up: name, passphrase and code, one answer for everything that fails.

Opening the account's key is the check of the passphrase. Whether there is such a name or not, the
same steps are taken; what was typed is stored nowhere. Slow work and what is counted come before
the transaction that signs somebody in.
"""

from contextlib import suppress
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import select

from casehub import clock, references
from casehub.accounts import browser_sessions, factors, throttle
from casehub.accounts import sign_in_acts as acts
from casehub.accounts.actors import load_actor
from casehub.accounts.credentials import credential_of, credentials_of, lock_of, replace_pin
from casehub.accounts.factors import Match
from casehub.accounts.keys import current_account_key
from casehub.accounts.logged import check_as_logged
from casehub.accounts.models import Account, AccountKey, AccountState
from casehub.accounts.pins import Pin
from casehub.accounts.queue import hashing
from casehub.accounts.server_keys import server_keys
from casehub.accounts.sign_in_models import Credential, CredentialKind
from casehub.accounts.sign_in_names import fold
from casehub.accounts.sign_in_policy import sign_in_rules
from casehub.accounts.throttle import Counter, KnownBrowser
from casehub.audit import changing, deployment_log, housekeeping, raise_alarm, record, viewing
from casehub.errors import Invalid, Stale, Tampered
from casehub.hubs.keys import current_key
from casehub.policy import Actor, Keyring
from casehub.store import db, reading
from casehub.texts import N_
from casehub.vault import Lock, Passphrase, PrivateKey

PLACE = "sign_in"
PIN_ALARM = "agency-key-is-not-the-one-known"
REFUSED_OFTEN = "refused-often"
_LONGEST_NAME = 200
_NOBODY = "nobody's passphrase"


@dataclass(frozen=True)
class Attempt:
    """What somebody sent. Prints nothing of it: a passphrase may stand in any of the boxes."""

    name: str = field(repr=False)
    passphrase: str = field(repr=False)
    code: str = field(repr=False)
    address: str
    known: KnownBrowser = field(default_factory=KnownBrowser)
    browser: str = ""


@dataclass(frozen=True)
class _Door:
    """What was found under a name: an account with its credentials, or nobody."""

    known: UUID | None
    key_row: UUID | None
    credentials: tuple[Credential, ...]
    counters: tuple[Counter, ...]
    log: UUID

    @property
    def lock(self) -> tuple[Lock, bytes, str]:
        """Return what the passphrase is tried on; where there is nobody, a lock of nobody's."""
        kept = [item for item in self.credentials if item.kind is CredentialKind.PASSPHRASE]
        if kept:
            return *lock_of(kept[0]), str(kept[0].id)
        return Lock.new(sign_in_rules().cost.cost, server_keys().pepper), bytes(60), ""


@dataclass(frozen=True)
class WayIn:
    """Passphrase and code fitted; what is left is to sign in."""

    account: UUID
    key_row: UUID
    key: PrivateKey
    match: Match
    attempt: Attempt


def try_to_open(attempt: Attempt) -> WayIn:
    """Try name, passphrase and code; slow, and outside any transaction.

    Raises Invalid with one and the same message for everything that does not fit, another where one
    has to wait; Busy at once where somebody waits already. A failure is counted, and stands in the
    log where there is such an account.
    """
    hashing.check()
    with reading():
        door = _door(attempt)
        if any(counter.is_full() for counter in door.counters):
            raise _must_wait()
        lock, wrapped, address = door.lock
    passphrase = _read(attempt.passphrase)
    with hashing.turn():
        key = lock.unwrap(wrapped, passphrase, server_keys().pepper, address)
    with viewing():
        found = _match(door, key, attempt.code)
    if door.known is None or door.key_row is None or key is None or found is None:
        _count(door)
        raise _does_not_fit()
    return WayIn(door.known, door.key_row, key, found, attempt)


def _door(attempt: Attempt) -> _Door:
    # The same statements whether there is such an account or not: time must not tell.
    name = _storable(fold(attempt.name[:_LONGEST_NAME]))
    account = db.session.scalar(
        select(Account).where(Account.sign_in_name == name, Account.state == AccountState.ADMITTED)
    )
    known = account.id if account else None
    asked = known or references.new_id()
    key_row = current_account_key(asked)
    credentials = [
        item
        for item in credentials_of(asked)
        if key_row is not None and item.account_key_id == key_row.id
    ]
    for item in credentials:  # kept as they are: what is asked for again would be counted
        db.session.expunge(item)
    counters = throttle.counters_for(name, known, attempt.address, attempt.known)
    log = deployment_log().id
    return _Door(
        known=known,
        key_row=key_row.id if key_row else None,
        credentials=tuple(credentials),
        counters=counters,
        log=account.hub_id if account else log,
    )


def _storable(name: str) -> str:
    # Half characters and NUL fit into no database; nobody has such a name.
    return name.encode(errors="replace").decode().replace("\0", "?")


def _read(typed: str) -> Passphrase:
    try:
        return Passphrase.read(typed)
    except Invalid:
        return Passphrase.read(_NOBODY)  # nobody may have chosen it; the same time passes


def _match(door: _Door, key: PrivateKey | None, code: str) -> Match | None:
    if key is None:  # as long as with the right passphrase: time must not tell that either
        with suppress(Tampered):
            factors.match(PrivateKey.new(), door.credentials, code, clock.now())
        return None
    found = factors.match(key, door.credentials, code, clock.now())
    return None if found is None or factors.is_used(found) else found


def _does_not_fit() -> Invalid:
    return Invalid(
        PLACE,
        N_(
            "Name, passphrase or code is not right, or the code was used already. "
            "Wait for the next code and try again."
        ),
    )


def _must_wait() -> Invalid:
    return Invalid(
        PLACE,
        N_(
            "This has failed too often. Wait {minutes} minutes, or sign in from a browser that you "
            "have signed in with before."
        ),
        minutes=sign_in_rules().throttle.minutes,
    )


def _count(door: _Door) -> None:
    count_apart(*door.counters)
    with changing():
        if door.known is not None:
            record(acts.SIGN_IN_FAILED, by=None, hub=door.log, subject=door.known)
        else:
            record(acts.SIGN_IN_OF_NOBODY, by=None, hub=door.log)


def count_apart(*counters: Counter) -> None:
    """Count one more failure of each, in a transaction of its own."""
    for last_try in (False, True):
        try:
            with housekeeping():
                for counter in counters:
                    counter.count()
                throttle.forget_old()
        except Stale:  # somebody else's failure made the same counter at the same moment
            if last_try:
                raise
        else:
            return


@dataclass(frozen=True)
class SignedIn:
    """Somebody who is signed in: the session, and what their browser shows from now on."""

    live: browser_sessions.Live
    known: KnownBrowser


def sign_in(way: WayIn) -> SignedIn:
    """Use the code up and begin a session, in the change that records it.

    Raises the one Invalid where the code was used meanwhile, or the account is not what it was.
    """
    account = db.session.get_one(Account, way.account, with_for_update=True)
    key_row = current_account_key(account.id)
    actor = load_actor(account.id, Keyring())
    if key_row is None or key_row.id != way.key_row or actor is None:
        raise _does_not_fit()
    # Somebody who writes the database could hang their own credentials on another's account, or
    # put back those of before they were changed.
    ways = [item for item in credentials_of(account.id) if item.kind is not CredentialKind.PIN]
    check_as_logged(account.hub_id, [account, key_row, *ways])
    if way.key.public.content != key_row.public_key:
        raise Tampered(N_("A passphrase opens another key than the account's."))
    if not factors.take(way.match):
        raise _does_not_fit()
    fits, pinned = _check_pin(actor, key_row, way.key)
    live = browser_sessions.begin(key_row, way.key, browser=way.attempt.browser, pin_fits=fits)
    record(
        acts.SIGNED_IN,
        by=actor,
        things=pinned,
        session=live.session.id,
        factor=way.match.kind,
    )
    return SignedIn(live, way.attempt.known.with_account(account.id))


def _check_pin(actor: Actor, key_row: AccountKey, key: PrivateKey) -> tuple[bool, list[Credential]]:
    """Compare the agency's key with the one known; a routine successor is pinned instead."""
    credential = credential_of(actor.account, CredentialKind.PIN)
    current = current_key(actor.agency)
    pin = Pin.read(credential, key) if credential is not None else None
    if pin is not None and pin.leads_to(current):
        return True, replace_pin(key_row, key) if pin.epoch != current.epoch else []
    raise_alarm(PIN_ALARM, by=actor, target=actor.account)
    return False, []


def accept_key(live: browser_sessions.Live, actor: Actor) -> None:
    """Take the agency's present key as the right one, after comparing it with a custodian."""
    key_row = db.session.get_one(AccountKey, live.session.account_key_id)
    rows = replace_pin(key_row, live.key())
    pin = Pin.of(current_key(actor.agency))
    live.session.pin_fits = True
    browser_sessions.bind(live.session)
    fingerprint = pin.fingerprint.replace(" ", "")
    record(acts.PIN_ACCEPTED, by=actor, things=rows, epoch=pin.epoch, key=fingerprint)


def step_up(live: browser_sessions.Live, code: str) -> browser_sessions.Live:
    """Take the second factor again, in a transaction of its own; return the renewed session.

    Raises Invalid with the place "code" for a wrong one, and where too many were wrong.
    """
    counter = throttle.counter_of_step_up(live.session.id)
    actor = load_actor(live.account.id, Keyring())
    with viewing():
        waits = counter.is_full()
        rows = credentials_of(live.account.id)
        found = None if waits else factors.match(live.key(), rows, code, clock.now())
        used = found is not None and factors.is_used(found)
    if waits:
        raise Invalid("code", N_("Too many codes were wrong. Sign out and sign in again later."))
    if found is None or used or actor is None:
        count_apart(counter)
        with changing():
            record(acts.STEP_UP_FAILED, by=actor, session=live.session.id)
        raise _wrong_code()
    with changing():
        if not factors.take(found):
            raise _wrong_code()
        held = db.session.merge(live.session)
        fresh = browser_sessions.renew(browser_sessions.Live(held, live.secret, live.account))
        record(acts.STEPPED_UP, by=actor, session=held.id, factor=found.kind)
    return fresh


def _wrong_code() -> Invalid:
    return Invalid(
        "code", N_("This code is not right, or was used already. Wait for the next one.")
    )


def note_refusal(live: browser_sessions.Live) -> bool:
    """Count a refusal; at the twentieth in ten minutes end the session and raise an alarm.

    Returns whether it ended. In transactions of its own.
    """
    counter = throttle.counter_of_refusals(live.session.id)
    count_apart(counter)
    with reading():
        if not counter.is_full():
            return False
    actor = load_actor(live.account.id, Keyring())
    with changing():
        browser_sessions.end_one(live.account.id, live.session.id)
        raise_alarm(REFUSED_OFTEN, by=actor, hub=live.account.hub_id, target=live.account.id)
    return True
