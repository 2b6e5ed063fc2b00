"""The floor in Chromium: at three widths, with and without script, by keyboard alone."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import WIDTHS, Served
from tests.browser.looking import faults, reached_by_tab
from tests.signing_in import AS, Door
from tests.web.sample import sample_pages

pytestmark = pytest.mark.browser
EXPECTED = re.compile("status of 4|ERR_FAILED|ERR_INTERNET_DISCONNECTED")
"""What Chromium says of an error page, and of a script that a test holds back."""

WHO = "Ana Duarte"
PATHS = ("/sample", "/sample/rename", "/sample/list", "/nowhere", "/calendar")


@pytest.fixture
def door(monkeypatch, world):
    return Door(monkeypatch, world)


@pytest.fixture
def address(place, door):
    place.app.register_blueprint(sample_pages())
    with Served(place.app) as address:
        yield address


@pytest.fixture
def opened(chromium, address):
    """Give a function that opens a page as somebody, and fails where the browser complains."""
    contexts = []

    def opened(path="/sample", width=1280, *, script=True, who=WHO) -> Page:
        context = chromium.new_context(
            viewport={"width": width, "height": 800},
            java_script_enabled=script,
            extra_http_headers={AS: who} if who else {},
            locale="en-GB",
        )
        context.set_default_timeout(4000)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.goto(address + path)
        return page

    complaints = []
    yield opened
    for context in contexts:
        context.close()
    assert [it for it in complaints if not EXPECTED.search(it)] == []


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_there_is_no_barrier_and_nothing_is_cut_off(opened, address, width, script):
    page = opened(width=width)
    if not script:  # none of ours: what looks for barriers is one itself
        page.route("**/*.js*", lambda route: route.abort())
    found = {}
    for path in PATHS:
        page.goto(address + path)
        found[path] = faults(page)
    page.goto(address + "/sample")
    page.get_by_role("button", name="Rename the hub").click()
    expect(page.get_by_text("There is a problem")).to_be_visible()
    found["errors"] = faults(page)
    assert {path: problems for path, problems in found.items() if problems} == {}


class TestByKeyboard:
    def test_tab_comes_past_everything_in_the_order_of_the_page(self, opened):
        page = opened()
        order = reached_by_tab(page)
        assert order[0] == "Skip to main content"
        wanted = ["hide", "name", "words", "passphrase", "card_code", "agency", "other", "many"]
        places = [order.index(name) for name in [*wanted, "until-day", "sure"]]
        assert places == sorted(places)

    def test_the_skip_link_leads_past_the_bars(self, opened):
        page = opened()
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(page.locator("main")).to_be_focused()

    def test_the_list_of_errors_has_the_focus_and_leads_to_the_fields(self, opened):
        page = opened()
        page.get_by_role("button", name="Rename the hub").press("Enter")
        summary = page.locator(".govuk-error-summary")
        expect(summary).to_be_focused()
        summary.get_by_role("link", name="What happened").press("Enter")
        expect(page.get_by_label("What happened")).to_be_focused()


class TestHide:
    def test_shift_three_times_hides(self, opened, door):
        page = opened()
        for _ in range(3):
            page.keyboard.press("Shift")
        expect(page).to_have_url(re.compile("/calendar$"))
        expect(page).to_have_title(re.compile(r"^\w+ \d{4}$"))
        assert not door.open

    def test_writing_capitals_does_not(self, opened):
        page = opened()
        page.get_by_label("What happened").press_sequentially("ABC DEF GHI")
        for letter in "ABC":
            page.keyboard.press(f"Shift+{letter}")
        expect(page).to_have_url(re.compile("/sample$"))

    @pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
    def test_the_button_hides_and_the_way_back_shows_nothing(self, opened, address, script):
        page = opened(script=script)
        page.get_by_role("button", name="Hide").click()
        expect(page).to_have_url(address + "/calendar")
        page.go_back()
        expect(page.locator("body")).not_to_contain_text("What happened")


class TestWithoutScript:
    def test_a_form_is_filled_corrected_and_sent(self, opened, address):
        page = opened(script=False)
        page.get_by_label("Name").fill("Hub of Alderport")
        page.get_by_role("button", name="Rename the hub").click()
        expect(page.get_by_label("Name")).to_have_value("Hub of Alderport")
        page.get_by_label("What happened").fill("Nothing")
        page.get_by_label("Police").first.check()
        page.get_by_label("I have read it").check()
        page.get_by_role("button", name="Rename the hub").click()
        expect(page.get_by_role("status")).to_contain_text("Renamed, for 3 agencies.")

    def test_the_menu_of_a_phone_stands_open(self, opened):
        page = opened(width=390, script=False)
        expect(page.get_by_role("link", name="Samples", exact=True)).to_be_visible()


class TestASessionThatEnds:
    def test_warns_before_and_stays_when_asked_to(self, opened, monkeypatch):
        page = opened("/nowhere")
        expect(page.locator("#ending")).to_be_hidden()
        page.clock.install()
        page.goto(page.url)
        page.clock.fast_forward("18:00")
        band = page.locator("#ending")
        expect(band).to_be_visible()
        expect(band).to_contain_text("You will be signed out at")
        band.get_by_role("button", name="Stay signed in").click()
        expect(band).to_be_hidden()

    def test_a_page_that_nobody_typed_into_goes_when_it_is_over(self, opened, door):
        page = opened("/sample/list")
        page.clock.install()
        page.goto(page.url)
        door.open = False
        with page.expect_navigation():
            page.clock.fast_forward("20:10")
        expect(page.locator("body")).not_to_contain_text("Ana Duarte")


def test_cookies_are_kept_on_loopback_and_hidden_from_scripts(opened):
    page = opened()
    (cookie,) = page.context.cookies()
    assert (cookie["name"], cookie["secure"], cookie["httpOnly"]) == (
        "__Host-casehub-page",
        True,
        True,
    )
    assert page.evaluate("document.cookie") == ""


def test_a_choice_of_language_stays(opened):
    page = opened("/nowhere", who="")
    page.get_by_role("button", name="Українська").click()
    page.goto(page.url)
    expect(page.locator("html")).to_have_attribute("lang", "uk")


class TestALinkFromElsewhere:
    """Cookies stay at home when a link of another site is followed; one reload brings them."""

    @pytest.fixture
    def elsewhere(self, address):
        """Serve a page of another site that links to one of ours."""
        link = f'<!doctype html><title>x</title><a href="{address}/calendar">here</a>'

        def other_site(_environ, start_response):
            start_response("200 OK", [("Content-Type", "text/html")])
            return [link.encode()]

        with Served(other_site) as other:
            yield other.replace("localhost", "127.0.0.1")

    def test_leads_where_it_says(self, opened, elsewhere):
        page = opened("/calendar", who="")
        page.context.clear_cookies()
        page.goto(elsewhere)
        page.get_by_role("link", name="here").click()
        expect(page.get_by_role("table")).to_be_visible()
        expect(page).to_have_url(re.compile("/calendar$"))


class TestALostNetwork:
    def test_what_was_typed_stays_and_is_sent_when_it_is_back(self, opened):
        page = opened("/sample")
        page.get_by_label("Name").fill("Hub of Alderport")
        page.context.set_offline(True)
        page.get_by_role("button", name="Rename the hub").click()
        expect(page.locator("#offline")).to_be_visible()
        expect(page.get_by_label("Name")).to_have_value("Hub of Alderport")
        page.context.set_offline(False)
        page.get_by_label("Name").evaluate("it => it.form.requestSubmit()")  # no double click
        expect(page.get_by_text("There is a problem")).to_be_visible()
        expect(page.get_by_label("Name")).to_have_value("Hub of Alderport")


def test_ones_own_page_is_reached_on_a_phone(opened):
    page = opened(width=390)
    page.get_by_role("button", name="Menu").click()
    expect(page.get_by_role("link", name="Ana Duarte").last).to_be_visible()
