"""Databases that hold nothing yet."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Engine, create_engine

from casehub.store.engine import engine_options, prepare


@contextmanager
def opened(url: str) -> Iterator[Engine]:
    """Open a database as the application does, without the application."""
    engine = create_engine(url, **engine_options(url))
    prepare(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def blank_url(request, backend, tmp_path) -> Iterator[str]:
    """Give the address of a database that holds nothing."""
    if backend == "sqlite":
        yield f"sqlite:///{tmp_path / 'blank.sqlite'}"
        return
    server = request.getfixturevalue("postgres")
    name = f"blank_{tmp_path.name.lower()}"[:60]
    yield server.create_database(name)
    server.drop_database(name)


@pytest.fixture
def blank(blank_url) -> Iterator[Engine]:
    """Give a database that holds nothing."""
    with opened(blank_url) as engine:
        yield engine
