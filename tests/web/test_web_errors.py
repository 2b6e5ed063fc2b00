"""Errors as answers: one table, a sentence and a next step, and nothing that tells too much."""

import re

import pytest
from sqlalchemy import text

from casehub import clock, errors
from casehub.errors import (
    Busy,
    CaseHubError,
    Denial,
    Invalid,
    LogBroken,
    Misconfigured,
    NotRecorded,
    NotThere,
    Problem,
    Refused,
    Stale,
    StoreFailed,
    Tampered,
    TooNew,
    Unfinished,
)
from casehub.store import db
from casehub.web.errors import STATUS, status_of
from tests.html import parse
from tests.lint import faults


def every_kind(kind=CaseHubError):
    for child in kind.__subclasses__():
        yield child
        yield from every_kind(child)


KINDS = sorted(
    {kind for kind in every_kind() if kind.__module__ == errors.__name__},
    key=lambda kind: kind.__name__,
)


@pytest.fixture
def examples(world):
    """One error of each kind, as the code raises them."""
    denial = Denial("case:know", "no-rule", hub=world.hub.id)
    return {
        Refused: Refused(denial),
        NotThere: NotThere(denial),
        Invalid: Invalid("until", "The end {end} has passed.", end="today"),
        Stale: Stale("Somebody else has done this already.", constraint="uq_hubs_name"),
        Unfinished: Unfinished("This agency has no key yet.", "Use the start code."),
        Tampered: Tampered("A record is not what was sealed."),
        TooNew: TooNew("It was written by version {found}.", found=9),
        Misconfigured: Misconfigured([Problem("access.toml", "is missing", "put it back")]),
        LogBroken: LogBroken("The log {origin} is broken.", origin="casehub/x"),
        NotRecorded: NotRecorded("What you asked for could not be recorded."),
        StoreFailed: StoreFailed("The disk is full.", "Free space."),
        Busy: Busy("The database is busy."),
    }


class TestTheTable:
    def test_it_covers_every_kind_of_the_vocabulary(self, examples):
        assert set(examples) == set(KINDS), "Give a new kind an example here and a row in STATUS."
        for kind in KINDS:
            assert any(parent in STATUS for parent in kind.__mro__), kind

    def test_each_kind_has_the_status_that_was_meant(self, examples):
        statuses = {kind.__name__: status_of(error) for kind, error in examples.items()}
        assert statuses == {
            "Refused": 404,
            "NotThere": 404,
            "Invalid": 422,
            "Stale": 409,
            "Unfinished": 409,
            "Tampered": 500,
            "TooNew": 500,
            "Misconfigured": 500,
            "LogBroken": 503,
            "NotRecorded": 503,
            "StoreFailed": 503,
            "Busy": 503,
        }


class TestThePage:
    @pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
    @pytest.mark.parametrize("method", ["GET", "POST"])
    def test_it_says_what_and_what_next(self, ask, route, examples, kind, method):
        error = examples[kind]

        @route("/page", "GET", "POST")
        def page():
            raise error

        answer = ask("/page", method)
        assert answer.status_code == status_of(error)
        shown = parse(answer.text)
        assert faults(answer.text, shown) == []
        assert shown.first("h1").words == error.message.format(**error.values)
        assert error.remedy in shown.first("main").words
        assert answer.content_type == "text/html; charset=utf-8"

    def test_a_defect_tells_nothing_of_itself(self, ask, route):
        @route("/page")
        def page():
            raise ValueError("her address")

        answer = ask("/page")
        assert answer.status_code == 500
        assert "her address" not in answer.text
        assert "Traceback" not in answer.text


class TestRefusedAndNotThere:
    @pytest.fixture
    def raised(self, route):
        """Give a page that raises what the test puts into this list."""
        errors = []
        route("/page", "GET", "POST")(lambda: raising(errors[-1]))
        return errors

    @pytest.mark.parametrize("method", ["GET", "POST"])
    def test_nobody_can_tell_them_apart(self, ask, raised, examples, method):
        answers, moment = [], clock.now()
        for kind in (Refused, NotThere):
            raised.append(examples[kind])
            with clock.frozen_at(moment):  # the foot of a page says when the session ends
                answer = ask("/page", method)
            answers.append((answer.status, unbound(list(answer.headers)), unbound(answer.text)))
        assert answers[0] == answers[1]
        assert answers[0][0] == "404 NOT FOUND"

    def test_both_are_in_the_log(self, ask, raised, examples, place):
        def refusals():
            with place.app.app_context():
                found = text("SELECT count(*) FROM audit_entries WHERE outcome = 'refused'")
                return db.session.scalar(found)

        for number, kind in enumerate((Refused, NotThere), start=1):
            raised.append(examples[kind])
            ask("/page")
            assert refusals() == number


def unbound(text):
    """What an answer says, without the tokens that differ from second to second."""
    return re.sub(r'value="[\w.-]{40,}"|__Host-casehub-page=[^;]+', "token", str(text))


def raising(error):
    raise error
