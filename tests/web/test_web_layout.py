"""What stands on every page."""

import pytest


class TestSomebodyWhoIsNotSignedIn:
    def test_is_told_what_they_see_and_what_to_do_next(self, browser):
        page = browser.open("/nowhere")
        assert page.status == 404
        assert page.title == "There is nothing here that you may see."
        assert page.says("Ask your supervisor")

    def test_chooses_the_language_which_is_then_kept(self, browser):
        page = browser.open("/nowhere").press("Français")
        assert page.root.first("html").attributes["lang"] == "fr"
        assert browser.open("/nowhere").root.first("html").attributes["lang"] == "fr"

    @pytest.mark.parametrize("language", ["en", "fr", "uk"])
    def test_is_asked_in_the_browsers_language(self, browser, language):
        browser.headers["Accept-Language"] = f"{language}, en;q=0.5"
        assert browser.open("/nowhere").root.first("html").attributes["lang"] == language
