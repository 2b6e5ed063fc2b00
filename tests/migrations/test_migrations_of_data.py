"""What each migration does to data: rows are put in at the revision before and read after it.

A tester is a class named after its revision. `load` puts rows in at the revision before, `check`
looks at them after the upgrade, `check_back` after the downgrade.
"""

from dataclasses import replace

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text
from sqlalchemy.exc import DBAPIError

from casehub.app import create_app, start_up
from casehub.audit import changing
from casehub.demo.place import fresh_settings
from casehub.demo.story import people_of_rivermouth, refer, release_synopsis
from casehub.hubs.deployment import begin_deployment
from casehub.store import db, writing
from casehub.store.migrating import current, downgrade, folder_beside, upgrade


def revisions():
    """Every revision with the one before it, oldest first."""
    scripts = ScriptDirectory(str(folder_beside("migrations"))).walk_revisions()
    return [(item.revision, item.down_revision or "base") for item in reversed(list(scripts))]


def counts():
    with db.engine.connect() as connection:
        return {
            table: connection.scalar(text(f"SELECT count(*) FROM {table}"))
            for table in inspect(db.engine).get_table_names()
        }


class Revision0001:
    """The ground. There is nothing before it, it begins empty, and nothing is left below."""

    def load(self, settings):
        assert counts().keys() <= {"alembic_version"}

    def check(self, settings):
        found = counts()
        assert {"audit_entries", "cases", "records"} <= found.keys()
        assert {table for table, number in found.items() if number} == {"alembic_version"}

    def check_back(self, settings):
        assert counts() in ({}, {"alembic_version": 0})


def insert(table, **values):
    names = ", ".join(values)
    marks = ", ".join(f":{name}" for name in values)
    with writing():
        db.session.execute(text(f"INSERT INTO {table} ({names}) VALUES ({marks})"), values)


class Revision0002:
    """Signing in. An account that was there before keeps its row, and has no sign-in name."""

    def load(self, settings):
        made = {"created_at": "2031-03-14 09:00:00"}
        hub, agency, self.account = (str(number) * 32 for number in (1, 2, 3))
        insert("hubs", id=hub, name="h", time_zone="UTC", languages="en", protocol="p", **made)
        words = {"name": "a", "organisation": "a", "sector": "police", "regime": "ca-bc-public"}
        flags = {"coordinates": False, "core": True, "state": "active"}
        insert("agencies", id=agency, hub_id=hub, **words, **flags, **made)
        person = {"name": "Ana Duarte", "email": "a@rivermouth.example", "language": "en"}
        states = {"kind": "person", "state": "admitted"}
        owner = {"hub_id": hub, "agency_id": agency}
        insert("accounts", id=self.account, **owner, **person, **states, **made)

    def _names(self, column):
        with db.engine.connect() as connection:
            return connection.execute(text(f"SELECT name, {column} FROM accounts")).all()

    def check(self, settings):
        assert self._names("sign_in_name") == [("Ana Duarte", None)]
        assert {table: counts()[table] for table in SIGN_IN} == dict.fromkeys(SIGN_IN, 0)

    def check_back(self, settings):
        assert self._names("email") == [("Ana Duarte", "a@rivermouth.example")]
        assert "throttles" not in counts()


SIGN_IN = {"credentials", "factor_uses", "browser_sessions", "throttles"}


class Revision0003(Revision0002):
    """Setting up. An agency of before keeps its row; it has no code, no agreement, no deposit."""

    def check(self, settings):
        with db.engine.connect() as connection:
            found = connection.execute(text("SELECT name, state FROM agencies")).all()
        assert found == [("a", "active")]
        assert {table: counts()[table] for table in SETTING_UP} == dict.fromkeys(SETTING_UP, 0)

    def check_back(self, settings):
        assert self._names("email") == [("Ana Duarte", "a@rivermouth.example")]
        assert not SETTING_UP & counts().keys()


class Revision0004(Revision0003):
    """Marks. Nobody put on a team before has one; the row keeps its state in the log."""

    def check(self, settings):
        with db.engine.connect() as connection:
            connection.execute(text("SELECT mark FROM assignments")).all()

    def check_back(self, settings):
        with db.engine.connect() as connection, pytest.raises(DBAPIError):
            connection.execute(text("SELECT mark FROM assignments"))


SETTING_UP = {"agreements", "codes", "sheet_deposits"}
TESTERS = {
    "0001": Revision0001(),
    "0002": Revision0002(),
    "0003": Revision0003(),
    "0004": Revision0004(),
}


def test_each_revision_has_its_tester():
    assert list(TESTERS) == [revision for revision, _ in revisions()], "Write one, as above."


@pytest.mark.database
@pytest.mark.parametrize(("revision", "before"), revisions())
def test_rows_that_were_there_before_are_what_they_should_be(blank_url, tmp_path, revision, before):
    settings = replace(fresh_settings(tmp_path), database_url=blank_url)
    tester = TESTERS[revision]
    with create_app(settings).app_context():
        if before != "base":
            upgrade(db.engine, before)
        tester.load(settings)
        upgrade(db.engine, revision)
        tester.check(settings)
        db.session.remove()
        downgrade(db.engine, before)
        assert current(db.engine) == (None if before == "base" else before)
        tester.check_back(settings)
        db.engine.dispose()


@pytest.mark.database
def test_a_whole_story_fits_into_the_newest_revision_and_nothing_is_left_below(blank_url, tmp_path):
    settings = replace(fresh_settings(tmp_path), database_url=blank_url)
    with create_app(settings).app_context():
        upgrade(db.engine)
        with changing():
            begin_deployment(settings.secrets.values())
        start_up(settings)
        world = people_of_rivermouth()
        release_synopsis(world, refer(world, lambda _: None))
        assert {table for table, number in counts().items() if not number} == {
            "audit_checkpoints",
            *SIGN_IN,  # nobody of the story signs in
        }
        db.session.remove()
        downgrade(db.engine, "base")
        assert counts() in ({}, {"alembic_version": 0})
        db.session.remove()
        db.engine.dispose()
