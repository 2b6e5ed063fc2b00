"""Browsers of people who have a passphrase and a telephone; the clock stands still."""

import pytest

from casehub.store import db
from tests.builders import standing_clock
from tests.doors import Door, door_of
from tests.page import Browser


@pytest.fixture(autouse=True)
def later():
    with standing_clock() as advance:
        yield advance


@pytest.fixture
def door(world) -> Door:
    made = door_of(world["Priya Nair"])
    db.session.remove()
    return made


@pytest.fixture
def browser(place):
    db.session.remove()
    return Browser(place.app)


@pytest.fixture
def come_in(browser, door):
    """Give a function that signs Priya in, in this browser or another."""

    def sign_in(using=None, **other):
        typed = {
            "Name you sign in with": door.name,
            "Passphrase": door.passphrase,
            "Code": door.code,
        } | {LABELS[box]: text for box, text in other.items()}
        return (using or browser).open("/sign-in").fill(typed).press("Sign in")

    return sign_in


LABELS = {"name": "Name you sign in with", "passphrase": "Passphrase", "code": "Code"}


@pytest.fixture
def me(come_in, browser, later):
    """Priya is signed in, and her next code is a new one."""
    come_in()
    later(seconds=30)
    return browser
