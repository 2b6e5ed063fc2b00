"""Whatever is typed into whichever field: a message, no fault, and nothing stored."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from casehub.accounts.sign_in_models import Credential
from tests.doors import rows_of

MIXED = "Pа Прiya"  # noqa: RUF001 - two alphabets
STRANGE = {
    "empty": "",
    "blank": "   ",
    "over-long": "x" * 20_000,
    "two alphabets": MIXED,
    "right to left": "\u202e654321 شلتر",
    "markup": "<script>alert(1)</script>",
    "control": "12\x0034\x1b56",
    "half a letter": "\ud83d",
    "lines": "one\r\ntwo",
    "sql": "'; DROP TABLE credentials; --",
}
PAGES = {
    "/me/passphrase": "Change the passphrase",
    "/me/second-factor": "Use this from now on",
    "/me/second-factor?with=card": "Use this from now on",
    "/me/language": "Speak this language",
}
ALWAYS = {"csrf_token", "sent"}


@pytest.fixture
def me(come_in, browser, later):
    come_in()
    later(seconds=30)
    return browser


def said():
    return [(row.id, row.kind) for row in rows_of(Credential)]


@pytest.mark.parametrize("path", PAGES)
def test_strange_things_in_any_field_are_told_and_nothing_is_stored(me, path):
    before = said()
    fields = me.open(path).fields_of(PAGES[path])
    for name in sorted(set(fields) - ALWAYS):
        for what, text in STRANGE.items():
            typed = fields | {name: [text.encode(errors="surrogatepass")]}
            page = me.send(path, "POST", data=typed)
            assert page.status == 422, f"{what} as {name}"
            assert page.errors, f"{what} as {name}"
    assert said() == before


@pytest.mark.parametrize("path", PAGES)
def test_a_field_that_comes_twice_is_told(me, path):
    before = said()
    page = me.open(path)
    fields = page.fields_of(PAGES[path])
    for name in sorted(set(fields) - ALWAYS):
        page = me.send(path, "POST", data=fields | {name: ["one", "two"]})
        assert page.status == 422, name
    assert said() == before


@pytest.mark.parametrize("path", ["/sign-in", *PAGES, "/sign-out", "/me/browsers/end-others"])
def test_what_another_site_sends_is_refused(me, path):
    page = me.send(path, "POST", data={"name": "priya.nair"})
    assert page.status == 400
    assert me.open("/me").title == "You and your account"


@settings(max_examples=30, suppress_health_check=list(HealthCheck))
@given(typed=st.text(max_size=80))
def test_any_text_for_a_name_breaks_nothing(browser, typed):
    page = browser.open("/sign-in")
    data = page.fields_of("Sign in") | {"name": [typed.encode(errors="surrogatepass")]}
    assert browser.send("/sign-in", "POST", data=data).status == 422
