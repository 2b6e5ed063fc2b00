"""A hub from `casehub init` to the first release, by nothing but a terminal and browsers.

Two agencies, an invitation, a lost passphrase, a leaver, a recovery sheet used.
"""

import re
from dataclasses import dataclass, replace

import pytest
from sqlalchemy import select

from casehub import clock
from casehub.accounts.factors import FactorKind, FactorOffer, FactorSecret
from casehub.app import create_app
from casehub.audit import AuditLog, verify_log
from casehub.store import db, reading
from tests.builders import standing_clock
from tests.cli.conftest import Shell
from tests.conftest import fresh_template
from tests.custody.people import CODE, LINK, PASSPHRASE
from tests.page import Browser, Page

PLAN = """
[hub]
name = "Hub of Two Rivers"
time_zone = "America/Vancouver"

[[agency]]
name = "Two Rivers Police"
organisation = "Two Rivers Police"
sector = "police"
regime = "ca-bc-public"
coordinates = true

[[agency]]
name = "Lantern House"
organisation = "Lantern House Society"
sector = "victim-services"
regime = "ca-bc-private"
"""
START = re.compile(r"(?m)^(.+)\n  link  https://YOUR-ADDRESS(/start/\S+)\n  code  (\S+)$")
POLICE, LANTERN = "Two Rivers Police", "Lantern House"
CASE = {
    "Name": "Олена O'Neil",
    "What happened": "He waits outside her work.",
    "Age": "25 to 34",
    "Woman": True,
    "Stalking": True,
}
KNEW = "I spoke to somebody I know there, in person or at a number I had before"


@dataclass
class Someone:
    """Somebody at a browser of their own, with a telephone that shows codes."""

    app: object
    later: object
    browser: Browser | None = None
    secret: FactorSecret | None = None
    name: str = ""

    def open(self, path: str) -> Page:
        return self.browser.open(path)

    def shown(self, path: str) -> Page:
        """Open a page in a browser in which nobody is signed in."""
        return Browser(self.app).open(path)

    def set_up(self, page: Page) -> dict[str, str]:
        """Choose a passphrase and let the telephone read the square."""
        text = re.search(r'name="offer"[^>]*value="([^"]+)"', page.text)[1]
        self.secret = FactorOffer.read(FactorKind.PHONE, text).secret
        return {
            "New passphrase": PASSPHRASE,
            "New passphrase again": PASSPHRASE,
            "First code from it": self.secret.code_at(clock.now()),
        }

    def comes(self, path: str, button: str, **typed: str) -> Page:
        """Come with a code to a page that nobody has to be signed in for."""
        self.browser = Browser(self.app)
        page = self.browser.open(path)
        page = page.fill(typed | self.set_up(page)).press(button)
        self.name = re.search(r"<strong>([a-z.0-9]+)</strong>", page.text)[1]
        return page

    def signs_in(self) -> Page:
        """Sign in, a minute later, with the code of that moment."""
        self.later(minutes=1)
        self.browser = Browser(self.app)
        typed = {
            "Name you sign in with": self.name,
            "Passphrase": PASSPHRASE,
            "Code": self.secret.code_at(clock.now()),
        }
        return self.browser.open("/sign-in").fill(typed).press("Sign in")


@pytest.fixture
def later():
    with standing_clock() as advance:
        yield advance


@pytest.fixture
def settings(tmp_path):
    return fresh_template(tmp_path)


@pytest.fixture
def shell(settings):
    shell = Shell()
    shell.set(
        database_url=settings.database_url,
        secrets_folder=settings.secrets_folder,
        policies=settings.policies,
    )
    return shell


@pytest.fixture
def starts(shell, tmp_path):
    """Link and code of each agency, as the operator sees them once."""
    plan = tmp_path / "hub.toml"
    plan.write_text(PLAN, encoding="utf-8")
    told = shell.succeeds("init", "--file", plan)
    return {name: (link, code) for name, link, code in START.findall(told)}


@pytest.fixture
def app(settings, starts):
    app = create_app(settings)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def someone(app, later):
    return lambda: Someone(app, later)


def begin(person, start, name):
    link, code = start
    typed = {
        "The code that you were given": code,
        "Your name": name,
        "Your work e-mail": f"{name.split()[0].lower()}@rivers.example",
    }
    return CODE.search(person.comes(link, "Begin the agency", **typed).words)[0]


def invite(custodian, second, person, name, role):
    page = custodian.open("/agency/invite")
    page.fill({"Name": name, "Work e-mail": "p@rivers.example", role: True}).press(
        "Propose this account"
    )
    second.open("/agency").follow(f"Look at it {name}").press("Agree to this account")
    page = custodian.open("/agency").follow(name).follow("Make the code").press("Make the code")
    use(person, page)


def use(person, page):
    link = "/use-code/" + LINK.search(page.words)[0].partition("/use-code/")[2]
    code = {"The code that you were given": CODE.search(page.words)[0]}
    return person.comes(link, "Make my key", **code)


def digits_of(person):
    words = person.open("/agency/keys").words
    return re.search(r"(?:\d{5} ){5}\d{5}", words)[0]


def compare(person, agency, heard):
    page = person.open("/hub").follow(f"Compare: {agency}")
    typed = {"The thirty digits that they read to you": heard, KNEW: True}
    assert page.fill(typed).press("Vouch for their key").says("The digits agree.")


