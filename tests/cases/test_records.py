"""Records: sealed under the key asked for and the author's own, corrected and never edited."""

import pytest
from sqlalchemy import select

from casehub.cases import contracts
from casehub.cases.models import Case, CaseKeyRow, Record
from casehub.cases.queries import records_of
from casehub.errors import Invalid, NotThere, Refused, Stale
from casehub.store import db, reading
from casehub.vault import KeyKind, inventory
from tests.builders import (
    CONTRACTS,
    WORDS,
    at_once,
    end,
    entries,
    findings,
    read,
    refer,
    release,
    rotate,
    share,
    shelter,
    take_off,
    take_on,
    write,
)

POLICE, HARBOUR = "Rivermouth Police", "Harbour House"
SHARED = [KeyKind.SYNOPSIS, KeyKind.IDENTIFIERS, KeyKind.CONTACT, KeyKind.JOINT]


@pytest.fixture
def case(world):
    return refer(world["Priya Nair"])


@pytest.mark.database
@pytest.mark.parametrize("kind", KeyKind)
def test_what_is_written_under_a_key_is_read_with_it_and_with_the_own_one(world, case, kind):
    row = write(world["Priya Nair"], case, kind)
    assert read(world["Priya Nair"], case, row) == WORDS
    assert read(world["Priya Nair"], case, row, by=KeyKind.OWN) == WORDS
    assert (row.own_wrap is None) is (kind is KeyKind.OWN)
    assert findings(world) == []


@pytest.mark.parametrize(
    "text",
    ["", "x" * 10_000, "\u202eright-to-left\u202c", "<script>", "Ñandú ґанок 'or' --", "\x00"],
)
def test_awkward_words_come_back_as_they_were(world, case, text):
    row = write(world["Priya Nair"], case, KeyKind.JOINT, text)
    assert read(world["Priya Nair"], case, row) == text


def test_a_row_prints_no_more_than_how_long_it_is(world, case):
    row = write(world["Priya Nair"], case)
    assert str(row.body) == repr(row.body) == f"<sealed {len(row.body)} bytes>"


@pytest.mark.parametrize("kind", KeyKind)
def test_a_document_lies_under_no_other_kind_of_key_than_its_own(world, case, kind):
    for contract in inventory:
        if contract.name.startswith("cases/") and kind not in contract.kinds:
            with pytest.raises(Invalid) as refused:
                write(world["Priya Nair"], case, kind, contract=contract)
            assert refused.value.place == "kind"
    with reading():
        assert not db.session.scalars(select(Record)).all()


def test_the_entry_names_what_was_written_and_no_word_of_it(world, case):
    row = write(world["Priya Nair"], case, KeyKind.PART)
    said = entries("record:written")[-1]
    police = world.agencies[POLICE].id
    assert said["facts"] == {
        "contract": "cases/statement",
        "key": f"part/{police}",
        "supersedes": None,
    }
    assert [[kind, ident] for kind, ident, _ in said["things"]] == [["records", str(row.id)]]
    assert "waits outside" not in str(entries())


