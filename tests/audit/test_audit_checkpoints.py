"""Checkpoints that are given out, proofs, and the triggers that guard a log's tables."""

import base64

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from casehub import clock
from casehub.audit import (
    AuditLog,
    changing,
    deployment_log,
    head,
    log,
    prove_consistency,
    prove_inclusion,
    publish_checkpoint,
    record,
)
from casehub.audit.acts import LOG_BEGUN
from casehub.audit.journal import Entry
from casehub.audit.log import append
from casehub.audit.notes import key_id, open_note
from casehub.audit.tree import is_consistent, root_from_inclusion
from casehub.cases import acts
from casehub.errors import LogBroken, Unfinished
from casehub.store import db, reading, writing
from casehub.vault import VerifyKey
from tests.audit.attacks import (
    GUARDED,
    check,
    codes,
    cut,
    disarm,
    on_sqlite,
    plainly,
    restart,
    row_of,
    size_of,
    triggers,
)

pytestmark = pytest.mark.database


@pytest.fixture
def world(told):
    return told.world


def note(world, times=1):
    """Record views, in one append."""
    actor = world["Priya Nair"].actor()
    with changing():
        for _ in range(times):
            record(acts.CASE_OPENED, by=actor, keys=["own"], records=[])


def begun(hub):
    return Entry(log=hub, act=LOG_BEGUN, at=clock.now())


def append_and_fail(hub):
    append([begun(hub)])
    raise Unfinished("No.")


def checked(hub):
    with reading():
        return codes(check(hub))


class TestCheckpoints:
    def test_one_is_a_note_that_the_log_s_key_signed(self, world):
        with changing():
            given = publish_checkpoint(db.session.get_one(AuditLog, world.hub_id))
        with reading():
            found = db.session.get_one(AuditLog, world.hub_id)
            opened = open_note(given, found.origin, VerifyKey(found.public_key))
            assert opened == head(found).checkpoint
        assert checked(world.hub_id) == set()

    def test_the_same_one_may_be_given_out_again(self, world):
        given = []
        for _ in range(2):
            with changing():
                given.append(publish_checkpoint(db.session.get_one(AuditLog, world.hub_id)))
        assert given[0] == given[1]

    def test_a_log_that_grew_on_is_still_the_one_it_was_given_out_for(self, world):
        with changing():
            publish_checkpoint(db.session.get_one(AuditLog, world.hub_id))
        note(world, times=5)
        assert checked(world.hub_id) == set()

    @pytest.fixture
    def given(self, world):
        """The number of entries at the first of two appends; a checkpoint is given out of both."""
        with writing():
            disarm()
            plainly("DELETE FROM audit_checkpoints")
        note(world)
        with reading():
            size = size_of(world.hub_id)
        note(world, times=2)
        with changing():
            publish_checkpoint(db.session.get_one(AuditLog, world.hub_id))
        return size

    def test_a_log_that_was_cut_off_at_an_earlier_signed_end_is_found_by_it(self, given, attack):
        cut(attack.hub, given)
        report = check(attack.hub)
        assert [(finding.code, finding.sentence) for finding in report.findings] == [
            (
                "truncated",
                f"A checkpoint of {given + 2} entries was given out; {given} are there.",
            )
        ]

    @pytest.mark.parametrize("more", [0, 1, 2])
    def test_a_log_that_was_cut_off_is_not_built_on_by_who_has_seen_it(self, given, attack, more):
        cut(attack.hub, given)
        restart(attack.place.settings)
        append([begun(attack.hub)] * more)
        log._checked[attack.hub] = (given + 2, "another", bytes(64))
        with pytest.raises(LogBroken):
            append([begun(attack.hub)])
        restart(attack.place.settings)

    def test_a_log_whose_last_append_is_gone_is_not_built_on_by_who_made_it(self, alone):
        note(alone)
        note(alone)
        with writing():
            disarm()
            cut(alone.hub_id, size_of(alone.hub_id) - 1)
        assert checked(alone.hub_id) == set()  # nobody else could tell
        with pytest.raises(LogBroken, match="shorter"):
            note(alone)

    def test_what_was_rolled_back_is_not_missed(self, alone):
        with pytest.raises(Unfinished), writing():
            append_and_fail(alone.hub_id)
        note(alone)
        assert checked(alone.hub_id) == set()

    def test_an_older_view_of_a_log_is_no_sign_of_that(self, given, attack):
        log._checked[attack.hub] = seen = (given + 40, "another", bytes(64))
        assert head(db.session.get_one(AuditLog, attack.hub)).checkpoint.size == given + 2
        assert log._checked[attack.hub] == seen
        restart(attack.place.settings)

    def test_a_log_that_went_another_way_from_there_is_found_by_it(self, given, attack):
        cut(attack.hub, given)
        restart(attack.place.settings)
        append([begun(attack.hub)] * 3)
        assert codes(check(attack.hub)) == {"forked"}
        restart(attack.place.settings)

    def test_without_it_such_a_log_would_be_sound(self, given, attack):
        cut(attack.hub, given)
        plainly("DELETE FROM audit_checkpoints")
        assert check(attack.hub).sound

    @pytest.mark.parametrize(
        ("assignment", "code"),
        [
            ("note = replace(note, 'casehub', 'casehob')", "checkpoint"),
            ("note = 'lost'", "checkpoint"),
            ("size = size - 1", "forked"),
            ("size = size + 1", "truncated"),
            ("size = 0", "forked"),
        ],
    )
    def test_one_that_was_changed_is_named(self, given, attack, assignment, code):
        plainly(f"UPDATE audit_checkpoints SET {assignment}")
        assert codes(check(attack.hub)) == {code}

    def test_one_that_was_hidden_below_its_size_is_still_found(self, given, attack):
        cut(attack.hub, given)
        plainly("UPDATE audit_checkpoints SET size = 1")
        assert codes(check(attack.hub)) == {"truncated"}

    def test_that_of_another_log_is_none_of_this_one(self, given, attack):
        # One key signs all logs: here it is the deployment's checkpoint under this log's name.
        other = head(deployment_log())
        found = db.session.get_one(AuditLog, attack.hub)
        mark = base64.b64encode(key_id(found.origin, VerifyKey(found.public_key)) + other.signature)
        note = f"{other.checkpoint.text}\n— {found.origin} {mark.decode()}\n"
        plainly("UPDATE audit_checkpoints SET note = :note", note=note)
        assert codes(check(attack.hub)) == {"checkpoint"}


