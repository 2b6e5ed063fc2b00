"""A check finds whatever was done to a log's entries behind the application's back, and names it.

Each attack says which findings it leads to, all of them.
"""

import pytest

from casehub.audit import AuditLog, verify_log
from casehub.audit.tree import leaf_hash
from casehub.store import db, reading
from tests.audit.attacks import (
    check,
    codes,
    facts_of,
    forge_entry,
    on_sqlite,
    plainly,
    put,
    row_of,
    size_of,
    tree_of,
)

pytestmark = pytest.mark.database

MIDDLE = 7


def change(told, assignment, number=MIDDLE, **values):
    statement = f"UPDATE audit_entries SET {assignment} WHERE log_id = :log AND number = :number"
    plainly(statement, log=told.hub, number=number, **values)


def sentences(told):
    return [finding.sentence for finding in check(told.hub).findings]


class TestASoundLog:
    def test_of_either_kind_gives_no_findings(self, told):
        with reading():
            hub, deployment = check(told.hub), check()
        assert (hub.sound, hub.findings) == (True, [])
        assert (deployment.sound, deployment.findings) == (True, [])
        assert hub.entries > 30
        assert hub.rows > 60
        assert deployment.rows == 0

    def test_the_report_has_the_root_that_was_signed(self, told):
        with reading():
            assert check(told.hub).root == tree_of(told.hub).root

    def test_progress_is_told_and_ends_at_the_whole(self, told, monkeypatch):
        steps = []
        monkeypatch.setattr("casehub.audit.stretches.STRETCH", 8)
        with reading():
            log = db.session.get_one(AuditLog, told.hub)
            size = verify_log(log, lambda done, whole: steps.append((done, whole))).entries
        assert steps == [*((done, size) for done in range(8, size, 8)), (size, size)]

    def test_going_through_it_entry_by_entry_says_the_same(self, told, monkeypatch):
        with reading():
            quickly = check(told.hub)
            monkeypatch.setattr("casehub.audit.verify.grown", lambda _tree, _stretch: None)
            slowly = check(told.hub)
        assert (slowly.root, slowly.entries, slowly.findings) == (quickly.root, quickly.entries, [])

    def test_it_is_sound_wherever_its_stretches_end(self, told, monkeypatch):
        with reading():
            for stretch in (1, 2, 4, 16):
                monkeypatch.setattr("casehub.audit.stretches.STRETCH", stretch)
                assert check(told.hub).sound


class TestAChangedEntry:
    def test_its_text(self, attack):
        change(attack, """body = replace(body, '"nonce":"', '"nonce":"0')""")
        assert sentences(attack) == [f"Entry {MIDDLE} was changed: its text has another hash."]

    def test_its_text_and_its_hash(self, attack):
        body = row_of("audit_entries", log_id=attack.hub, number=MIDDLE)["body"].replace("a", "b")
        change(attack, "body = :body, leaf = :leaf", body=body, leaf=leaf_hash(body.encode()))
        report = check(attack.hub)
        assert "tree" in codes(report)
        assert f"Node {MIDDLE // 2} of level 1 does not fit." in sentences(attack)

    def test_its_hash(self, attack):
        change(attack, "leaf = :leaf", leaf=bytes(32))
        assert codes(check(attack.hub)) == {"changed", "tree"}

    @pytest.mark.parametrize(
        "assignment",
        [
            "act = 'case:referred'",
            "outcome = 'alarm'",
            "at = '1999-12-31 23:59:59.000000'",
            "account_id = :other",
            "agency_id = :other",
            "case_id = :other",
            "account_id = NULL",
            "case_id = NULL",
        ],
    )
    def test_a_column_that_repeats_a_part_of_it(self, attack, assignment):
        number = size_of(attack.hub) - 1
        values = {"other": attack.account("Ines Prado")} if ":other" in assignment else {}
        change(attack, assignment, number, **values)
        report = check(attack.hub)
        assert codes(report) == {"columns"}
        assert f"Entry {number} is not" in report.findings[0].sentence

    def test_an_account_that_was_given_to_an_entry_without_one(self, attack):
        change(attack, "account_id = :other", 0, other=attack.account("Ines Prado"))
        assert codes(check(attack.hub)) == {"columns"}

    def test_an_account_that_was_moved_out_of_the_filters_by_its_spelling(self, attack):
        number = size_of(attack.hub) - 1
        spelled = str(attack.account("Omar Haddad"))
        change(attack, "account_id = :spelled", number, spelled=spelled)
        # PostgreSQL has one spelling of an id, so there nothing was changed.
        assert codes(check(attack.hub)) == ({"columns"} if on_sqlite() else set())

    @pytest.mark.parametrize("spelling", ["replace(at, ' ', 'T')", "at || 'Z'", "at || ' '"])
    def test_a_moment_that_was_moved_out_of_the_filters_by_its_spelling(self, attack, spelling):
        if on_sqlite():
            change(attack, f"at = {spelling}")
            assert codes(check(attack.hub)) == {"columns"}

    def test_the_tree_that_stands_with_it(self, attack):
        number = size_of(attack.hub) - 1
        frontier = bytes(row_of("audit_entries", log_id=attack.hub, number=number)["frontier"])
        change(attack, "frontier = :forged", number, forged=bytes(32) + frontier[32:])
        assert codes(check(attack.hub)) == {"tree", "unsigned"}

    @pytest.mark.parametrize("length", [0, 1, 31, 33, 320])
    def test_a_tree_that_stands_with_it_and_is_none(self, attack, length):
        number = size_of(attack.hub) - 1
        change(attack, "frontier = :forged", number, forged=bytes(length))
        assert codes(check(attack.hub)) == {"tree"}

    @pytest.mark.parametrize("forged", [bytes(64), b"", None])
    def test_the_signature_at_the_end(self, attack, forged):
        number = size_of(attack.hub) - 1
        change(attack, "signature = :forged", number, forged=forged)
        report = check(attack.hub)
        assert codes(report) == {"unsigned"}
        assert f"entry {number}" in report.findings[0].sentence


