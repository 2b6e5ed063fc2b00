"""Units of work: a change and its entry together or neither, and no page before its entry."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from sqlalchemy import text

from casehub import clock
from casehub.audit import changing, deployment_log, housekeeping, loaded, record, viewing
from casehub.audit.acts import POLICY_LOADED
from casehub.cases import acts
from casehub.cases.models import AssignmentReason
from casehub.errors import Busy, Invalid, LogBroken, NotRecorded, StoreFailed
from casehub.hubs.acts import AGENCY_NAMED
from casehub.hubs.models import Agency, Hub
from casehub.hubs.service import NewAgency, name_agency
from casehub.policy import in_force
from casehub.policy.documents import PolicyDocument
from casehub.store import db, reading, writing
from tests.audit.attacks import (
    check,
    disarm,
    facts_of,
    hold,
    plainly,
    put,
    size_of,
    tree_of,
)

pytestmark = pytest.mark.database

NEW = NewAgency("Harbour Clinic", "Harbour Clinic", "health", "ca-bc-public")


class Ledger:
    """What a log and a table held at the beginning, and what was added since."""

    def __init__(self, log):
        self.log = log
        self.before = self._state()

    def _state(self):
        with reading():
            return size_of(self.log), plainly("SELECT count(*) FROM agencies").scalar_one()

    @property
    def added(self):
        return tuple(now - was for now, was in zip(self._state(), self.before, strict=True))

    def newest(self):
        with reading():
            return facts_of(self.log, size_of(self.log) - 1)

    def sound(self):
        with reading():
            return check(self.log).sound


@pytest.fixture
def world(told):
    return told.world


@pytest.fixture
def ledger(world) -> Ledger:
    return Ledger(world.hub_id)


def name_another(world):
    name = f"Clinic {uuid4()}"
    return name_agency(db.session.get_one(Hub, world.hub_id), replace(NEW, name=name))


def note_a_view(actor, case=None):
    record(acts.CASE_OPENED, by=actor, case=case, rule="open-own", keys=["own"], records=[])


def note_two_views(actor):
    note_a_view(actor)
    note_a_view(actor)


def fail_after(act):
    act()
    db.session.flush()
    raise Invalid("name", "No.")


def add_silently(world):
    db.session.add(Agency(hub_id=world.hub_id, **vars(NEW)))


def change_silently(world, _also=None):
    db.session.get_one(Agency, world.agencies["Harbour House"].id).core = False


def delete_silently(world):
    db.session.delete(db.session.get_one(Agency, world.agencies["Rivermouth Housing"].id))


def write_in_a_view(early):
    if early:
        loaded()
    db.session.execute(text("UPDATE agencies SET core = NOT core"))


def begin_another(actor, unit):
    note_a_view(actor)
    with unit():
        pass


def break_the_log(world):
    with writing():
        disarm()
        plainly("UPDATE audit_entries SET signature = :none", none=bytes(64))


def take_the_next_place(world):
    """Put a node where the next but one entry, at the latest, has to put its own."""
    with writing():
        frontier = tree_of(world.hub_id)
        nodes = frontier.append(bytes(32)) or frontier.append(bytes(32))
        level, number, _ = nodes[0]
        place = {"log_id": world.hub_id.hex, "level": level, "number": number}
        put("audit_nodes", place | {"hash": bytes(32)})


class TestAChange:
    def test_is_stored_with_its_entry(self, world, ledger):
        with changing():
            agency = name_another(world)
        assert ledger.added == (1, 1)
        entry = ledger.newest()
        assert (entry["act"], entry["outcome"]) == ("agency:named", "done")
        assert entry["facts"] == {"agency": str(agency.id)}
        assert [thing[:2] for thing in entry["things"]] == [["agencies", str(agency.id)]]
        assert ledger.sound()

    def test_its_entry_says_who_did_it_when_and_by_which_rule(self, world, ledger):
        priya, case = world["Priya Nair"].actor(), uuid4()
        with changing():
            note_a_view(priya, case)
        entry = ledger.newest()
        assert (entry["account"], entry["agency"]) == (str(priya.account), str(priya.agency))
        assert (entry["case"], entry["at"]) == (str(case), clock.timestamp(priya.at))
        assert (entry["rule"], entry["policy"]) == ("open-own", in_force().digest)
        assert len(bytes.fromhex(entry["nonce"])) == 16

    def test_what_the_operator_does_has_no_account(self, world, ledger):
        with clock.frozen_at(datetime(2026, 3, 29, tzinfo=UTC)), changing():
            name_another(world)
        entry = ledger.newest()
        assert (entry["account"], entry["agency"], entry["case"]) == (None, None, None)
        assert entry["at"] == "2026-03-29T00:00:00.000000Z"

    def test_an_exception_in_the_middle_leaves_neither(self, world, ledger):
        with pytest.raises(Invalid), changing():
            fail_after(lambda: name_another(world))
        assert ledger.added == (0, 0)

    def test_a_log_that_takes_no_entry_leaves_neither(self, alone):
        ledger = Ledger(alone.hub_id)
        break_the_log(alone)
        with pytest.raises(LogBroken), changing():
            name_another(alone)
        assert ledger.added == (0, 0)

    def test_a_place_that_is_taken_leaves_neither(self, alone):
        ledger = Ledger(alone.hub_id)
        priya = alone["Priya Nair"].actor()
        take_the_next_place(alone)
        with pytest.raises(LogBroken), changing():
            note_two_views(priya)
        assert ledger.added == (0, 0)

    @pytest.mark.parametrize("how", [add_silently, change_silently, delete_silently])
    def test_a_row_that_no_entry_mentions_is_not_stored(self, world, ledger, how):
        with pytest.raises(RuntimeError, match="without an entry in the log: agencies"), changing():
            how(world)
        assert ledger.added == (0, 0)
        assert ledger.sound()

    def test_an_entry_about_another_row_is_no_excuse(self, world, ledger):
        with pytest.raises(RuntimeError, match="changed without an entry"), changing():
            change_silently(world, name_another(world))
        assert ledger.added == (0, 0)

    def test_an_entry_says_what_a_row_was_in_the_end(self, world, ledger):
        with changing():
            agency = name_another(world)
            agency.core = False
        assert ledger.sound()

    def test_an_act_that_does_not_write_carries_no_rows(self, world, ledger):
        about = {"by": None, "hub": world.hub_id, "keys": [], "records": []}
        with pytest.raises(ValueError, match="case:opened is not an act that writes"), changing():
            record(acts.CASE_OPENED, things=[name_another(world)], **about)
        assert ledger.added == (0, 0)

    def test_facts_are_those_of_the_catalogue(self, world, ledger):
        with pytest.raises(ValueError, match="agency is no id"), changing():
            record(AGENCY_NAMED, by=None, hub=world.hub_id, agency="He waits outside")
        assert ledger.added == (0, 0)

    def test_facts_are_written_plainly(self, world, ledger):
        first, second = sorted([uuid4(), uuid4()], key=str)
        hub, keys = world.hub_id, {"synopsis", "own"}
        with changing():
            record(acts.CASE_OPENED, by=None, hub=hub, keys=keys, records=(second, first))
            record(
                acts.KEY_RELEASED,
                by=None,
                hub=hub,
                key="own",
                receiver=first,
                named_account=None,
                ground=AssignmentReason.COVER,
                met=[AssignmentReason.COVER],
                until=clock.FOREVER,
            )
        assert ledger.newest()["facts"] == {
            "ground": "cover",
            "met": ["cover"],
            "key": "own",
            "named_account": None,
            "receiver": str(first),
            "until": "9999-12-31T00:00:00.000000Z",
        }
        with reading():
            facts = facts_of(ledger.log, size_of(ledger.log) - 2)["facts"]
        assert facts == {"keys": ["own", "synopsis"], "records": [str(first), str(second)]}

    def test_the_entries_of_one_change_go_to_the_logs_they_are_for(self, world, ledger):
        with reading():
            deployment = deployment_log().id
        other = Ledger(deployment)
        with changing():
            name_another(world)
            record(POLICY_LOADED, by=None, was=None, documents=[])
        assert ledger.added == (1, 1)
        assert other.added == (1, 1)
        assert ledger.sound()
        assert other.sound()

    def test_without_entries_and_changes_nothing_is_written(self, world, ledger):
        with changing():
            pass
        assert ledger.added == (0, 0)


class TestAView:
    def test_its_entry_is_stored_before_it_leaves_and_not_earlier(self, world, ledger):
        priya = world["Priya Nair"].actor()
        before = ledger.before[0]
        with viewing():
            note_a_view(priya)
            assert size_of(ledger.log) == before
        assert ledger.added == (1, 0)
        assert ledger.newest()["act"] == "case:opened"

    def test_without_an_entry_nothing_is_written(self, world, ledger):
        with viewing():
            db.session.get_one(Hub, world.hub_id)
        assert ledger.added == (0, 0)

    def test_an_exception_leaves_no_entry(self, world, ledger):
        priya = world["Priya Nair"].actor()
        with pytest.raises(Invalid), viewing():
            fail_after(lambda: note_a_view(priya))
        assert ledger.added == (0, 0)

    def test_it_may_end_its_transaction_before_it_opens_and_renders(self, world, ledger):
        priya = world["Priya Nair"].actor()
        with viewing():
            hub = db.session.get_one(Hub, world.hub_id)
            loaded()
            assert not db.session().in_transaction()
            note_a_view(priya)
            assert hub.name == "Hub of Rivermouth"
        assert ledger.added == (1, 0)

    @pytest.mark.parametrize("early", [False, True])
    def test_the_database_itself_refuses_to_write_in_it(self, world, ledger, early):
        with pytest.raises(StoreFailed), viewing():
            write_in_a_view(early)
        assert ledger.added == (0, 0)
        assert ledger.sound()

    def test_what_was_changed_in_memory_does_not_get_into_the_database(self, world, ledger):
        with pytest.raises(StoreFailed), viewing():
            change_silently(world)
        assert ledger.sound()

    def test_while_somebody_else_holds_the_log_nothing_is_shown(self, world, ledger, impatient):
        priya = world["Priya Nair"].actor()
        with hold(ledger.log), pytest.raises(NotRecorded), viewing():
            note_a_view(priya)
        assert ledger.added == (0, 0)
        with viewing():
            note_a_view(priya)
        assert ledger.added == (1, 0)

    def test_without_an_entry_it_waits_for_nobody(self, world, ledger, impatient):
        with hold(ledger.log), viewing():
            db.session.get_one(Hub, world.hub_id)

    @pytest.mark.parametrize("kind", [Busy, StoreFailed, LogBroken])
    def test_whatever_keeps_its_entry_from_being_stored_nothing_is_shown(
        self, world, ledger, monkeypatch, kind
    ):
        def fail(_entries):
            raise kind("No.")

        priya = world["Priya Nair"].actor()
        monkeypatch.setattr("casehub.audit.unit.append", fail)
        with pytest.raises(NotRecorded) as caught, viewing():
            note_a_view(priya)
        assert isinstance(caught.value.__cause__, kind)
        assert ledger.added == (0, 0)

    def test_of_a_log_that_is_broken_nothing_is_shown(self, alone):
        priya = alone["Priya Nair"].actor()
        break_the_log(alone)
        with pytest.raises(NotRecorded), viewing():
            note_a_view(priya)

    def test_where_the_place_of_its_entry_is_taken_nothing_is_shown(self, alone):
        priya = alone["Priya Nair"].actor()
        take_the_next_place(alone)
        with pytest.raises(NotRecorded), viewing():
            note_two_views(priya)


class TestHousekeeping:
    def test_writes_what_no_log_speaks_of_and_leaves_no_entry(self, ledger):
        with housekeeping():
            db.session.add(PolicyDocument(kind="a", name="a", version=1, sha256="", text=""))
        assert ledger.added == (0, 0)
        with reading():
            assert plainly("SELECT count(*) FROM policy_documents WHERE kind = 'a'").scalar_one()

    def test_writes_nothing_that_a_log_vouches_for(self, world, ledger):
        with pytest.raises(RuntimeError, match="changed without an entry"), housekeeping():
            change_silently(world)
        assert ledger.sound()

    @pytest.mark.parametrize("unit", [changing, viewing])
    def test_is_not_done_inside_a_unit(self, ledger, unit):
        with (
            pytest.raises(RuntimeError, match="cannot begin inside another"),
            unit(),
            housekeeping(),
        ):
            pass
        assert ledger.added == (0, 0)


class TestOneAtATime:
    @pytest.mark.parametrize("outer", [changing, viewing])
    @pytest.mark.parametrize("inner", [changing, viewing])
    def test_a_unit_does_not_begin_inside_another(self, world, ledger, outer, inner):
        priya = world["Priya Nair"].actor()
        with pytest.raises(RuntimeError, match="cannot begin inside another"), outer():
            begin_another(priya, inner)
        assert ledger.added == (0, 0)

    def test_nothing_is_recorded_outside_one(self, world, ledger):
        priya = world["Priya Nair"].actor()
        with pytest.raises(RuntimeError, match="case:opened happened outside a unit of work"):
            note_a_view(priya)
        with reading(), pytest.raises(RuntimeError, match="outside a unit of work"):
            note_a_view(priya)

    @pytest.mark.parametrize("unit", [changing, viewing])
    def test_one_that_failed_leaves_nothing_to_the_next(self, world, ledger, unit):
        priya = world["Priya Nair"].actor()
        with pytest.raises(Invalid), unit():
            fail_after(lambda: note_a_view(priya))
        with pytest.raises(RuntimeError, match="changed without an entry"), changing():
            change_silently(world)
        with changing():
            name_another(world)
        assert ledger.added == (1, 1)
        assert ledger.sound()