def make_ready(person, other, own_name, other_name, sheet):
    """Do on the pages what an agency has still to do by itself, and let the other confirm."""
    page = person.open("/agency/telephone").fill({"Duty telephone": "+1 604 555 0100"})
    page.press("Save the number")
    page = person.open("/agency/sheet/drill").fill({"Code on the recovery sheet": sheet})
    assert page.press("Try the sheet").says("they opened a test seal")
    page = person.open("/agency/sheet/deposit").fill({other_name: other_name})
    page.press("Save where it lies")
    page = other.open("/agency").follow(f"Confirm: {own_name}")
    assert page.press("Confirm that it lies here").says("It is confirmed")


def put_on_file(ana, agency):
    page = ana.open("/hub").follow(f"Put one on file: {agency}")
    days = {"Signed on": "1 3 2031", "To be reviewed on": "1 3 2033"}
    page.fill({"Signed by": "R. Head", **days}).press("Put it on file")


def refer_and_release(priya, omar):
    page = priya.open("/cases/refer").fill(CASE).press("Refer this case")
    reference = page.path.rpartition("/")[2]
    page = priya.open(f"/cases/{reference}/release").fill({LANTERN: True})
    page = page.press("Look at what would be released")
    assert page.press(f"Release it to {LANTERN}").title == "Who can see this"
    page = omar.open("/cases").follow(reference).press("Take this case on")
    assert page.follow("Open: Synopsis, coded").says("Stalking")
    return reference


@pytest.fixture
def hub(starts, someone):
    """Both agencies with a custodian and one more, ready to work, all on pages."""
    ana, bo, priya, omar = (someone() for _ in range(4))
    sheets = {
        POLICE: begin(ana, starts[POLICE], "Ana Duarte"),
        LANTERN: begin(bo, starts[LANTERN], "Bo Lindqvist"),
    }
    ana.signs_in()
    bo.signs_in()
    assert ana.open("/agency").says("cannot refer or receive anything yet")
    invite(ana, ana, priya, "Priya Nair", "Caseworker")
    invite(bo, ana, omar, "Omar Haddad", "Hub member")
    compare(ana, LANTERN, digits_of(bo))
    compare(bo, POLICE, digits_of(ana))
    make_ready(ana, bo, POLICE, LANTERN, sheets[POLICE])
    make_ready(bo, ana, LANTERN, POLICE, sheets[LANTERN])
    for agency in (POLICE, LANTERN):
        put_on_file(ana, agency)
    assert not ana.open("/hub").says("Not ready")
    priya.signs_in()
    omar.signs_in()
    return ana, bo, priya, omar, sheets


def test_a_hub_is_set_up_and_gives_its_first_release(app, hub):
    ana, _, priya, omar, _ = hub
    reference = refer_and_release(priya, omar)
    assert ana.open(f"/cases/{reference}").status == 404
    assert faults() == []


def test_before_it_is_set_up_nothing_is_referred_and_the_page_says_what_is_missing(starts, someone):
    ana, priya = someone(), someone()
    begin(ana, starts[POLICE], "Ana Duarte")
    ana.signs_in()
    invite(ana, ana, priya, "Priya Nair", "Caseworker")
    priya.signs_in()
    page = priya.open("/cases/refer")
    assert page.says("Two Rivers Police has no duty telephone on file.")
    assert page.says("A custodian of the agency enters it")


def test_somebody_who_lost_the_passphrase_comes_back(hub):
    ana, bo, priya, omar, _ = hub
    reference = refer_and_release(priya, omar)
    page = bo.open("/agency").follow("Omar Haddad").follow("Lost passphrase: propose a new way in")
    page.press("Propose the new way in")
    ana.open("/agency").follow("Look at it Omar Haddad").press("Agree to the new way in")
    page = bo.open("/agency").follow("Omar Haddad").follow("Make the code")
    back = replace(omar)
    use(back, page.press("Make the code"))
    assert omar.open("/cases").title.startswith("Sign in")
    back.signs_in()
    assert back.open(f"/cases/{reference}").follow("Open: Synopsis, coded").says("Stalking")
    assert faults() == []


def test_a_leaver_is_out_in_the_same_minute(hub):
    ana, _, priya, _, _ = hub
    page = ana.open("/agency").follow("Priya Nair").follow("Leaving: end this account")
    page.press("End this account")
    assert priya.open("/cases").title.startswith("Sign in")
    assert priya.signs_in().errors
    assert faults() == []


def test_an_agency_whose_custodian_is_shut_out_comes_back_with_its_sheet(shell, hub, someone):
    ana, bo, priya, omar, sheets = hub
    reference = refer_and_release(priya, omar)
    assert someone().shown("/recovery").says("This page is shut.")
    shell.succeeds("recovery", "open", LANTERN)
    assert ana.open("/agency").says("The page for a recovery sheet is open")
    back = someone()
    typed = {
        LANTERN: LANTERN,
        "The code that you were given": sheets[LANTERN],
        "Name that the custodian signs in with": "bo.lindqvist",
    }
    back.comes("/recovery", "Come back with the sheet", **typed)
    assert bo.open("/agency").title.startswith("Sign in")
    back.signs_in()
    page = back.open("/agency/sheet")
    assert page.says("Make a new sheet now.")
    page = page.follow("Make a new sheet").press("Make the new sheet")
    assert CODE.search(page.words)[0] != sheets[LANTERN]
    assert omar.open(f"/cases/{reference}").follow("Open: Synopsis, coded").says("Stalking")
    assert faults() == []


def test_an_operator_who_uses_a_start_code_himself_is_found_out(starts, someone):
    begin(someone(), starts[LANTERN], "N. Obody")
    page = someone().shown(starts[LANTERN][0])
    assert page.says("This code was used already")
    assert page.says("tell a custodian of your agency at once")


def faults():
    """What a check of every log finds."""
    with reading():
        logs = db.session.scalars(select(AuditLog)).all()
        return [finding.sentence for log in logs for finding in verify_log(log).findings]
