"""Who reads what of the log, and that it is sentences."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from casehub.audit import AuditEntry, AuditLog, changing, publish_checkpoint, viewing
from casehub.cases.contracts import NOTE, STATEMENT
from casehub.cases.models import EndCode
from casehub.cases.queries import case_for
from casehub.demo.world import account_of, invite
from casehub.errors import NotThere, Refused
from casehub.oversight.kinds import ActKind
from casehub.oversight.queries import PAGE, Filter
from casehub.oversight.sentences import ENGLISH
from casehub.oversight.service import read_log
from casehub.policy import Role
from casehub.store import db, reading
from casehub.vault import KeyKind
from tests.builders import (
    MORNING,
    end,
    entries,
    read,
    refer,
    release,
    statements,
    take_on,
    write,
)
from tests.house.test_canary import WORD

HARBOUR = "Harbour House"


def seen(person, before=None, walled=frozenset(), **wanted):
    """The page of the log that somebody reads."""
    actor = replace(person.actor(), walled=walled)
    with viewing():
        return read_log(actor, Filter(**wanted), ENGLISH, before)


def told(person, **wanted):
    return [line.text for line in seen(person, **wanted).lines]


class TestWhoReads:
    @pytest.mark.parametrize("name", ["Priya Nair", "Omar Haddad", "Ana Duarte"])
    def test_nobody_without_the_role(self, world, name):
        with pytest.raises(Refused):
            seen(world[name])

    def test_reading_is_an_entry_itself(self, supervisor):
        count = len(told(supervisor))
        assert entries("log:read")[-1]["facts"] == {"scope": "agency", "entries": count}
        assert told(supervisor)[0] == f"Lev Marchenko read the log of the agency: {count} entries."

    def test_the_privacy_officer_reads_the_hub_s(self, officer, case, yara):
        lines = told(officer)
        assert any("Yara Cole (North Shelter)" in line for line in lines)
        assert entries("log:read")[-1]["facts"]["scope"] == "hub"


@pytest.mark.database
class TestWhatASupervisorSees:
    def test_what_the_agency_s_people_did(self, supervisor, case):
        lines = told(supervisor)
        assert f"Priya Nair referred the case {case.reference} and made its keys." in lines
        released = next(line for line in lines if "released" in line)
        assert released == (
            f"Priya Nair released the synopsis in {case.reference} to Harbour House, "
            "until it is taken back. Ground: To reduce the risk of domestic violence."
        )

    def test_whoever_acts_on_a_case_that_the_agency_brought(self, world, supervisor, case):
        row = write(world["Priya Nair"], case)
        read(world["Omar Haddad"], case, row)
        assert told(supervisor)[0] == (
            f"Omar Haddad (Harbour House) opened the synopsis in {case.reference}."
        )

    def test_a_stranger_who_was_refused(self, world, supervisor, case):
        with pytest.raises(NotThere):
            read(world["Ines Prado"], case, write(world["Priya Nair"], case))
        line = seen(supervisor).lines[0]
        assert line.refused
        assert line.text == (
            f"Ines Prado (Rivermouth Housing) was refused: open the synopsis. {case.reference}"
        )

    def test_another_agency_s_acts_elsewhere_are_not_there(self, yara, world, case):
        assert not any("Priya" in line or case.reference in line for line in told(yara))

    def test_what_was_given_to_the_agency_and_taken_back(self, yara, world, case):
        north = db.session.get_one(type(world.agencies[HARBOUR]), yara.agency)
        given = release(world["Priya Nair"], case, north)
        end(world["Priya Nair"], given, EndCode.MISTAKE)
        back, gave = told(yara)[:2]
        assert back.endswith("to North Shelter: it was a mistake.")
        assert gave.startswith("Priya Nair (Rivermouth Police) released the synopsis")

    def test_on_another_s_case_nothing_of_third_agencies(self, yara, world, case):
        north = db.session.get_one(type(world.agencies[HARBOUR]), yara.agency)
        release(world["Priya Nair"], case, north)
        take_on(yara, case)
        row = write(world["Priya Nair"], case)
        read(world["Omar Haddad"], case, row)
        assert not any("Omar" in line or HARBOUR in line for line in told(yara))

    def test_not_that_another_agency_wrote_for_itself(self, world, supervisor, case):
        write(world["Omar Haddad"], case, KeyKind.OWN, contract=NOTE)
        write(world["Omar Haddad"], case, KeyKind.PART, contract=STATEMENT)
        acts = [line.text for line in seen(supervisor).lines if "Omar" in line.text]
        assert not any("wrote" in text or "key" in text for text in acts)

    def test_what_the_operator_did_about_the_agency(self, supervisor, yara):
        begun = [line for line in told(yara) if "first custodian" in line]
        assert begun == ["The first custodian Nia Brook made the agency's keys."]
        assert not any("Nia Brook" in line for line in told(supervisor) if "first" in line)


def test_of_two_people_of_one_name_it_is_said_which(world, officer):
    first = world["Priya Nair"]
    invite(world, "Ana Duarte", "Lev Marchenko", "Priya Nair", [Role.CASEWORKER])
    refer(world["Priya Nair"])
    refer(first)
    with reading():
        names = [account_of(person).sign_in_name for person in (first, world["Priya Nair"])]
    lines = told(officer)
    assert names[0] != names[1]
    for line, name in zip(lines[:2], names, strict=True):
        assert line.startswith(f"Priya Nair [{name}]")


class TestSilence:
    def test_a_refusal_does_not_tell_whether_there_is_such_a_case(self, yara, world, case):
        for reference in (case.reference, "R-2222-2222"):
            actor = yara.actor()
            with pytest.raises(NotThere), viewing():
                case_for(actor, reference)
        there, not_there = seen(yara, refused=True).lines
        assert there.pieces == not_there.pieces
        assert there.text == "Yara Cole was refused: see a case."

    def test_nor_does_looking_for_its_reference(self, yara, world, case):
        assert told(yara, case=case.reference) == told(yara, case="R-2222-2222") == []

    def test_an_entry_about_a_walled_case_is_left_out(self, supervisor, officer, case):
        for person in (supervisor, officer):
            lines = [line.text for line in seen(person, walled=frozenset({case.id})).lines]
            assert not any(case.reference in line for line in lines)
            assert lines
            found = seen(person, walled=frozenset({case.id}), case=case.reference)
            assert found.lines == ()

    def test_no_word_of_a_case_is_in_it(self, world, officer, case):
        write(world["Priya Nair"], case, KeyKind.IDENTIFIERS, WORD)
        assert WORD not in " ".join(told(officer))


@pytest.mark.database
class TestFilters:
    def test_by_person(self, world, supervisor, case):
        lines = told(supervisor, who=world["Omar Haddad"].account)
        assert lines
        assert all(line.startswith("Omar Haddad") for line in lines)

    def test_by_kind(self, supervisor, case):
        lines = seen(supervisor, kinds=frozenset({ActKind.GIVEN})).lines
        assert {line.kind for line in lines} == {ActKind.GIVEN}

    def test_by_case(self, world, supervisor, case):
        other = refer(world["Priya Nair"])
        lines = told(supervisor, case=other.reference)
        assert lines == [f"Priya Nair referred the case {other.reference} and made its keys."]

    def test_by_day_as_the_hub_counts_days(self, world, supervisor, case, later):
        # 09:00 UTC is two in the morning in Vancouver; seventeen hours later it is evening there.
        later(hours=17)
        today, day_after = MORNING.date(), MORNING.date().replace(day=15)
        refer(world["Priya Nair"])
        assert len(told(supervisor, since=today, until=today)) >= 5
        assert told(supervisor, since=day_after) == []

    def test_only_what_was_refused(self, world, supervisor, case):
        with pytest.raises(NotThere):
            read(world["Ines Prado"], case, write(world["Priya Nair"], case))
        assert [line.refused for line in seen(supervisor, refused=True).lines] == [True]


class TestPages:
    def test_they_follow_on_without_a_gap(self, world, officer):
        for _ in range(PAGE // 2):
            refer(world["Priya Nair"])
        numbers, older = [], None
        while True:
            page = seen(officer, before=older)
            numbers += [line.number for line in page.lines]
            if page.older is None:
                break
            older = page.older
        with reading():
            every = db.session.scalars(
                select(AuditEntry.number).where(AuditEntry.log_id == world.hub_id)
            ).all()
        assert numbers == sorted(numbers, reverse=True)
        # What was read meanwhile stands above the first page.
        assert set(range(numbers[0] + 1)) == set(numbers)
        assert max(every) > numbers[0]

    def test_a_page_takes_few_statements(self, supervisor, case):
        with statements() as said:
            seen(supervisor)
        asked = [line for line in said if line.startswith("SELECT")]
        assert len(asked) < 20


def test_the_proof_says_how_long_the_log_is_and_that_nothing_was_given_out(supervisor, world):
    proof = seen(supervisor).proof
    with reading():
        numbers = select(AuditEntry.number).where(AuditEntry.log_id == world.hub_id)
        length = len(db.session.scalars(numbers).all())
    assert proof.given_out is None
    assert proof.since == proof.size == length - 1  # reading it was the last entry


def test_the_proof_says_what_was_given_out(supervisor, world):
    with changing():
        publish_checkpoint(db.session.get_one(AuditLog, world.hub_id))
    proof = seen(supervisor).proof
    assert (proof.given_out, proof.given_out_at) == (proof.size, MORNING)
    assert proof.since == 0