class TestAnEntryThatIsGone:
    def test_from_the_middle(self, attack):
        plainly("DELETE FROM audit_entries WHERE log_id = :log AND number = 7", log=attack.hub)
        report = check(attack.hub)
        assert codes(report) >= {"missing", "tree"}
        assert "Entry 7 is missing; entry 8 follows." in sentences(attack)

    def test_at_the_beginning(self, attack):
        plainly("DELETE FROM audit_entries WHERE log_id = :log AND number = 0", log=attack.hub)
        assert "Entry 0 is missing; entry 1 follows." in sentences(attack)

    def test_at_the_end_where_no_signature_is_left(self, attack):
        number = forge_entry(attack.hub)
        change(attack, "frontier = NULL, signature = NULL", number - 1)
        plainly("DELETE FROM audit_entries WHERE number = :number", number=number)
        assert "unsigned" in codes(check(attack.hub))

    def test_all_of_them(self, attack):
        plainly("DELETE FROM audit_entries WHERE log_id = :log", log=attack.hub)
        report = check(attack.hub)
        assert codes(report) == {"empty", "tree", "row-added"}
        assert report.entries == 0


class TestAnEntryTooMany:
    def test_at_the_end_with_everything_right_but_the_signature(self, attack):
        number = forge_entry(attack.hub)
        assert sentences(attack) == [f"The log's end, entry {number}, is not signed by its key."]

    def test_far_behind_the_end(self, attack):
        row = row_of("audit_entries", log_id=attack.hub, number=MIDDLE)
        put("audit_entries", row | {"number": 2**31 - 1})
        assert codes(check(attack.hub)) >= {"missing", "unsigned"}

    def test_before_the_beginning(self, attack):
        row = row_of("audit_entries", log_id=attack.hub, number=MIDDLE)
        put("audit_entries", row | {"number": -1})
        put("audit_entries", row | {"number": -(2**31)})
        report = check(attack.hub)
        assert codes(report) == {"inserted"}
        assert report.entries == size_of(attack.hub) - 2
        assert [finding.sentence for finding in report.findings] == [
            f"Entry {-(2**31)} stands before the log's beginning.",
            "Entry -1 stands before the log's beginning.",
        ]

    def test_in_the_middle_with_the_others_moved_on(self, attack):
        shift = "UPDATE audit_entries SET number = {} WHERE log_id = :log AND number {}"
        plainly(shift.format("-number - 1", "> 7"), log=attack.hub)
        plainly(shift.format("-number", "< 0"), log=attack.hub)
        row = row_of("audit_entries", log_id=attack.hub, number=MIDDLE)
        put("audit_entries", row | {"number": MIDDLE + 1})
        assert codes(check(attack.hub)) >= {"tree"}


