"""Rows that the log vouches for, and how a row becomes one hash.

Each change's entry carries, for every such row it touched, the hash of the row as it is now. A
check replays the log and compares: a row that is one too many, too few or older than its last entry
says was changed behind the application's back. And a change that no entry mentions cannot be
committed.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import event, inspect
from sqlalchemy.orm import ORMExecuteState, Session

from casehub.clock import timestamp
from casehub.store import Base, HubRow, Row, db
from casehub.vault import canonical, digest

RECORDED = "casehub_recorded"
"""The execution option of a bulk change whose caller records each row itself."""

_TOUCHED = "casehub_touched"


class Replayed(Row):
    """A row whose every state is in its hub's log."""

    __abstract__ = True


class ReplayedHubRow(Replayed, HubRow):
    """Such a row of everything from hubs up."""

    __abstract__ = True


@dataclass(frozen=True)
class Thing:
    """A row as an entry names it: table, id, and the hash of its state, or None when it is gone."""

    kind: str
    id: UUID
    state: str | None

    @property
    def key(self) -> tuple[str, UUID]:
        """Return what identifies the row."""
        return self.kind, self.id


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return digest(bytes(value))
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, datetime):
        return timestamp(value)
    if isinstance(value, date):
        return value.isoformat()
    return value


def state_of(kind: str, values: dict[str, Any]) -> str:
    """Return the hash of a row's columns; bytes enter as their own hash.

    What holds nothing does not enter: a migration that adds a nullable column without a default
    changes no row.
    """
    row = {name: _plain(value) for name, value in values.items() if value is not None}
    return digest(canonical({"kind": kind, "row": row}))


def thing(row: Replayed) -> Thing:
    """Return a row as an entry names it, as it is after the last flush."""
    state = inspect(row)
    kind = row.__tablename__
    if state.deleted:
        return Thing(kind, row.id, None)
    columns = state.mapper.column_attrs
    return Thing(
        kind, row.id, state_of(kind, {item.key: getattr(row, item.key) for item in columns})
    )


def touched(session: Session) -> dict[tuple[str, UUID], Replayed]:
    """Return the rows that this transaction has written so far."""
    found: dict[tuple[str, UUID], Replayed] = session.info.setdefault(_TOUCHED, {})
    return found


def forget_touched(session: Session) -> None:
    """Begin a new transaction's list."""
    session.info[_TOUCHED] = {}


def _note_touched(session: Session, _context: Any) -> None:
    for row in (*session.new, *session.dirty, *session.deleted):
        if isinstance(row, Replayed) and (row not in session.dirty or session.is_modified(row)):
            touched(session)[row.__tablename__, row.id] = row


def replayed_models() -> dict[str, type[Replayed]]:
    """Return every table whose rows the logs vouch for."""
    return {
        mapper.local_table.name: mapper.class_  # type: ignore[attr-defined]
        for mapper in Base.registry.mappers
        if issubclass(mapper.class_, Replayed)
    }


def _guard_bulk(state: ORMExecuteState) -> None:
    # What a flush writes is noted row by row; a statement over a table would go unnoticed.
    if not (state.is_insert or state.is_update or state.is_delete):
        return
    name = getattr(getattr(state.statement, "table", None), "name", "")
    if name in replayed_models() and not state.execution_options.get(RECORDED):
        raise RuntimeError(f"a bulk change of {name} must record each row itself")


event.listen(db.session, "after_flush", _note_touched)
event.listen(db.session, "do_orm_execute", _guard_bulk)
