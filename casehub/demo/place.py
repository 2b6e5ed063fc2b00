"""Where a demo or a test lives: a fresh folder with secrets and a database of its own."""

from pathlib import Path

from flask import Flask

from casehub.app import create_app, start_up
from casehub.audit import changing
from casehub.hubs.deployment import begin_deployment
from casehub.settings import Settings, read_secrets, write_new_secrets
from casehub.store import db
from casehub.store.migrating import folder_beside, upgrade
from casehub.web.layout import Panel


def fresh_settings(folder: Path, database_url: str | None = None) -> Settings:
    """Return settings for a folder that holds nothing yet; secrets are made on the spot."""
    write_new_secrets(folder / "secrets")
    return Settings(
        database_url=database_url or f"sqlite:///{folder / 'casehub.sqlite'}",
        policies=folder_beside("policies"),
        secrets_folder=folder / "secrets",
        secrets=read_secrets(folder / "secrets", []),
    )


def fresh_application(settings: Settings, sign_in_panel: Panel | None = None) -> Flask:
    """Assemble an application on an empty database and begin its deployment."""
    app = create_app(settings, sign_in_panel)
    with app.app_context():
        upgrade(db.engine)
        with changing():
            begin_deployment(settings.secrets.values())
        start_up(settings)
    return app