class TestSuperseding:
    @pytest.mark.database
    def test_a_correction_counts_on_and_takes_the_older_one_s_place(self, world, case):
        first = write(world["Priya Nair"], case, text="first")
        second = write(world["Priya Nair"], case, text="second", supersedes=first)
        third = write(world["Priya Nair"], case, text="third", supersedes=second)
        assert [row.revision for row in (first, second, third)] == [1, 2, 3]
        with reading():
            assert [row.id for row in records_of(case)] == [third.id]
        assert [read(world["Priya Nair"], case, row) for row in (first, second, third)] == [
            "first",
            "second",
            "third",
        ]

    def test_the_same_one_is_not_corrected_twice(self, world, case):
        first = write(world["Priya Nair"], case)
        write(world["Priya Nair"], case, supersedes=first)
        with pytest.raises(Stale):
            write(world["Priya Nair"], case, supersedes=first)

    @pytest.mark.database
    def test_of_two_who_correct_it_at_once_one_is_told(self, place, case):
        take_on(place.world["Priya Nair"], case, place.world["Priya Nair"])
        first = write(place.world["Priya Nair"], case).id

        def correct(mine):
            row = db.session.get_one(Record, first)
            write(mine["Priya Nair"], row.case, supersedes=row)

        results = at_once(place.app, place.world, correct, correct)
        assert [type(result) for result in results if result] == [Stale]
        with reading():
            assert [row.revision for row in records_of(case)] == [2]
        assert findings(place.world) == []

    def test_one_of_another_kind_or_case_is_not_corrected(self, world, case):
        synopsis = write(world["Priya Nair"], case)
        with pytest.raises(Invalid):
            write(world["Priya Nair"], case, KeyKind.JOINT, supersedes=synopsis)
        with pytest.raises(Invalid):
            write(world["Priya Nair"], refer(world["Priya Nair"]), supersedes=synopsis)

    def test_another_agency_s_words_are_not_corrected_away(self, world, case):
        share(world["Priya Nair"], world["Omar Haddad"], case)
        synopsis = write(world["Priya Nair"], case)
        with pytest.raises(Invalid):
            write(world["Omar Haddad"], case, supersedes=synopsis)

    def test_but_what_they_make_together_any_of_them_corrects(self, world, case):
        share(world["Priya Nair"], world["Omar Haddad"], case, KeyKind.JOINT)
        plan = write(world["Priya Nair"], case, KeyKind.JOINT, "draft")
        better = write(world["Omar Haddad"], case, KeyKind.JOINT, "agreed", supersedes=plan)
        assert read(world["Priya Nair"], case, better) == "agreed"

    def test_a_note_stays_under_the_key_of_its_first_writing(self, world, case):
        minute = write(world["Priya Nair"], case, KeyKind.JOINT)
        with pytest.raises(Invalid):
            write(
                world["Priya Nair"],
                case,
                KeyKind.SYNOPSIS,
                contract=contracts.MINUTE,
                supersedes=minute,
            )

    def test_some_documents_are_listed_apart(self, world, case):
        write(world["Priya Nair"], case)
        minute = write(world["Priya Nair"], case, KeyKind.JOINT)
        with reading():
            assert [row.id for row in records_of(case, ["cases/minute"])] == [minute.id]


class TestAnAgencyThatLosesAKey:
    @pytest.fixture
    def lost(self, world, case):
        """The police's synopsis, and the shelter's words under the same key, which then ends."""
        theirs = write(world["Priya Nair"], case)
        given = share(world["Priya Nair"], shelter(world), case)
        own = write(world["Yara Cole"], case, text="ours", contract=contracts.MINUTE)
        end(world["Priya Nair"], given)
        return theirs, own

    @pytest.mark.database
    def test_still_reads_what_it_wrote(self, world, case, lost):
        assert read(world["Yara Cole"], case, lost[1], by=KeyKind.OWN) == "ours"
        assert findings(world) == []

    def test_and_nothing_else(self, world, case, lost):
        for row in lost:
            with pytest.raises(Refused):
                read(world["Yara Cole"], case, row)
        with pytest.raises(PermissionError):
            read(world["Yara Cole"], case, lost[0], by=KeyKind.OWN)

    def test_nor_writes_any_more(self, world, case, lost):
        for kind in (KeyKind.SYNOPSIS, KeyKind.PART, KeyKind.OWN):
            with pytest.raises(Refused):
                write(world["Yara Cole"], case, kind)

    def test_what_a_rotation_carries_over_it_reads_afterwards_too(self, world, case, lost):
        rotate(world["Nia Brook"])
        assert read(world["Yara Cole"], case, lost[1], by=KeyKind.OWN) == "ours"

    def test_nobody_but_its_supervisor_reads_it_then(self, world, case):
        given = share(world["Priya Nair"], world["Omar Haddad"], case)
        own = write(world["Omar Haddad"], case, text="ours", contract=contracts.MINUTE)
        end(world["Priya Nair"], given)
        for name in ("Omar Haddad", "Bo Lindqvist"):
            with pytest.raises(NotThere):
                read(world[name], case, own, by=KeyKind.OWN)

    def test_the_giver_reads_what_the_other_wrote_under_the_shared_key(self, world, case, lost):
        assert read(world["Priya Nair"], case, lost[1]) == "ours"


