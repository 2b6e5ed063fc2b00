"""What the present unit of work will say in the log, gathered until its end."""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from casehub import clock
from casehub.audit.acts import ALARM, Act
from casehub.audit.things import Replayed, Thing, thing
from casehub.clock import timestamp
from casehub.policy import Actor, in_force
from casehub.store import db
from casehub.vault import canonical

_JOURNAL = "casehub_journal"
_NONCE_BYTES = 16


class Outcome(StrEnum):
    """How it ended."""

    DONE = "done"
    REFUSED = "refused"
    ALARM = "alarm"


@dataclass(frozen=True)
class Entry:
    """One entry before it has its place in a log. `log` None is the deployment's."""

    log: UUID | None
    act: Act
    at: datetime
    outcome: Outcome = Outcome.DONE
    account: UUID | None = None
    agency: UUID | None = None
    case: UUID | None = None
    rule: str | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    things: tuple[Replayed | Thing, ...] = ()

    def settled(self) -> list[Thing]:
        """Return the rows as they are now, after the flush."""
        return [item if isinstance(item, Thing) else thing(item) for item in self.things]

    def body(self) -> str:
        """Return the canonical text that becomes a leaf; random bytes keep it unguessable."""
        content = {
            "account": _text(self.account),
            "act": self.act.name,
            "agency": _text(self.agency),
            "at": timestamp(self.at),
            "case": _text(self.case),
            "facts": dict(self.facts),
            "nonce": secrets.token_hex(_NONCE_BYTES),
            "outcome": self.outcome.value,
            "policy": in_force().digest,
            "rule": self.rule,
            "things": [[item.kind, str(item.id), item.state] for item in self.settled()],
        }
        return canonical(content).decode()


def _text(value: UUID | None) -> str | None:
    return None if value is None else str(value)


def plain(value: Any) -> Any:
    """Return a fact as it stands in an entry."""
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, datetime):
        return timestamp(value)
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, list | tuple | set | frozenset):
        return sorted(plain(item) for item in value)
    return value


def open_journal() -> list[Entry]:
    """Begin to gather; raise RuntimeError inside another unit of work."""
    if db.session.info.get(_JOURNAL) is not None:
        raise RuntimeError("a unit of work cannot begin inside another")
    db.session.info[_JOURNAL] = entries = list[Entry]()
    return entries


def close_journal() -> None:
    """Stop gathering."""
    db.session.info[_JOURNAL] = None


def record(
    act: Act,
    *,
    by: Actor | None,
    hub: UUID | None = None,
    case: UUID | None = None,
    rule: str | None = None,
    things: Iterable[Replayed | Thing] = (),
    **facts: Any,
) -> None:
    """Say what was done; it is stored with the change, or before the page leaves, or neither is.

    `by` None is the operator or the worker. `things` are the rows that were written. Raises
    ValueError for facts other than the catalogue's, RuntimeError outside a unit of work.
    """
    entries: list[Entry] | None = db.session.info.get(_JOURNAL)
    if entries is None:
        raise RuntimeError(f"{act.name} happened outside a unit of work")
    settled = {name: plain(value) for name, value in facts.items()}
    act.check(settled)
    rows = tuple(things)
    if rows and not act.writes:
        raise ValueError(f"{act.name} is not an act that writes")
    said = Entry(hub, act, clock.now(), case=case, rule=rule, facts=settled, things=rows)
    if by is not None:
        said = replace(said, log=by.hub, at=by.at, account=by.account, agency=by.agency)
    entries.append(said)


def raise_alarm(
    code: str, *, by: Actor | None, hub: UUID | None = None, target: UUID | None = None
) -> None:
    """Say that something is wrong which people have to look at, with the code they know it by.

    It stands in the log until they signed it off; whoever raises it sees that it is not there yet.
    """
    record(ALARM, by=by, hub=hub, code=code, target=target)
    entries: list[Entry] = db.session.info[_JOURNAL]
    entries[-1] = replace(entries[-1], outcome=Outcome.ALARM)
