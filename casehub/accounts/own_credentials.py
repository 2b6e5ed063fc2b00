"""What people change about themselves: passphrase, second factor, recovery codes, language.

Nobody else can: all of it lies under the account's key, which the browser session opens. The pages
ask for the second factor again first. Whoever changes one is signed out everywhere else.
"""

from uuid import UUID

from casehub.accounts import browser_sessions, throttle
from casehub.accounts import sign_in_acts as acts
from casehub.accounts.browser_sessions import Live
from casehub.accounts.credentials import (
    PreparedLock,
    credential_of,
    lock_of,
    prepare_lock,
    replace_factor,
    replace_lock,
    replace_recovery,
)
from casehub.accounts.factors import FactorOffer, new_recovery_codes
from casehub.accounts.models import Account, AccountKey
from casehub.accounts.passphrases import check_passphrase
from casehub.accounts.queue import hashing
from casehub.accounts.server_keys import server_keys
from casehub.accounts.sign_in_models import BrowserSession, CredentialKind
from casehub.accounts.signing_in import count_apart
from casehub.audit import record
from casehub.errors import Invalid
from casehub.policy import Actor
from casehub.store import db, reading
from casehub.texts import N_
from casehub.vault import Lock, Passphrase

_CHANGED = "credentials-changed"


def prepare_passphrase(live: Live, present: str, new: str) -> PreparedLock:
    """Check the present passphrase and make the lock of the new one: slow, before the transaction.

    Raises Invalid at "passphrase" where the present one is not right (counted like a second
    factor), at "new_passphrase" where the new one may not be chosen or is the same.
    """
    counter = throttle.counter_of_step_up(live.session.id)
    with reading():
        credential = credential_of(live.account.id, CredentialKind.PASSPHRASE)
        if credential is None or counter.is_full():
            raise _not_right()
        lock, wrapped = lock_of(credential)
    chosen = _new(live, new)
    with hashing.turn():
        if _opens(lock, wrapped, present, str(credential.id)):
            if present == new:
                raise Invalid("new_passphrase", N_("This is the passphrase that you have."))
            return prepare_lock(chosen, live.key())
    count_apart(counter)
    raise _not_right()


def _opens(lock: Lock, wrapped: bytes, typed: str, address: str) -> bool:
    try:
        passphrase = Passphrase.read(typed)
    except Invalid:
        return False
    return lock.unwrap(wrapped, passphrase, server_keys().pepper, address) is not None


def _new(live: Live, typed: str) -> Passphrase:
    try:
        return check_passphrase(typed, [live.account.name, live.account.sign_in_name or ""])
    except Invalid as problem:
        problem.place = "new_passphrase"
        raise


def _not_right() -> Invalid:
    return Invalid("passphrase", N_("This is not your present passphrase."))


def change_passphrase(live: Live, actor: Actor, lock: PreparedLock) -> int:
    """Put another passphrase before the same key; return how many other browsers it signed out."""
    rows = replace_lock(_key_row(live), lock)
    record(acts.PASSPHRASE_CHANGED, by=actor, things=rows)
    return _end_others(live, actor)


def change_factor(live: Live, actor: Actor, offer: FactorOffer) -> int:
    """Put another second factor in the place of the one there was."""
    rows = replace_factor(_key_row(live), live.key(), offer)
    record(acts.FACTOR_CHANGED, by=actor, things=rows, factor=offer.kind)
    return _end_others(live, actor)


def renew_recovery_codes(live: Live, actor: Actor, new_id: UUID | None = None) -> tuple[str, ...]:
    """Make ten new recovery codes, to be shown once; the old ones end.

    `new_id` is the form's: sent again, it shows and changes nothing (Stale).
    """
    codes = new_recovery_codes()
    rows = replace_recovery(_key_row(live), live.key(), codes, new_id)
    record(acts.RECOVERY_RENEWED, by=actor, things=rows)
    return codes


def choose_language(live: Live, actor: Actor, language: str) -> None:
    """Let the account speak another language; the caller has checked that pages do."""
    account = db.session.get_one(Account, live.account.id, with_for_update=True)
    account.language = language
    db.session.flush()
    record(acts.LANGUAGE_CHOSEN, by=actor, things=[account], language=language)


def sign_out_elsewhere(live: Live, actor: Actor) -> int:
    """End every other session of the own account; return how many there were."""
    count = browser_sessions.end_others(live.account.id, live.session.id)
    _say_ended(actor, count, "elsewhere")
    return count


def sign_out_there(live: Live, actor: Actor, session: BrowserSession) -> None:
    """End one session of the own account."""
    _say_ended(actor, browser_sessions.end_one(live.account.id, session.id), "there")


def _end_others(live: Live, actor: Actor) -> int:
    count = browser_sessions.end_others(live.account.id, live.session.id)
    _say_ended(actor, count, _CHANGED)
    return count


def _say_ended(actor: Actor, count: int, code: str) -> None:
    if count:
        record(acts.SESSIONS_ENDED, by=actor, subject=actor.account, count=count, code=code)


def _key_row(live: Live) -> AccountKey:
    return db.session.get_one(AccountKey, live.session.account_key_id)
