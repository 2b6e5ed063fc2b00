"""The demo in a real browser: cases and the log at three widths, and a journey of two people."""

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from casehub.demo.server import fresh_demo
from casehub.vault import Cost
from tests.browser.conftest import WIDTHS, Served
from tests.browser.looking import faults, reached_by_tab

pytestmark = pytest.mark.browser
NAME, WORDS = "Олена O'Neil", "He waits outside her work.\nShe is afraid."


@pytest.fixture(scope="module")
def served():
    with fresh_demo(Cost(8, 1, 1)) as demo, Served(demo.app) as address:
        yield address


@pytest.fixture(scope="module")
def everybody(chromium, served):
    """Give a function that gives somebody's page; each signs in once a module."""
    contexts = {}

    def page_of(name):
        if name not in contexts:
            contexts[name] = chromium.new_context(locale="en-GB")
            page = contexts[name].new_page()
            page.goto(f"{served}/sign-in")
            page.get_by_role("button", name=f"Sign in as {name}").click()
            expect(page.get_by_role("button", name="Sign out", exact=True)).to_be_visible()
            return page
        return contexts[name].pages[0]

    yield page_of
    for context in contexts.values():
        context.close()


def look(page, name):
    folder = os.environ.get("CASEHUB_PICTURES")
    if folder:
        width = page.viewport_size["width"]
        page.screenshot(path=Path(folder) / f"{name}-{width}.png", full_page=True)


@pytest.mark.parametrize("width", WIDTHS)
class TestEveryWidth:
    @pytest.fixture
    def priya(self, everybody, width):
        page = everybody("Priya Nair")
        page.set_viewport_size({"width": width, "height": 800})
        return page

    def test_the_cast(self, chromium, served, width):
        page = chromium.new_page(viewport={"width": width, "height": 800})
        page.goto(f"{served}/sign-in")
        look(page, "cast")
        assert faults(page) == []
        page.close()

    def test_the_list_and_the_form(self, served, priya):
        for path in ("/cases", "/cases/refer"):
            priya.goto(served + path)
            look(priya, path.rpartition("/")[2])
            assert faults(priya) == [], path
        priya.get_by_role("button", name="Refer this case").click()
        expect(priya.locator(".govuk-error-summary")).to_be_visible()
        assert faults(priya) == []

    def test_a_case_and_what_is_opened_of_it(self, served, priya):
        priya.goto(f"{served}/cases")
        priya.locator("a.app-ref").first.click()
        case = priya.url
        for path in ("", "/open", "/who-can-see", "/team", "/release"):
            priya.goto(case + path)
            look(priya, f"case{path.replace('/', '-')}")
            assert faults(priya) == [], path
        priya.get_by_label("Rivermouth Child Protection").check()
        priya.get_by_role("button", name="Look at what would be released").click()
        expect(priya.get_by_role("heading", level=1)).to_contain_text("Look, then release")
        look(priya, "case-give")
        assert faults(priya) == []

    def test_the_log(self, everybody, served, width):
        lev = everybody("Lev Marchenko")
        lev.set_viewport_size({"width": width, "height": 800})
        lev.goto(f"{served}/audit?kind=given&refused=yes")
        assert faults(lev) == []
        lev.goto(f"{served}/audit")
        look(lev, "audit")
        assert faults(lev) == []


def refer(priya, served):
    priya.goto(f"{served}/cases/refer")
    priya.get_by_label("Name", exact=True).fill(NAME)
    priya.get_by_label("What happened").fill(WORDS)
    priya.get_by_label("Age", exact=True).select_option(label="25 to 34")
    priya.get_by_label("Woman").check()
    priya.get_by_label("Stalking").check()
    priya.get_by_role("button", name="Refer this case").click()
    expect(priya.get_by_role("status")).to_contain_text("Only your agency knows of it.")


def test_two_people_pass_a_case_on_and_take_it_back(served, everybody):
    priya, tomas = everybody("Priya Nair"), everybody("Tomas Berg")
    for page in (priya, tomas):
        page.set_viewport_size({"width": 1280, "height": 900})
    refer(priya, served)
    reference = priya.url.rpartition("/")[2]
    priya.get_by_role("button", name="Release to an agency").click()
    priya.get_by_label("Names and dates of birth").check()
    priya.get_by_label("Rivermouth Child Protection").check()
    priya.get_by_role("button", name="Look at what would be released").click()
    expect(priya.get_by_text(NAME)).to_be_visible()
    expect(priya.get_by_text("She is afraid.")).to_have_count(0)
    priya.get_by_role("button", name="Release it to Rivermouth Child Protection").click()
    tomas.goto(f"{served}/cases")
    tomas.get_by_role("link", name=reference).click()
    tomas.get_by_role("button", name="Take this case on").click()
    tomas.get_by_role("link", name=re.compile("Open.*Names")).click()
    expect(tomas.get_by_text(NAME)).to_be_visible()
    priya.get_by_role("link", name="End the release of names").click()
    priya.get_by_label("It was a mistake").check()
    priya.get_by_role("button", name="End this release").click()
    expect(priya.get_by_role("status")).to_contain_text("The release has ended.")
    tomas.reload()
    expect(tomas.get_by_text(NAME)).to_have_count(0)


def test_everything_on_a_case_is_reached_by_keyboard(served, everybody):
    page = everybody("Priya Nair")
    page.goto(f"{served}/cases")
    page.locator("a.app-ref").first.click()
    reached = " ".join(reached_by_tab(page))
    for words in ("Open: Synopsis, coded", "Open all of it", "Release to an agency", "Who can see"):
        assert words in reached
