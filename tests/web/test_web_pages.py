"""The web's own pages: Hide, the language, what arrives from elsewhere, what is always sent."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from flask import Response

from casehub import clock
from casehub.errors import Busy, Stale
from casehub.web import identity
from casehub.web.guard import signed_in
from casehub.web.kept import kept_form, resend
from casehub.web.site import COOKIE
from tests.page import Browser
from tests.web.sample import sample_pages

WHO, OTHER = "Ana Duarte", "Priya Nair"
GOOD = {"Name": "Hub of Alderport", "What happened": "Words", "Police": True}
GOOD |= {"I have read it": True, "Passphrase": "correct horse battery"}


@pytest.fixture
def signed(place, door):
    """Give the browser of somebody signed in, with the sample's pages."""
    place.app.register_blueprint(sample_pages())
    return door.browser(place.app, WHO)


class TestHide:
    def test_one_press_signs_out_and_shows_a_month_that_could_be_anybodys(self, signed, door):
        with clock.frozen_at(datetime(2026, 11, 21, 12, tzinfo=UTC)):
            page = signed.open("/sample").press("Hide")
        assert not door.open
        assert page.title == "November 2026"
        assert "casehub" not in page.words.lower()
        assert "casehub" not in page.root.first("title").text.lower()
        assert page.root.first("table").words.split()[:2] == ["Mon", "Tue"]

    @pytest.mark.parametrize(
        ("language", "month"),
        [("en", "November 2026"), ("fr", "novembre 2026"), ("uk", "листопад 2026")],
    )
    def test_speaks_the_readers_language(self, signed, language, month):
        signed.headers["Accept-Language"] = language
        with clock.frozen_at(datetime(2026, 11, 21, 12, tzinfo=UTC)):
            page = signed.send("/hide", "POST")
        assert page.title.startswith(month)

    def test_keeps_the_chosen_language_and_forgets_all_else(self, signed):
        signed.open("/sample").press("Français")
        signed.send("/hide", "POST")
        with signed.client.session_transaction(base_url="https://localhost") as held:
            assert dict(held) == {"language": "fr"}

    def test_works_without_a_token_and_where_the_database_does_not_answer(
        self, signed, monkeypatch
    ):
        def fails():
            raise Busy("The database is busy.")

        monkeypatch.setattr(identity, "_sign_out", fails)
        page = signed.send("/hide", "POST", data={"csrf_token": "an old one"})
        assert page.status == 200
        assert re.match(r"\w+ \d{4}", page.title)

    def test_there_is_no_way_back_to_what_was_shown(self, signed):
        answer = signed.open("/sample")
        assert answer.headers["Cache-Control"] == "no-store"


class TestLanguage:
    def test_a_language_there_is_not_changes_nothing(self, browser):
        token = browser.open("/nowhere").fields_of("Français")["csrf_token"]
        data = {"csrf_token": token, "language": "xx", "back": "https://evil.example/"}
        answer = browser.send("/language", "POST", data=data, follow=False)
        assert answer.headers["Location"] == "/"
        assert browser.open("/nowhere").root.first("html").attributes["lang"] == "en"

    def test_leads_back_to_the_page(self, signed):
        assert signed.open("/sample/list").press("Українська").path == "/sample/list"


class TestArriving:
    def test_a_link_from_elsewhere_is_followed_again_by_ourselves(self, browser):
        elsewhere = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
        page = browser.open("/cases/R-7KQ2-M4XW", headers=elsewhere)
        (refresh,) = [it for it in page.root.all("meta") if "http-equiv" in it.attributes]
        assert refresh.attributes["content"] == "0"
        assert browser.open("/nowhere", headers={"Sec-Fetch-Site": "same-origin"}).status == 404

    def test_with_our_cookies_it_is_simply_opened(self, browser):
        browser.open("/nowhere")
        elsewhere = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
        assert browser.open("/nowhere", headers=elsewhere).status == 404

    def test_nothing_is_shown_in_a_frame_of_somebody_else(self, signed):
        framed = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Dest": "iframe"}
        signed.open("/sample")
        assert signed.send("/sample", headers=framed).status == 404

    @pytest.mark.parametrize(
        "header",
        [{"Sec-Purpose": "prefetch;prerender"}, {"Purpose": "prefetch"}, {"X-Moz": "prefetch"}],
        ids=str,
    )
    def test_what_a_browser_fetches_ahead_is_not_opened(self, signed, monkeypatch, header):
        monkeypatch.setattr("casehub.web.units.viewing", None)
        answer = signed.send("/sample", headers=header)
        assert (answer.status, answer.text) == (503, "")


