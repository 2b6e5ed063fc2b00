"""Installations in temporary folders, on SQLite and, where it is installed, on PostgreSQL.

All of a run share one set of server secrets: the key that signs the logs belongs to the process,
and two installations that take turns must both find theirs.
"""

import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from enum import Enum
from itertools import count
from pathlib import Path
from typing import Any

from flask import Flask

from benchmarks.rows import Row
from casehub.demo.place import fresh_application, fresh_settings
from casehub.settings import Settings
from casehub.store import db

NO_POSTGRES = "not measured: PostgreSQL is not installed"


class Database(Enum):
    """Where an installation keeps its rows."""

    SQLITE = "SQLite"
    POSTGRESQL = "PostgreSQL"


@dataclass(frozen=True)
class Place:
    """One installation on an empty database."""

    app: Flask
    settings: Settings
    database: Database


@dataclass
class Run:
    """One run of the benchmarks: how thorough it is, and where its installations lie."""

    quick: bool
    verbose: bool
    base: Settings
    server: Any
    _numbers: Iterator[int] = field(default_factory=count)

    @property
    def server_version(self) -> str | None:
        """Return which PostgreSQL there is, or None."""
        if self.server is None:
            return None
        with self.server.connect() as connection:
            number = connection.info.server_version
        return f"PostgreSQL {number // 10_000}.{number % 10_000}"

    def pick(self, full: int, quick: int) -> int:
        """Return the one number in a full run and the other in a quick one."""
        return quick if self.quick else full

    def say(self, text: str) -> None:
        """Tell on the error stream what is being done."""
        print(f"  {text}", file=sys.stderr, flush=True)

    def databases(self, rows: list[Row], *wanted: str) -> Iterator[Database]:
        """Give each database that is there; for one that is not, put rows in that say so."""
        yield Database.SQLITE
        if self.server is not None:
            yield Database.POSTGRESQL
            return
        rows += [
            Row(f"{what}, {Database.POSTGRESQL.value}", missing=NO_POSTGRES) for what in wanted
        ]

    @contextmanager
    def place(self, database: Database) -> Iterator[Place]:
        """Make an installation, and take it away afterwards."""
        name = f"place_{next(self._numbers)}"
        with ExitStack() as stack:
            if database is Database.POSTGRESQL:
                url = self.server.create_database(name)
                stack.callback(self.server.drop_database, name)
            else:
                made = tempfile.TemporaryDirectory(prefix="casehub-bench-")
                url = f"sqlite:///{Path(stack.enter_context(made)) / 'casehub.sqlite'}"
            settings = replace(self.base, database_url=url)
            place = Place(fresh_application(settings), settings, database)
            stack.callback(_close, place.app)
            yield place


def _close(app: Flask) -> None:
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def _postgres(stack: ExitStack) -> Any:
    # With PostgreSQL's own defaults, not the tests' fast ones: what is acknowledged is on the disk,
    # as it is with SQLite here.
    try:
        from tests.postgres import PostgresServer, find_postgres  # noqa: PLC0415  it needs an extra
    except ImportError:
        return None
    if find_postgres() is None:
        return None
    return stack.enter_context(PostgresServer(durable=True))


@contextmanager
def begin_run(*, quick: bool, verbose: bool) -> Iterator[Run]:
    """Make what all benchmarks of a run share."""
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="casehub-bench-"))
        base = fresh_settings(Path(folder))
        yield Run(quick, verbose, base, _postgres(stack))
