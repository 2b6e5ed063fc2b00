"""A hub from `casehub init` to its first release in real browsers, one for each person.

Two agencies, a lost passphrase, a leaver, a recovery sheet used. The same is told faster, and with
what can go wrong, in `tests/custody/test_custody_journey.py`.
"""

import re

import pytest
from playwright.sync_api import expect

from casehub import clock
from casehub.accounts.factors import FactorKind, FactorOffer
from casehub.app import create_app
from casehub.audit import AuditLog, verify_log
from casehub.store import db, reading
from tests.browser.conftest import Served
from tests.cli.conftest import Shell
from tests.conftest import fresh_template
from tests.custody.people import CODE, LINK, PASSPHRASE
from tests.custody.test_custody_journey import KNEW, LANTERN, PLAN, POLICE, START

pytestmark = pytest.mark.browser


class Someone:
    """Somebody with a browser and a telephone."""

    def __init__(self, chromium, address):
        self.page, self.address = chromium.new_context().new_page(), address
        self.name, self.secret = "", None

    def open(self, path):
        self.page.goto(f"{self.address}{path}")
        return self

    def type(self, **typed):
        for label, text in typed.items():
            self.page.get_by_label(label.replace("_", " "), exact=True).fill(text)
        return self

    def tick(self, *labels):
        for label in labels:
            self.page.get_by_label(label, exact=True).check()
        return self

    def press(self, name):
        with self.page.expect_navigation():
            self.page.get_by_role("button", name=name, exact=True).click()
        return self

    def follow(self, name):
        spoken = re.compile(rf"^{re.escape(name).replace(':', r' ?:')}$")
        link = self.page.get_by_role("link", name=spoken)
        link.or_(self.page.get_by_role("button", name=spoken)).first.click()
        return self

    def sees(self, text):
        expect(self.page.locator("main")).to_contain_text(text)
        return self

    @property
    def words(self):
        return self.page.locator("main").inner_text()

    def comes(self, path, button, *ticks, **typed):
        """Come with a code; choose a passphrase and set up the telephone; sign in with them."""
        self.open(path)
        text = self.page.locator("input[name=offer]").get_attribute("value")
        self.secret = FactorOffer.read(FactorKind.PHONE, text).secret
        self.tick(*ticks).type(**typed)
        self.type(New_passphrase=PASSPHRASE, New_passphrase_again=PASSPHRASE)
        self.type(First_code_from_it=self.secret.code_at(clock.now())).press(button)
        self.sees("You sign in as:")
        self.name = self.page.locator("main strong").first.inner_text()
        return self.words

    def signs_in(self):
        self.open("/sign-in").type(Name_you_sign_in_with=self.name, Passphrase=PASSPHRASE)
        self.type(Code=self.secret.code_at(clock.now())).press("Sign in")
        expect(self.page.get_by_role("button", name="Sign out", exact=True)).to_be_visible()
        return self


@pytest.fixture
def shell(tmp_path):
    settings = fresh_template(tmp_path)
    shell = Shell()
    shell.set(
        database_url=settings.database_url,
        secrets_folder=settings.secrets_folder,
        policies=settings.policies,
    )
    shell.settings = settings
    return shell


@pytest.fixture
def starts(shell, tmp_path):
    (tmp_path / "hub.toml").write_text(PLAN, encoding="utf-8")
    told = shell.succeeds("init", "--file", tmp_path / "hub.toml")
    return {name: (link, code) for name, link, code in START.findall(told)}


@pytest.fixture
def someone(chromium, shell, starts):
    app = create_app(shell.settings)
    with app.app_context():
        with Served(app) as address:
            yield lambda: Someone(chromium, address)
        db.session.remove()
        db.engine.dispose()


def begin(person, start, name):
    link, code = start
    typed = {"Your name": name, "Your work e-mail": "b@rivers.example"}
    words = person.comes(
        link, "Begin the agency", **{"The code that you were given": code}, **typed
    )
    person.signs_in()
    return CODE.search(words)[0]


def invite(custodian, second, person, name, role):
    custodian.open("/agency/invite").type(Name=name, **{"Work e-mail": "p@rivers.example"})
    custodian.tick(role).press("Propose this account")
    second.open("/agency").follow(f"Look at it {name}").press("Agree to this account")
    custodian.open("/agency").follow(name).follow("Make the code").press("Make the code")
    use(person, custodian)


