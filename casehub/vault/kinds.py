"""The kinds of key that a case has."""

from enum import StrEnum


class KeyKind(StrEnum):
    """What a case key opens. Values stand in statements and never change."""

    SYNOPSIS = "synopsis"
    """The coded, de-identified description; the table holds it from filter 2."""
    IDENTIFIERS = "identifiers"
    """Names, aliases, dates of birth, the address on file."""
    CONTACT = "contact"
    """Where she and the children are now, and how to reach her without harm."""
    JOINT = "joint"
    """What the table makes together: plan, agreed levels, decisions, minutes."""
    PART = "part"
    """What one agency says and answers for, one key an agency."""
    OWN = "own"
    """One agency's private notes, and a second wrap of every word it wrote anywhere."""

    @property
    def has_owner(self) -> bool:
        """Say whether there is one such key for each agency instead of one for the case."""
        return self in (KeyKind.PART, KeyKind.OWN)
