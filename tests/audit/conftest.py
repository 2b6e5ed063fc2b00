"""One told story for all tests of a module, and attacks that are taken back after each.

A test that leaves its database damaged takes `alone` and gets one of its own.
"""

import contextlib
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event

from casehub.app import create_app
from casehub.audit import changing
from casehub.cases.models import Release
from casehub.cases.releases import end_release
from casehub.demo.story import refer, release_synopsis, try_to_read
from casehub.demo.world import World, rebind
from casehub.store import db, reading, writing
from casehub.vault import KeyKind
from tests.audit.attacks import disarm, restart, row_of
from tests.conftest import Place


@dataclass(frozen=True)
class Told:
    """What the story left behind: ids, and the rows of a grant and release that were ended."""

    place: Place
    world: World
    hub: UUID
    case: UUID
    live: UUID
    ended: UUID
    grant: dict[str, Any]
    release: dict[str, Any]

    def account(self, name: str) -> UUID:
        return self.world[name].account


def silent(_sentence: str) -> None:
    """Hear what the story says, and keep it."""


def _tell(place: Place) -> Told:
    world = place.world
    case = refer(world, silent)
    ended = release_synopsis(world, case)
    with reading():
        grant = row_of("grants", release_id=ended.id)
        release = row_of("releases", id=ended.id)
    priya = world["Priya Nair"].actor()
    with changing():
        end_release(priya, db.session.get_one(Release, ended.id), "withdrawn")
    live = release_synopsis(world, case)
    for _ in range(3):
        try_to_read(world["Omar Haddad"], case, KeyKind.SYNOPSIS)
    return Told(place, world, world.hub_id, case.id, live.id, ended.id, grant, release)


@contextlib.contextmanager
def _database(request: pytest.FixtureRequest, backend: str, name: str) -> Iterator[str]:
    if backend == "sqlite":
        folder = request.getfixturevalue("tmp_path_factory").mktemp(name)
        template = request.getfixturevalue("sqlite_template").settings
        shutil.copy(template.database_url.removeprefix("sqlite:///"), folder / "casehub.sqlite")
        yield f"sqlite:///{folder / 'casehub.sqlite'}"
        return
    request.getfixturevalue("postgres_template")
    server = request.getfixturevalue("postgres")
    url = server.create_database(name, template="template_rivermouth")
    try:
        yield url
    finally:
        server.drop_database(name)


@pytest.fixture(scope="module")
def told(request, backend) -> Iterator[Told]:
    """Tell the story once for a module, on a database of its own."""
    name = f"told_{request.module.__name__.rpartition('.')[2]}"
    with _database(request, backend, name) as url:
        kind = "sqlite_template" if backend == "sqlite" else "postgres_template"
        template = request.getfixturevalue(kind)
        settings = replace(template.settings, database_url=url)
        app = create_app(settings)
        with app.app_context():
            yield _tell(Place(app, settings, rebind(template.world)))
            db.session.remove()
            db.engine.dispose()


@pytest.fixture
def alone(place) -> Iterator[World]:
    """Give a test people whom no other test will meet."""
    yield place.world
    restart(place.settings)  # the next test's log is a copy of the same one, and may be shorter


class _TakenBack(Exception):
    pass


@pytest.fixture
def attack(told) -> Iterator[Told]:
    """Let a test write what it likes, and take it back afterwards."""
    with contextlib.suppress(_TakenBack), writing():
        disarm()
        yield told
        raise _TakenBack


@pytest.fixture
def impatient(world, backend) -> Iterator[None]:
    """Let nobody wait longer than a moment for a lock."""
    on_sqlite = backend == "sqlite"
    statement = "PRAGMA busy_timeout = 50" if on_sqlite else "SET LOCAL lock_timeout = '50ms'"

    def hurry(connection):
        connection.exec_driver_sql(statement)

    # SQLite has to know before it begins, PostgreSQL can be told only afterwards.
    event.listen(db.engine, "begin", hurry, insert=on_sqlite)
    yield
    event.remove(db.engine, "begin", hurry)
    if on_sqlite:
        with db.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA busy_timeout = 3000")
