"""The web as a browser meets it: requests from outside, one thread and context each."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from tests.page import Browser

from casehub.store import db
from casehub.web.guard import open_to_all


@pytest.fixture
def ask(place):
    """Give a function that sends a request and returns the answer, read to its end."""
    db.session.remove()

    def send(path, method="GET", **options):
        with place.app.test_client() as client:
            return client.open(path, method=method, **options)

    def ask(path, method="GET", **options):
        with ThreadPoolExecutor(1) as outside:  # where no context of the test's is
            return outside.submit(send, path, method, **options).result()

    return ask


@pytest.fixture
def browser(place):
    """Give a browser that nobody has signed in with."""
    db.session.remove()
    return Browser(place.app)


@pytest.fixture
def route(place):
    """Give a decorator that adds a page of the test's own, open to all unless it is marked."""

    def route(path, *methods):
        def add(view):
            marked = view if hasattr(view, "casehub_mark") else open_to_all("a test")(view)
            return place.app.route(path, methods=list(methods) or ["GET"])(marked)

        return add

    return route
