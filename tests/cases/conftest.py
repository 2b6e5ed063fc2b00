"""The clock stands still; a test that needs an hour to pass says so."""

from datetime import timedelta

import pytest

from tests.builders import MORNING, WORDS, read, refer, share, standing_clock, write


@pytest.fixture(autouse=True)
def later():
    with standing_clock() as advance:
        yield advance


@pytest.fixture
def shared(world):
    """A case whose synopsis Omar of Harbour House reads, under a release that ends in a day."""
    case = refer(world["Priya Nair"])
    case.synopsis = write(world["Priya Nair"], case)
    until = MORNING + timedelta(days=1)
    case.given = share(world["Priya Nair"], world["Omar Haddad"], case, until=until)
    assert read(world["Omar Haddad"], case, case.synopsis) == WORDS
    return case
