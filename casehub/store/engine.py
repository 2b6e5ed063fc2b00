"""How the two databases are opened: what is durable, what is read-only, how long a wait may be."""

from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine import make_url

WRITE = "casehub_write"
"""The execution option of a connection that may write. Without it a transaction is read-only."""

WAIT_SECONDS = 3
_READ_COMMITTED, _REPEATABLE_READ = 2, 3  # psycopg.IsolationLevel; psycopg itself is an extra
_PRAGMAS = (
    "journal_mode = WAL",  # readers never wait for the writer
    "synchronous = FULL",  # what was acknowledged survives a power cut
    "foreign_keys = ON",
    "secure_delete = ON",  # deleted grants are overwritten, not just unlinked
    "temp_store = MEMORY",  # no temporary file beside the database
    "trusted_schema = OFF",
    f"busy_timeout = {WAIT_SECONDS * 1000}",
)


def engine_options(url: str) -> dict[str, Any]:
    """Return what SQLAlchemy is told about a database URL."""
    # An error ends in a log file; the values that a statement was sent do not belong there.
    silent = {"hide_parameters": True}
    if make_url(url).get_backend_name() == "sqlite":
        return silent | {"connect_args": {"timeout": WAIT_SECONDS}}
    return silent | {
        "pool_pre_ping": True,
        "connect_args": {"options": f"-c lock_timeout={WAIT_SECONDS * 1000}"},
    }


def sqlite_path(url: str) -> Path | None:
    """Return the file of an SQLite URL, or None for another database or one in memory."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite" or parsed.database in (None, "", ":memory:"):
        return None
    return Path(str(parsed.database))


def prepare(engine: Engine) -> None:
    """Attach the listeners that make every transaction read-only unless it says it writes."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _open_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    else:
        event.listen(engine, "begin", _begin_postgresql)


def _open_sqlite(connection: Any, _record: Any) -> None:
    # The driver would begin transactions by itself, late and never IMMEDIATE; we begin them.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # IMMEDIATE from the first statement: a transaction that reads first and upgrades later fails
    # with BUSY_SNAPSHOT as soon as somebody else wrote in between, and no time-out helps.
    write = connection.get_execution_options().get(WRITE, False)
    connection.exec_driver_sql(f"PRAGMA query_only = {'OFF' if write else 'ON'}")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


def _begin_postgresql(connection: Connection) -> None:
    # Set on the driver's connection, so that it travels in BEGIN itself and costs no round trip.
    # Readers get one snapshot for the whole page, writers see what was committed before each
    # statement: an appender that waited for the log's lock must see the entries it waited for.
    raw: Any = connection.connection.driver_connection
    write = connection.get_execution_options().get(WRITE, False)
    raw.read_only = not write
    raw.isolation_level = _READ_COMMITTED if write else _REPEATABLE_READ
