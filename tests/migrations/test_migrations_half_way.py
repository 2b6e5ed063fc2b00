"""A migration that is stopped half-way leaves the revision before, and says so."""

import shutil
import sqlite3
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import event, inspect, text

from casehub.errors import Busy, StoreFailed
from casehub.store import db, migrating
from casehub.store.migrating import current, downgrade, folder_beside, head, upgrade
from tests.migrations.conftest import opened

PATIENCE = 60
ROOT = Path(__file__).resolve().parents[2]
MIGRATES = """
import sys
from tests.migrations.conftest import opened
from casehub.store.migrating import upgrade
with opened(sys.argv[1]) as engine:
    upgrade(engine)
"""

NEXT = """
import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "9001", "{head}", None, None

def upgrade():
    op.create_table("half_done", sa.Column("number", sa.Integer(), primary_key=True))
    op.add_column("hubs", sa.Column("half_done", sa.Integer(), nullable=True))
    {then}

def downgrade():
    op.drop_table("half_done")
    {then}
"""
FAILS = 'op.execute("INSERT INTO nowhere VALUES (1)")'
STOPS = "raise KeyboardInterrupt"


@pytest.fixture
def folder(tmp_path):
    """Give a function that makes a folder of migrations with one more than there are."""

    def make(then):
        copy = tmp_path / "migrations"
        shutil.copytree(
            folder_beside("migrations"), copy, ignore=shutil.ignore_patterns("__pycache__")
        )
        file = copy / "versions" / "9001_next.py"
        file.write_text(NEXT.format(head=head(), then=then))
        return copy

    return make


def tables(engine):
    return set(inspect(engine).get_table_names())


def columns(engine):
    return {column["name"] for column in inspect(engine).get_columns("hubs")}


def assert_untouched(engine, revision):
    assert current(engine) == revision
    assert "half_done" not in tables(engine) | columns(engine)
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            assert connection.scalar(text("PRAGMA foreign_keys")) == 1
        else:
            held = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'")
            assert connection.scalar(held) == 0


@pytest.mark.database
def test_one_that_fails_says_where_the_database_is_now(blank, folder):
    upgrade(blank)
    with pytest.raises(StoreFailed) as failed:
        upgrade(blank, folder=folder(FAILS))
    assert str(failed.value).startswith("A migration failed: ")
    assert str(failed.value).endswith(f" The database is whole, at revision {head()}.")
    assert "migrate again" in failed.value.remedy
    assert_untouched(blank, head())


@pytest.mark.database
def test_the_ones_before_it_stay(blank, folder):
    with pytest.raises(StoreFailed, match=f"whole, at revision {head()}"):
        upgrade(blank, folder=folder(FAILS))
    assert_untouched(blank, head())
    upgrade(blank)


@pytest.mark.database
def test_one_that_somebody_stops_leaves_the_revision_before(blank, folder):
    upgrade(blank)
    with pytest.raises(KeyboardInterrupt):
        upgrade(blank, folder=folder(STOPS))
    assert_untouched(blank, head())


@pytest.mark.database
def test_once_it_is_mended_it_goes_through(blank, folder):
    upgrade(blank)
    made = folder(FAILS)
    with pytest.raises(StoreFailed):
        upgrade(blank, folder=made)
    (made / "versions" / "9001_next.py").write_text(NEXT.format(head=head(), then="pass"))
    upgrade(blank, folder=made)
    assert current(blank) == "9001"
    assert "half_done" in tables(blank) & columns(blank)


@pytest.mark.database
def test_a_way_down_that_fails_leaves_everything_too(blank, folder):
    made = folder("pass")
    upgrade(blank, folder=made)
    (made / "versions" / "9001_next.py").write_text(NEXT.format(head=head(), then=FAILS))
    with pytest.raises(StoreFailed, match="whole, at revision 9001"):
        downgrade(blank, head(), folder=made)
    assert current(blank) == "9001"
    assert "half_done" in tables(blank)


REBUILDS = (
    'with op.batch_alter_table("hubs", recreate="auto") as hubs: '
    'hubs.alter_column("name", existing_type=sa.String(120), type_=sa.String(150))'
)


@pytest.mark.database
def test_what_belongs_to_a_table_that_is_made_anew_is_still_there(place, folder):
    """SQLite changes a table by making it anew; what refers to it must not go with the old one."""
    db.session.remove()
    counted = text("SELECT count(*) FROM accounts JOIN agencies ON agencies.id = agency_id")
    with db.engine.connect() as connection:
        before = connection.scalar(counted)
    upgrade(db.engine, folder=folder(REBUILDS))
    with db.engine.connect() as connection:
        assert connection.scalar(counted) == before > 0
        if db.engine.dialect.name == "sqlite":
            assert connection.execute(text("PRAGMA foreign_key_check")).all() == []


@pytest.mark.database
class TestTwoAtOnce:
    def test_threads_of_one_process_end_well(self, blank_url):
        def migrate():
            with opened(blank_url) as engine:
                together.wait(PATIENCE)
                upgrade(engine)
                return current(engine)

        together = threading.Barrier(3)
        with ThreadPoolExecutor(3) as threads:
            ends = [threads.submit(migrate) for _ in range(3)]
            assert [end.result(PATIENCE) for end in ends] == [head()] * 3

    def test_processes_end_well(self, blank_url):
        started = [
            subprocess.Popen([sys.executable, "-c", MIGRATES, blank_url], cwd=ROOT)
            for _ in range(3)
        ]
        assert [process.wait(PATIENCE) for process in started] == [0, 0, 0]
        with opened(blank_url) as engine:
            assert current(engine) == head()


def migrated(url):
    with opened(url) as engine:
        upgrade(engine)
        return current(engine)


@pytest.mark.database
def test_on_postgresql_the_second_waits_as_long_as_the_first_takes(postgres, tmp_path, monkeypatch):
    """A long migration is no reason to give up, though any other lock soon is."""
    monkeypatch.setattr("casehub.store.engine.WAIT_SECONDS", 1)
    url = postgres.create_database("waited_for")
    with postgres.connect("waited_for") as holder, ThreadPoolExecutor(1) as threads:
        holder.execute("SELECT pg_advisory_lock(%s)", [migrating._LOCK])
        waiting = threads.submit(migrated, url)
        with pytest.raises(TimeoutError):
            waiting.result(1.5)
        holder.execute("SELECT pg_advisory_unlock_all()")
        assert waiting.result(PATIENCE) == head()
    postgres.drop_database("waited_for")


def test_on_sqlite_a_file_that_somebody_holds_is_busy_and_left_as_it_is(tmp_path):
    holder = sqlite3.connect(tmp_path / "held.sqlite", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    with opened(f"sqlite:///{tmp_path / 'held.sqlite'}") as engine:
        event.listen(engine, "connect", lambda it, _: it.execute("PRAGMA busy_timeout = 100"))
        with pytest.raises(Busy):
            upgrade(engine)
        holder.execute("ROLLBACK")
        holder.close()
        assert current(engine) is None
