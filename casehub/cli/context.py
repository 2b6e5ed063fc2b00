"""The application as a command has it."""

from collections.abc import Iterator
from contextlib import contextmanager

from casehub.app import create_app
from casehub.settings import Settings, load_settings


@contextmanager
def application() -> Iterator[Settings]:
    """Assemble the application from the deployment's settings, without serving anybody."""
    settings = load_settings()
    with create_app(settings).app_context():
        yield settings
