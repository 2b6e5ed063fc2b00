"""Putting the web together: everything about pages that is nobody's business."""

from flask import Flask
from flask_wtf import CSRFProtect
from jinja2 import StrictUndefined

from casehub.vault import FormKey
from casehub.web import routes
from casehub.web.addresses import know_addresses
from casehub.web.arriving import meet_strangers
from casehub.web.components import offer_components
from casehub.web.errors import register_errors
from casehub.web.headers import send_headers
from casehub.web.language import speak_languages
from casehub.web.layout import Panel, lay_out
from casehub.web.units import CaseHub

COOKIE = "__Host-casehub-page"
LARGEST = 256 * 1024


def new_site(form_key: FormKey, sign_in_panel: Panel | None = None) -> Flask:
    """Return an application with the web's own pages; slices add theirs."""
    app = CaseHub("casehub", static_folder=None)
    app.extensions["casehub.form_key"] = form_key
    app.secret_key = form_key.cookie_secret
    app.config.update(
        SESSION_COOKIE_NAME=COOKIE,
        SESSION_COOKIE_SECURE=True,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Strict",
        SESSION_COOKIE_PATH="/",
        MAX_CONTENT_LENGTH=LARGEST,
        MAX_FORM_MEMORY_SIZE=LARGEST,
        WTF_CSRF_TIME_LIMIT=None,  # as long as the browser session
        WTF_CSRF_SSL_STRICT=False,  # it asks for a referrer, and we let browsers send none
    )
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    meet_strangers(app)
    protection = CSRFProtect(app)
    know_addresses(app)
    speak_languages(app)
    offer_components(app)
    lay_out(app, sign_in_panel)
    send_headers(app)
    register_errors(app)
    protection.exempt(routes.hide)
    app.register_blueprint(routes.pages)
    return app
