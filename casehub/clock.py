"""The one place that reads the time, so that a test can move it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

FOREVER = datetime(9999, 12, 31, tzinfo=UTC)
"""The end of what has no end: a release without a date holds until then.

A moment, not NULL, so that "does it still hold" is one comparison in Python and in SQL alike.
"""


def _system_time() -> datetime:
    return datetime.now(UTC)


_read: Callable[[], datetime] = _system_time


def now() -> datetime:
    """Return the present moment in UTC, to the microsecond."""
    return _read()


def timestamp(moment: datetime) -> str:
    """Write a moment the one way statements and log entries write it.

    >>> timestamp(datetime(2026, 3, 29, 1, 0, 0, 5, tzinfo=UTC))
    '2026-03-29T01:00:00.000005Z'
    """
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def parse_timestamp(text: str) -> datetime:
    """Read a moment written by `timestamp`; raise ValueError for any other form.

    >>> parse_timestamp('2026-03-29T01:00:00.000005Z').microsecond
    5
    """
    moment = datetime.fromisoformat(text)
    if timestamp(moment) != text:
        raise ValueError(f"{text!r} is not a moment as CaseHub writes it")
    return moment


@contextmanager
def frozen_at(moment: datetime) -> Iterator[Callable[[timedelta], None]]:
    """Hold the clock at a moment; the value given moves it on. For tests and the demo."""
    global _read  # noqa: PLW0603 - one clock is the point
    current = moment

    def advance(by: timedelta) -> None:
        nonlocal current
        current += by

    before = _read
    _read = lambda: current  # noqa: E731
    try:
        yield advance
    finally:
        _read = before
