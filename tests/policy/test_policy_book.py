"""The book of words: open until the application is assembled, then shut."""

import pytest

from casehub.policy import Subject, book
from casehub.policy.book import Book
from casehub.texts import N_


def enter(words, name="blue"):
    return words.word(name, Subject.CASE, N_("It is blue."), lambda *_: True, lambda _: None)


def test_a_word_is_found_by_its_name():
    words = Book()
    word = enter(words)
    assert words["blue"] is words.get("blue") is word
    assert list(words) == [word]
    assert words.get("green") is None
    with pytest.raises(KeyError):
        words["green"]


def test_no_word_is_entered_twice():
    words = Book()
    enter(words)
    with pytest.raises(ValueError, match="the word blue exists already"):
        enter(words)


def test_no_word_comes_after_the_book_was_shut():
    words = Book()
    words.shut()
    with pytest.raises(ValueError, match="blue comes too late"):
        enter(words)
    assert list(words) == []


def test_the_one_book_is_shut_when_the_application_is_assembled(place):
    with pytest.raises(ValueError, match="too late"):
        enter(book)


def test_every_word_is_a_sentence_for_people_about_something_that_is_decided(place):
    assert {word.about for word in book} == set(Subject)
    for word in book:
        assert word.sentence[0].isupper(), word.name
        assert word.sentence.endswith("."), word.name
