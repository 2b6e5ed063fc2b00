"""Browser sessions: begun at sign-in, renewed at a step-up, ended by time, people or events.

The browser has the secret, the database the account's key under it; either alone opens nothing.
Rows are housekeeping: a page view may touch `seen_at`, at most once a minute.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, or_, select

from casehub import clock, references
from casehub.accounts.models import (
    Account,
    AccountKey,
    AccountKeyState,
    AccountState,
    Membership,
)
from casehub.accounts.server_keys import server_keys
from casehub.accounts.sign_in_models import BrowserSession
from casehub.accounts.sign_in_policy import sign_in_rules
from casehub.clock import timestamp
from casehub.errors import Tampered, Unfinished
from casehub.policy import Keyring, Permit
from casehub.store import Sealed, db
from casehub.texts import N_
from casehub.vault import BrowserSecret, PrivateKey

SEEN_EVERY = timedelta(minutes=1)


class LazyKeyring(Keyring):
    """A keyring that unwraps the account's key when it is first asked for.

    Where the agency's key is not the one its member knew, it holds none.
    """

    def __init__(self, session: BrowserSession, secret: BrowserSecret) -> None:
        """Take the session and the browser's secret."""
        super().__init__()
        self._session, self._secret = session, secret
        self._unwrapped: PrivateKey | None = None

    def account_key(self, permit: Permit) -> PrivateKey:
        """Hand out the account's key to whoever holds a permit of this very actor."""
        self.opened(permit, 0)  # raises for a permit of somebody else
        if not self._session.pin_fits:
            raise Unfinished(
                N_("Your agency's key is not the one that you knew, so nothing opens with it."),
                N_("Compare it with a custodian of your agency: your own page leads there."),
            )
        if self._unwrapped is None:
            self._unwrapped = key_of(self._session, self._secret)
        return self._unwrapped


@dataclass(frozen=True)
class Live:
    """A browser session that still holds, for one request. Prints nothing of its secret."""

    session: BrowserSession
    secret: BrowserSecret
    account: Account

    @property
    def keyring(self) -> Keyring:
        """Return a keyring that opens when it is first needed."""
        return LazyKeyring(self.session, self.secret)

    @property
    def idle_at(self) -> datetime:
        """Return when it ends if nothing more is done."""
        return min(self.session.seen_at + sign_in_rules().session.idle, self.session.ends_at)

    @property
    def stepped_up_just_now(self) -> bool:
        """Say whether the second factor was given so lately that it may be changed."""
        return clock.now() < self.session.factor_at + sign_in_rules().session.own_factor

    @property
    def stepped_up(self) -> bool:
        """Say whether the second factor was given recently enough."""
        return clock.now() < self.session.factor_at + sign_in_rules().session.step_up

    @property
    def wants_touch(self) -> bool:
        """Say whether it was seen long enough ago to be written down again."""
        return clock.now() >= self.session.seen_at + SEEN_EVERY

    def key(self) -> PrivateKey:
        """Open the account's own key, for what its owner does to their own credentials."""
        return key_of(self.session, self.secret)


def key_of(session: BrowserSession, secret: BrowserSecret) -> PrivateKey:
    """Open the account's key; raise Tampered where the session is another's."""
    if session.previous_sealed is not None and session.previous_digest == secret.id:
        return secret.unwrap(bytes(session.previous_sealed))
    return secret.unwrap(bytes(session.sealed))


def bind(session: BrowserSession) -> None:
    """Let the server say whose session it is, and how far it was checked; after each change."""
    session.binding = server_keys().form.bind(*_bound(session))


def _bound(session: BrowserSession) -> tuple[str, ...]:
    moments = (session.factor_at, session.ends_at)
    flags = (session.member, session.pin_fits)
    owners = (session.id, session.account_id, session.account_key_id)
    names = (session.digest, session.previous_digest)
    said = (*map(str, owners), *map(timestamp, moments), *map(str, flags), *map(str, names))
    return ("browser-session", *said)


