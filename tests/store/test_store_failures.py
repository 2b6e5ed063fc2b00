"""What a database's own errors become: a sentence that people know, and what to do about it."""

import shutil
import sqlite3
from contextlib import nullcontext
from dataclasses import replace

import pytest
from sqlalchemy import UniqueConstraint, text
from sqlalchemy.exc import IntegrityError

from casehub.app import create_app
from casehub.errors import Invalid, Stale, StoreFailed
from casehub.policy.documents import PolicyDocument
from casehub.store import Base, db, reading, sqlite_path, writing
from casehub.store.failures import violated_constraint
from casehub.store.migrating import check_current, current, upgrade

FULL = "The disk that holds the database is full."
READ_ONLY = "The database cannot be written."
GONE = "The database cannot be reached."
OLD = "The database lacks a table that this version needs."
DAMAGED = "The database is damaged."


@pytest.fixture
def at(place):
    """Give a function that enters the application on another database."""
    contexts = []

    def enter(url):
        context = create_app(replace(place.settings, database_url=url)).app_context()
        context.push()
        contexts.append(context)

    yield enter
    for context in reversed(contexts):
        db.session.remove()
        db.engine.dispose()
        context.pop()


def read():
    with reading():
        db.session.scalar(text("SELECT count(*) FROM hubs"))


def write(size=1):
    with writing():
        row = {"kind": "k", "name": "n", "version": 1, "sha256": "0", "text": "x" * size}
        db.session.add(PolicyDocument(**row))


def assert_fails(act, sentence, remedy):
    with pytest.raises(StoreFailed) as failed:
        act()
    assert str(failed.value) == sentence
    assert remedy in failed.value.remedy


class TestSqlite:
    def test_a_full_disk(self, place):
        def fill():
            with writing():
                used = db.session.scalar(text("PRAGMA page_count"))
                db.session.execute(text(f"PRAGMA max_page_count = {used}"))
                row = {"kind": "k", "name": "n", "version": 1, "sha256": "0", "text": "x" * 9_999}
                db.session.add(PolicyDocument(**row))

        assert_fails(fill, FULL, "Free space on the disk")
        read()

    def test_a_file_that_may_not_be_written(self, place, at):
        path = sqlite_path(place.settings.database_url)
        at(f"sqlite:///file:{path}?mode=ro&uri=true")
        read()
        assert_fails(write, READ_ONLY, "write access to the database file and its folder")
        read()

    def test_a_folder_that_is_not_there(self, tmp_path, at):
        at(f"sqlite:///{tmp_path / 'none' / 'casehub.sqlite'}")
        for act in (read, write):
            assert_fails(act, GONE, "Check the database URL")

    def test_a_file_that_is_no_database(self, tmp_path, at):
        path = tmp_path / "letter.sqlite"
        path.write_bytes(b"Dear colleagues, this is a letter. " * 200)
        at(f"sqlite:///{path}")
        for act in (read, write):
            assert_fails(act, GONE, "Check the database URL")

    def test_a_file_that_is_damaged(self, place, tmp_path, at):
        path = tmp_path / "damaged.sqlite"
        shutil.copy(sqlite_path(place.settings.database_url), path)
        content = bytearray(path.read_bytes())
        content[4096 : 4096 * 40] = b"\xff" * 4096 * 39
        path.write_bytes(content)
        at(f"sqlite:///{path}")
        assert_fails(read, DAMAGED, "restore the last backup")

    def test_a_database_that_was_not_migrated(self, tmp_path, at):
        at(f"sqlite:///{tmp_path / 'empty.sqlite'}")
        for act in (read, write):
            assert_fails(act, OLD, "casehub migrate")

    def test_a_column_that_is_not_there_yet(self, place):
        with writing():
            db.session.execute(text("ALTER TABLE policy_documents DROP COLUMN text"))
        assert_fails(write, OLD, "casehub migrate")


class TestOutsideOfATransaction:
    """Migrating and looking at the revision use connections of their own."""

    @pytest.mark.parametrize("act", [current, check_current, upgrade])
    def test_a_failing_database_is_named_there_too(self, tmp_path, at, act):
        path = tmp_path / "letter.sqlite"
        path.write_bytes(b"Dear colleagues, this is a letter. " * 200)
        at(f"sqlite:///{path}")
        assert_fails(lambda: act(db.engine), GONE, "Check the database URL")


