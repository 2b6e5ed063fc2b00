"""A secret word typed into every free text of every page is nowhere but with those who may read it.

The pages are used as people use them, with every statement logged; then the files of the database,
the log, cookies, addresses and all pages that show an error are looked through.
"""

import logging
from pathlib import Path

import pytest

from tests.house.test_canary import WORD, assert_nowhere
from tests.signing_in import GOOD_CODE, Door

TYPED = {
    "Name": f"Олена {WORD}",
    "What happened": f"He said: {WORD}.",
    "Age": "25 to 34",
    "Woman": True,
    "Stalking": True,
}


class Gatherer:
    """Everything that passed between browsers and the application."""

    def __init__(self, monkeypatch, world, app):
        self.door, self.app = Door(monkeypatch, world), app
        self.said, self.errors = [], []

    def browser(self, name):
        browser = self.door.browser(self.app, name)
        send = browser.send

        def gathered(path, method="GET", **options):
            page = send(path, method, **options)
            self.said.append(f"{page.path} {page.headers}")
            self.said += [str(cookie) for cookie in browser.client._cookies.values()]
            if page.status >= 400:
                self.errors.append((page.status, page.root.first("title").words, page.text))
            return page

        browser.send = gathered
        return browser


@pytest.fixture
def told(place, monkeypatch, caplog, capfd):
    """Refer, open, release, refuse, err and end, with the word wherever something can be typed."""
    caplog.set_level(logging.DEBUG)
    engine = logging.getLogger("sqlalchemy.engine")
    engine.setLevel(logging.DEBUG)
    gatherer = Gatherer(monkeypatch, place.world, place.app)
    try:
        gatherer.reads = story(gatherer)
    finally:
        engine.setLevel(logging.NOTSET)
    gatherer.logged = caplog.text + "".join(capfd.readouterr())
    return gatherer


def story(gatherer):
    priya, omar, ines = map(gatherer.browser, ("Priya Nair", "Omar Haddad", "Ines Prado"))
    form = priya.open("/cases/refer")
    wrong = form.fill(TYPED | {"Date of birth": "31 2 2001"}).press("Refer this case")
    assert WORD in wrong.value_of("Name"), "what was typed is kept, on this page alone"
    page = wrong.fill({"Date of birth": "14 3 2001"}).press("Refer this case")
    reference = page.path.rpartition("/")[2]
    wrong.press("Refer this case")  # sent twice
    reads = page.follow("Open all of it")
    plan = priya.open(f"/cases/{reference}/release")
    plan = plan.fill({"Harbour House": True, "Names and dates of birth": True})
    look = plan.press("Look at what would be released")
    look.fill({"Code from your phone or card": WORD}).press("Release it to Harbour House")
    given = look.fill({"Code from your phone or card": GOOD_CODE})
    given = given.press("Release it to Harbour House")
    omar.open(f"/cases/{reference}").press("Take this case on").follow("Open all of it")
    for path in ("", "/open", "/open/names", "/team", "/release"):
        ines.open(f"/cases/{reference}{path}")
    ines.open(f"/cases/{WORD}")
    ines.open("/cases", query_string={"after": WORD})
    gatherer.browser("Lev Marchenko").open("/audit", query_string={"case": WORD[:7]})
    omar.send(f"/cases/{reference}/team/end", "POST", data=given.fields_of("Hide"))
    gatherer.door.open = False
    priya.send("/cases/refer", "POST", data=form.fields_of("Refer this case"))
    return reads


def test_who_may_read_it_does(told):
    assert told.reads.says(f"Олена {WORD}")
    assert told.reads.says(f"He said: {WORD}.")


def test_it_is_in_no_file_of_the_database_nor_beside_it(place, told, tmp_path):
    path = Path(place.settings.database_url.removeprefix("sqlite:///"))
    files = {*path.parent.glob(f"{path.name}*"), *tmp_path.rglob("*")}
    assert any(file.name.endswith("-wal") for file in files), "the write-ahead log is there too"
    for file in files:
        if file.is_file():
            assert_nowhere(file.read_bytes(), file.name)


def test_it_is_in_no_log_line_even_with_every_statement_logged(told):
    assert "INSERT INTO records" in told.logged, "statements were really logged"
    assert_nowhere(told.logged.encode(), "a log line")


def test_it_is_in_no_address_header_or_cookie_of_ours(told):
    ours = [text for text in told.said if f"/cases/{WORD}" not in text and "after=" not in text]
    assert len(ours) > 20
    assert_nowhere("\n".join(ours).encode(), "an address, a header or a cookie")


def test_it_is_in_no_page_that_says_something_failed(told):
    seen = {status for status, _, _ in told.errors}
    assert {401, 404, 409, 422} <= seen
    for status, title, text in told.errors:
        assert_nowhere(title.encode(), "a title")
        if status != 422:  # the form itself, shown again to who typed into it
            assert_nowhere(text.encode(), f"a page of status {status}")
