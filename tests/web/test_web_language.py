"""Texts and dates in the reader's language, and nothing of what is put into them as HTML."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from flask import g, request
from markupsafe import Markup

from casehub.errors import Invalid
from casehub.texts import N_
from casehub.web.addresses import ReferenceConverter, local_path
from casehub.web.components import component, icon
from casehub.web.language import (
    clock_time,
    day,
    html_plural,
    html_text,
    moment,
    sentence_of,
    translated,
)
from tests.signing_in import Door

MOMENT = datetime(2026, 11, 20, 23, 5, tzinfo=UTC)
MARKUP = "<b>&</b>"


@pytest.fixture
def speaking(place):
    """Give a function that begins a request in a language."""
    contexts = []

    def speaking(language):
        context = place.app.test_request_context(headers={"Accept-Language": language})
        context.push()
        contexts.append(context)

    yield speaking
    for context in reversed(contexts):
        context.pop()


class TestTexts:
    @pytest.mark.parametrize(
        ("language", "words"), [("en", "Sign out"), ("fr", "Se déconnecter"), ("uk", "Вийти")]
    )
    def test_are_in_the_readers_language(self, speaking, language, words):
        speaking(language)
        assert translated(N_("Sign out")) == words

    def test_that_nobody_speaks_are_english(self, speaking):
        speaking("de")
        assert translated(N_("Sign out")) == "Sign out"

    def test_nothing_is_nothing_and_not_the_head_of_the_file(self, speaking):
        speaking("uk")
        assert translated("") == ""
        assert html_text("") == Markup("")

    def test_values_are_filled_in_after_translating_and_escaped_in_html(self, speaking):
        speaking("fr")
        assert html_text("Take off {name}", name=MARKUP) == "Take off &lt;b&gt;&amp;&lt;/b&gt;"
        assert html_text("{name}", name=Markup("<i>")) == "<i>"
        assert translated("{name}", name=MARKUP) == MARKUP

    @pytest.mark.parametrize(
        ("language", "number", "words"),
        [
            ("en", 1, "1 code left"),
            ("en", 0, "0 codes left"),
            ("fr", 0, "0 code restant"),
            ("fr", 2, "2 codes restants"),
            ("uk", 1, "лишився 1 код"),
            ("uk", 3, "лишилося 3 коди"),
            ("uk", 11, "лишилося 11 кодів"),
            ("uk", 21, "лишився 21 код"),
        ],
    )
    def test_count_as_the_language_does(self, speaking, language, number, words):
        speaking(language)
        assert html_plural("{n} code left", "{n} codes left", number) == words

    def test_of_errors_are_sentences(self, speaking):
        speaking("fr")
        error = Invalid("name", N_("“{word}” mixes letters of two alphabets. Type it in one."))
        error.values = {"word": "x"}
        assert sentence_of(error).startswith("«\u00a0x\u00a0»")


class TestDates:
    @pytest.mark.parametrize(
        ("language", "words"),
        [
            ("en", "Fri 20 Nov 2026, 23:05"),
            ("fr", "ven. 20 nov. 2026, 23:05"),
            ("uk", "пт 20 лист. 2026, 23:05"),
        ],
    )
    def test_are_written_as_people_write_them(self, speaking, language, words):
        speaking(language)
        assert moment(MOMENT) == words
        assert day(date(2026, 11, 20)) == words.partition(",")[0]

    def test_are_of_the_place_where_the_reader_is(self, speaking, monkeypatch, world, place):
        speaking("en")
        door = Door(monkeypatch, world)
        with place.app.test_request_context(headers={"X-Signed-In-As": "Ana Duarte"}):
            who = door._load(request)
            g.casehub_identity = replace(who, time_zone="America/Vancouver")
            assert moment(MOMENT) == "Fri 20 Nov 2026, 15:05"
            assert clock_time(MOMENT) == "15:05"


class TestComponents:
    def test_escape_what_they_are_given_as_text(self):
        assert MARKUP not in component("button", text=MARKUP)
        assert "<i>" in component("button", html=Markup("<i>x</i>"))

    def test_an_icon_is_silent(self):
        assert 'aria-hidden="true"' in icon("tick")
        assert 'class="app-icon big"' in icon("tick", "big")

    def test_what_there_is_not_is_a_defect(self):
        with pytest.raises(KeyError):
            icon("unicorn")


class TestAddresses:
    @pytest.mark.parametrize(
        "text",
        [
            None,
            "",
            "cases",
            "//evil.example",
            "/\\evil.example",
            "https://evil.example/",
            "/a\\b",
            "/a\nb",
            "javascript:alert(1)",
            "//[",
            "//\u2100/x",
            "/\t/evil.example",
        ],
    )
    def test_nobody_is_led_out_of_the_house(self, text):
        assert local_path(text) == "/"

    def test_a_path_keeps_no_question(self):
        assert local_path("/cases?name=Olena#x") == "/cases"

    def test_only_a_reference_is_a_reference(self, place, browser):
        assert ReferenceConverter(place.app.url_map).to_url("R-7KQ2-M4XW") == "R-7KQ2-M4XW"
        for wrong in ("R-7KQ2-M4X0", "r-7kq2-m4xw", "1", "R-7KQ2-M4XW-9"):
            assert browser.open(f"/cases/{wrong}").status == 404