@pytest.mark.database
class TestConflicts:
    def copy(self, table, **changes):
        """Insert one of the rows that are there once more, with some columns changed."""
        names = [column.name for column in Base.metadata.tables[table].columns]
        chosen = ", ".join(changes.get(name, name) for name in names)
        statement = f"INSERT INTO {table} ({', '.join(names)}) SELECT {chosen} FROM {table} LIMIT 1"
        with writing():
            db.session.execute(text(statement))

    @property
    def fresh(self):
        return "'" + ("0" * 32) + "'"

    def test_a_key_that_is_taken_is_stale_and_named(self, place):
        for table, changes, name in (
            ("hubs", {"name": "'x'"}, "pk_hubs"),
            ("hubs", {"id": self.fresh}, "uq_hubs_name"),
            ("agencies", {"id": self.fresh}, "uq_agencies_hub_id_name"),
            ("account_keys", {"id": self.fresh}, "uq_account_keys_current"),
            ("agency_keys", {"id": self.fresh, "epoch": "9"}, "uq_agency_keys_current"),
            ("agency_keys", {"id": self.fresh}, None),  # two are violated: either may be named
        ):
            with pytest.raises(Stale) as stale:
                self.copy(table, **changes)
            found = stale.value.values["constraint"]
            assert found == name or (name is None and found.startswith("uq_agency_keys_"))
            assert str(stale.value) == "Somebody else has done this already."

    def test_what_a_service_should_have_refused_stays_a_defect(self, place):
        for table, changes, name in (
            ("agencies", {"id": self.fresh, "state": "'odd'"}, "ck_agencies_state_is_known"),
            ("agencies", {"id": self.fresh, "name": "NULL"}, None),
            ("agencies", {"id": self.fresh, "name": "'x'", "hub_id": self.fresh}, ...),
        ):
            with pytest.raises(IntegrityError) as defect:
                self.copy(table, **changes)
            if name is not ...:
                assert violated_constraint(defect.value) == name

    def test_what_does_not_fit_a_column_is_what_somebody_typed(self, place):
        on_sqlite = db.engine.dialect.name == "sqlite"  # which takes any length and any letter
        fits = nullcontext() if on_sqlite else pytest.raises(Invalid, match="a letter that is none")
        for unfit in ("x" * 300, "a\0b"):
            with fits, writing():
                db.session.execute(text("UPDATE hubs SET name = :name"), {"name": unfit})

    def test_what_the_log_s_triggers_refuse_is_a_defect_too(self, place):
        with pytest.raises(Exception, match="append-only") as defect, writing():
            db.session.execute(text("DELETE FROM audit_entries"))
        assert not isinstance(defect.value, (Stale, StoreFailed))


def unique_keys(table):
    declared = [item for item in table.constraints if isinstance(item, UniqueConstraint)]
    found = [table.primary_key, *declared, *(item for item in table.indexes if item.unique)]
    return sorted(found, key=lambda item: item.name)


UNIQUE_KEYS = [
    pytest.param(table.name, item.name, [column.name for column in item.columns], id=item.name)
    for table in Base.metadata.sorted_tables
    for item in unique_keys(table)
]


@pytest.mark.parametrize(("table", "name", "columns"), UNIQUE_KEYS)
def test_each_unique_key_is_known_by_what_sqlite_says_of_it(table, name, columns):
    """SQLite names table and columns, so no two keys of a table may have the same columns."""
    said = ", ".join(f"{table}.{column}" for column in columns)
    orig = sqlite3.IntegrityError(f"UNIQUE constraint failed: {said}")
    assert violated_constraint(IntegrityError("", {}, orig)) == name


@pytest.mark.parametrize(
    "said",
    ["UNIQUE constraint failed: hubs.time_zone", "UNIQUE constraint failed: elsewhere.id"],
)
def test_a_key_that_we_do_not_know_is_no_reason_for_a_second_error(said):
    assert violated_constraint(IntegrityError("", {}, sqlite3.IntegrityError(said))) is None
