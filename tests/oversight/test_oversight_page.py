"""The page of the log: who opens it, its filters, and that it keeps what was typed."""

import pytest

from casehub.demo.world import invite
from casehub.errors import NotThere
from casehub.policy import Role
from tests.builders import entries, read, refer, write
from tests.signing_in import Door


@pytest.fixture
def door(monkeypatch, world):
    return Door(monkeypatch, world)


@pytest.fixture
def lev(place, door, case):
    return door.browser(place.app, "Lev Marchenko")


class TestThePage:
    def test_a_supervisor_reads_sentences(self, lev, case):
        page = lev.open("/audit")
        assert page.title == "Audit review: Rivermouth Police"
        assert page.says(f"Priya Nair referred the case {case.reference} and made its keys.")
        assert page.says("to Harbour House, until it is taken back.")

    def test_it_says_plainly_that_nobody_witnesses_yet(self, lev):
        page = lev.open("/audit")
        assert page.says("Not witnessed yet")
        assert page.says("Last checkpoint given out none")

    def test_that_it_was_read_is_an_entry(self, lev):
        before = len(entries("log:read"))
        lev.open("/audit")
        assert len(entries("log:read")) == before + 1

    def test_a_privacy_officer_reads_the_hub_s(self, world, place, door, case):
        invite(world, "Ana Duarte", "Lev Marchenko", "Nora Quist", [Role.PRIVACY_OFFICER])
        reference, nora = case.reference, door.browser(place.app, "Nora Quist")
        page = nora.open("/audit")
        assert page.title == "Audit review: the hub"
        assert page.says(reference)
        assert nora.open(f"/cases/{reference}").status == 404

    @pytest.mark.parametrize("name", ["Priya Nair", "Omar Haddad", "Ana Duarte"])
    def test_nobody_else_finds_it(self, place, door, case, name):
        browser = door.browser(place.app, name)
        assert browser.open("/audit").status == 404
        assert not browser.open("/").says("Audit review")


class TestFilters:
    def test_by_person(self, lev, case):
        page = lev.open("/audit").fill({"Account": "Priya Nair"}).press("Apply filters")
        assert page.says("Remove this filter Priya Nair")
        assert "agreed to" not in page.words

    def test_by_kind_and_back(self, lev, case):
        page = lev.open("/audit").fill({"Released, taken back": True}).press("Apply filters")
        assert page.says("released the synopsis")
        assert "made its keys" not in page.words
        assert page.follow("Remove this filter Released, taken back").says("made its keys")

    def test_by_case_from_a_sentence(self, world, lev, case):
        other = refer(world["Priya Nair"])
        page = lev.open("/audit").follow(case.reference)
        assert page.says(f"released the synopsis in {case.reference}")
        assert other.reference not in page.words

    def test_by_day(self, lev):
        page = lev.open("/audit").fill({"From": "15 3 2031"}).press("Apply filters")
        assert page.says("No entry matches.")
        assert page.says("From Sat 15 Mar 2031")

    def test_only_what_was_refused(self, world, lev, case):
        row = write(world["Priya Nair"], case)
        with pytest.raises(NotThere):
            read(world["Ines Prado"], case, row)
        page = lev.open("/audit").fill({"Refused only": True}).press("Apply filters")
        assert page.says("Ines Prado (Rivermouth Housing) was refused: open the synopsis.")
        assert "made its keys" not in page.words

    @pytest.mark.parametrize(
        ("label", "typed"),
        [("Case", "somebody"), ("From", "31 2 2031"), ("To", "x y z"), ("To", "31 12 9999")],
    )
    def test_what_is_none_says_so_and_stays(self, lev, label, typed):
        page = lev.open("/audit").fill({label: typed}).press("Apply filters")
        assert page.status == 200
        assert page.error_at(label)

    @pytest.mark.parametrize(
        "query",
        [
            "who=x",
            "who=00000000-0000-4000-8000-0000000000aa",
            "kind=x",
            "before=x",
            "before=-1",
            "case=%00",
            "before=99999999999999999999",
            "since-day=1",
            "kind=opened&kind=opened",
        ],
    )
    def test_an_address_that_makes_no_sense_is_no_failure(self, lev, query):
        assert lev.open(f"/audit?{query}").status == 200


def test_older_acts_follow_on(world, lev, case):
    newer = [refer(world["Priya Nair"]).reference for _ in range(26)]
    first = lev.open("/audit")
    older = first.follow("Older acts")
    assert older.title == first.title
    assert first.says(newer[-1])
    assert not older.says(newer[-1])
