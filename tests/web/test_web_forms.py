"""Forms: nothing typed is lost, nothing wrong gets through, messages stand where they belong."""

import re
from datetime import date

import pytest

from casehub.hubs.models import Hub
from casehub.store import db, reading
from casehub.web import identity
from tests.signing_in import GOOD_CODE
from tests.web.sample import sample_pages

GOOD = {
    "Name": "Hub of Alderport",
    "What happened": "Nothing",
    "Police": True,
    "I have read it": True,
}
WHO = "Ana Duarte"
AWKWARD = ["Zoë O'Brien", "Олена Ковальчук", "مريم", '<b>x</b> & "y" {{ 7*7 }}', "a b", "名"]


@pytest.fixture
def pages(place):
    """Register the sample's pages."""
    pages = sample_pages()
    place.app.register_blueprint(pages)
    return pages


@pytest.fixture
def browser(place, pages, door):
    """Give the browser of a custodian of the police."""
    return door.browser(place.app, WHO)


@pytest.fixture
def hub_name(place):
    """Give a function that looks up what the hub is called."""

    def name():
        with place.app.app_context(), reading():
            return db.session.query(Hub.name).scalar()

    return name


def filled(browser, **other):
    return browser.open("/sample").fill(GOOD).fill(other)


class TestAGoodForm:
    def test_is_carried_out_once_and_says_so_on_the_next_page(self, browser, hub_name):
        page = filled(browser).press("Rename the hub")
        assert hub_name() == "Hub of Alderport"
        assert page.says("Renamed, for 3 agencies.")
        assert not browser.open("/sample").says("Renamed")

    def test_gives_tidied_values(self, browser, pages):
        other = {"What happened": " one\r\ntwo ", "Health": True, "Until": "1 2 2027"}
        filled(browser, **other).press("Rename the hub")
        (seen,) = pages.seen
        assert seen["words"] == "one\ntwo"
        assert seen["until"] == date(2027, 2, 1)

    def test_composes_letters(self, browser, hub_name):
        filled(browser, Name="Zoe\u0308").press("Rename the hub")
        assert hub_name() == "Zo\u00eb"

    @pytest.mark.parametrize("text", AWKWARD)
    def test_takes_names_of_the_world_and_shows_them_as_they_are(self, browser, hub_name, text):
        again = filled(browser, **{"Name": text, "I have read it": False}).press("Rename the hub")
        assert again.value_of("Name") == text
        again.fill({"I have read it": True}).press("Rename the hub")
        assert hub_name() == text


