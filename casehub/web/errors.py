"""One table from error to status; the page gives the sentence and the next step."""

from urllib.parse import quote

from flask import Flask, Response, redirect, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, InternalServerError
from werkzeug.wrappers import Response as BaseResponse

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
from casehub.texts import N_, Text
from casehub.web import identity
from casehub.web.addresses import local_path
from casehub.web.guard import SignInFirst
from casehub.web.kept import keep
from casehub.web.language import sentence_of, translated
from casehub.web.layout import page

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

NOT_THERE = (
    N_("There is nothing here that you may see."),
    N_("Ask your supervisor if you think you should see it."),
)
HTTP: dict[int, tuple[Text, Text]] = {
    400: (
        N_("Your browser sent something that CaseHub cannot read."),
        N_("Go back and try again."),
    ),
    404: NOT_THERE,
    405: (
        N_("This page does not take what was sent to it."),
        N_("Open the page itself and go on."),
    ),
    413: (
        N_("What you sent is larger than CaseHub takes."),
        N_("Nothing was kept. Go back, shorten it, and send it again."),
    ),
    500: (
        N_("Something in CaseHub went wrong."),
        N_("Look whether it happened, then try again. If it fails again, tell the operator when."),
    ),
}
FORGED = (
    N_("This form is no longer valid here, so nothing was changed."),
    N_(
        "You may have signed in or out in another window, or your browser refuses cookies."
        " Open the page again and send the form from there."
    ),
)
SENT_ALREADY = (
    N_("This was sent already, and it was done once."),
    N_("Look at what is there before you do anything again."),
)
SIGN_IN = "/sign-in"
PLAIN = ("web.health", "web.readiness")
"""Endpoints that machines ask, and get plain text from."""


def status_of(error: CaseHubError) -> int:
    """Return the HTTP status of an error, by the nearest kind in the table."""
    return next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)


def register_errors(app: Flask) -> None:
    """Turn each error of the vocabulary, and of HTTP, into its page."""
    app.register_error_handler(CaseHubError, _ours)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(InternalServerError, _defect)
    app.register_error_handler(CSRFError, _forged)
    app.register_error_handler(SignInFirst, _sign_in_first)


def _ours(error: CaseHubError) -> Response:
    status = status_of(error)
    if request.endpoint in PLAIN:
        return Response(f"{error}\n\n{error.remedy}\n", status, mimetype="text/plain")
    if isinstance(error, Refused):
        identity.refused()
    constraint = str(error.values.get("constraint", ""))
    if isinstance(error, Stale) and constraint.startswith("pk_"):
        return _page(status, *SENT_ALREADY)
    return _shown(status, sentence_of(error), translated(error.remedy))


def _http(error: HTTPException) -> Response:
    if error.response is not None:
        return Response(status=error.response.status_code)
    code = error.code or 500
    answer = _page(code, *HTTP.get(code, HTTP[400] if code < 500 else HTTP[500]))  # noqa: PLR2004
    for name, value in error.get_headers():
        if name == "Allow":
            answer.headers[name] = value
    return answer


def _defect(_error: InternalServerError) -> Response:
    return _page(500, *HTTP[500])


def _forged(_error: CSRFError) -> Response:
    return _page(400, *FORGED)


def _sign_in_first(_error: SignInFirst) -> BaseResponse:
    if request.method in ("GET", "HEAD"):
        return redirect(f"{SIGN_IN}?next={quote(local_path(request.path))}", 303)
    answer = identity.sign_in_page(keep())
    if answer is None:
        answer = _page(401, N_("You are signed out."), N_("Sign in, then do it again."))
    answer.status_code = 401
    return answer


def _page(status: int, what: Text, remedy: Text) -> Response:
    return _shown(status, translated(what), translated(remedy))


def _shown(status: int, what: str, remedy: str) -> Response:
    return page("web/error.html", status, what=what, remedy=remedy)
