"""What a field refuses, whoever fills it in: each with a message for beside it."""

import re
import unicodedata
from collections.abc import Callable
from typing import Any

from wtforms.validators import StopValidation

from casehub.texts import N_, Text
from casehub.web.language import translated

Check = Callable[[Any, Any], None]

_BIDI = re.compile("[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c]")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_BROKEN = "\ufffd"
_SCRIPTS = ("LATIN", "CYRILLIC", "GREEK", "ARABIC", "HEBREW", "ARMENIAN", "GEORGIAN")


def refuse(message: Text, **values: object) -> StopValidation:
    """Return what a check raises: the message, in the reader's language."""
    return StopValidation(translated(message, **values))


def filled(message: Text) -> Check:
    """Refuse an empty field, with a message that says what to give."""

    def check(_form: Any, field: Any) -> None:
        if not field.data:
            raise refuse(message)

    return check


def no_longer_than(most: int) -> Check:
    """Refuse a text of more letters than the field can hold."""

    def check(_form: Any, field: Any) -> None:
        length = len(field.data or "")
        if length > most:
            raise refuse(
                N_("This is {length} characters long; {most} is the most that fits."),
                length=length,
                most=most,
            )

    return check


def readable(_form: Any, field: Any) -> None:
    """Refuse letters that nobody sees, that turn writing round, or that arrived broken."""
    text = field.data or ""
    if _BROKEN in text:
        raise refuse(N_("Some letters arrived broken. Type them again."))
    if _BIDI.search(text):
        raise refuse(N_("This holds hidden marks that change the direction of writing. Type it."))
    if _CONTROL.search(text):
        raise refuse(N_("This holds characters that cannot be shown. Type it again."))


def one_line(_form: Any, field: Any) -> None:
    """Refuse a text with line breaks or tabs in a field of one line."""
    if re.search(r"[\r\n\t\u2028\u2029]", field.data or ""):
        raise refuse(N_("Write this on one line."))


def one_alphabet(_form: Any, field: Any) -> None:
    """Refuse a word in which alphabets are mixed, where letters that look alike would deceive."""
    for word in (field.data or "").split():
        if len(scripts_in(word)) > 1:
            raise refuse(N_("“{word}” mixes letters of two alphabets. Type it in one."), word=word)


def scripts_in(word: str) -> set[str]:
    """Return the alphabets of a word's letters.

    >>> sorted(scripts_in("P\u0430ul"))
    ['CYRILLIC', 'LATIN']
    """
    names = [unicodedata.name(letter, "") for letter in word if letter.isalpha()]
    return {script for name in names for script in _SCRIPTS if name.startswith(script)}
