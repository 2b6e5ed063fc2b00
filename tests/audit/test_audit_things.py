"""Rows that the log vouches for: how one becomes a hash, and that none is written past it."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from uuid import uuid4

import pytest
from sqlalchemy import delete, insert, select, text, update

from casehub.audit import RECORDED, AuditLog, Thing, changing, record, state_of, verify_log
from casehub.cases.models import Case, Grant
from casehub.hubs import acts
from casehub.hubs.models import Agency, Hub
from casehub.hubs.service import NewAgency, name_agency
from casehub.policy.documents import PolicyDocument
from casehub.store import Sealed, db, reading, writing
from tests.audit.attacks import plainly

MOMENT = datetime(2026, 3, 29, 1, 0, 0, 5, tzinfo=UTC)
ROW = {"id": uuid4(), "at": MOMENT, "on": date(2026, 3, 29), "sealed": b"a", "n": 1, "yes": True}


class TestTheHashOfARow:
    def test_is_the_same_for_the_same_values(self):
        assert state_of("grants", ROW) == state_of("grants", dict(reversed(ROW.items())))

    @pytest.mark.parametrize("name", ROW)
    def test_is_another_for_another_value(self, name):
        others = {
            "id": uuid4(),
            "at": MOMENT + timedelta(microseconds=1),
            "on": date(2026, 3, 30),
            "sealed": b"b",
            "n": 2,
            "yes": False,
        }
        assert state_of("grants", ROW | {name: others[name]}) != state_of("grants", ROW)
        assert state_of("grants", ROW | {name: None}) != state_of("grants", ROW)

    def test_is_another_in_another_column_or_table(self):
        assert state_of("grants", {"a": 1}) != state_of("grants", {"b": 1})
        assert state_of("grants", {"a": 1}) != state_of("releases", {"a": 1})

    def test_knows_the_table_of_a_row_with_a_column_called_kind(self):
        assert state_of("accounts", {"kind": "own"}) != state_of("case_keys", {"kind": "own"})

    def test_is_the_same_after_a_column_was_added_that_holds_nothing_yet(self):
        assert state_of("grants", ROW | {"new": None}) == state_of("grants", ROW)

    def test_does_not_depend_on_how_a_value_is_held(self):
        east = MOMENT.astimezone(timezone(timedelta(hours=3)))
        assert state_of("grants", ROW | {"at": east, "sealed": Sealed(b"a")}) == state_of(
            "grants", ROW
        )


@pytest.fixture
def world(told):
    return told.world


@pytest.mark.database
class TestWhatMayBeWritten:
    NEW = NewAgency("Harbour Clinic", "Harbour Clinic", "health", "ca-bc-public")

    def sound(self, world):
        with reading():
            return verify_log(db.session.get_one(AuditLog, world.hub_id)).sound

    @pytest.mark.parametrize(
        "statement",
        [
            update(Agency).values(core=False),
            delete(Grant),
            insert(Hub).values(name="a", time_zone="a", languages="a", protocol="a"),
            update(Agency.__table__).values(core=False),
            delete(Grant.__table__),
            insert(Hub.__table__).values(name="a", time_zone="a", languages="a", protocol="a"),
        ],
        ids=lambda statement: f"{type(statement).__name__}-{type(statement.table).__name__}",
    )
    def test_a_bulk_change_has_to_record_each_row_itself(self, world, statement):
        with pytest.raises(RuntimeError, match="must record each row itself"), changing():
            db.session.execute(statement)
        assert self.sound(world)

    def test_a_bulk_change_that_does_is_let_through(self, world):
        with changing():
            change = update(Agency).values(core=False).execution_options(**{RECORDED: True})
            db.session.execute(change)
            rows = db.session.scalars(select(Agency).execution_options(populate_existing=True))
            record(acts.HUB_FOUNDED, by=None, hub=world.hub_id, things=rows)
        assert self.sound(world)

    def test_a_bulk_change_of_a_table_that_is_not_replayed_is_free(self, world):
        with changing():
            db.session.execute(update(PolicyDocument).values(version=PolicyDocument.version))

    def test_reading_is_free(self, world):
        with reading():
            assert len(db.session.scalars(select(Case)).all()) == 1
            assert db.session.execute(text("SELECT 1")).scalar_one() == 1

    def test_a_deleted_row_is_recorded_as_gone(self, world):
        with changing():
            agency = name_agency(db.session.get_one(Hub, world.hub_id), self.NEW)
        with changing():
            found = db.session.get_one(Agency, agency.id)
            db.session.delete(found)
            record(acts.AGENCY_NAMED, by=None, hub=world.hub_id, things=[found], agency=found.id)
        assert self.sound(world)
        with reading():
            assert plainly("SELECT id FROM agencies WHERE id = :id", id=agency.id).all() == []

    def test_a_row_made_and_deleted_in_one_change_leaves_nothing(self, world):
        with changing():
            new = replace(self.NEW, name="Harbour Clinic at Night")
            agency = name_agency(db.session.get_one(Hub, world.hub_id), new)
            db.session.delete(agency)
        assert self.sound(world)

    def test_a_row_can_be_recorded_by_its_name(self, world):
        with changing():
            agency = db.session.get_one(Agency, world.agencies["Harbour House"].id)
            agency.core = False
            db.session.flush()
            columns = {item.key: getattr(agency, item.key) for item in Agency.__mapper__.columns}
            said = Thing("agencies", agency.id, state_of("agencies", columns))
            record(acts.AGENCY_NAMED, by=None, hub=world.hub_id, things=[said], agency=agency.id)
        assert self.sound(world)

    def test_what_was_looked_at_and_not_changed_needs_no_entry(self, world):
        with changing():
            agency = db.session.get_one(Agency, world.agencies["Harbour House"].id)
            agency.core = agency.core
        assert self.sound(world)

    def test_a_change_past_all_this_is_found_by_a_check(self, alone):
        with writing():
            plainly("UPDATE agencies SET core = NOT core")
        assert not self.sound(alone)
