"""Addresses: what may stand in one, and where somebody may be sent back to."""

from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from werkzeug.routing import BaseConverter, ValidationError

from casehub.references import is_case_reference


class ReferenceConverter(BaseConverter):
    """A case's reference: `/cases/<reference:reference>`; anything else is not there."""

    regex = "R-[0-9A-Z]{4}-[0-9A-Z]{4}"

    def to_python(self, value: str) -> str:
        """Let well-formed references through, and nothing else."""
        if not is_case_reference(value):
            raise ValidationError
        return value

    def to_url(self, value: Any) -> str:
        """Write it as it is."""
        return str(value)


def know_addresses(app: Flask) -> None:
    """Teach the application what its addresses hold."""
    app.url_map.converters["reference"] = ReferenceConverter


def local_path(text: str | None, otherwise: str = "/") -> str:
    r"""Return a path of ours, without what follows it, or another where it is none.

    >>> local_path("/cases/R-7KQ2-M4XW"), local_path("//evil.example/x"), local_path("/\\x", "/me")
    ('/cases/R-7KQ2-M4XW', '/', '/me')
    """
    if not text or not text.isprintable() or "\\" in text:
        return otherwise
    try:
        parts = urlsplit(text)
    except ValueError:  # brackets, or letters that look like a slash
        return otherwise
    ours = not parts.scheme and not parts.netloc and parts.path.startswith("/")
    return parts.path if ours and not parts.path.startswith("//") else otherwise
