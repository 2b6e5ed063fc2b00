"""What people see and change about themselves, and how a session ends."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from casehub import clock
from casehub.accounts.sign_in_models import BrowserSession
from casehub.sign_in.cookies import SESSION
from casehub.store import Base, db, reading
from casehub.vault import FactorSecret
from tests.builders import attack, attack_delete, entries, memberships_of, rotate
from tests.doors import PASSPHRASE, door_of, rows_of
from tests.page import Browser

NEW = "copper lantern thursday walrus"
CODE = "Code from your phone or card"


def secret_of(browser):
    return next(c.value for c in browser.client._cookies.values() if c.key == SESSION)


def put_secret(browser, value):
    browser.client.set_cookie(SESSION, value, domain="localhost", secure=True)


class TestMe:
    def test_says_who_one_is_and_what_one_may_do_in_plain_words(self, me):
        page = me.open("/me")
        assert page.title == "You and your account"
        assert page.says("Priya Nair")
        assert page.says("priya.nair")
        assert page.says("You refer people")
        assert page.says("An app on a telephone")
        assert page.says("10 codes left")
        assert page.says("This browser")
        assert page.follow("What each role may do").status == 200

    def test_another_browser_is_signed_out_from_here(self, me, place, come_in):
        other = Browser(place.app)
        come_in(other)
        page = me.open("/me").press("Sign out there")
        assert page.says("That browser is signed out")
        assert other.open("/me").title == "Sign in"
        assert me.open("/me").title == "You and your account"

    def test_every_other_browser_is_signed_out_at_once(self, me, place, come_in):
        other = Browser(place.app)
        come_in(other)
        me.open("/me").press("Sign out everywhere but here")
        assert other.open("/me").title == "Sign in"
        assert not me.open("/me").says("Sign out there")

    @pytest.mark.parametrize("button", ["Sign out everywhere but here", "Sign out there"])
    def test_what_was_not_sent_from_here_signs_nobody_out_and_says_so(
        self, me, place, come_in, button
    ):
        other = Browser(place.app)
        come_in(other)
        page = me.open("/me")
        (path,) = {
            form.attributes["action"]
            for form in page.root.all("form")
            if button in [it.seen for it in form.all("button")]
        }
        token = page.fields_of(button)["csrf_token"]
        page = me.send(path, "POST", data={"csrf_token": token})
        assert page.status == 422
        assert page.errors
        assert other.open("/me").title == "You and your account"


class TestARowThatSomebodyElseWrote:
    def test_is_nobodys_session_and_an_alarm_and_the_way_in_is_free(self, me):
        before = len(entries("alarm:raised"))
        (row,) = rows_of(BrowserSession)
        attack(row, ends_at=clock.now() + timedelta(days=400))
        assert me.open("/me").title == "Sign in"
        assert [it["facts"]["code"] for it in entries("alarm:raised")[before:]] == ["tampered"]
        assert me.open("/sign-in").title == "Sign in"
        assert me.open("/calendar").status == 200
        assert len(entries("alarm:raised")) == before + 1


class TestLanguage:
    def test_one_s_own_is_spoken_in_every_browser(self, me, come_in, place, later):
        page = me.open("/me/language").fill({"Українська": True}).press("Speak this language")
        assert page.root.first("html").attributes["lang"] == "uk"
        other = Browser(place.app)
        come_in(other)
        assert other.open("/me").root.first("html").attributes["lang"] == "uk"
        assert entries("account:language-chosen")[-1]["facts"] == {"language": "uk"}

    def test_one_that_no_page_speaks_is_told(self, me):
        page = me.open("/me/language")
        fields = page.fields_of("Speak this language") | {"language": ["tlh"]}
        page = me.send("/me/language", "POST", data=fields)
        assert page.status == 422
        assert page.errors


class TestEnding:
    def test_signing_out_leads_to_the_way_in(self, me):
        page = me.open("/me").press("Sign out")
        assert page.title == "Sign in"
        assert page.says("You are signed out")
        assert me.open("/me").title == "Sign in"
        assert entries("sign-in:ended")
        assert not rows_of(BrowserSession)

    def test_signing_out_twice_harms_nobody(self, me):
        page = me.open("/me")
        page.press("Sign out")
        assert page.press("Sign out").title == "Sign in"

    def test_hide_ends_it_too(self, me):
        me.open("/me").press("Hide")
        assert me.open("/me").title == "Sign in"
        assert not rows_of(BrowserSession)

    def test_nothing_done_for_twenty_minutes_ends_it(self, me, later):
        later(minutes=20)
        assert me.open("/me").title == "Sign in"

    def test_pages_keep_it_going(self, me, later):
        for _ in range(4):
            later(minutes=15)
            assert me.open("/me").title == "You and your account"

    def test_ten_hours_end_it_whatever_one_does(self, me, later):
        for _ in range(40):
            later(minutes=15)
            page = me.open("/me")
        assert page.title == "Sign in"

    def test_being_asked_whether_one_is_still_here_keeps_it_going(self, me, later):
        for _ in range(3):
            later(minutes=15)
            assert me.open("/still-here").status == 204
        assert me.open("/me").title == "You and your account"

    def test_a_membership_that_is_deleted_ends_it_at_the_next_page(self, me, door):
        for membership in memberships_of(door.person.account):
            attack_delete(membership)
        assert me.open("/me").title == "Sign in"

    def test_a_page_writes_when_it_was_seen_and_only_once_a_minute(self, me, later):
        seen = [row.seen_at for row in rows_of(BrowserSession)]
        me.open("/me")
        assert [row.seen_at for row in rows_of(BrowserSession)] == seen
        later(minutes=1)
        me.open("/me")
        assert [row.seen_at for row in rows_of(BrowserSession)] != seen

    def test_what_is_sent_after_the_end_is_kept_and_can_be_sent_again(self, me, later, door):
        page = me.open("/me/recovery-codes")
        later(minutes=21)
        page = page.press("Make them now")
        assert page.status == 401
        assert page.says("what you typed was kept")
        typed = {"Name you sign in with": door.name, "Passphrase": PASSPHRASE, "Code": door.code}
        page = page.fill(typed).press("Sign in")
        assert page.title == "You are signed in again"
        page = page.press("Send it now")
        assert page.title == "Your recovery codes"

    def test_what_somebody_else_kept_is_not_shown(self, me, later, world):
        page = me.open("/me/recovery-codes")
        later(minutes=21)
        page = page.press("Make them now")
        omar = door_of(world["Omar Haddad"])
        typed = {"Name you sign in with": omar.name, "Passphrase": PASSPHRASE, "Code": omar.code}
        assert page.fill(typed).press("Sign in").title != "You are signed in again"


class TestACookie:
    @pytest.mark.parametrize(
        "value", ["", "x", "A" * 43 + "=", "é", "A" * 4_000, "../../etc", "%00", "AAAA" * 10]
    )
    def test_that_somebody_made_up_opens_nothing(self, browser, value):
        put_secret(browser, value)
        page = browser.open("/me")
        assert page.title == "Sign in"
        assert page.status == 200

    def test_with_a_changed_letter_opens_nothing(self, me):
        secret = secret_of(me)
        put_secret(me, ("B" if secret[0] == "A" else "A") + secret[1:])
        assert me.open("/me").title == "Sign in"

    def test_says_nothing_of_who_it_is(self, me, door):
        secret = secret_of(me)
        assert door.name not in secret
        assert str(door.person.account) not in secret


class TestAnotherPassphrase:
    def fill(self, me, **other):
        labels = {
            "present": "Present passphrase",
            "new": "New passphrase",
            "again": "New passphrase again",
        }
        typed = {"present": PASSPHRASE, "new": NEW, "again": NEW} | other
        page = me.open("/me/passphrase").fill({labels[box]: typed[box] for box in labels})
        return page.press("Change the passphrase")

    def test_signs_in_from_now_on(self, me, come_in, place, later):
        assert self.fill(me).says("Your passphrase is changed")
        assert come_in(Browser(place.app)).errors
        later(seconds=30)
        assert come_in(Browser(place.app), passphrase=NEW).title != "Sign in"

    @pytest.mark.parametrize(
        ("other", "label"),
        [
            ({"present": "not the present one"}, "Present passphrase"),
            ({"present": ""}, "Present passphrase"),
            ({"new": "short", "again": "short"}, "New passphrase"),
            ({"new": "password1234", "again": "password1234"}, "New passphrase"),
            ({"new": "priya nair priya", "again": "priya nair priya"}, "New passphrase"),
            ({"new": "x" * 2000, "again": "x" * 2000}, "New passphrase"),
            ({"again": "something else again"}, "New passphrase again"),
            ({"new": PASSPHRASE, "again": PASSPHRASE}, "New passphrase"),
        ],
        ids=range(8),
    )
    def test_that_is_no_good_is_told_beside_its_field(self, me, other, label):
        page = self.fill(me, **other)
        assert page.status == 422
        assert page.error_at(label)
        assert not any(text and text in page.text for text in (NEW, PASSPHRASE))
        assert not entries("credential:passphrase-changed")


class TestAnotherFactor:
    def letters(self, page):
        code = page.root.all("code", classed="app-secret")[0]
        return FactorSecret.read("".join(code.words.split()))

    def test_a_new_telephone_reads_a_drawing_and_confirms_with_its_code(self, me, come_in, place):
        page = me.open("/me/second-factor")
        assert page.root.all("svg", classed="app-qr")
        secret = self.letters(page)
        page = page.fill({"First code from it": secret.code_at(clock.now())})
        page = page.press("Use this from now on")
        assert page.says("Your second factor is changed")
        fresh = Browser(place.app)
        assert come_in(fresh, code=secret.code_at(clock.now())).title != "Sign in"

    def test_a_wrong_first_code_is_told_and_the_same_drawing_stays(self, me):
        page = me.open("/me/second-factor")
        before = self.letters(page)
        page = page.fill({"First code from it": "000000"}).press("Use this from now on")
        assert page.error_at("First code from it")
        assert self.letters(page) == before
        assert not entries("credential:factor-changed")[1:]

    def test_a_card_is_fifty_codes_to_print(self, me, come_in, place):
        page = me.open("/me/second-factor?with=card")
        codes = re.findall(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}\b", page.words)
        assert len(codes) == 50
        page = page.fill({"First code from it": codes[0]}).press("Use this from now on")
        assert page.says("50 codes left")
        assert come_in(Browser(place.app), code=codes[1].lower()).title != "Sign in"

    def test_a_drawing_that_was_changed_on_its_way_is_a_new_one(self, me):
        page = me.open("/me/second-factor")
        fields = page.fields_of("Use this from now on") | {"offer": ["xyz"], "kind": ["magic"]}
        page = me.send("/me/second-factor", "POST", data=fields | {"new_code": ["123456"]})
        assert page.status == 422
        assert self.letters(page)


class TestRecoveryCodes:
    def test_are_shown_once_and_end_the_ones_before(self, me, come_in, place, door):
        page = me.open("/me/recovery-codes").press("Make them now")
        codes = re.findall(r"\b[0-9A-Z]{5}-[0-9A-Z]{5}\b", page.words)
        assert len(codes) == 10
        assert come_in(Browser(place.app), code=door.recovery_codes[0]).errors
        assert come_in(Browser(place.app), code=codes[4]).title != "Sign in"
        assert codes[0] not in me.open("/me").text

    def test_a_page_that_is_loaded_again_makes_no_others(self, me, come_in, place):
        page = me.open("/me/recovery-codes")
        sent = page.fields_of("Make them now")
        codes = re.findall(r"\b[0-9A-Z]{5}-[0-9A-Z]{5}\b", page.press("Make them now").words)
        again = me.send("/me/recovery-codes", "POST", data=sent)
        assert again.status == 409
        assert again.says("the codes were shown then")
        assert come_in(Browser(place.app), code=codes[4]).title != "Sign in"


class TestAnotherAgencyKey:
    def test_is_compared_before_anything_is_opened(self, come_in, browser, world, later):
        rotate(world["Ana Duarte"], routine=False)
        page = come_in()
        assert page.title == "Your agency's key is another than you knew"
        assert page.press("They agree: take this key").status == 422
        page = browser.open("/agency-key")
        label = "I compared all six groups with a custodian by voice or on paper, and they agree"
        page = page.fill({label: True}).press("They agree: take this key")
        assert page.title == "You and your account"
        assert browser.open("/agency-key").title == "You and your account"


def test_twenty_refusals_end_the_session(me):
    for _ in range(20):
        page = me.open("/cases/R-7KQ2-M4XW")
        assert page.status == 404
    assert me.open("/me").title == "Sign in"
    assert entries("alarm:raised")[-1]["facts"]["code"] == "refused-often"


def contents():
    """Everything in the database but when a browser was seen."""
    with reading():
        return {
            table.name: sorted(map(repr, db.session.execute(select(table))))
            for table in Base.metadata.sorted_tables
            if table.name != "browser_sessions"
        }


def test_a_page_that_only_shows_changes_nothing_but_when_it_was_seen(me, later):
    before = contents()
    later(minutes=2)
    for path in ("/sign-in", "/me", "/me/passphrase", "/me/second-factor", "/me/language"):
        assert me.open(path).status == 200
    assert contents() == before
    assert rows_of(BrowserSession)[0].seen_at == clock.now()
