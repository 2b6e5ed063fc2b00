"""What a database's own errors mean in our words, in one place.

SQLite tells by text, PostgreSQL by SQLSTATE. What is not listed is a defect and stays as it is.
"""

from sqlalchemy import Table, UniqueConstraint
from sqlalchemy.exc import DBAPIError, IntegrityError

from casehub.errors import Busy, CaseHubError, Invalid, Stale, StoreFailed
from casehub.store.base import Base
from casehub.texts import N_, Text

_FULL = (
    N_("The disk that holds the database is full."),
    N_("Free space on the disk; nothing that was acknowledged is lost."),
)
_READ_ONLY = (
    N_("The database cannot be written."),
    N_("Give the server's user write access to the database file and its folder."),
)
_GONE = (
    N_("The database cannot be reached."),
    N_("Check the database URL and that the database is running, then `casehub doctor`."),
)
_OLD = (
    N_("The database lacks a table that this version needs."),
    N_("Run `casehub migrate`."),
)
_DAMAGED = (
    N_("The database is damaged."),
    N_("Stop the server, keep a copy of the database as it is, and restore the last backup."),
)
_SQLITE: tuple[tuple[str, tuple[Text, Text]], ...] = (
    ("database or disk is full", _FULL),
    ("readonly database", _READ_ONLY),
    ("unable to open database file", _GONE),
    ("disk I/O error", _GONE),
    ("file is not a database", _GONE),
    ("disk image is malformed", _DAMAGED),
    ("no such table", _OLD),
    ("no such column", _OLD),
    ("has no column named", _OLD),
)
_POSTGRESQL: dict[str, tuple[Text, Text]] = {
    "53100": _FULL,
    "25006": _READ_ONLY,
    "42501": _READ_ONLY,
    "42P01": _OLD,
    "42703": _OLD,
    "XX001": _DAMAGED,
    "XX002": _DAMAGED,
}
_UNFIT_STATES = {"22001", "22003", "22021", "22P05"}  # too long, too large, no letters of ours
_ZERO_BYTE = "cannot contain NUL"  # which the driver refuses before it is sent
_BUSY_STATES = {"55P03", "40P01", "40001"}


def in_our_words(error: DBAPIError) -> CaseHubError | None:
    """Return the error of our vocabulary that a database's error stands for, or None."""
    if isinstance(error, IntegrityError):
        return _conflict(error)
    state = getattr(error.orig, "sqlstate", None)
    text = str(error.orig)
    if state in _UNFIT_STATES or _ZERO_BYTE in text:
        return Invalid("", N_("Something typed here is too long, or holds a letter that is none."))
    if state in _BUSY_STATES or "database is locked" in text or "table is locked" in text:
        return Busy(N_("The database is busy with somebody else's change."))
    if state is not None:
        known = _POSTGRESQL.get(state, _GONE if state[:2] in ("08", "57") else None)
    elif error.connection_invalidated or "connection failed" in text:
        known = _GONE
    else:
        known = next((words for part, words in _SQLITE if part in text), None)
    return None if known is None else StoreFailed(*known)


def violated_constraint(error: IntegrityError) -> str | None:
    """Return the name of the constraint that was violated, on either database.

    SQLite names it for CHECK; for UNIQUE it names table and columns, for foreign keys nothing.
    """
    diagnosis = getattr(error.orig, "diag", None)
    if diagnosis is not None:
        name: str | None = diagnosis.constraint_name
        return name
    kind, _, rest = str(error.orig).partition(" constraint failed: ")
    if kind == "CHECK":
        return rest
    if kind != "UNIQUE":
        return None
    columns = [item.partition(".") for item in rest.split(", ")]
    table = Base.metadata.tables.get(columns[0][0])
    return None if table is None else _unique_on(table, {name for _, _, name in columns})


def _unique_on(table: Table, columns: set[str]) -> str | None:
    unique = [item for item in table.constraints if isinstance(item, UniqueConstraint)]
    named = [(item.name, item.columns) for item in (*unique, table.primary_key)]
    named += [(index.name, index.columns) for index in table.indexes if index.unique]
    for name, members in named:
        if {column.name for column in members} == columns:
            return str(name)
    return None


def _conflict(error: IntegrityError) -> CaseHubError | None:
    # A unique key that is taken means that somebody was quicker; a CHECK or a foreign key that
    # fails means that a service let through what it should have refused: a defect.
    name = violated_constraint(error)
    if name is None or not name.startswith(("uq_", "pk_")):
        return None
    return Stale(N_("Somebody else has done this already."), constraint=name)
