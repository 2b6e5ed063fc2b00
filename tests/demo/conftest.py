"""A demo as its server makes it, with passphrases that cost next to nothing."""

import os

import pytest

from casehub.demo.server import fresh_demo
from casehub.vault import Cost
from tests.page import Browser

CHEAP = Cost(8, 1, 1)


@pytest.fixture(autouse=True)
def no_settings(monkeypatch):
    """Take every setting out of the environment."""
    for name in list(os.environ):
        if name.upper().startswith("CASEHUB_"):
            monkeypatch.delenv(name)


@pytest.fixture(scope="module")
def demo():
    """Give the demo's application, made once for the tests of a module."""
    with fresh_demo(CHEAP) as made:
        yield made.app


@pytest.fixture(scope="module")
def browsers():
    """Give the browsers of those who are signed in already."""
    return {}


@pytest.fixture
def first_page(demo, browsers):
    """Give a function that gives somebody's first page; each signs in once a module."""

    def first_page(name):
        if name not in browsers:
            browsers[name] = Browser(demo).open("/sign-in").press(f"Sign in as {name}").browser
        return browsers[name].open("/")

    return first_page


@pytest.fixture
def sign_in(demo):
    """Give a function that presses somebody's button on the sign-in page."""

    def sign_in(name):
        return Browser(demo).open("/sign-in").press(f"Sign in as {name}")

    return sign_in
