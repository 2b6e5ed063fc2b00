"""Putting the application together: policy, vault, store and the slices."""

from flask import Flask, Response

import casehub.accounts.words
import casehub.cases.contracts
import casehub.cases.words
import casehub.hubs.words
import casehub.models  # noqa: F401 - every table is known before anything is asked of one
from casehub import audit
from casehub.audit import catalogue, sign_with
from casehub.cases.grounds import check_grounds
from casehub.cases.protocol import check_protocols
from casehub.hubs.deployment import check_secrets, take_policies
from casehub.policy import Policy, book, folder_digest, load_table, policy_files, put_in_force
from casehub.settings import Settings
from casehub.store import db, open_store, reading
from casehub.store.migrating import check_current
from casehub.vault import SecretName, SigningKey, inventory
from casehub.web.errors import register_errors
from casehub.web.units import CaseHub

__all__ = ["create_app", "load_policy", "start_up"]


def load_policy(settings: Settings) -> Policy:
    """Read and check the policies; raise Misconfigured with everything that is wrong in them."""
    files = policy_files(settings.policies)
    table = load_table(settings.policies, book)
    check_protocols(files)
    check_grounds(files)
    return Policy(table, book, tuple(files), folder_digest(files))


def create_app(settings: Settings) -> Flask:
    """Assemble the application; the books of words, acts and contracts are shut hereafter."""
    for shelf in (book, catalogue, inventory):
        shelf.shut()
    put_in_force(load_policy(settings))
    sign_with(SigningKey(settings.secrets[SecretName.LOG_SIGNING_KEY].value))
    app = CaseHub("casehub")
    app.extensions["casehub.settings"] = settings
    open_store(app, settings.database_url)
    register_errors(app)
    app.add_url_rule("/healthz", "health", _health)
    app.add_url_rule("/readyz", "readiness", _readiness)
    return app


def start_up(settings: Settings) -> None:
    """Check what must hold before anybody is served, and take changed policies into force.

    Raises StoreFailed for a database that is not migrated, Misconfigured for a foreign secret,
    Unfinished for a database that belongs to no deployment yet. Needs an application context.
    """
    check_current(db.engine)
    with reading():
        check_secrets(settings.secrets.values())
    with audit.changing():
        take_policies()


def _health() -> Response:
    return Response("alive\n", mimetype="text/plain")


def _readiness() -> Response:
    check_current(db.engine)
    audit.head(audit.deployment_log())
    return Response("ready\n", mimetype="text/plain")
