"""How a database is opened: the promises it is asked to keep are really kept."""

from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import inspect, text

from casehub.app import create_app
from casehub.demo.place import fresh_settings
from casehub.policy.documents import PolicyDocument
from casehub.store import db, reading, sqlite_path, writing
from casehub.store.engine import engine_options

PRAGMAS = {
    "journal_mode": "wal",
    "synchronous": 2,  # FULL
    "foreign_keys": 1,
    "secure_delete": 1,
    "temp_store": 2,  # MEMORY
    "trusted_schema": 0,
    "busy_timeout": 3000,
}


class TestSqlite:
    @pytest.mark.parametrize("kind", [reading, writing])
    def test_every_promise_is_asked_for_and_given(self, place, kind):
        with kind():
            found = {name: db.session.scalar(text(f"PRAGMA {name}")) for name in PRAGMAS}
        assert found == PRAGMAS

    def test_so_it_is_on_every_connection(self, place):
        connections = [db.engine.connect() for _ in range(3)]
        for connection in connections:
            assert connection.scalar(text("PRAGMA foreign_keys")) == 1
            assert connection.scalar(text("PRAGMA query_only")) == 1
            connection.close()

    def test_what_was_deleted_is_not_in_the_file_any_more(self, place):
        secret = "zvezdopad" * 50
        with writing():
            row = {"kind": "k", "name": "n", "version": 1, "sha256": "0", "text": secret}
            db.session.add(PolicyDocument(**row))
        with writing():
            db.session.execute(text("DELETE FROM policy_documents WHERE kind = 'k'"))
        db.session.remove()
        with db.engine.connect() as connection:
            raw = connection.connection.driver_connection
            raw.execute("PRAGMA query_only = OFF")
            raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        path = sqlite_path(place.settings.database_url)
        stored = path.read_bytes() + Path(f"{path}-wal").read_bytes()
        assert b"zvezdopad" not in stored


@pytest.mark.database
def test_what_belongs_to_nothing_is_refused(place):
    lost = {"id": uuid4().hex, "hub": uuid4().hex}
    columns = [column["name"] for column in inspect(db.engine).get_columns("agencies")]
    values = ", ".join({"id": ":id", "hub_id": ":hub"}.get(name, name) for name in columns)
    with pytest.raises(Exception, match=r"(?i)foreign key"), writing():
        db.session.execute(
            text(f"INSERT INTO agencies SELECT {values} FROM agencies LIMIT 1"),
            lost,
        )


@pytest.mark.database
@pytest.mark.parametrize(
    ("kind", "level", "read_only"),
    [(reading, "repeatable read", "on"), (writing, "read committed", "off")],
)
def test_on_postgresql_readers_have_one_snapshot_and_writers_see_what_they_waited_for(
    postgres_app, kind, level, read_only
):
    with kind():
        assert db.session.scalar(text("SHOW transaction_isolation")) == level
        assert db.session.scalar(text("SHOW transaction_read_only")) == read_only
        assert db.session.scalar(text("SHOW lock_timeout")) == "3s"


@pytest.fixture
def postgres_app(postgres, tmp_path):
    """Enter the application on a database of PostgreSQL that holds nothing."""
    url = postgres.create_database("opened")
    with create_app(fresh_settings(tmp_path, url)).app_context():
        yield
        db.session.remove()
        db.engine.dispose()
    postgres.drop_database("opened")


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("sqlite:////srv/casehub.sqlite", Path("/srv/casehub.sqlite")),
        ("sqlite:///:memory:", None),
        ("sqlite://", None),
        ("postgresql+psycopg://casehub@host/casehub", None),
    ],
)
def test_the_file_of_an_address_is_known(url, path):
    assert sqlite_path(url) == path


@pytest.mark.parametrize("url", ["sqlite:////x.sqlite", "postgresql+psycopg://host/name"])
def test_errors_never_repeat_what_a_statement_was_sent(url):
    assert engine_options(url)["hide_parameters"] is True
