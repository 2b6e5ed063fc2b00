"""The case's pages: a journey from the referral to the end of a release, told by three people."""

import pytest
from sqlalchemy import func, select

from casehub.cases.models import Case, Release, ReleaseState
from casehub.store import db, reading
from tests.builders import WORDS, entries
from tests.case_file.conftest import refer_her
from tests.house.test_canary import WORD
from tests.signing_in import GOOD_CODE, Door

TYPED = {
    "Name": "Олена O'Neil",
    "Date of birth": "14 3 2001",
    "What happened": WORDS,
    "Age": "25 to 34",
    "Woman": True,
    "Stalking": True,
    "Strangling or choking": True,
}


@pytest.fixture
def door(monkeypatch, world):
    return Door(monkeypatch, world)


@pytest.fixture
def priya(place, door):
    return door.browser(place.app, "Priya Nair")


@pytest.fixture
def omar(place, door):
    return door.browser(place.app, "Omar Haddad")


def refer(browser, **typed):
    page = browser.open("/cases/refer").fill(TYPED | typed).press("Refer this case")
    return page, page.path.rpartition("/")[2]


def count(model):
    with reading():
        return db.session.scalar(select(func.count()).select_from(model))


class TestReferring:
    def test_what_was_typed_is_sealed_and_can_be_opened_again(self, priya):
        page, reference = refer(priya)
        assert page.says("The case is referred. Only your agency knows of it.")
        assert page.title == f"Case {reference}"
        opened = page.follow("Open all of it")
        for text in ("Олена O'Neil", "14 March 2001", WORDS, "Stalking", "25 to 34"):
            assert opened.says(text)

    def test_the_case_s_page_itself_opens_nothing(self, priya):
        before = len(entries("case:opened"))
        page, reference = refer(priya)
        priya.open(f"/cases/{reference}")
        assert not page.says(WORDS)
        assert len(entries("case:opened")) == before

    @pytest.mark.parametrize("label", ["Name", "What happened"])
    def test_an_empty_field_says_so_and_the_others_keep_what_was_typed(self, priya, label):
        page, _ = refer(priya, **{label: " "})
        assert page.status == 422
        assert page.error_at(label)
        for kept in {"Name", "What happened"} - {label}:
            assert page.value_of(kept) == TYPED[kept]
        assert page.value_of("Day") == "14"
        assert count(Case) == 0

    def test_what_the_service_finds_wrong_comes_back_beside_its_field(self, priya):
        page, _ = refer(priya, **{"Date of birth": "1 1 1850"})
        assert page.status == 422
        assert page.error_at("Date of birth") == "Nobody alive was born on this day."
        assert page.value_of("Name") == TYPED["Name"]
        assert count(Case) == 0

    def test_a_form_sent_twice_makes_one_case(self, priya):
        form = priya.open("/cases/refer").fill(TYPED)
        form.press("Refer this case")
        again = form.press("Refer this case")
        assert again.status == 409
        assert count(Case) == 1

    def test_somebody_who_may_not_refer_finds_no_such_page(self, place, door):
        assert door.browser(place.app, "Ana Duarte").open("/cases/refer").status == 404


class TestTheList:
    def test_an_empty_one_says_what_would_stand_there(self, omar):
        assert omar.open("/cases").says("There is no case here yet.")

    def test_it_shows_references_and_no_word_of_anybody(self, priya):
        _, reference = refer(priya)
        page = priya.open("/cases")
        assert page.says(reference)
        assert page.says("We brought it")
        assert not page.says("Олена")
        assert page.follow(reference).title == f"Case {reference}"

    @pytest.mark.parametrize("after", ["nonsense", "_", "2031-03-14T09:00:00.000000Z_x", "9" * 500])
    def test_a_place_that_is_none_is_the_beginning(self, priya, after):
        _, reference = refer(priya)
        assert priya.open(f"/cases?after={after}").says(reference)

    def test_it_goes_on_to_older_cases(self, world, priya, later):
        references = []
        for _ in range(52):
            references.append(refer_her(world["Priya Nair"]).reference)
            later(seconds=1)
        db.session.remove()
        first = priya.open("/cases")
        second = first.follow("Older cases")
        assert first.says(references[-1])
        assert [it for it in references if second.says(it)] == references[:2]
        assert second.follow("Back to the newest").says(references[-1])


def plan(browser, reference, **chosen):
    page = browser.open(f"/cases/{reference}/release")
    return page.fill({"Harbour House": True} | chosen).press("Look at what would be released")


