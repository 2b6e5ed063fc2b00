"""The clock stands still; a test that needs an hour to pass says so."""

import pytest

from tests.builders import standing_clock


@pytest.fixture(autouse=True)
def later():
    with standing_clock() as advance:
        yield advance
