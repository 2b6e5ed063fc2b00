"""Requests that arrive from elsewhere: a link in a mail, another site's form."""

from flask import Flask, Response, abort, make_response, render_template, request
from flask_wtf.csrf import CSRFError

from casehub.web.units import READS

_OWN = ("same-origin", "none", "")


def meet_strangers(app: Flask) -> None:
    """Look at where a request comes from before anything else is done."""
    app.before_request(_look)


def _look() -> Response | None:
    site = request.headers.get("Sec-Fetch-Site", "")
    if site in _OWN:
        return None
    if request.method not in READS:
        raise CSRFError("sent from another site")
    # Our cookies stay at home when a link elsewhere is followed. A page of ours that loads itself
    # again has them, so that nobody is asked to sign in twice.
    if request.headers.get("Sec-Fetch-Mode") == "navigate" and not request.cookies:
        return make_response(render_template("web/arriving.html"))
    if request.headers.get("Sec-Fetch-Dest") in ("iframe", "frame", "object", "embed"):
        abort(404)
    return None