class TestProofs:
    ENTRIES = 300

    def test_of_a_log_of_hundreds_of_entries_lead_to_its_roots(self, world):
        note(world, times=self.ENTRIES)
        with reading():
            found, size = db.session.get_one(AuditLog, world.hub_id), size_of(world.hub_id)
            root = head(found).checkpoint.root
            for number in range(0, size, 13):
                leaf = bytes(row_of("audit_entries", log_id=found.id, number=number)["leaf"])
                path = prove_inclusion(found, number, size)
                assert root_from_inclusion(leaf, number, size, path) == root

    def test_of_a_log_that_grew_lead_from_each_root_it_had(self, world):
        given = []
        for times in (1, 2, 5, 40, 100):
            note(world, times)
            with reading():
                given.append(head(db.session.get_one(AuditLog, world.hub_id)).checkpoint)
        with reading():
            found, last = db.session.get_one(AuditLog, world.hub_id), given[-1]
            for first in given:
                path = prove_consistency(found, first.size, last.size)
                assert is_consistent(first.size, first.root, last.size, last.root, path)
                assert not is_consistent(first.size, bytes(32), last.size, last.root, path)


class TestTriggers:
    def test_stand_over_every_table_of_the_log(self, alone):
        with reading():
            found = triggers()
        acts_of = ("no_update", "no_delete") if on_sqlite() else ("append_only",)
        expected = {f"{table}_{act}": table for table in GUARDED for act in acts_of}
        assert found == expected

    @pytest.mark.parametrize("table", GUARDED)
    def test_refuse_whatever_is_not_an_insert(self, alone, table):
        with changing():
            publish_checkpoint(db.session.get_one(AuditLog, alone.hub_id))
        column = "id" if table == "audit_logs" else "log_id"
        statements = [f"UPDATE {table} SET {column} = {column}", f"DELETE FROM {table}"]
        if not on_sqlite():  # which has no such statement
            statements.append(f"TRUNCATE {table} CASCADE")
        for statement in statements:
            with pytest.raises(DBAPIError, match="append-only"), writing():
                db.session.execute(text(statement))
        assert checked(alone.hub_id) == set()

    def test_what_gets_past_them_is_found(self, alone):
        if on_sqlite():  # where REPLACE removes rows without asking a trigger
            with writing():
                row = row_of("audit_entries", log_id=alone.hub_id, number=3)
                columns = ", ".join(row)
                places = ", ".join(f":{name}" for name in row)
                statement = f"INSERT OR REPLACE INTO audit_entries ({columns}) VALUES ({places})"
                plainly(statement, **(row | {"body": row["body"] + " "}))
            assert checked(alone.hub_id) == {"changed"}
