"""The two cookies of signing in: what opens a session, and what says this browser did before.

Both are set when the answer leaves. The name's prefix makes browsers take them from this very host
and over a secure connection only.
"""

import base64
import binascii

from flask import Request, Response, after_this_request

from casehub.accounts.sign_in_policy import sign_in_rules
from casehub.accounts.signing_in import SignedIn
from casehub.accounts.throttle import KnownBrowser
from casehub.errors import Tampered
from casehub.vault import BrowserSecret

SESSION = "__Host-casehub-session"
KNOWN = "__Host-casehub-known"
_DAY = 24 * 60 * 60
_LONGEST = 100


def secret_in(request: Request) -> BrowserSecret | None:
    """Return the secret that a browser shows, or None for none and for anything made up."""
    text = request.cookies.get(SESSION, "")[:_LONGEST]
    try:
        return BrowserSecret(base64.b64decode(text.encode("ascii"), b"-_", validate=True))
    except (Tampered, binascii.Error, UnicodeEncodeError, ValueError):
        return None


def known_in(request: Request) -> KnownBrowser:
    """Return which accounts a browser signed in before."""
    return KnownBrowser.read(request.cookies.get(KNOWN, ""))


def give(done: SignedIn) -> None:
    """Let the answer carry the session, and what the browser is known by."""
    give_secret(done.live.secret)
    _set(KNOWN, done.known.cookie, sign_in_rules().throttle.known_days * _DAY)


def give_secret(secret: BrowserSecret) -> None:
    """Let the answer carry a session's secret, for as long as the browser is open."""
    _set(SESSION, base64.urlsafe_b64encode(secret.content).decode(), None)


def take_away() -> None:
    """Let the answer take the session's cookie away."""
    _set(SESSION, "", 0)


def _set(name: str, text: str, seconds: int | None) -> None:
    @after_this_request
    def set_cookie(answer: Response) -> Response:
        answer.set_cookie(
            name, text, max_age=seconds, path="/", secure=True, httponly=True, samesite="Strict"
        )
        return answer
