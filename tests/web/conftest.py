"""The web as a browser meets it: requests from outside, one thread and context each."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from itsdangerous import URLSafeTimedSerializer

from casehub.store import db
from casehub.web.guard import open_to_all
from tests.page import HOST, Browser
from tests.signing_in import Door


def csrf_header(app, client):
    """Return what lets a post of this client through that no form of ours sends."""
    with client.session_transaction(base_url=HOST) as cookie:
        cookie["csrf_token"] = "a test"
    serializer = URLSafeTimedSerializer(app.secret_key, salt="wtf-csrf-token")
    return {"X-CSRFToken": serializer.dumps("a test")}


@pytest.fixture
def ask(place):
    """Give a function that sends a request and returns the answer, read to its end."""
    db.session.remove()

    def send(path, method="GET", **options):
        with place.app.test_client() as client:
            options["headers"] = csrf_header(place.app, client) | options.get("headers", {})
            return client.open(path, method=method, base_url=HOST, **options)

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
def door(monkeypatch, world):
    """Let browsers in without signing in."""
    return Door(monkeypatch, world)


@pytest.fixture
def route(place):
    """Give a decorator that adds a page of the test's own, open to all unless it is marked."""

    def route(path, *methods):
        def add(view):
            marked = view if hasattr(view, "casehub_mark") else open_to_all("a test")(view)
            return place.app.route(path, methods=list(methods) or ["GET"])(marked)

        return add

    return route