class TestABadForm:
    def test_keeps_what_was_typed_and_says_at_each_field_what_is_wrong(self, browser, hub_name):
        page = browser.open("/sample").fill({"Name": "Alder", "Until": "31 6 2027"})
        page = page.press("Rename the hub")
        assert page.status == 422
        assert page.root.first("title").text.startswith("Error: ")
        assert page.value_of("Name") == "Alder"
        assert page.errors == [
            "What happened: Fill this in.",
            "Agency: Choose one.",
            "I have read it: Tick this to go on.",
            "Until: There is no such day. Change the day, the month or the year.",
        ]
        assert page.error_at("What happened") == "Fill this in."
        assert page.error_at("Until").startswith("There is no such day.")
        assert hub_name() == "Hub of Rivermouth"

    @pytest.mark.parametrize(
        ("typed", "message"),
        [
            ("x" * 41, "This is 41 characters long; 40 is the most that fits."),
            ("two\nlines", "Write this on one line."),
            ("a\u202eb", "This holds hidden marks that change the direction of writing. Type it."),
            ("a\x00b", "This holds characters that cannot be shown. Type it again."),
            ("a\ufffdb", "Some letters arrived broken. Type them again."),
            ("   ", "Fill this in."),
        ],
    )
    def test_says_what_is_wrong_with_the_letters(self, browser, hub_name, typed, message):
        page = filled(browser, Name=typed).press("Rename the hub")
        assert page.error_at("Name") == message
        assert hub_name() == "Hub of Rivermouth"

    def test_what_was_sent_twice_is_not_guessed_at(self, browser, hub_name):
        page = browser.open("/sample").fill(GOOD)
        fields = page.fields_of("Rename the hub")
        page = browser.send("/sample", "POST", data=fields | {"name": ["one", "two"]})
        assert page.error_at("Name") == "This was sent twice. Fill it in once."
        page = browser.send("/sample", "POST", data=fields | {"until-day": ["1", "2"]})
        assert page.error_at("Until") == "This was sent twice. Fill it in once."

    @pytest.mark.parametrize("name", ["agency", "many"])
    def test_what_was_not_offered_is_not_taken(self, browser, name):
        page = browser.open("/sample").fill(GOOD)
        fields = page.fields_of("Rename the hub") | {name: ["nobody"]}
        page = browser.send("/sample", "POST", data=fields)
        assert any("Choose one of those listed." in error for error in page.errors)

    def test_never_shows_a_passphrase_or_a_code_again(self, browser):
        typed = {"Passphrase": "correct horse", "Number on the card": "K7Q2", "Name": ""}
        page = filled(browser, **typed).press("Rename the hub")
        assert "correct horse" not in page.text
        assert "K7Q2" not in page.text

    def test_of_ten_thousand_characters_is_an_error_and_of_a_million_too(self, browser):
        page = filled(browser, **{"What happened": "x" * 10_000}).press("Rename the hub")
        assert page.error_at("What happened").startswith("This is 10000 characters long; 200 is")
        page = filled(browser, **{"What happened": "x" * 1_000_000}).press("Rename the hub")
        assert page.status == 413
        assert page.says("larger than CaseHub takes")


class TestWhatAServiceFindsWrong:
    def test_stands_at_its_field_and_nothing_was_changed(self, browser, hub_name):
        page = filled(browser, Name="Nowhere").press("Rename the hub")
        assert page.status == 422
        assert page.error_at("Name") == "Nowhere is taken."
        assert page.value_of("What happened") == "Nothing"
        assert hub_name() == "Hub of Rivermouth"

    def test_stands_on_top_where_there_is_no_such_field(self, browser, hub_name):
        page = filled(browser, Name="Nobody").press("Rename the hub")
        assert page.errors == ["This does not go together."]
        assert hub_name() == "Hub of Rivermouth"


class TestWhoseFormItIs:
    def test_one_that_was_shown_to_somebody_else_is_not_carried_out(
        self, browser, door, place, hub_name
    ):
        fields = browser.open("/sample").fill(GOOD).fields_of("Rename the hub")
        other = next(name for name in door.world.people if name != WHO)
        browser.headers["X-Signed-In-As"] = other
        page = browser.send("/sample", "POST", data=fields)
        assert page.errors == [
            "This page was opened in another sign-in. Check what it says, then send it again."
        ]
        assert hub_name() == "Hub of Rivermouth"
        page.press("Rename the hub")
        assert hub_name() == "Hub of Alderport"

    @pytest.mark.parametrize("sent", ["", "x", "00000000-0000-4000-8000-000000000000.00"])
    def test_nor_is_one_that_nobody_was_shown(self, browser, hub_name, sent):
        fields = browser.open("/sample").fill(GOOD).fields_of("Rename the hub")
        page = browser.send("/sample", "POST", data=fields | {"sent": [sent]})
        assert page.errors[0].startswith("This page was opened in another sign-in.")
        assert hub_name() == "Hub of Rivermouth"

    def test_the_id_stays_the_same_until_the_form_is_accepted(self, browser):
        page = browser.open("/sample")
        first = page.fields_of("Rename the hub")["sent"]
        assert page.press("Rename the hub").fields_of("Rename the hub")["sent"] == first
        assert browser.open("/sample").fields_of("Rename the hub")["sent"] != first


