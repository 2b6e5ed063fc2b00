"""The clock stands still, and people are signed in without the sign-in pages."""

import pytest

from tests.builders import standing_clock
from tests.signing_in import Door


@pytest.fixture(autouse=True)
def later():
    with standing_clock() as advance:
        yield advance


@pytest.fixture
def door(monkeypatch, world):
    """A door that lets people in who gave their second factor lately."""
    door = Door(monkeypatch, world)
    door.stepped_up = True
    return door


@pytest.fixture
def at(place, door):
    """Open a page as somebody: at("Ana Duarte", "/agency")."""
    browsers = {}

    def open_page(name, path):
        browser = browsers.setdefault(name, door.browser(place.app, name))
        return browser.open(path)

    return open_page