def released(browser, reference, **chosen):
    page = plan(browser, reference, **chosen)
    return page.fill({"Code from your phone or card": GOOD_CODE}).press(
        "Release it to Harbour House"
    )


class TestReleasing:
    def test_what_would_go_to_whom_is_shown_before_anything_goes(self, priya):
        _, reference = refer(priya)
        page = plan(priya, reference, **{"Names and dates of birth": True})
        assert page.title == "Look, then release to Harbour House"
        for text in ("Олена O'Neil", "Stalking", "To reduce the risk of domestic violence"):
            assert page.says(text)
        assert not page.says(WORDS)
        assert entries("key:released") == []

    def test_it_takes_the_second_factor_again(self, priya):
        _, reference = refer(priya)
        page = plan(priya, reference).fill({"Code from your phone or card": "000000"})
        refused = page.press("Release it to Harbour House")
        assert refused.error_at("Code from your phone or card")
        assert refused.says("Stalking")
        assert entries("key:released") == []

    def test_then_the_other_agency_takes_the_case_on_and_opens_it(self, priya, omar):
        _, reference = refer(priya)
        assert released(priya, reference).title == "Who can see this"
        page = omar.open("/cases").follow(reference)
        assert page.says("Nobody of your agency is on this case yet")
        assert page.says("Somebody of your agency has to take the case on first.")
        page = page.press("Take this case on")
        opened = page.follow("Open: Synopsis, coded")
        assert opened.says("Stalking")
        assert not opened.says("Олена")

    def test_what_was_not_released_is_not_there(self, priya, omar):
        _, reference = refer(priya)
        released(priya, reference)
        omar.open(f"/cases/{reference}").press("Take this case on")
        for section in ("names", "what-happened", "notes"):
            assert omar.open(f"/cases/{reference}/open/{section}").status == 404

    def test_a_third_agency_finds_no_such_case(self, place, door, priya):
        _, reference = refer(priya)
        released(priya, reference)
        ines = door.browser(place.app, "Ines Prado")
        there = ines.open(f"/cases/{reference}")
        not_there = ines.open("/cases/R-2222-2222")
        assert (there.status, there.text.replace(reference, "")) == (
            not_there.status,
            not_there.text.replace("R-2222-2222", ""),
        )
        assert ines.open("/cases").says("There is no case here yet.")

    def test_who_receives_cannot_pass_it_on(self, priya, omar):
        _, reference = refer(priya)
        released(priya, reference)
        page = omar.open(f"/cases/{reference}").press("Take this case on")
        assert "Release to an agency" not in page.words
        assert omar.open(f"/cases/{reference}/release").status == 404

    def test_a_ground_that_asks_for_something_first_waits_for_the_tick(self, priya):
        _, reference = refer(priya)
        ground = {"Compelling danger to health or safety": True}
        page = plan(priya, reference, **ground)
        page = page.fill({"Code from your phone or card": GOOD_CODE})
        refused = page.press("Release it to Harbour House")
        assert refused.says("This ground asks for something that has to be done first.")
        ticked = refused.fill({"The survivor was told, or telling would be a danger": True})
        assert ticked.press("Release it to Harbour House").title == "Who can see this"
        assert entries("key:released")[-1]["facts"]["met"] == ["notice"]

    def test_a_ground_that_nothing_is_on_file_for_is_refused_in_words(self, priya):
        _, reference = refer(priya)
        page = priya.open(f"/cases/{reference}/release")
        assert page.says("Nothing can be released on it yet: what it rests on is not on file.")
        page = released(priya, reference, **{"Written consent of the survivor": True})
        assert page.says("This ground rests on a written consent, and there is none on file.")
        assert entries("key:released") == []

    def test_a_form_sent_twice_gives_once(self, priya):
        _, reference = refer(priya)
        page = plan(priya, reference).fill({"Code from your phone or card": GOOD_CODE})
        page.press("Release it to Harbour House")
        assert page.press("Release it to Harbour House").status == 409
        assert len(entries("key:released")) == 1

    @pytest.mark.parametrize(
        "changed",
        [
            {"to": "nobody"},
            {"to": ""},
            {"ground": "ca-federal/use"},
            {"what": "own"},
            {"what": ""},
            {"until": "soon"},
            {"until": "20311231"},
            {"until": "9999-12-31"},
            {"until": "2031-02-30"},
            {"until": "2031-03-13"},
        ],
        ids=str,
    )
    def test_what_is_not_offered_cannot_be_sent(self, priya, changed):
        _, reference = refer(priya)
        page = plan(priya, reference).fill({"Code from your phone or card": GOOD_CODE})
        sent = page.fields_of("Release it to Harbour House") | changed
        answer = priya.send(f"/cases/{reference}/release/give", "POST", data=sent)
        assert answer.status in (422, 404)
        assert entries("key:released") == []

    @pytest.mark.parametrize("day", ["1 1 2020", "31 12 9999", "30 2 2032"])
    def test_a_last_day_that_cannot_be_is_said_beside_it_at_once(self, priya, day):
        _, reference = refer(priya)
        page = plan(priya, reference, Until=day)
        assert page.title == "Release to an agency"
        assert page.error_at("Until")


