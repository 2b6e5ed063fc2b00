"""Texts below the web: marked here, translated where they are rendered."""

from typing import NewType

Text = NewType("Text", str)
"""An English message id that gettext knows; it may hold `{named}` places."""


def N_(text: str) -> Text:  # noqa: N802 - the name that message extractors look for
    """Mark a text for translation without translating it.

    Floors below `web` have no language: they hand the text and its values up.
    """
    return Text(text)
