"""References: what people say, type and see in a URL instead of a row's id."""

import re
import secrets
from uuid import UUID, uuid4

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Digits and letters that nobody confuses on paper: no 0 or O, 1, I or L, and no U."""

CASE_REFERENCE = re.compile(rf"R-[{ALPHABET}]{{4}}-[{ALPHABET}]{{4}}")


def new_id() -> UUID:
    """Return a random row id, known before the row is stored."""
    return uuid4()


def new_case_reference() -> str:
    """Return a random case reference such as `R-7KQ2-M4XW`.

    It is random, not counted: a number would tell how many cases a hub has and in which order
    they came. Eight characters of thirty give 6.5e11 references; the store's unique constraint
    catches the rest.
    """
    letters = "".join(secrets.choice(ALPHABET) for _ in range(8))
    return f"R-{letters[:4]}-{letters[4:]}"


def is_case_reference(text: str) -> bool:
    """Say whether a text has the form of a case reference.

    >>> is_case_reference("R-7KQ2-M4XW"), is_case_reference("R-7KQ2-M4X0")
    (True, False)
    """
    return CASE_REFERENCE.fullmatch(text) is not None
