"""What every test stands on: a fresh installation, and no way out of this machine."""

import shutil
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import HealthCheck, settings

from casehub.app import create_app
from casehub.demo.place import fresh_application, fresh_settings
from casehub.demo.story import people_of_rivermouth
from casehub.demo.world import World, rebind
from casehub.settings import Settings
from casehub.store import db
from casehub.store.migrating import folder_beside
from tests.postgres import PostgresServer, require_postgres

settings.register_profile(
    "casehub",
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
settings.load_profile("casehub")

_LOOPBACK = ("127.0.0.1", "::1", "localhost")


@pytest.fixture(autouse=True)
def no_way_out(monkeypatch):
    """Let sockets reach this machine and nothing else."""
    connect = socket.socket.connect

    def guarded(self, address):
        if isinstance(address, tuple) and address[0] not in _LOOPBACK:
            raise RuntimeError(f"a test tried to reach {address[0]}")
        return connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


@dataclass
class Place:
    """An installation on a database of its own, with the people of Rivermouth."""

    app: Flask
    settings: Settings
    world: World


@dataclass
class Template:
    """A prepared installation that each test gets a copy of."""

    settings: Settings
    world: World


def cheap_policies(folder: Path) -> Path:
    """Return the policies with the least cost of a guess that their schema takes."""
    copy = folder / "policies"
    shutil.copytree(folder_beside("policies"), copy)
    file = copy / "sign_in.toml"
    text = file.read_text(encoding="utf-8")
    cheap = text.replace("memory_kib = 65536", "memory_kib = 19456").replace(
        "passes = 3", "passes = 2"
    )
    file.write_text(cheap, encoding="utf-8")
    return copy


def fresh_template(folder: Path, url: str | None = None) -> Settings:
    """Return the settings of an installation that signs people in as quickly as may be."""
    return replace(fresh_settings(folder, url), policies=cheap_policies(folder))


def _prepare(template: Settings) -> World:
    app = fresh_application(template)
    with app.app_context():
        world = people_of_rivermouth()
        db.session.remove()
        db.engine.dispose()
    return world


@pytest.fixture(scope="session")
def sqlite_template() -> Iterator[Template]:
    """Prepare one SQLite file to be copied."""
    with tempfile.TemporaryDirectory(prefix="casehub-test-") as folder:
        template = fresh_template(Path(folder))
        yield Template(template, _prepare(template))


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """Start a PostgreSQL server of the tests' own, on loopback."""
    require_postgres()
    with PostgresServer() as server:
        yield server


@pytest.fixture(scope="session")
def postgres_template(postgres) -> Iterator[Template]:
    """Prepare one PostgreSQL database to be copied."""
    postgres.create_database("template_rivermouth")
    with tempfile.TemporaryDirectory(prefix="casehub-test-") as folder:
        template = fresh_template(Path(folder), postgres.url("template_rivermouth"))
        yield Template(template, _prepare(template))


def pytest_generate_tests(metafunc):
    """Run tests marked `database` on both databases, all others on SQLite."""
    if "backend" in metafunc.fixturenames:
        marked = metafunc.definition.get_closest_marker("database")
        backends = ["sqlite", "postgresql"] if marked else ["sqlite"]
        metafunc.parametrize("backend", backends, scope="session")


@contextmanager
def _copy_of(request: pytest.FixtureRequest, backend: str, folder: Path) -> Iterator[Settings]:
    if backend == "sqlite":
        template = request.getfixturevalue("sqlite_template").settings
        copy = folder / "casehub.sqlite"
        shutil.copy(template.database_url.removeprefix("sqlite:///"), copy)
        yield replace(template, database_url=f"sqlite:///{copy}")
        return
    server = request.getfixturevalue("postgres")
    template = request.getfixturevalue("postgres_template").settings
    name = f"t_{folder.name.lower().replace('-', '_')}"[:60]
    server.create_database(name, template="template_rivermouth")
    try:
        yield replace(template, database_url=server.url(name))
    finally:
        server.drop_database(name)


@pytest.fixture
def place(request, backend, tmp_path) -> Iterator[Place]:
    """Give a test its own copy of the prepared installation, inside an application context."""
    with _copy_of(request, backend, tmp_path) as copied:
        app = create_app(copied)
        template = request.getfixturevalue(
            "sqlite_template" if backend == "sqlite" else "postgres_template"
        )
        with app.app_context():
            yield Place(app, copied, rebind(template.world))
            db.session.remove()
            db.engine.dispose()


@pytest.fixture
def world(place) -> World:
    """Give a test the people of Rivermouth."""
    return place.world
