"""Signing in with a real browser: keys, focus, widths, and what works without scripts."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import expect

from casehub import clock
from casehub.store import db
from tests.browser.conftest import WIDTHS, Served
from tests.browser.looking import faults
from tests.doors import PASSPHRASE, door_of

pytestmark = pytest.mark.browser
OWN = (
    "/me",
    "/me/passphrase",
    "/me/second-factor",
    "/me/second-factor?with=card",
    "/me/recovery-codes",
)


@pytest.fixture
def door(world):
    made = door_of(world["Priya Nair"])
    db.session.remove()
    return made


@pytest.fixture
def served(place, door):
    with Served(place.app) as address:
        yield address


def come_in(page, served, door):
    page.goto(f"{served}/sign-in?next=/me")
    page.get_by_label("Name you sign in with").fill(door.name)
    page.get_by_label("Passphrase", exact=True).fill(PASSPHRASE)
    page.get_by_label("Code", exact=True).fill(door.offer.secret.code_at(clock.now()))
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You and your account")


def look(page, name):
    folder = os.environ.get("CASEHUB_PICTURES")
    if folder:
        width = page.viewport_size["width"]
        page.screenshot(path=Path(folder) / f"{name}-{width}.png", full_page=True)


@pytest.mark.parametrize("scripts", [True, False])
def test_name_passphrase_and_code_lead_in_with_scripts_and_without(chromium, served, door, scripts):
    context = chromium.new_context(java_script_enabled=scripts)
    page = context.new_page()
    come_in(page, served, door)
    page.get_by_role("button", name="Sign out", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    context.close()


def test_a_failure_leads_the_eye_and_the_focus_to_the_message(chromium, served, door):
    context = chromium.new_context()
    page = context.new_page()
    page.goto(f"{served}/sign-in")
    page.get_by_label("Name you sign in with").fill(door.name)
    page.get_by_label("Passphrase", exact=True).fill("not the passphrase")
    page.get_by_label("Code", exact=True).fill("123456")
    page.keyboard.press("Enter")
    summary = page.locator(".govuk-error-summary")
    expect(summary).to_be_focused()
    expect(summary).to_contain_text("is not right")
    expect(page.get_by_label("Name you sign in with")).to_have_value(door.name)
    expect(page.get_by_label("Passphrase", exact=True)).to_have_value("")
    assert faults(page) == []
    look(page, "sign-in-error")
    context.close()


def test_the_cookie_is_kept_from_scripts(chromium, served, door):
    context = chromium.new_context()
    page = context.new_page()
    come_in(page, served, door)
    assert page.evaluate("document.cookie") == ""
    cookie = next(it for it in context.cookies() if it["name"] == "__Host-casehub-session")
    assert cookie["httpOnly"]
    assert cookie["secure"]
    assert cookie["sameSite"] == "Strict"
    context.close()


@pytest.mark.parametrize("width", WIDTHS)
def test_every_page_is_whole_at_every_width(chromium, served, door, width):
    context = chromium.new_context(viewport={"width": width, "height": 800})
    page = context.new_page()
    refused = []
    page.on("console", lambda message: refused.append(message.text))
    page.goto(f"{served}/sign-in")
    assert faults(page) == []
    look(page, "sign-in")
    come_in(page, served, door)
    for path in OWN:
        page.goto(f"{served}{path}")
        assert faults(page) == [], path
        look(page, path.strip("/").replace("/", "-").replace("?", "-"))
    page.goto(f"{served}/me/recovery-codes")
    page.get_by_role("button", name="Make them now").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your recovery codes")
    assert faults(page) == []
    look(page, "recovery-codes-shown")
    assert refused == []
    context.close()
