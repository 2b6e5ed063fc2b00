"""A request is a unit of work: what is shown was recorded before, what is changed is whole."""

import re
import sqlite3

import pytest
from flask import Response, stream_with_context
from sqlalchemy import text

from casehub.audit import record
from casehub.cases import acts
from casehub.errors import Busy, LogBroken, StoreFailed
from casehub.hubs.acts import HUB_FOUNDED
from casehub.hubs.models import Hub
from casehub.store import db, sqlite_path
from casehub.web.units import prepared_by

PAGE = "He waits outside her work."
CHANGES = ("POST", "PUT", "PATCH", "DELETE")


@pytest.fixture
def stored(place):
    """Give a function that asks the database directly, as somebody else would."""

    def stored(statement):
        with sqlite3.connect(sqlite_path(place.settings.database_url)) as connection:
            return connection.execute(statement).fetchone()[0]

    return stored


@pytest.fixture
def entries(stored):
    """Give a function that counts the entries of all logs."""
    return lambda: stored("SELECT count(*) FROM audit_entries")


@pytest.fixture
def hub(world):
    return world.hub.id


def say_opened(hub):
    record(acts.CASE_OPENED, by=None, hub=hub, keys=["synopsis"], records=[])


def rename(hub, name):
    row = db.session.get_one(Hub, hub)
    row.name = name
    db.session.flush()
    record(HUB_FOUNDED, by=None, hub=hub, things=[row])


FAILURES = [
    StoreFailed("The disk is full.", "Free space."),
    Busy("Somebody else writes."),
    LogBroken("The log is broken."),
]


@pytest.fixture
def unrecorded(request, monkeypatch):
    """Let every entry fail to be stored, for the reason that the test names."""

    def fails(_entries):
        raise request.param

    monkeypatch.setattr("casehub.audit.unit.append", fails)


class TestAView:
    def test_its_entry_is_stored_before_the_first_byte_leaves(self, place, route, hub, entries):
        @route("/case")
        def case():
            say_opened(hub)
            return PAGE

        db.session.remove()
        before, seen = entries(), []

        def start_response(status, _headers):
            seen.append((status, entries()))

        with place.app.test_request_context("/case") as context:
            body = b"".join(place.app.wsgi_app(context.request.environ, start_response))
        assert seen == [("200 OK", before + 1)]
        assert body.decode() == PAGE

    @pytest.mark.parametrize(
        "unrecorded", FAILURES, ids=lambda it: type(it).__name__, indirect=True
    )
    def test_without_its_entry_there_is_no_page(self, ask, route, hub, entries, unrecorded):
        @route("/case")
        def case():
            say_opened(hub)
            return Response(PAGE, headers={"X-Case": "R-7KQ2-M4XW"})

        before, answer = entries(), ask("/case")
        assert answer.status_code == 503
        assert "What you asked for could not be recorded." in answer.text
        assert PAGE not in answer.text
        assert "X-Case" not in answer.headers
        assert entries() == before

    def test_one_that_says_nothing_writes_nothing(self, ask, route, entries, monkeypatch):
        route("/board")(lambda: "unchanged")
        monkeypatch.setattr("casehub.audit.unit.append", None)
        before = entries()
        assert ask("/board").text == "unchanged"
        assert entries() == before

    @pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
    def test_it_cannot_change_anything(self, ask, route, hub, stored, method):
        @route("/case", "GET", "HEAD", "OPTIONS")
        def case():
            db.session.execute(text("UPDATE hubs SET name = 'other'"))
            return PAGE

        answer = ask("/case", method)
        assert answer.status_code == 503
        assert PAGE not in answer.text
        assert stored("SELECT name FROM hubs") == "Hub of Rivermouth"

    def test_an_error_in_it_shows_nothing_of_it_and_records_nothing(self, ask, route, hub, entries):
        @route("/case")
        def case():
            say_opened(hub)
            raise LookupError(PAGE)

        before, answer = entries(), ask("/case")
        assert answer.status_code == 500
        assert PAGE not in answer.text
        assert entries() == before


