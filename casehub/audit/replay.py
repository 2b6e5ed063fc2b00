"""Replaying a log against the live rows it vouches for."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from casehub.audit.models import AuditLog
from casehub.audit.things import Replayed, replayed_models, state_of
from casehub.store import db

_BATCH = 1_000
UNREADABLE = (AttributeError, DBAPIError, LookupError, RecursionError, TypeError, ValueError)
"""What reading raises where a column was made to hold something that it is not for."""


class LastSaid:
    """What the last entry about each row said, as a pass over the log learns it."""

    def __init__(self) -> None:
        self._said: dict[tuple[str, UUID], tuple[int, str | None]] = {}
        self.rows = 0

    def learn(self, number: int, kind: str, row: UUID, state: str | None) -> None:
        """Take note of what entry `number` says; `state` None means that the row is gone."""
        self._said[kind, row] = (number, state)

    def take(self, kind: str, row: UUID) -> tuple[int, str | None] | None:
        """Return the last word about a row, once."""
        return self._said.pop((kind, row), None)

    def drop(self, kind: str) -> None:
        """Forget what was said about rows of one table that could not be read."""
        for key in [key for key in self._said if key[0] == kind]:
            del self._said[key]

    def left(self) -> Iterator[tuple[str, UUID, int]]:
        """Return the rows that should be there and were never taken."""
        for (kind, row), (number, state) in self._said.items():
            if state is not None:
                yield kind, row, number


def compare_with_rows(log: AuditLog, said: LastSaid) -> Iterator[tuple[str, str]]:
    """Compare each live row of the log's hub with the last entry about it; name what differs."""
    for kind, model in sorted(replayed_models().items()):
        try:
            yield from _compare(kind, _live(model, log.id), said)
        except UNREADABLE:
            said.drop(kind)
            yield "row-unreadable", f"{kind} holds a row that cannot be read."
    for kind, row, number in said.left():
        yield "row-gone", f"{kind} {row} is gone, and entry {number} says it is there."


def _compare(
    kind: str, live: Iterator[tuple[UUID, str]], said: LastSaid
) -> Iterator[tuple[str, str]]:
    for row, state in live:
        said.rows += 1
        last = said.take(kind, row)
        if last is None:
            yield "row-added", f"{kind} {row} is there, and no entry says so."
        elif last[1] is None:
            yield "row-back", f"{kind} {row} is there, and entry {last[0]} says it is gone."
        elif last[1] != state:
            yield "row-changed", f"{kind} {row} is not what entry {last[0]} says."


def _live(model: type[Replayed], hub: UUID) -> Iterator[tuple[UUID, str]]:
    columns = {item.key: getattr(model, item.key) for item in model.__mapper__.column_attrs}
    belongs: Any = columns.get("hub_id", model.id) == hub
    query = select(*columns.values()).where(belongs)
    with db.session.execute(query, execution_options={"yield_per": _BATCH}) as rows:
        for row in rows:
            values = dict(zip(columns, row, strict=True))
            yield values["id"], state_of(model.__tablename__, values)
