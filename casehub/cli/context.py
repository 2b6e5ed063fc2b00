"""The application as a command has it."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask

from casehub.app import create_app
from casehub.settings import Settings, load_settings
from casehub.store import db


@contextmanager
def application() -> Iterator[Settings]:
    """Assemble the application from the deployment's settings, without serving anybody."""
    settings = load_settings()
    with entered(create_app(settings)):
        yield settings


@contextmanager
def entered(app: Flask) -> Iterator[None]:
    """Work inside an application; its connections are closed at the end, not left to chance."""
    with app.app_context():
        try:
            yield
        finally:
            db.session.remove()
            db.engine.dispose()