class TestAChange:
    def test_rows_and_entry_are_stored_together_before_it_is_answered(
        self, ask, route, hub, stored, entries
    ):
        @route("/hub/<name>", *CHANGES)
        def change(name):
            rename(hub, name)
            return "done"

        for method in CHANGES:
            before, answer = entries(), ask(f"/hub/{method}", method)
            assert (answer.status_code, answer.text) == (200, "done")
            assert stored("SELECT name FROM hubs") == method
            assert entries() == before + 1

    def test_an_error_takes_everything_back(self, ask, route, hub, stored, entries):
        @route("/hub", "POST")
        def change():
            rename(hub, "other")
            raise LookupError(PAGE)

        before, answer = entries(), ask("/hub", "POST")
        assert answer.status_code == 500
        assert PAGE not in answer.text
        assert stored("SELECT name FROM hubs") == "Hub of Rivermouth"
        assert entries() == before

    def test_so_does_a_change_that_nobody_records(self, ask, route, hub, stored):
        @route("/hub", "POST")
        def change():
            db.session.get_one(Hub, hub).name = "other"
            return "done"

        answer = ask("/hub", "POST")
        assert (answer.status_code, "done" in answer.text) == (500, False)
        assert stored("SELECT name FROM hubs") == "Hub of Rivermouth"

    @pytest.mark.parametrize("unrecorded", FAILURES[:1], ids=["StoreFailed"], indirect=True)
    def test_one_that_could_not_be_stored_is_not_answered_as_done(
        self, ask, route, hub, stored, unrecorded
    ):
        @route("/hub", "POST")
        def change():
            rename(hub, "other")
            return "done"

        answer = ask("/hub", "POST")
        assert answer.status_code == 503
        assert "The disk is full." in answer.text
        assert stored("SELECT name FROM hubs") == "Hub of Rivermouth"


class TestSlowWork:
    def test_is_done_before_the_transaction_begins(self, ask, route, place):
        free = []

        def nobody_writes(**_values):
            other = sqlite3.connect(sqlite_path(place.settings.database_url), timeout=0)
            try:
                other.execute("BEGIN IMMEDIATE")
                free.append(True)
            except sqlite3.OperationalError:
                free.append(False)
            finally:
                other.close()
            return "hashed"

        @route("/passphrase", "POST")
        @prepared_by(nobody_writes)
        def change(prepared):
            nobody_writes()
            return prepared

        assert ask("/passphrase", "POST").text == "hashed"
        assert free == [True, False]

    def test_gets_what_stands_in_the_address(self, ask, route):
        @route("/case/<reference>/<int:number>", "POST")
        @prepared_by(lambda reference, number: f"{reference} {number + 1}")
        def change(reference, number, prepared):
            return f"{prepared}, {reference} {number}"

        assert ask("/case/R-1/7", "POST").text == "R-1 8, R-1 7"

    def test_that_fails_begins_no_transaction(self, ask, route, monkeypatch):
        def fails():
            raise Busy("One hash at a time.")

        @route("/passphrase", "POST")
        @prepared_by(fails)
        def change(prepared):
            raise AssertionError("this is never reached")

        monkeypatch.setattr("casehub.web.units.changing", None)
        answer = ask("/passphrase", "POST")
        assert (answer.status_code, "One hash at a time." in answer.text) == (503, True)


class TestStreams:
    @pytest.mark.parametrize("method", ["GET", "POST"])
    def test_an_answer_that_would_leave_in_parts_is_refused(self, ask, route, hub, entries, method):
        @route("/case", "GET", "POST")
        def case():
            say_opened(hub)
            return Response(stream_with_context(iter([PAGE])))

        before, answer = entries(), ask("/case", method)
        assert answer.status_code == 500
        assert PAGE not in answer.text
        assert entries() == before


class TestAnAddressThatThereIsNot:
    @pytest.mark.parametrize("method", ["GET", *CHANGES])
    def test_is_not_there_and_begins_no_transaction_that_writes(self, ask, monkeypatch, method):
        """Otherwise a stranger could keep the one writer busy with nothing."""
        for unit in ("changing",) if method == "GET" else ("changing", "viewing"):
            monkeypatch.setattr(f"casehub.web.units.{unit}", None)
        assert ask("/nowhere", method).status_code == 404

    @pytest.mark.parametrize("method", CHANGES)
    def test_nor_is_a_method_that_a_page_has_not(self, ask, monkeypatch, method):
        monkeypatch.setattr("casehub.web.units.changing", None)
        answer = ask("/healthz", method)
        assert answer.status_code == 405
        assert re.search(r"\bGET\b", answer.headers["Allow"])
