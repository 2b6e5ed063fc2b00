"""The page to sign in, and what a browser has afterwards."""

import logging
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest

from casehub.errors import Busy
from casehub.sign_in.cookies import KNOWN, SESSION
from casehub.texts import N_
from tests.doors import PASSPHRASE
from tests.page import Browser
from tests.sign_in.conftest import LABELS

MIXED = "Прiya"  # noqa: RUF001 - two alphabets
ONE_ANSWER = "Name, passphrase or code is not right"


def cookies_of(browser):
    return {cookie.key: cookie for cookie in browser.client._cookies.values()}


class TestComingIn:
    def test_leads_to_the_first_page(self, come_in):
        page = come_in()
        assert page.status == 200
        assert page.path != "/sign-in"

    def test_leads_to_the_page_that_was_asked_for(self, browser, door):
        page = browser.open("/me")
        assert page.title == "Sign in"
        typed = {"name": door.name, "passphrase": PASSPHRASE, "code": door.code}
        page = page.fill({LABELS[box]: text for box, text in typed.items()}).press("Sign in")
        assert page.title == "You and your account"

    def test_sets_cookies_that_no_script_reads_and_no_other_site_sends(self, come_in, browser):
        come_in()
        for name in (SESSION, KNOWN):
            cookie = cookies_of(browser)[name]
            assert cookie.secure
            assert cookie.http_only
            assert cookie.same_site == "Strict"
            assert cookie.path == "/"
        assert cookies_of(browser)[SESSION].max_age is None

    def test_over_another_s_session_ends_that_one(self, come_in, browser, later):
        come_in()
        first = cookies_of(browser)[SESSION].value
        later(seconds=30)
        come_in_again = browser.open("/me")
        assert come_in_again.title == "You and your account"
        browser.open("/sign-in")
        assert cookies_of(browser)[SESSION].value == first

    def test_again_while_signed_in_leads_on(self, come_in, browser):
        come_in()
        assert browser.open("/sign-in?next=/me").title == "You and your account"

    @pytest.mark.parametrize("next_", ["//evil.example", "https://evil.example/x", "/\\evil", "x"])
    def test_never_leads_to_another_site(self, come_in, browser, door, next_):
        page = browser.open(f"/sign-in?next={next_}")
        typed = {"name": door.name, "passphrase": PASSPHRASE, "code": door.code}
        page = page.fill({LABELS[box]: text for box, text in typed.items()}).press("Sign in")
        assert "evil" not in page.path
        assert page.status == 200


class TestNotComingIn:
    @pytest.mark.parametrize(
        ("box", "typed"),
        [
            ("name", "nobody.at.all"),
            ("passphrase", "violet harbour ninety kettles"),
            ("passphrase", "short"),
            ("code", "000000"),
            ("code", "abc"),
        ],
    )
    def test_has_one_answer_at_the_head_of_the_page(self, come_in, box, typed):
        page = come_in(**{box: typed})
        assert page.status == 422
        assert len(page.errors) == 1
        assert page.errors[0].startswith(ONE_ANSWER)
        assert not any(page.error_at(label) for label in LABELS.values())

    @pytest.mark.parametrize("box", ["name", "passphrase", "code"])
    def test_an_empty_box_is_named(self, come_in, box):
        page = come_in(**{box: ""})
        assert page.status == 422
        assert page.error_at(LABELS[box])

    def test_the_name_is_kept_and_nothing_else(self, come_in, door):
        page = come_in(code="000000")
        assert page.value_of(LABELS["name"]) == door.name
        assert page.value_of(LABELS["passphrase"]) == ""
        assert page.value_of(LABELS["code"]) == ""

    @pytest.mark.parametrize(
        "typed",
        [PASSPHRASE, "x" * 10_000, "\u202eayirp", MIXED, "a\x00b", "<b>x</b>"],
        ids=range(6),
    )
    def test_what_is_no_name_is_told_and_not_shown_again(self, come_in, typed):
        page = come_in(name=typed)
        assert page.status == 422
        assert page.errors
        assert PASSPHRASE not in page.text
        assert page.value_of(LABELS["name"]) in ("", MIXED)

    def test_a_field_that_comes_twice_is_told(self, browser, door):
        page = browser.open("/sign-in")
        fields = page.fields_of("Sign in") | {"name": [door.name, "somebody.else"]}
        page = browser.send("/sign-in", "POST", data=fields)
        assert page.status == 422
        assert "twice" in page.error_at(LABELS["name"])

    def test_too_often_has_to_wait(self, come_in):
        for _ in range(10):
            come_in(code="000000")
        assert "failed too often" in come_in().errors[0]

    def test_a_used_code_is_refused(self, come_in, place, door):
        code = door.code
        come_in(code=code)
        page = come_in(Browser(place.app), code=code)
        assert page.errors[0].startswith(ONE_ANSWER)


def test_whoever_cannot_sign_in_is_told_what_to_do(browser):
    page = browser.open("/sign-in")
    assert page.says("Lost your passphrase, your telephone or your card?")
    assert page.says("ring a custodian of your agency")


def test_a_recovery_code_that_was_used_is_said(come_in, door):
    assert come_in(code=door.recovery_codes[2]).says("You used a recovery code")


def test_who_comes_while_others_hash_is_told_to_try_again_soon(come_in, monkeypatch):
    @contextmanager
    def full():
        raise Busy(N_("Several people are signing in at this moment."), N_("Wait a few seconds."))
        yield

    monkeypatch.setattr(
        "casehub.accounts.signing_in.hashing", SimpleNamespace(turn=full, check=lambda: None)
    )
    page = come_in()
    assert page.status == 503
    assert page.says("Several people are signing in")
    assert page.says("Wait a few seconds")


def test_a_passphrase_in_the_name_box_is_nowhere(place, come_in, browser, caplog, capfd):
    caplog.set_level(logging.DEBUG)
    logging.getLogger("sqlalchemy.engine").setLevel(logging.DEBUG)
    answers = []
    try:
        for word in ("zanzibar kettles ninety colibri", "zanzibar-kettles"):
            answers += [
                come_in(name=word, passphrase=word, code=word),
                come_in(name=word),
                come_in(passphrase=word),
            ]
    finally:
        logging.getLogger("sqlalchemy.engine").setLevel(logging.NOTSET)
    folder = Path(place.settings.database_url.removeprefix("sqlite:///")).parent
    kept = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    cookies = "".join(cookie.value for cookie in cookies_of(browser).values())
    heads = "".join(str(page.headers) for page in answers)
    assert b"zanzibar" not in kept
    assert "zanzibar" not in cookies + heads + "".join(capfd.readouterr())
    assert "zanzibar" not in caplog.text
