"""Putting the application together: policy, vault, store and the slices."""

from flask import Blueprint, Flask
from sqlalchemy import select
from werkzeug.middleware.proxy_fix import ProxyFix

import casehub.accounts.sign_in_acts
import casehub.accounts.words
import casehub.case_file.routes
import casehub.cases.contracts
import casehub.cases.words
import casehub.custody.routes
import casehub.hubs.words
import casehub.models
import casehub.oversight.routes
import casehub.sign_in.routes
from casehub import audit
from casehub.accounts.code_numbers import check_code_numbers
from casehub.accounts.server_keys import use_secrets
from casehub.accounts.sign_in_policy import check_sign_in
from casehub.audit import catalogue, sign_with
from casehub.case_file.synopsis_codes import check_factors
from casehub.cases.grounds import check_grounds
from casehub.cases.protocol import check_protocols
from casehub.hubs.deployment import check_secrets, take_policies
from casehub.policy import Policy, book, folder_digest, load_table, policy_files, put_in_force
from casehub.settings import Settings
from casehub.store import db, open_store, reading
from casehub.store.migrating import check_current
from casehub.vault import FormKey, SecretName, SigningKey, inventory
from casehub.web.guard import check_marks
from casehub.web.layout import Panel
from casehub.web.site import new_site

__all__ = ["create_app", "load_policy", "start_up"]


def load_policy(settings: Settings) -> Policy:
    """Read and check the policies; raise Misconfigured with everything that is wrong in them."""
    files = policy_files(settings.policies)
    table = load_table(settings.policies, book)
    check_code_numbers(files)
    check_sign_in(files)
    check_protocols(files)
    check_grounds(files)
    check_factors(files)
    return Policy(table, book, tuple(files), folder_digest(files))


SLICES: tuple[Blueprint, ...] = (
    casehub.sign_in.routes.pages,
    casehub.case_file.routes.pages,
    casehub.custody.routes.pages,
    casehub.oversight.routes.pages,
)
"""The pages of every slice."""


def create_app(settings: Settings, sign_in_panel: Panel | None = None) -> Flask:
    """Assemble the application; the books of words, acts and contracts are shut hereafter.

    `sign_in_panel` renders what stands below the sign-in form: the demo's block.
    """
    for shelf in (book, catalogue, inventory):
        shelf.shut()
    put_in_force(load_policy(settings))
    sign_with(SigningKey(settings.secrets[SecretName.LOG_SIGNING_KEY].value))
    use_secrets(settings.secrets)
    app = new_site(FormKey(settings.secrets[SecretName.FORM_KEY].value), sign_in_panel)
    app.extensions["casehub.settings"] = settings
    open_store(app, settings.database_url)
    for pages in SLICES:
        app.register_blueprint(pages)
    check_marks(app)
    if settings.trusted_proxies:
        trusted = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=trusted, x_proto=trusted)  # type: ignore[method-assign]
    return app


def start_up(settings: Settings) -> None:
    """Check what must hold before anybody is served, and take changed policies into force.

    Raises StoreFailed for a database that is not migrated, Misconfigured for a foreign secret,
    Unfinished for a database that belongs to no deployment yet, LogBroken for a log with an
    end that nobody signed. Needs an application context.
    """
    check_current(db.engine)
    with reading():
        check_secrets(settings.secrets.values())
        for log in db.session.scalars(select(audit.AuditLog)):
            audit.head(log)
    with audit.changing():
        take_policies()
