"""A log as it is stored, read stretch by stretch: entries, and the nodes that they complete.

Rows come as the driver gives them. A million objects made only to be compared as text would cost
more than all the hashing.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, String, cast, func, select, type_coerce

from casehub.audit.models import AuditEntry, AuditNode
from casehub.store import db

STRETCH = 16_384
"""Entries in a stretch: a power of two, so that each but the last is a tree of its own."""


Entry = tuple[
    int, str, bytes, bytes | None, bytes | None, str, str, str, str | None, str | None, str | None
]
"""Number, text, leaf, frontier, signature, act, outcome, moment, account, agency, case.

Ids as 32 digits and the moment as text, as SQLite keeps them. A bare tuple: the collector of
garbage forgets it, and would look through a million named ones again and again.
"""


def columns_fit(entry: Entry) -> bool:
    """Say whether the columns beside the text, by which lists filter, are what it says."""
    _, body, _, _, _, act, outcome, at, account, agency, case = entry
    day, _, time = at.partition(" ")
    beginning = (
        f'{{"account":{_quoted(account)},"act":"{act}","agency":{_quoted(agency)},'
        f'"at":"{day}T{time}Z","case":{_quoted(case)},'
    )
    return body.startswith(beginning) and f',"outcome":"{outcome}","policy":"' in body


@lru_cache(maxsize=65_536)  # a hub has few accounts and agencies, and some thousands of cases
def _quoted(value: str | None) -> str:
    if value is None:
        return "null"
    return f'"{value[:8]}-{value[8:12]}-{value[12:16]}-{value[16:20]}-{value[20:]}"'


@dataclass(frozen=True)
class Stretch:
    """Entries that stand one after another, and by level the nodes that they should complete."""

    rows: list[Entry]
    nodes: dict[int, list[tuple[int, bytes]]]


def stretches(log: UUID) -> Iterator[Stretch]:
    """Yield a log's entries in order; those before its beginning, which nobody made, come first."""
    before = select(*_columns()).where(AuditEntry.log_id == log, AuditEntry.number < 0)
    if rows := _raw(before.order_by(AuditEntry.number)):
        yield Stretch(rows, {})
    start: int | None = 0
    while start is not None:
        last = start + STRETCH - 1
        place = (AuditEntry.log_id == log, AuditEntry.number.between(start, last))
        rows = _raw(select(*_columns()).where(*place).order_by(AuditEntry.number))
        if rows:
            yield Stretch(rows, _nodes(log, start, rows[-1][0] + 1))
        start = _after(log, last)


def _after(log: UUID, number: int) -> int | None:
    # Over a gap, to the stretch of the next entry that is there.
    found = db.session.scalar(
        select(func.min(AuditEntry.number)).where(
            AuditEntry.log_id == log, AuditEntry.number > number
        )
    )
    return None if found is None else found // STRETCH * STRETCH


def _nodes(log: UUID, start: int, end: int) -> dict[int, list[tuple[int, bytes]]]:
    # A node (level, index) is completed by the entry that makes the tree (index+1)·2^level long.
    columns = select(AuditNode.number, AuditNode.hash)
    return {
        level: _raw(
            columns.where(
                AuditNode.log_id == log,
                AuditNode.level == level,
                AuditNode.number >= start >> level,
                AuditNode.number < end >> level,
            ).order_by(AuditNode.number)
        )
        for level in range(1, end.bit_length())
        if start >> level < end >> level
    }


def count_nodes(log: UUID) -> int:
    """Return how many nodes are stored."""
    query = select(func.count()).where(AuditNode.log_id == log)
    return db.session.scalar(query) or 0


def _raw(query: Select[*tuple[Any, ...]]) -> list[Any]:
    try:
        return list(db.session.connection().execute(query).cursor.fetchall())
    except db.engine.dialect.loaded_dbapi.Error as error:
        raise ValueError("a column holds what its type cannot") from error


def _columns() -> list[Any]:
    # One spelling only is right: filters ask for it.
    if db.engine.dialect.name == "sqlite":
        at: ColumnElement[Any] = type_coerce(AuditEntry.at, String)
        as_text: Callable[[Any], ColumnElement[Any]] = lambda column: type_coerce(column, String)  # noqa: E731
    else:
        at = func.to_char(func.timezone("UTC", AuditEntry.at), "YYYY-MM-DD HH24:MI:SS.US")
        as_text = lambda column: func.replace(cast(column, String), "-", "")  # noqa: E731
    return [
        AuditEntry.number,
        AuditEntry.body,
        AuditEntry.leaf,
        AuditEntry.frontier,
        AuditEntry.signature,
        AuditEntry.act,
        AuditEntry.outcome,
        at.label("at"),
        as_text(AuditEntry.account_id).label("account"),
        as_text(AuditEntry.agency_id).label("agency"),
        as_text(AuditEntry.case_id).label("case"),
    ]
