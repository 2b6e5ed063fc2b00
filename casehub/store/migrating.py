"""Migrations: one transaction each, one process at a time, on both databases."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from casehub.errors import Busy, StoreFailed, TooNew
from casehub.store.engine import WRITE
from casehub.store.failures import in_our_words
from casehub.store.transactions import our_words
from casehub.texts import N_

_LOCK = 0x43617365  # one arbitrary number that every CaseHub process shares
_one_at_a_time = threading.Lock()  # Alembic keeps its present run in a global


def folder_beside(name: str) -> Path:
    """Return a top-level folder: beside the package in a clone, inside it in a wheel."""
    package = Path(__file__).parents[1]
    inside = package / f"_{name}"
    return inside if inside.is_dir() else package.parent / name


def _config(folder: Path | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(folder or folder_beside("migrations")))
    config.set_main_option("path_separator", "newline")
    return config


def head(folder: Path | None = None) -> str:
    """Return the newest revision that this version has."""
    revision = ScriptDirectory.from_config(_config(folder)).get_current_head()
    return str(revision)


def current(engine: Engine) -> str | None:
    """Return the revision that a database is at, or None for an empty one."""
    with our_words(), engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def check_current(engine: Engine) -> None:
    """Raise StoreFailed unless the database is at the head, TooNew where it is beyond."""
    found, needed = current(engine), head()
    _check_known(found, None)
    if found != needed:
        raise StoreFailed(
            N_("The database is at revision {found}, this version needs {needed}."),
            N_("Run `casehub migrate`; it changes all or nothing."),
            found=found or "none",
            needed=needed,
        )


def _check_known(found: str | None, folder: Path | None) -> None:
    scripts = ScriptDirectory.from_config(_config(folder)).walk_revisions()
    if found is not None and found not in {script.revision for script in scripts}:
        raise TooNew(
            N_("The database is at revision {found}, which this version does not know."),
            found=found,
        )


def upgrade(engine: Engine, revision: str = "head", folder: Path | None = None) -> None:
    """Bring a database up to a revision; a revision that fails leaves the one before it."""
    _run(engine, folder, lambda config: command.upgrade(config, revision))


def downgrade(engine: Engine, revision: str, folder: Path | None = None) -> None:
    """Take a database down to a revision (`base` for empty)."""
    _run(engine, folder, lambda config: command.downgrade(config, revision))


def _run(engine: Engine, folder: Path | None, act: Callable[[Config], None]) -> None:
    config = _config(folder)
    with (
        _one_at_a_time,
        _saying_where_it_stopped(engine),
        engine.connect().execution_options(**{WRITE: True}) as connection,
    ):
        _hold(connection)
        try:
            found = MigrationContext.configure(connection).get_current_revision()
            connection.rollback()
            _check_known(found, folder)
            config.attributes["connection"] = connection
            act(config)
        finally:
            _let_go(connection)


@contextmanager
def _saying_where_it_stopped(engine: Engine) -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        ours = in_our_words(error)
        if isinstance(ours, Busy):
            raise ours from error
        raise StoreFailed(
            N_("A migration failed: {why} The database is whole, at revision {found}."),
            N_("Mend the cause if it is yours, or tell the maintainers; then migrate again."),
            why=ours or f"{type(error.orig).__name__}.",
            found=current(engine) or "none",
        ) from error


def _hold(connection: Connection) -> None:
    # SQLite: a table that is made anew is dropped first, and with foreign keys on that would
    # delete what belongs to it. PostgreSQL: two processes that start together must not both do it.
    if connection.dialect.name == "sqlite":
        _pragma_outside(connection, "foreign_keys = OFF")
    else:
        with connection.begin():
            connection.execute(text("SET LOCAL lock_timeout = 0"))  # as long as the other one takes
            connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": _LOCK})


def _let_go(connection: Connection) -> None:
    if connection.in_transaction():
        connection.rollback()
    if connection.dialect.name == "sqlite":
        _pragma_outside(connection, "foreign_keys = ON")
    else:
        with connection.begin():
            connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": _LOCK})


def _pragma_outside(connection: Connection, pragma: str) -> None:
    # Inside a transaction SQLite ignores this pragma without a word.
    raw = connection.connection.driver_connection
    assert raw is not None  # noqa: S101 - a connection that is open has one
    raw.execute(f"PRAGMA {pragma}")