def use(person, custodian):
    custodian.sees("It is shown now and never again")
    words = custodian.words
    link = "/use-code/" + LINK.search(words)[0].partition("/use-code/")[2]
    code = {"The code that you were given": CODE.search(words)[0]}
    person.comes(link, "Make my key", **code)
    person.signs_in()


def compare(person, other, agency):
    heard = re.search(r"(?:\d{5}\s+){5}\d{5}", other.open("/agency/keys").words)[0]
    person.open("/hub").follow(f"Compare: {agency}").tick(KNEW)
    person.type(**{"The thirty digits that they read to you": heard})
    person.press("Vouch for their key").sees("The digits agree.")


def make_ready(person, other, own, theirs, sheet):
    person.open("/agency/telephone").type(Duty_telephone="+1 604 555 0100")
    person.press("Save the number").open("/agency/sheet/drill")
    person.type(Code_on_the_recovery_sheet=sheet).press("Try the sheet")
    person.sees("they opened a test seal").open("/agency/sheet/deposit").tick(theirs)
    person.press("Save where it lies")
    other.open("/agency").follow(f"Confirm: {own}").press("Confirm that it lies here")


def put_on_file(ana, agency):
    ana.open("/hub").follow(f"Put one on file: {agency}").type(Signed_by="R. Head")
    today = clock.now().date()
    for group, year in (("Signed on", today.year - 1), ("To be reviewed on", today.year + 1)):
        box = ana.page.get_by_role("group", name=group)
        for label, number in (("Day", 1), ("Month", 3), ("Year", year)):
            box.get_by_label(label).fill(str(number))
    ana.press("Put it on file").sees("The agreement is on file.")


def share_a_case(priya, omar):
    priya.open("/cases/refer").type(Name="Олена O'Neil", What_happened="He waits outside.")
    priya.page.get_by_label("Age", exact=True).select_option(label="25 to 34")
    priya.tick("Woman", "Stalking").press("Refer this case").sees("The case is referred.")
    reference = priya.page.url.rpartition("/")[2]
    priya.open(f"/cases/{reference}/release").tick(LANTERN)
    priya.press("Look at what would be released").press(f"Release it to {LANTERN}")
    omar.open("/cases").follow(reference).press("Take this case on")
    omar.follow("Open: Synopsis, coded").sees("Stalking")


def test_a_hub_is_set_up_and_its_people_come_back_and_go(shell, starts, someone):
    ana, bo, priya, omar = (someone() for _ in range(4))
    sheets = [begin(ana, starts[POLICE], "Ana Duarte"), begin(bo, starts[LANTERN], "Bo Lindqvist")]
    invite(ana, ana, priya, "Priya Nair", "Caseworker")
    invite(bo, ana, omar, "Omar Haddad", "Hub member")
    compare(ana, bo, LANTERN)
    compare(bo, ana, POLICE)
    make_ready(ana, bo, POLICE, LANTERN, sheets[0])
    make_ready(bo, ana, LANTERN, POLICE, sheets[1])
    for agency in (POLICE, LANTERN):
        put_on_file(ana, agency)
    share_a_case(priya, omar)
    lose_the_passphrase(ana, bo, omar)
    ana.open("/agency").follow("Priya Nair").follow("Leaving: end this account")
    ana.press("End this account").sees("Nothing opens for it any more.")
    priya.open("/cases").sees("Sign in")
    use_the_sheet(shell, ana, someone(), sheets[1])
    with reading():
        logs = db.session.scalars(db.select(AuditLog)).all()
        assert [it.sentence for log in logs for it in verify_log(log).findings] == []


def lose_the_passphrase(ana, bo, omar):
    bo.open("/agency").follow("Omar Haddad").follow("Lost passphrase: propose a new way in")
    bo.press("Propose the new way in")
    ana.open("/agency").follow("Look at it Omar Haddad").press("Agree to the new way in")
    bo.open("/agency").follow("Omar Haddad").follow("Make the code").press("Make the code")
    use(omar, bo)


def use_the_sheet(shell, ana, back, sheet):
    shell.succeeds("recovery", "open", LANTERN)
    ana.open("/agency").sees("The page for a recovery sheet is open")
    typed = {
        "The code that you were given": sheet,
        "Name that the custodian signs in with": "bo.lindqvist",
    }
    back.comes("/recovery", "Come back with the sheet", LANTERN, **typed)
    back.signs_in().open("/agency/sheet").sees("Make a new sheet now.")
