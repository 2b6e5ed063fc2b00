"""The web as a browser meets it: requests from outside, one thread and context each."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from casehub.store import db


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
def route(place):
    """Give a decorator that adds a page of the test's own."""

    def route(path, *methods):
        return place.app.route(path, methods=list(methods) or ["GET"])

    return route