class TestEntriesInAnotherOrder:
    def swap(self, told, *columns):
        first, second = (
            row_of("audit_entries", log_id=told.hub, number=number) for number in (7, 8)
        )
        for number, row in ((7, second), (8, first)):
            values = {column: row[column] for column in columns}
            change(told, ", ".join(f"{name} = :{name}" for name in columns), number, **values)

    def test_their_texts(self, attack):
        self.swap(attack, "body")
        assert codes(check(attack.hub)) == {"changed", "columns"}
        assert {"Entry 7", "Entry 8"} <= {sentence[:7] for sentence in sentences(attack)}

    def test_their_texts_and_hashes(self, attack):
        self.swap(attack, "body", "leaf")
        assert codes(check(attack.hub)) == {"columns", "tree"}

    def test_everything_of_them(self, attack):
        columns = ("at", "act", "outcome", "account_id", "agency_id", "case_id")
        self.swap(attack, "body", "leaf", *columns)
        assert codes(check(attack.hub)) == {"tree"}


class TestATextThatCannotBeRead:
    @pytest.mark.parametrize(
        "things",
        [
            '"things":[["grants",5,null]]}',
            '"things":[["grants"]]}',
            '"things":[[["grants"],"00000000-0000-0000-0000-000000000000",null]]}',
            '"things":null}',
            '"thongs":[1]}',
            '"things":[1]}]',
            '"things":' + "[" * 100_000,
        ],
    )
    def test_is_found_and_what_follows_is_still_checked(self, attack, things):
        body = row_of("audit_entries", log_id=attack.hub, number=MIDDLE)["body"]
        change(attack, "body = :body", body=body.partition('"things"')[0] + things)
        change(attack, "outcome = 'alarm'", MIDDLE + 1)
        found = sentences(attack)
        assert f"Entry {MIDDLE} cannot be read." in found
        assert any(sentence.startswith(f"Entry {MIDDLE + 1} is not") for sentence in found)

    @pytest.mark.parametrize(
        "assignment",
        [
            "body = CAST(x'ff' AS TEXT)",
            "body = x'00'",
            "leaf = 'text'",
            "leaf = 5",
            "frontier = 'text'",
            "at = 5",
            "account_id = x'00'",
            "act = 5",
            "number = 'text'",
            "number = 7.5",
        ],
    )
    def test_a_column_of_another_type_is_found(self, attack, assignment):
        # SQLite puts anything into any column.
        if on_sqlite():
            change(attack, assignment)
            assert not check(attack.hub).sound


class TestNodes:
    def test_one_that_was_changed(self, attack):
        plainly(
            "UPDATE audit_nodes SET hash = :forged "
            "WHERE log_id = :log AND level = 2 AND number = 1",
            log=attack.hub,
            forged=bytes(32),
        )
        assert sentences(attack) == ["Node 1 of level 2 does not fit."]

    def test_one_that_is_gone(self, attack):
        plainly(
            "DELETE FROM audit_nodes WHERE log_id = :log AND level = 1 AND number IN (3, 5)",
            log=attack.hub,
        )
        assert sentences(attack) == [
            "Node 3 of level 1 does not fit.",
            "Node 5 of level 1 does not fit.",
        ]

    @pytest.mark.parametrize(("level", "number"), [(1, 1000), (1, -1), (17, 0), (0, 3), (-1, 0)])
    def test_one_too_many(self, attack, level, number):
        node = {"log_id": attack.hub, "level": level, "number": number, "hash": bytes(32)}
        put("audit_nodes", node)
        assert sentences(attack) == ["The log has 1 node(s) that belong to no entry."]


class TestTheLogItself:
    def test_its_origin(self, attack):
        plainly("UPDATE audit_logs SET origin = 'casehub/other' WHERE id = :log", log=attack.hub)
        db.session.expire_all()
        assert codes(check(attack.hub)) == {"unsigned"}

    def test_facts_are_those_that_were_written(self, told):
        with reading():
            assert facts_of(told.hub, 0)["act"] == "log:begun"