class TestAPart:
    @pytest.fixture
    def both(self, world, case):
        share(world["Priya Nair"], world["Omar Haddad"], case)
        return case

    def parts(self, case):
        with reading():
            rows = db.session.scalars(
                select(CaseKeyRow).where(
                    CaseKeyRow.case_id == case.id, CaseKeyRow.kind == KeyKind.PART
                )
            )
            return {row.owner_agency_id for row in rows}

    @pytest.mark.database
    def test_an_agency_s_part_is_made_when_it_first_writes(self, world, both):
        police, harbour = world.agencies[POLICE].id, world.agencies[HARBOUR].id
        assert self.parts(both) == {police}
        row = write(world["Omar Haddad"], both, KeyKind.PART, "theirs")
        write(world["Omar Haddad"], both, KeyKind.PART, "theirs too")
        assert self.parts(both) == {police, harbour}
        assert read(world["Omar Haddad"], both, row) == "theirs"
        assert findings(world) == []

    @pytest.mark.database
    def test_no_other_agency_reads_it_until_it_is_released(self, world, both):
        row = write(world["Omar Haddad"], both, KeyKind.PART, "theirs")
        for name in ("Priya Nair", "Ines Prado"):
            with pytest.raises(Refused):
                read(world[name], both, row)
        release(world["Omar Haddad"], both, world.agencies[POLICE], KeyKind.PART)
        assert read(world["Priya Nair"], both, row) == "theirs"
        with pytest.raises(Refused):
            read(world["Ines Prado"], both, row)

    def test_holding_one_agency_s_part_is_not_holding_another_s(self, world, both):
        theirs = write(world["Omar Haddad"], both, KeyKind.PART, "theirs")
        release(world["Priya Nair"], both, world.agencies["Rivermouth Housing"], KeyKind.PART)
        take_on(world["Ines Prado"], both)
        ours = write(world["Priya Nair"], both, KeyKind.PART, "ours")
        assert read(world["Ines Prado"], both, ours) == "ours"
        with pytest.raises(Refused):
            read(world["Ines Prado"], both, theirs)

    def test_the_own_notes_of_one_agency_are_never_another_s(self, world, both):
        note = write(world["Omar Haddad"], both, KeyKind.OWN, "private")
        with pytest.raises(PermissionError):
            read(world["Priya Nair"], both, note)

    @pytest.mark.database
    def test_two_colleagues_who_first_write_at_once_make_one_key(self, place, both):
        omar = place.world["Omar Haddad"]

        def put(mine):
            write(mine["Omar Haddad"], db.session.get_one(Case, both.id), KeyKind.PART)

        results = [item for item in at_once(place.app, place.world, put, put) if item]
        assert [type(item) for item in results] in ([], [Stale])
        assert len(self.parts(both)) == 2
        with reading():
            rows = [row for row in records_of(both) if row.author_agency_id == omar.agency]
        assert [read(omar, both, row) for row in rows] == [WORDS] * len(rows)
        assert findings(place.world) == []


@pytest.mark.parametrize("kind", SHARED)
def test_nobody_writes_under_a_key_that_the_agency_does_not_hold(world, case, kind):
    other = next(item for item in SHARED if item is not kind)
    share(world["Priya Nair"], world["Omar Haddad"], case, other)
    with pytest.raises(Refused):
        write(world["Omar Haddad"], case, kind)


def test_nobody_writes_once_off_the_team(world, case, later):
    later(minutes=1)
    take_off(world["Priya Nair"], case)
    with pytest.raises(Refused):
        write(world["Priya Nair"], case)


def test_every_kind_of_key_has_a_document_here():
    assert set(CONTRACTS) == set(KeyKind)
