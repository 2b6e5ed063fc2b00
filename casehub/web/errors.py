"""One table from error to status; the page gives the sentence and the next step."""

from flask import Flask, Response

from casehub.errors import (
    Busy,
    CaseHubError,
    Invalid,
    LogBroken,
    Misconfigured,
    NotRecorded,
    Refused,
    Stale,
    StoreFailed,
    Tampered,
    TooNew,
    Unfinished,
)

STATUS: dict[type[CaseHubError], int] = {
    Refused: 404,  # and NotThere, its kind: what one may not see looks like what does not exist
    Invalid: 422,
    Stale: 409,
    Unfinished: 409,
    Tampered: 500,
    TooNew: 500,
    Misconfigured: 500,
    LogBroken: 503,
    NotRecorded: 503,
    StoreFailed: 503,
    Busy: 503,
}


def status_of(error: CaseHubError) -> int:
    """Return the HTTP status of an error, by the nearest kind in the table."""
    return next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)


def register_errors(app: Flask) -> None:
    """Turn each error of the vocabulary into its page."""
    app.register_error_handler(CaseHubError, _page)


def _page(error: CaseHubError) -> Response:
    body = f"{error}\n\n{error.remedy}\n"
    return Response(body, status_of(error), mimetype="text/plain")
