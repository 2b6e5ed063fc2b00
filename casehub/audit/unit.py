"""The two units of work, and the rule that nothing leaves without its entry.

A *view* reads and authorises, opens and renders into memory; then its entries are appended in a
short transaction of their own, and only then may the first byte leave. A *change* is one write
transaction with its entries as the last statements. A refusal is recorded after the rollback that
it causes, in a transaction of its own.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from casehub import clock
from casehub.audit.acts import ALARM, REFUSED
from casehub.audit.journal import Entry, Outcome, close_journal, open_journal
from casehub.audit.log import append
from casehub.audit.things import forget_touched, touched
from casehub.errors import Busy, Denial, LogBroken, NotRecorded, Refused, StoreFailed, Tampered
from casehub.store import db, end_reading, reading, writing
from casehub.texts import N_


@contextmanager
def changing() -> Iterator[None]:
    """Change things: rows and entries together, or neither.

    Slow work (a passphrase's hash, an upload, a PDF) comes before, outside. Raises RuntimeError
    where a row changed that no entry mentions.
    """
    with _gathering() as entries, writing():
        forget_touched(db.session())
        yield
        db.session.flush()
        _check_all_recorded(entries)
        append(entries)


@contextmanager
def housekeeping() -> Iterator[None]:
    """Write rows that no entry speaks of (last seen, presence, throttle), rarely and apart.

    Raises RuntimeError where a row changed that the log vouches for.
    """
    with writing():
        forget_touched(db.session())
        yield
        db.session.flush()
        _check_all_recorded([])


@contextmanager
def viewing() -> Iterator[None]:
    """Show things: no entry, no page.

    Raises NotRecorded where the entries could not be stored; what was rendered must then be thrown
    away.
    """
    with _gathering() as entries:
        with reading():
            yield
        try:
            if entries:
                with writing():
                    append(entries)
        except (Busy, StoreFailed, LogBroken) as error:
            raise NotRecorded(N_("What you asked for could not be recorded.")) from error


def loaded() -> None:
    """End a view's reading transaction: all is loaded and allowed, now open and render."""
    end_reading()


@contextmanager
def _gathering() -> Iterator[list[Entry]]:
    entries = open_journal()
    try:
        yield entries
    except Refused as refusal:
        _record_apart(_refusal(refusal.denial))
        raise
    except Tampered:
        about = entries[-1] if entries else Entry(log=None, act=ALARM, at=clock.now())
        _record_apart([_alarm(about, "tampered")])
        raise
    finally:
        close_journal()


def _record_apart(entries: list[Entry]) -> None:
    with writing():
        append(entries)


def _refusal(denial: Denial) -> list[Entry]:
    refused = Entry(
        log=denial.hub,
        act=REFUSED,
        at=clock.now(),
        outcome=Outcome.REFUSED,
        account=denial.account,
        agency=denial.agency,
        case=denial.case,
        rule=denial.rule,
        facts={"permission": denial.permission, "target": _id(denial.target)},
    )
    if denial.failed_word is None:
        return [refused]
    code = f"word-failed/{denial.failed_word}"
    return [refused, _alarm(refused, code)]


def _alarm(about: Entry, code: str) -> Entry:
    return Entry(
        log=about.log,
        act=ALARM,
        at=about.at,
        outcome=Outcome.ALARM,
        account=about.account,
        agency=about.agency,
        case=about.case,
        facts={"code": code.replace("_", "-"), "target": None},
    )


def _id(value: object) -> str | None:
    return None if value is None else str(value)


def _check_all_recorded(entries: list[Entry]) -> None:
    said = {item.key for entry in entries for item in entry.settled()}
    silent = touched(db.session()).keys() - said
    if silent:
        names = ", ".join(sorted(f"{kind} {row}" for kind, row in silent))
        raise RuntimeError(f"changed without an entry in the log: {names}")
