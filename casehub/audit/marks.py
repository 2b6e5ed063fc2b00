"""Rows that policy goes by, with the server's own mark: who else put them there is not believed.

A check of the log names every row that was changed behind the application's back, but later. Who
may do what is decided now, from rows: so those that decide carry the server's signature over what
they say. What is put *back* as it once was still has its mark, and is for the check to find.
"""

from typing import Any

from sqlalchemy import LargeBinary, event, inspect
from sqlalchemy.orm import Mapped, Mapper, mapped_column

from casehub.audit.log import attested, attests
from casehub.audit.things import ReplayedHubRow, state_of

_NOT_SAID = {"id", "created_at", "mark"}
"""Columns that decide nothing, or are filled in only as the row is written."""


class MarkedHubRow(ReplayedHubRow):
    """A row of everything from hubs up that is believed only with the server's mark."""

    __abstract__ = True

    mark: Mapped[bytes | None] = mapped_column(LargeBinary)

    @property
    def is_genuine(self) -> bool:
        """Say whether the application itself wrote the row as it is."""
        return self.mark is not None and attests(self.mark, said(self))


def said(row: MarkedHubRow) -> bytes:
    """Return what a row's mark is made over: all that it says, but not which row it is."""
    columns = inspect(row).mapper.column_attrs
    said = {item.key: getattr(row, item.key) for item in columns if item.key not in _NOT_SAID}
    return state_of(f"mark/{row.__tablename__}", said).encode()


def _mark(_mapper: Mapper[Any], _connection: Any, row: MarkedHubRow) -> None:
    row.mark = attested(said(row))


event.listen(MarkedHubRow, "before_insert", _mark, propagate=True)
event.listen(MarkedHubRow, "before_update", _mark, propagate=True)
