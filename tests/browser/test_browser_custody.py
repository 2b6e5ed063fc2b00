"""The pages about an agency with a real browser: barriers, widths, and what prints."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import expect

from casehub import clock
from casehub.accounts.sheets import open_recovery
from casehub.accounts.starting import new_start_code
from casehub.audit import changing
from casehub.demo.world import begin
from casehub.hubs.models import Agency
from casehub.hubs.service import NewAgency, name_agency
from casehub.store import db
from tests.browser.conftest import WIDTHS, Served
from tests.browser.looking import faults
from tests.builders import invitation_for, propose_colleague, second_colleague
from tests.doors import PASSPHRASE, door_of

pytestmark = pytest.mark.browser
PATHS = {
    "agency": "/agency",
    "invite": "/agency/invite",
    "telephone": "/agency/telephone",
    "keys": "/agency/keys",
    "rotate": "/agency/keys/rotate",
    "carry": "/agency/keys/carry-over",
    "sheet": "/agency/sheet",
    "drill": "/agency/sheet/drill",
    "new-sheet": "/agency/sheet/new",
    "lay": "/agency/sheet/deposit",
    "hub": "/hub",
    "what-roles-may-do": "/what-roles-may-do",
    "recovery": "/recovery",
}


@pytest.fixture
def paths(world):
    """Every page of the slice, each with something to show."""
    other = begin(world, "North Shelter", "shelter", "Nia Brook").agency
    with changing():
        named = name_agency(world.hub, NewAgency("South Clinic", "South", "health", "ca-bc-public"))
        start = new_start_code(named).row.id
    with changing():
        open_recovery(db.session.get_one(Agency, world["Bo Lindqvist"].agency))
    account = propose_colleague(world["Ana Duarte"])
    second_colleague(world["Lev Marchenko"], account)
    invitation = invitation_for(world["Ana Duarte"], account).row.id
    waiting = propose_colleague(world["Lev Marchenko"], name="Олена Ковальчук-Задунайська")
    lev = world["Lev Marchenko"].account
    tails = {"person": "", "roles": "/roles", "reset": "/reset", "leaver": "/end"}
    return PATHS | {
        **{name: f"/agency/people/{lev}{tail}" for name, tail in tails.items()},
        "person-waiting": f"/agency/people/{account.id}",
        "agree": f"/agency/people/{waiting.id}/agree",
        "make-code": f"/agency/people/{account.id}/code",
        "compare": f"/hub/agencies/{other}/compare",
        "agreement": f"/hub/agencies/{other}/agreement",
        "use-code": f"/use-code/{invitation}",
        "start": f"/start/{start}",
    }


@pytest.fixture
def served(place, paths, world):
    door = door_of(world["Ana Duarte"])
    db.session.remove()
    with Served(place.app) as address:
        yield address, door


def come_in(page, address, door):
    page.goto(f"{address}/sign-in?next=/agency")
    page.get_by_label("Name you sign in with").fill(door.name)
    page.get_by_label("Passphrase", exact=True).fill(PASSPHRASE)
    page.get_by_label("Code", exact=True).fill(door.offer.secret.code_at(clock.now()))
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Rivermouth Police")


def look(page, name):
    folder = os.environ.get("CASEHUB_PICTURES")
    if folder:
        width = page.viewport_size["width"]
        page.screenshot(path=Path(folder) / f"custody-{name}-{width}.png", full_page=True)


def test_no_page_has_a_barrier_at_any_width(chromium, served, paths):
    address, door = served
    context = chromium.new_context()
    page = context.new_page()
    come_in(page, address, door)
    found, headings = {}, set()
    for name, path in paths.items():
        page.goto(f"{address}{path}")
        headings.add(page.get_by_role("heading", level=1).text_content())
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            found[name, width] = faults(page)
            look(page, name)
    context.close()
    assert {key: value for key, value in found.items() if value} == {}
    assert len(headings) == len(paths), "each is the page it should be, and no page of an error"


def test_a_new_sheet_is_shown_once_and_prints_without_the_rest(chromium, served):
    address, door = served
    context = chromium.new_context()
    page = context.new_page()
    come_in(page, address, door)
    page.goto(f"{address}/agency/sheet/new")
    page.get_by_role("button", name="Make the new sheet").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Recovery sheet of Rivermouth Police")
    assert faults(page) == []
    look(page, "printed-sheet")
    page.emulate_media(media="print")
    expect(page.locator(".app-code")).to_be_visible()
    expect(page.get_by_role("link", name="Try the sheet")).to_be_hidden()
    expect(page.get_by_role("button", name="Hide")).to_be_hidden()
    look(page, "printed-sheet-on-paper")
    context.close()