class TestSteppingUp:
    LABEL = "Code from your phone or card"

    def test_the_form_asks_for_a_code_and_the_act_is_done_with_it(self, browser, hub_name):
        page = browser.open("/sample/rename").fill({"Name": "Alder", self.LABEL: GOOD_CODE})
        page.press("Rename it")
        assert hub_name() == "Alder"

    def test_no_code_is_no_wrong_code(self, browser, hub_name, monkeypatch):
        monkeypatch.setattr(identity, "_step_up", None)
        page = browser.open("/sample/rename").fill({"Name": "Alder", self.LABEL: " "})
        page = page.press("Rename it")
        assert page.error_at(self.LABEL) == "Type a code: this act needs one."
        assert hub_name() == "Hub of Rivermouth"

    def test_a_wrong_code_is_said_at_its_field_and_all_else_is_kept(self, browser, hub_name):
        page = browser.open("/sample/rename").fill({"Name": "Alder", self.LABEL: "111111"})
        page = page.press("Rename it")
        assert page.status == 422
        assert page.error_at(self.LABEL) == "This code is wrong, or was used before."
        assert page.value_of("Name") == "Alder"
        assert hub_name() == "Hub of Rivermouth"

    def test_somebody_who_stepped_up_lately_is_not_asked(self, browser, door, hub_name):
        door.stepped_up = True
        page = browser.open("/sample/rename")
        assert self.LABEL not in page.words
        page.fill({"Name": "Alder"}).press("Rename it")
        assert hub_name() == "Alder"

    def test_a_view_that_forgets_its_form_cannot_act_without_a_code(self, browser, hub_name):
        token = browser.open("/sample").fields_of("Rename the hub")["csrf_token"]
        data = {"csrf_token": token, "name": ["Alder"], "code": ["111111"]}
        page = browser.send("/sample/careless", "POST", data=data)
        assert page.status >= 400
        assert hub_name() == "Hub of Rivermouth"


class TestForgery:
    def test_a_post_without_its_token_changes_nothing_and_says_what_to_do(self, browser, hub_name):
        fields = browser.open("/sample").fill(GOOD).fields_of("Rename the hub")
        del fields["csrf_token"]
        page = browser.send("/sample", "POST", data=fields)
        assert page.status == 400
        assert page.says("Open the page again and send the form from there.")
        assert "Alderport" not in page.text
        assert hub_name() == "Hub of Rivermouth"

    def test_one_from_another_site_neither_even_with_the_token(self, browser, hub_name):
        fields = browser.open("/sample").fill(GOOD).fields_of("Rename the hub")
        for site in ("cross-site", "same-site"):
            page = browser.send("/sample", "POST", data=fields, headers={"Sec-Fetch-Site": site})
            assert page.status == 400
        assert hub_name() == "Hub of Rivermouth"


def test_the_cookie_holds_language_token_and_messages_and_no_more(browser):
    answer = filled(browser).press("Rename the hub")
    cookie = browser.client.get_cookie("__Host-casehub-page", "localhost")
    assert (cookie.secure, cookie.http_only, cookie.same_site) == (True, True, "Strict")
    assert (cookie.path, cookie.domain) == ("/", "localhost")
    with browser.client.session_transaction(base_url="https://localhost") as held:
        assert set(held) <= {"csrf_token", "language", "_flashes"}
    assert re.search("no-store", answer.headers["Cache-Control"])


@pytest.mark.parametrize("typed", ["31 12 9999", "1 1 0", "29 2 2027", "x y z"])
def test_a_day_that_nobody_means_is_none(browser, typed):
    page = filled(browser, Until=typed).press("Rename the hub")
    assert page.error_at("Until").startswith("There is no such day.")


def test_messages_stand_in_the_order_of_the_page(browser):
    page = browser.open("/sample/rename").press("Rename it")
    assert [error.partition(":")[0] for error in page.errors] == [
        "Name",
        "Code from your phone or card",
    ]
