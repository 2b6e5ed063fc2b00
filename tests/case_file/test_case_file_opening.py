"""What may be opened of a case, in which portions, and what the log says of it."""

import pytest

from casehub.audit import viewing
from casehub.case_file.sections import Section, open_section, openable
from casehub.cases.contracts import NOTE
from casehub.cases.queries import case_for
from casehub.errors import NotThere
from casehub.store import reading
from casehub.vault import KeyKind
from tests.builders import WORDS, end, entries, share, take_off, write
from tests.case_file.conftest import REFERRAL


def opened(person, case, *sections):
    """What somebody reads of a case, by section."""
    actor = person.actor()
    with viewing():
        found = case_for(actor, case.reference)
        rows = open_section(actor, found, sections or tuple(Section))
    return {str(row.section): row.document for row in rows}


def offered(person, case):
    """The sections that somebody is offered, and how many records are in each."""
    actor = person.actor()
    with reading():
        found = case_for(actor, case.reference)
        return {item.section: item.records for item in openable(actor, found)}


@pytest.mark.database
class TestWhoReferred:
    def test_is_offered_what_was_written(self, world, case):
        assert offered(world["Priya Nair"], case) == {
            Section.SYNOPSIS: 1,
            Section.NAMES: 1,
            Section.WHAT_HAPPENED: 1,
        }

    def test_reads_what_was_written(self, world, case):
        read = opened(world["Priya Nair"], case)
        assert read["names"] == {"name": REFERRAL["name"], "born_on": "2001-03-14"}
        assert read["what-happened"] == {"text": WORDS}
        assert read["synopsis"]["factors"] == ["stalking", "strangling"]

    def test_what_is_opened_stands_in_the_order_of_the_page(self, world, case):
        assert list(opened(world["Priya Nair"], case)) == ["synopsis", "names", "what-happened"]

    def test_one_section_is_one_entry_that_names_its_key_alone(self, world, case):
        assert set(opened(world["Priya Nair"], case, Section.NAMES)) == {"names"}
        facts = entries("case:opened")[-1]["facts"]
        assert facts["keys"] == ["identifiers"]
        assert len(facts["records"]) == 1

    def test_to_be_offered_something_opens_nothing(self, world, case):
        before = len(entries())
        offered(world["Priya Nair"], case)
        assert len(entries()) == before


class TestAnotherAgency:
    @pytest.fixture
    def shared(self, world, case):
        return share(world["Priya Nair"], world["Omar Haddad"], case)

    def test_reads_what_was_given_and_is_offered_nothing_else(self, world, case, shared):
        assert set(offered(world["Omar Haddad"], case)) == {Section.SYNOPSIS}
        assert set(opened(world["Omar Haddad"], case)) == {"synopsis"}

    @pytest.mark.parametrize("section", [Section.NAMES, Section.WHAT_HAPPENED, Section.NOTES])
    def test_what_was_not_given_looks_like_what_is_not_there(self, world, case, shared, section):
        with pytest.raises(NotThere):
            opened(world["Omar Haddad"], case, section)

    def test_reads_its_own_words_when_everything_else_is_gone(self, world, case, shared):
        write(world["Omar Haddad"], case, KeyKind.OWN, "We met her.", contract=NOTE)
        assert opened(world["Omar Haddad"], case, Section.NOTES) == {
            "notes": {"text": "We met her."}
        }
        end(world["Priya Nair"], shared)
        with pytest.raises(NotThere):
            opened(world["Omar Haddad"], case)

    def test_a_third_one_finds_no_case(self, world, case, shared):
        with pytest.raises(NotThere):
            offered(world["Ines Prado"], case)


def test_who_left_the_team_is_offered_nothing(world, case, later):
    take_off(world["Priya Nair"], case)
    later(seconds=1)
    assert offered(world["Priya Nair"], case) == {}
    with pytest.raises(NotThere):
        opened(world["Priya Nair"], case)


def test_what_is_open_prints_nothing_of_what_it_says(world, case):
    actor = world["Priya Nair"].actor()
    with viewing():
        rows = open_section(actor, case_for(actor, case.reference), [Section.WHAT_HAPPENED])
    assert repr(rows) == "[<opened what-happened>]"
