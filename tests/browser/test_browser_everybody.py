"""Every page that people of the demo reach by links, in Chromium: widths, languages, barriers."""

import re

import pytest
from playwright.sync_api import Page, expect

from casehub.demo.server import fresh_demo
from casehub.vault import Cost
from tests.browser.conftest import WIDTHS, Served
from tests.browser.looking import faults, too_wide

pytestmark = pytest.mark.browser
CHEAP = Cost(8, 1, 1)
PEOPLE = ("Priya Nair", "Lev Marchenko", "Nora Quist")
MOST_PAGES = 40
OF_SOMETHING = re.compile(r"R-[0-9A-Z-]{9}|[0-9a-f]{8}-[0-9a-f-]{27}")


@pytest.fixture(scope="module")
def address():
    """Serve the demo, made once."""
    with fresh_demo(CHEAP) as demo, Served(demo.app) as address:
        yield address


def kind_of(path: str) -> str:
    """The same page about somebody else is the same page."""
    return OF_SOMETHING.sub("*", path)


def reached(page: Page, address: str) -> list[str]:
    """One address of each kind that links lead to, beginning where signing in does."""
    found = {kind_of(page.url.removeprefix(address)): page.url.removeprefix(address)}
    waiting = list(found.values())
    while waiting and len(found) < MOST_PAGES:
        page.goto(address + waiting.pop(0))
        hrefs = page.locator("a[href^='/']").evaluate_all("all => all.map(it => it.pathname)")
        for path in hrefs:
            if kind_of(path) not in found:
                found[kind_of(path)] = path
                waiting.append(path)
    return sorted(found.values())


def come_in(chromium, address: str, name: str) -> Page:
    """Sign somebody in by the button of the demo."""
    context = chromium.new_context(viewport={"width": 1280, "height": 800}, locale="en-GB")
    context.set_default_timeout(10_000)
    page = context.new_page()
    page.goto(f"{address}/sign-in")
    page.get_by_role("button", name=f"Sign in as {name}").click()
    expect(page.get_by_role("button", name="Sign out", exact=True)).to_be_visible()
    return page


def looked_at(page: Page, address: str, paths: list[str]) -> dict[object, list[str]]:
    """What is wrong with pages, by address and width or language."""
    found: dict[object, list[str]] = {}
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        for path in paths:
            page.goto(address + path)
            found[path, width] = faults(page)
    for language in ("Français", "Українська"):
        page.get_by_role("button", name=language).click()
        for path in paths:
            page.goto(address + path)
            found[path, language] = too_wide(page)
    return {what: problems for what, problems in found.items() if problems}


def test_nothing_is_cut_off_and_nothing_is_in_the_way(chromium, address):
    seen: set[str] = set()
    for name in PEOPLE:
        page = come_in(chromium, address, name)
        paths = [path for path in reached(page, address) if kind_of(path) not in seen]
        seen |= {kind_of(path) for path in paths}
        assert looked_at(page, address, paths) == {}
        page.context.close()
    assert len(seen) > MOST_PAGES / 2