class TestHeaders:
    def test_every_answer_has_them(self, browser):
        for path in ("/nowhere", "/calendar", "/static/css/ground.css", "/healthz", "/sign-in"):
            headers = browser.send(path, follow=False).headers
            assert headers["Content-Security-Policy"] == (
                "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
                "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
                "frame-ancestors 'none'"
            )
            assert headers["Referrer-Policy"] == "no-referrer"
            assert headers["X-Content-Type-Options"] == "nosniff"
            assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
            assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
            assert "camera=()" in headers["Permissions-Policy"]
            assert headers["Strict-Transport-Security"].startswith("max-age=31536000")

    def test_pages_are_kept_nowhere_and_the_design_is(self, browser):
        assert browser.open("/nowhere").headers["Cache-Control"] == "no-store"
        sheet = browser.send("/static/css/ground.css?v=1")
        module = browser.send("/static/js/ending.js")
        assert module.headers["Cache-Control"] == "no-cache"
        assert "max-age=31536000" in sheet.headers["Cache-Control"]

    def test_a_sheet_that_changed_has_another_address(self, browser):
        links = browser.open("/nowhere").root.all("link")
        sheets = [it.attributes["href"] for it in links if it.attributes["rel"] == "stylesheet"]
        assert all(re.search(r"\?v=[0-9a-f]{12}$", it) for it in sheets)

    @pytest.mark.parametrize("name", ["../site.py", "css/none.css", "%2e%2e/site.py"])
    def test_only_the_design_is_sent(self, browser, name):
        assert browser.send(f"/static/{name}").status == 404


class TestASessionThatEndsWhileSomebodyTypes:
    @pytest.fixture
    def returned(self, place, door, monkeypatch):
        """Let the sign-in page be one line, and remember what it was given."""
        held = []

        def sign_in_page(kept):
            held.append(kept)
            return Response("sign in", mimetype="text/plain")

        monkeypatch.setattr(identity, "_sign_in_page", sign_in_page)

        @place.app.get("/again")
        @signed_in("a test")
        def again():
            kept = kept_form(held[-1])
            return resend(kept) if kept else Response("nothing", mimetype="text/plain")

        return held

    def post_too_late(self, signed, door):
        page = signed.open("/sample").fill(GOOD)
        door.open = False
        answer = page.press("Rename the hub")
        door.open = True
        return answer

    def test_what_was_sent_is_kept_and_sent_again_by_one_button(self, signed, door, returned):
        answer = self.post_too_late(signed, door)
        assert (answer.status, answer.text) == (401, "sign in")
        page = signed.open("/again")
        assert page.title == "You are signed in again"
        page = page.press("Send it now")
        assert page.says("Renamed, for 3 agencies.")

    def test_it_is_sealed_and_holds_no_passphrase(self, signed, door, returned, place):
        self.post_too_late(signed, door)
        assert "Alderport" not in returned[0]
        with place.app.test_request_context():
            opened = place.app.extensions["casehub.form_key"].open_kept(returned[0])
        assert b"Alderport" in opened
        assert b"correct horse" not in opened
        assert b"csrf_token" not in opened

    def test_nobody_else_is_shown_it(self, signed, door, returned):
        self.post_too_late(signed, door)
        signed.headers["X-Signed-In-As"] = OTHER
        assert signed.open("/again").text == "nothing"

    def test_nor_anybody_half_a_day_later(self, signed, door, returned):
        self.post_too_late(signed, door)
        with clock.frozen_at(clock.now() + timedelta(hours=13)):
            assert signed.open("/again").text == "nothing"

    @pytest.mark.parametrize("damaged", ["", "x", "AAAA", None])
    def test_what_is_not_kept_by_us_is_nothing(self, signed, door, returned, damaged):
        self.post_too_late(signed, door)
        returned.append(damaged)
        assert signed.open("/again").text == "nothing"


def test_a_form_sent_twice_says_that_it_was_done_once(place, ask, route):
    @route("/twice", "POST")
    def twice():
        raise Stale("Somebody else has done this already.", constraint="pk_cases")

    answer = ask("/twice", "POST")
    assert answer.status_code == 409
    assert "This was sent already, and it was done once." in answer.text


def test_a_larger_post_than_any_form_is_refused_unread(browser):
    data = {"name": "x" * 300_000}
    page = browser.send("/language", "POST", data=data)
    assert page.status == 413
    assert page.says("Nothing was kept.")


def test_the_panel_below_the_sign_in_form_is_empty_unless_one_is_given(place):
    assert place.app.jinja_env.globals["sign_in_panel"]() == ""


def test_the_cookie_is_of_this_host_alone(place, browser: Browser):
    browser.open("/nowhere")
    assert COOKIE.startswith("__Host-")
    cookie = browser.client.get_cookie(COOKIE, "localhost")
    assert cookie.origin_only


def test_somebody_who_reads_stays_signed_in(signed):
    answer = signed.send("/still-here")
    assert (answer.status, answer.text) == (204, "")


def test_a_defect_leaves_no_address_in_the_servers_log(ask, route, caplog):
    @route("/cases/R-7KQ2-M4XW/broken")
    def broken():
        raise LookupError("a defect")

    assert ask("/cases/R-7KQ2-M4XW/broken").status_code == 500
    assert "a defect" in caplog.text
    assert "R-7KQ2" not in caplog.text
