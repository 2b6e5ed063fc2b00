"""How often signing in may fail, and for whom: counted by account, by address, by browser.

Failures are counted, successes not. What is counted has no name: the key of a row is a keyed hash
of what was typed, so a passphrase that somebody types into the wrong box is nowhere. A browser that
signed an account in before has a counter of its own and no other, so that a stranger never locks
the owner out.
"""

import secrets
from dataclasses import dataclass, field, replace
from datetime import timedelta
from ipaddress import IPv6Address, ip_address, ip_network
from uuid import UUID

from sqlalchemy import delete, select

from casehub import clock
from casehub.accounts.server_keys import server_keys
from casehub.accounts.sign_in_models import Throttle
from casehub.accounts.sign_in_policy import sign_in_rules
from casehub.store import db

_ID_BYTES = 16
_SUBSCRIBER = 64  # bits of an IPv6 address
_MOST = 10
_FORGOTTEN_AFTER = timedelta(days=2)


@dataclass(frozen=True)
class KnownBrowser:
    """What a browser shows of the accounts that it signed in: marks that only the server makes."""

    id: str = ""
    marks: tuple[str, ...] = field(default=())

    @classmethod
    def read(cls, cookie: str) -> "KnownBrowser":
        """Read a cookie; one that somebody made up is of a browser that knows nobody."""
        name, *marks = cookie[:1_000].split(".")
        return cls(name, tuple(marks[:_MOST])) if marks else cls()

    @property
    def cookie(self) -> str:
        """Return what the browser keeps."""
        return ".".join((self.id, *self.marks))

    def knows(self, account: UUID) -> bool:
        """Say whether this browser signed an account in before."""
        expected = (self.id, str(account))
        form = server_keys().form
        return any(form.is_bound(mark, "known-browser", *expected) for mark in self.marks)

    def with_account(self, account: UUID) -> "KnownBrowser":
        """Return it as it is after it signed an account in; the oldest marks go."""
        if self.knows(account):
            return self
        name = self.id or secrets.token_hex(_ID_BYTES)
        mark = server_keys().form.bind("known-browser", name, str(account))
        return replace(self, id=name, marks=(mark, *self.marks)[:_MOST])


@dataclass(frozen=True)
class Counter:
    """One thing that may fail so often in a time."""

    key: str
    most: int
    window: timedelta

    def is_full(self) -> bool:
        """Say whether the next try has to wait."""
        row = db.session.scalar(select(Throttle).where(Throttle.key == self.key))
        if row is None or row.since + self.window <= clock.now():
            return False
        return row.failures >= self.most

    def count(self) -> int:
        """Count one more failure; return how many there are. Needs a writing transaction."""
        row = db.session.scalar(select(Throttle).where(Throttle.key == self.key).with_for_update())
        if row is None:
            row = Throttle(key=self.key, failures=0, since=clock.now())
            db.session.add(row)
        if row.since + self.window <= clock.now():
            row.failures, row.since = 0, clock.now()
        row.failures += 1
        db.session.flush()
        return row.failures


def _counter(most: int, *what: str) -> Counter:
    key = server_keys().form.bind("throttle", *what)
    return Counter(key, most, sign_in_rules().throttle.window)


def counters_for(
    name: str, account: UUID | None, address: str, browser: KnownBrowser
) -> tuple[Counter, ...]:
    """Return what a try to sign in counts by: the name as it is folded, known or not."""
    rules = sign_in_rules().throttle
    if account is not None and browser.knows(account):
        # Not by address: whoever sits behind the same router must not lock the owner out either.
        return (_counter(rules.known_browser, "known-browser", browser.id, str(account)),)
    by_address = _counter(rules.address, "address", network_of(address))
    return (_counter(rules.unknown_browser, "name", name), by_address)


def network_of(address: str) -> str:
    """Return what an address is counted as: of IPv6 the network that one subscriber has.

    >>> network_of("192.0.2.7"), network_of("2001:db8:1:2:aaaa::1"), network_of("")
    ('192.0.2.7', '2001:db8:1:2::/64', '')
    """
    try:
        parsed = ip_address(address)
    except ValueError:
        return ""
    if not isinstance(parsed, IPv6Address):
        return address
    return str(ip_network((parsed, _SUBSCRIBER), strict=False))


def counter_of_step_up(session: UUID) -> Counter:
    """Return what a second factor that is given again counts by."""
    return _counter(sign_in_rules().throttle.known_browser, "step-up", str(session))


def counter_of_refusals(session: UUID) -> Counter:
    """Return what refusals count by."""
    rules = sign_in_rules().session
    key = server_keys().form.bind("throttle", "refusals", str(session))
    return Counter(key, rules.refusals, rules.refusals_window)


def forget_old() -> None:
    """Delete what was counted long ago. Needs a writing transaction."""
    db.session.execute(delete(Throttle).where(Throttle.since < clock.now() - _FORGOTTEN_AFTER))
