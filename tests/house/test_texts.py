"""Texts: all of them translated, whole, with the same places, in the right plural."""

import re

import pytest

from casehub.web.catalogues import catalogue
from tools.texts import FOLDER, LANGUAGES, done, extracted, read, updated

PLACE = re.compile(r"\{\w*\}")
ADVICE = "python3 dev.py texts, then translate what is empty in casehub/translations"


@pytest.fixture(scope="module")
def template():
    return extracted()


@pytest.fixture(params=LANGUAGES, scope="module")
def language(request):
    return request.param


@pytest.fixture(scope="module")
def messages(language):
    return [message for message in read(FOLDER / f"{language}.po", language) if message.id]


def forms_of(text):
    return [text] if isinstance(text, str) else list(text)


def places(text):
    return frozenset(PLACE.findall(text))


def test_the_files_hold_the_texts_of_the_code(template, messages):
    wanted = {tuple(forms_of(message.id)) for message in template if message.id}
    assert {tuple(forms_of(message.id)) for message in messages} == wanted, ADVICE


def test_bringing_them_up_to_date_twice_changes_nothing_more(template, language, tmp_path):
    copy = tmp_path / f"{language}.po"
    copy.write_bytes(updated(FOLDER / copy.name, template, language))
    assert updated(copy, template, language) == copy.read_bytes()


def test_every_text_is_translated(messages):
    assert [message.id for message in messages if not done(message.string)] == [], ADVICE


def test_nothing_is_only_guessed(messages):
    assert [message.id for message in messages if message.fuzzy] == []


def test_every_translation_has_the_places_of_its_text(messages):
    wrong = [
        (message.id, text)
        for message in messages
        for text in forms_of(message.string)
        if text and places(text) not in {places(form) for form in forms_of(message.id)}
    ]
    assert wrong == []


def test_a_translation_ends_as_its_text_does(messages):
    ends = ".:?!…"
    wrong = [
        (message.id, message.string)
        for message in messages
        if isinstance(message.id, str)
        and message.string
        and (message.id[-1] in ends or message.string[-1] in ends)
        and message.id[-1] != message.string[-1]
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("number", "form"),
    [(0, 2), (1, 0), (2, 1), (4, 1), (5, 2), (11, 2), (12, 2), (21, 0), (22, 1), (25, 2), (111, 2)],
)
def test_ukrainian_counts_as_ukrainians_do(number, form):
    assert catalogue("uk").plural(number) == form


@pytest.mark.parametrize(("number", "form"), [(0, 0), (1, 0), (2, 1), (21, 1)])
def test_french_counts_nothing_as_one(number, form):
    assert catalogue("fr").plural(number) == form


def test_a_language_that_nobody_translated_is_english():
    assert catalogue("en").gettext("Hide") == "Hide"
