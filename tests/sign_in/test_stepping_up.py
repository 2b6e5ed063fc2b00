"""Giving the second factor again, and for how long it counts."""

import pytest

from casehub import clock
from casehub.sign_in.cookies import SESSION
from casehub.vault import FactorSecret
from tests.builders import entries
from tests.doors import PASSPHRASE

NEW = "copper lantern thursday walrus"
CODE = "Code from your phone or card"


def secret_of(browser):
    return next(c.value for c in browser.client._cookies.values() if c.key == SESSION)


def put_secret(browser, value):
    browser.client.set_cookie(SESSION, value, domain="localhost", secure=True)


class TestSteppingUp:
    @pytest.fixture
    def late(self, me, later):
        later(minutes=16)
        return me

    def test_is_not_asked_for_right_after_signing_in(self, me):
        assert not me.open("/me/recovery-codes").says(CODE)

    def test_to_change_the_factor_itself_it_must_be_fresh(self, me, later):
        later(minutes=2)
        assert not me.open("/me/passphrase").says(CODE)
        assert me.open("/me/recovery-codes").says(CODE)
        assert me.open("/me/second-factor").says("Code from the telephone or card that you have")
        page = me.open("/me/recovery-codes").press("Make them now")
        assert page.error_at(CODE)
        assert not entries("credential:recovery-renewed")

    def test_is_asked_for_later_and_done_with_the_act(self, late, door):
        before = secret_of(late)
        page = late.open("/me/recovery-codes").fill({CODE: door.code}).press("Make them now")
        assert page.title == "Your recovery codes"
        assert secret_of(late) != before
        assert late.open("/me").title == "You and your account"

    def test_a_wrong_code_is_told_beside_it_and_nothing_is_done(self, late):
        page = late.open("/me/recovery-codes").fill({CODE: "000000"}).press("Make them now")
        assert page.status == 422
        assert "not right" in page.error_at(CODE)
        assert not entries("credential:recovery-renewed")

    def test_a_passphrase_is_changed_in_the_same_press(self, late, door):
        typed = {"Present passphrase": PASSPHRASE, "New passphrase": NEW}
        typed |= {"New passphrase again": NEW, CODE: door.code}
        page = late.open("/me/passphrase").fill(typed).press("Change the passphrase")
        assert page.says("Your passphrase is changed")

    def test_a_telephone_is_changed_in_the_same_press(self, late, door):
        page = late.open("/me/second-factor")
        code = page.root.all("code", classed="app-secret")[0]
        fresh = FactorSecret.read("".join(code.words.split())).code_at(clock.now())
        now = "Code from the telephone or card that you have now"
        wrong = page.fill({"First code from it": fresh, now: "000000"})
        page = wrong.press("Use this from now on")
        assert page.error_at(now)
        page = page.fill({"First code from it": fresh, now: door.recovery_codes[0]})
        assert page.press("Use this from now on").says("Your second factor is changed")

    def test_another_tab_that_was_open_goes_on(self, late, door):
        other_tab = late.open("/me/passphrase")
        late.open("/me/recovery-codes").fill({CODE: door.code}).press("Make them now")
        page = other_tab.fill(
            {
                "Present passphrase": PASSPHRASE,
                "New passphrase": NEW,
                "New passphrase again": NEW,
            }
        ).press("Change the passphrase")
        assert page.says("Your passphrase is changed")

    def test_the_cookie_of_before_still_reads_for_half_a_minute_and_sends_nothing(
        self, late, door, later
    ):
        old = secret_of(late)
        page = late.open("/me/recovery-codes")
        page.fill({CODE: door.code}).press("Make them now")
        put_secret(late, old)
        page = late.open("/me/recovery-codes")
        assert page.status == 200
        assert page.press("Make them now").status == 401
        put_secret(late, old)
        later(seconds=30)
        put_secret(late, old)
        assert late.open("/me").title == "Sign in"