def begin(key_row: AccountKey, key: PrivateKey, *, browser: str, pin_fits: bool) -> Live:
    """Begin a session for the owner of a key. Needs a writing transaction.

    What ended of this account goes at the same time.
    """
    secret, now = BrowserSecret.new(), clock.now()
    account = db.session.get_one(Account, key_row.account_id)
    _forget_ended(account.id)
    session = BrowserSession(
        id=references.new_id(),
        hub_id=key_row.hub_id,
        account_id=account.id,
        account_key_id=key_row.id,
        digest=secret.id,
        sealed=Sealed(secret.wrap(key)),
        factor_at=now,
        seen_at=now,
        ends_at=now + sign_in_rules().session.hard_end,
        browser=browser,
        member=_is_member(key_row.id),
        pin_fits=pin_fits,
    )
    bind(session)
    db.session.add(session)
    db.session.flush()
    return Live(session, secret, account)


def find(secret: BrowserSecret, *, reading: bool) -> Live | None:
    """Return the session that a browser's secret belongs to while it holds, else None.

    With `reading` the secret of before a step-up counts too, for half a minute. A session ends with
    its time, its account, its key, and the membership that it began with. Raises Tampered where
    somebody else than the server wrote its row.
    """
    here = BrowserSession.digest == secret.id
    if reading:
        old = BrowserSession.previous_digest == secret.id
        here = or_(here, old & (BrowserSession.previous_until > clock.now()))
    row = db.session.execute(
        select(BrowserSession, Account, AccountKey.state)
        .join(Account, Account.id == BrowserSession.account_id)
        .join(AccountKey, AccountKey.id == BrowserSession.account_key_id)
        .where(here)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if row is None:
        return None
    session, account, key_state = row
    if not server_keys().form.is_bound(session.binding, *_bound(session)):
        raise Tampered(N_("A browser session is not a browser session."))
    if account.state is not AccountState.ADMITTED or key_state is not AccountKeyState.CURRENT:
        return None
    if not _in_time(session) or (session.member and not _is_member(session.account_key_id)):
        return None
    return Live(session, secret, account)


def _in_time(session: BrowserSession) -> bool:
    now = clock.now()
    return now < session.ends_at and now < session.seen_at + sign_in_rules().session.idle


def _is_member(account_key: UUID) -> bool:
    query = select(Membership.id).where(Membership.account_key_id == account_key).limit(1)
    return db.session.scalar(query) is not None


def touch(session: UUID) -> None:
    """Write down that somebody is there. Housekeeping; at most once a minute."""
    row = db.session.get(BrowserSession, session, with_for_update=True)
    if row is not None:
        row.seen_at = clock.now()


def renew(live: Live) -> Live:
    """Give the browser a new secret, as after a second factor. Needs a writing transaction.

    The old one still answers what only reads, for half a minute.
    """
    session, fresh = live.session, BrowserSecret.new()
    key = live.key()
    session.previous_digest, session.previous_sealed = session.digest, session.sealed
    session.previous_until = clock.now() + sign_in_rules().session.old_cookie
    session.digest, session.sealed = fresh.id, Sealed(fresh.wrap(key))
    session.factor_at = session.seen_at = clock.now()
    bind(session)
    db.session.flush()
    return Live(session, fresh, live.account)


def sessions_of(account: UUID) -> list[BrowserSession]:
    """Return where an account is signed in now, the latest first."""
    rows = db.session.scalars(
        select(BrowserSession)
        .where(BrowserSession.account_id == account)
        .order_by(BrowserSession.created_at.desc(), BrowserSession.id)
    )
    return [row for row in rows if _in_time(row)]


def end_one(account: UUID, session: UUID) -> int:
    """End one session of an account; return how many there were. Needs a writing transaction."""
    return _end(account, [session])


def end_others(account: UUID, here: UUID) -> int:
    """End all sessions of an account but this one; return how many there were."""
    return _end(account, [row.id for row in sessions_of(account) if row.id != here])


def end_all(account: UUID) -> int:
    """End all sessions of an account (a leaver, a reset); return how many there were."""
    return _end(account, [row.id for row in sessions_of(account)])


def _end(account: UUID, sessions: Iterable[UUID]) -> int:
    rows = db.session.scalars(
        select(BrowserSession).where(
            BrowserSession.account_id == account, BrowserSession.id.in_(list(sessions))
        )
    ).all()
    for row in rows:
        db.session.delete(row)
    db.session.flush()
    return len(rows)


def _forget_ended(account: UUID) -> None:
    idle = clock.now() - sign_in_rules().session.idle
    db.session.execute(
        delete(BrowserSession).where(
            BrowserSession.account_id == account,
            or_(BrowserSession.ends_at <= clock.now(), BrowserSession.seen_at <= idle),
        )
    )
