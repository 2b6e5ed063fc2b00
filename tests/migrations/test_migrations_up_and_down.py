"""The way up and down, on both databases, and that it ends where the models are."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

import casehub.models  # noqa: F401 - the tables to compare with
from casehub.audit.models import APPEND_ONLY
from casehub.errors import StoreFailed, TooNew
from casehub.store import Base, db, writing
from casehub.store.engine import WRITE
from casehub.store.migrating import check_current, current, downgrade, folder_beside, head, upgrade

pytestmark = pytest.mark.database
GUARDED = sorted(model.__tablename__ for model in APPEND_ONLY)


def scalars(engine, statement):
    with engine.connect() as connection:
        return sorted(connection.scalars(text(statement)))


def triggers(engine):
    if engine.dialect.name == "sqlite":
        return scalars(engine, "SELECT name FROM sqlite_master WHERE type = 'trigger'")
    return scalars(engine, "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal")


def functions(engine):
    if engine.dialect.name == "sqlite":
        return []
    return scalars(
        engine, "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
    )


def things(engine):
    """Everything that a migration can leave behind."""
    return {*inspect(engine).get_table_names(), *triggers(engine), *functions(engine)}


def shape(engine):
    """The tables with their columns, checks, keys and indexes, as the database tells them."""
    found = inspect(engine)
    return {
        table: {
            "columns": {
                column["name"]: (str(column["type"]), column["nullable"])
                for column in found.get_columns(table)
            },
            "checks": {item["name"] for item in found.get_check_constraints(table)},
            "unique": {item["name"] for item in found.get_unique_constraints(table)},
            "keys": {item["name"] for item in found.get_foreign_keys(table)},
            "primary": found.get_pk_constraint(table)["name"],
            "indexes": {item["name"] for item in found.get_indexes(table)},
        }
        for table in found.get_table_names()
    }


def test_up_down_and_up_again(blank):
    assert current(blank) is None
    upgrade(blank)
    assert current(blank) == head()
    first = shape(blank), triggers(blank)
    downgrade(blank, "base")
    assert current(blank) is None
    assert things(blank) <= {"alembic_version"}
    upgrade(blank)
    assert (shape(blank), triggers(blank)) == first
    check_current(blank)


def test_going_up_twice_changes_nothing(blank):
    upgrade(blank)
    before = shape(blank)
    upgrade(blank)
    assert shape(blank) == before


class TestTheHeadIsWhatTheModelsSay:
    def test_tables_columns_types_and_indexes(self, blank):
        upgrade(blank)
        with blank.connect() as connection:
            options = {"compare_type": True, "compare_server_default": True}
            context = MigrationContext.configure(connection, opts=options)
            assert compare_metadata(context, Base.metadata) == []

    def test_checks_and_the_names_of_everything(self, blank):
        """What the comparison above does not look at."""
        upgrade(blank)
        found = shape(blank)
        del found["alembic_version"]
        upgraded = {
            table: {kind: names for kind, names in parts.items() if kind != "columns"}
            for table, parts in found.items()
        }
        downgrade(blank, "base")
        with blank.connect().execution_options(**{WRITE: True}) as connection, connection.begin():
            Base.metadata.create_all(connection)
        made = shape(blank)
        made.pop("alembic_version", None)
        assert upgraded == {
            table: {kind: names for kind, names in parts.items() if kind != "columns"}
            for table, parts in made.items()
        }


class TestWhatIsLeftAsItWas:
    def test_foreign_keys_hold_again_afterwards(self, blank):
        upgrade(blank)
        if blank.dialect.name == "sqlite":
            with blank.connect() as connection:
                assert connection.scalar(text("PRAGMA foreign_keys")) == 1
        statement = "INSERT INTO audit_nodes VALUES (:id, 0, 0, :hash)"
        with (
            blank.connect().execution_options(**{WRITE: True}) as connection,
            pytest.raises(Exception, match=r"(?i)foreign key"),
        ):
            connection.execute(text(statement), {"id": "0" * 32, "hash": b""})

    def test_the_lock_is_free_again(self, blank):
        upgrade(blank)
        if blank.dialect.name == "postgresql":
            assert scalars(blank, "SELECT pid FROM pg_locks WHERE locktype = 'advisory'") == []

    def test_a_connection_does_not_write_unless_it_says_so(self, blank):
        upgrade(blank)
        with (
            blank.connect() as connection,
            pytest.raises(Exception, match=r"(?i)read-?only"),
        ):
            connection.execute(text("DELETE FROM policy_documents"))


class TestTriggers:
    def test_every_table_of_the_log_has_its_guards(self, blank):
        upgrade(blank)
        if blank.dialect.name == "sqlite":
            expected = [f"{table}_no_{act}" for table in GUARDED for act in ("delete", "update")]
        else:
            expected = [f"{table}_append_only" for table in GUARDED]
        assert triggers(blank) == sorted(expected)

    def test_they_refuse_to_change_and_to_remove(self, place):
        columns = {"audit_logs": "origin", "audit_entries": "body", "audit_nodes": "hash"}
        for table, column in columns.items():
            for act in (f"UPDATE {table} SET {column} = {column}", f"DELETE FROM {table}"):
                with pytest.raises(Exception, match="append-only"), writing():
                    db.session.execute(text(act))


class TestTheRevision:
    def test_an_empty_database_is_told_what_to_run(self, blank):
        with pytest.raises(StoreFailed) as failed:
            check_current(blank)
        assert str(failed.value) == (
            f"The database is at revision none, this version needs {head()}."
        )
        assert "casehub migrate" in failed.value.remedy

    @pytest.mark.parametrize("act", [check_current, upgrade])
    def test_one_of_a_later_version_is_told_to_upgrade_the_program(self, blank, act):
        upgrade(blank)
        with blank.connect().execution_options(**{WRITE: True}) as connection, connection.begin():
            connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        with pytest.raises(TooNew, match="9999") as later:
            act(blank)
        assert "Upgrade this installation" in later.value.remedy
        assert current(blank) == "9999"


def revisions():
    config = ScriptDirectory(str(folder_beside("migrations")))
    return [script.revision for script in config.walk_revisions()]


class TestTheFolder:
    def test_revisions_are_numbered_one_after_the_other(self):
        found = sorted(revisions())
        assert found == [f"{number:04}" for number in range(1, len(found) + 1)]
        assert found[-1] == head()

    def test_a_migration_imports_nothing_of_ours(self):
        for path in (folder_beside("migrations") / "versions").glob("*.py"):
            assert "casehub." not in path.read_text(encoding="utf-8").replace("casehub.sqlite", "")