class TestEnding:
    def test_it_is_asked_for_and_then_the_other_agency_opens_nothing(self, priya, omar):
        _, reference = refer(priya)
        page = released(priya, reference)
        omar.open(f"/cases/{reference}").press("Take this case on")
        asking = page.follow("End the release of synopsis to Harbour House")
        assert asking.title == "End the release to Harbour House"
        with reading():
            assert db.session.scalars(select(Release.state)).all().count(ReleaseState.ENDED) == 0
        done = asking.fill({"It was a mistake": True}).press("End this release")
        assert done.says("The release has ended.")
        assert done.says("It was a mistake")
        assert omar.open(f"/cases/{reference}").status == 404

    def test_without_a_reason_it_does_not_end(self, priya):
        _, reference = refer(priya)
        page = released(priya, reference)
        refused = page.follow("End the release of synopsis to Harbour House").press(
            "End this release"
        )
        assert refused.status == 422
        assert entries("release:ended") == []

    def test_ended_already_it_says_so(self, priya):
        _, reference = refer(priya)
        page = released(priya, reference)
        asking = page.follow("End the release of synopsis to Harbour House")
        asking.fill({"It was a mistake": True}).press("End this release")
        again = asking.fill({"It was a mistake": True}).press("End this release")
        assert again.status == 409

    def test_who_received_it_finds_no_such_page(self, priya, omar):
        _, reference = refer(priya)
        released(priya, reference)
        omar.open(f"/cases/{reference}").press("Take this case on")
        with reading():
            given = db.session.scalars(
                select(Release.id).where(Release.giver_agency_id != Release.receiver_agency_id)
            ).one()
        assert omar.open(f"/cases/{reference}/releases/{given}/end").status == 404


class TestTheTeam:
    def test_a_colleague_is_put_on_it_and_taken_off(self, priya):
        _, reference = refer(priya)
        page = priya.open(f"/cases/{reference}/team")
        page = page.fill({"Colleague": "Lev Marchenko", "Cover for a colleague": True})
        page = page.press("Put on the team")
        assert page.says("Lev Marchenko")
        assert entries("team:assigned")[-1]["facts"]["reason"] == "cover"
        asking = page.follow("Take off: Lev Marchenko")
        assert asking.says("Lev Marchenko can then no longer open this case.")
        assert entries("team:unassigned") == []
        asking.press("Take off the team")
        assert len(entries("team:unassigned")) == 1

    def test_who_leaves_as_the_last_is_told_what_that_means_first(self, priya):
        _, reference = refer(priya)
        asking = priya.open(f"/cases/{reference}/team").follow("Take off: Priya Nair")
        assert asking.says("You can then no longer open this case.")
        assert asking.says("Nobody of your agency is on it then.")
        assert entries("team:unassigned") == []

    def test_somebody_of_another_agency_cannot_be_sent(self, world, priya):
        _, reference = refer(priya)
        form = priya.open(f"/cases/{reference}/team")
        sent = form.fields_of("Put on the team") | {
            "colleague": str(world["Omar Haddad"].account),
            "reason": "cover",
        }
        answer = priya.send(f"/cases/{reference}/team", "POST", data=sent)
        assert answer.status == 422
        assert entries("team:assigned") == []


@pytest.mark.parametrize(
    "path",
    ["", "/open", "/open/names", "/open/magic", "/who-can-see", "/team", "/release", "/x"],
)
def test_a_case_that_is_not_there_has_no_pages(priya, path):
    assert priya.open(f"/cases/R-2222-2222{path}").status == 404


def test_no_typed_word_is_in_an_address_or_a_cookie(priya):
    page, _ = refer(priya, Name=WORD)
    said = str(page.headers) + page.path
    assert WORD not in said
