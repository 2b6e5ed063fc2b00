"""Who sends a request: found out through Flask-Login, and told to the web.

Of Flask-Login only `request_loader` and `current_user` are used: no `login_user`, no cookie of its
own, nothing remembered. What it would remember within a request is asked anew in each unit of work.
"""

from contextlib import suppress
from dataclasses import dataclass

from flask import Flask, Request, Response, current_app, g, request
from flask.sansio.app import App
from flask_login import LoginManager, current_user

from casehub.accounts import browser_sessions, signing_in
from casehub.accounts import sign_in_acts as acts
from casehub.accounts.actors import load_actor
from casehub.accounts.browser_sessions import Live
from casehub.accounts.sign_in_policy import sign_in_rules
from casehub.audit import changing, housekeeping, raise_alarm, record, viewing
from casehub.errors import Busy, Invalid, LogBroken, Stale, StoreFailed, Tampered
from casehub.hubs.models import Agency, Hub
from casehub.policy import Actor, Keyring
from casehub.sign_in.cookies import give_secret, secret_in, take_away
from casehub.store import db
from casehub.texts import N_
from casehub.vault import BrowserSecret
from casehub.web import identity
from casehub.web.guard import POLLS
from casehub.web.identity import Identity
from casehub.web.units import READS

_SECRET, _LIVE, _TOUCH, _CACHED = "sign_in_secret", "sign_in_live", "sign_in_touch", "_login_user"
_FORGED = "sign_in_forged"
manager = LoginManager()


@dataclass(frozen=True)
class Member:
    """Somebody signed in, as Flask-Login carries them through a request."""

    live: Live
    actor: Actor
    is_authenticated: bool = True


def find_out_who(app: Flask | App) -> None:
    """Let an application know who sends its requests."""
    manager.session_protection = None
    manager.request_loader(_member)
    manager.init_app(app, add_context_processor=False)  # no template asks the database
    app.after_request(_keep_in_touch)


def _member(sent: Request) -> Member | None:
    secret: BrowserSecret | None = g.get(_SECRET) or secret_in(sent)
    live = None
    if secret is not None:
        live = _found(secret, reading=sent.method in READS)
    actor = None if live is None else load_actor(live.account.id, live.keyring)
    return None if live is None or actor is None else Member(live, actor)


def _found(secret: BrowserSecret, *, reading: bool) -> Live | None:
    # A row that somebody else wrote is nobody's session: an alarm, and the cookie goes.
    try:
        return browser_sessions.find(secret, reading=reading)
    except Tampered:
        setattr(g, _FORGED, True)
        take_away()
        return None


@identity.loader
def load(_sent: Request) -> Identity | None:
    """Find out who sends a request, anew in each unit of work."""
    for name in (_CACHED, _LIVE, _TOUCH):
        g.pop(name, None)
    if not current_user.is_authenticated:
        return None
    member: Member = current_user
    live = member.live
    setattr(g, _LIVE, live)
    if live.wants_touch:
        setattr(g, _TOUCH, live.session.id)
    return Identity(
        actor=member.actor,
        name=live.account.name,
        agency_name=db.session.get_one(Agency, live.account.agency_id).name,
        language=live.account.language,
        stepped_up=live.stepped_up,
        stepped_up_just_now=live.stepped_up_just_now,
        idle_at=live.idle_at,
        ends_at=live.session.ends_at,
        time_zone=db.session.get_one(Hub, live.account.hub_id).time_zone,
        warned=sign_in_rules().session.warning,
    )


def live_here() -> Live:
    """Return the session of this request; raise RuntimeError where nobody is signed in."""
    live: Live | None = g.get(_LIVE)
    if live is None:
        raise RuntimeError("nobody is signed in here")
    return live


def use(live: Live) -> None:
    """Let a session that has just begun, or got another secret, be this request's."""
    setattr(g, _SECRET, live.secret)
    identity.load()


@identity.step_up_with
def step_up(code: str) -> None:
    """Take the second factor again; the browser gets a new secret with the answer."""
    live: Live | None = g.get(_LIVE)
    if live is None:
        raise Invalid("code", N_("Sign in first."))
    fresh = signing_in.step_up(live, code)
    setattr(g, _SECRET, fresh.secret)
    give_secret(fresh.secret)


@identity.sign_out_with
def sign_out() -> None:
    """End this browser's session; the cookie goes whatever becomes of the rest."""
    take_away()
    secret = secret_in(request)
    if secret is None:
        return
    with viewing():
        live = _found(secret, reading=False)
        actor = None if live is None else load_actor(live.account.id, Keyring())
        ids = None if live is None else (live.account.id, live.session.id)
    if ids is None or actor is None:
        return
    with changing():
        if browser_sessions.end_one(*ids):
            record(acts.SIGNED_OUT, by=actor, session=ids[1])


def end_session_before() -> None:
    """End the session that this browser has, as when somebody signs in over it."""
    live: Live | None = g.get(_LIVE)
    if live is not None:
        actor = load_actor(live.account.id, Keyring())
        browser_sessions.end_one(live.account.id, live.session.id)
        record(acts.SIGNED_OUT, by=actor, session=live.session.id)


@identity.refused_with
def count_refusal() -> None:
    """Count a refusal; too many of them end the session."""
    live: Live | None = g.get(_LIVE)
    if live is None:
        return
    with suppress(Busy, Stale, StoreFailed):
        if signing_in.note_refusal(live):
            g.pop(_TOUCH, None)
            take_away()


def _keep_in_touch(answer: Response) -> Response:
    if g.pop(_FORGED, False):
        with suppress(Busy, LogBroken, Stale, StoreFailed), changing():
            raise_alarm("tampered", by=None)
    session = g.pop(_TOUCH, None)
    view = current_app.view_functions.get(request.endpoint or "")
    if session is not None and not getattr(view, POLLS, False):
        # The page is worth more than the minute.
        with suppress(Busy, Stale, StoreFailed), housekeeping():
            browser_sessions.touch(session)
    return answer
