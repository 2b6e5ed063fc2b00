"""`casehub migrate`, `casehub secrets new`."""

from pathlib import Path

import click

from casehub.cli.context import application
from casehub.settings import write_new_secrets
from casehub.store import db
from casehub.store.migrating import current, head, upgrade


@click.command()
def migrate() -> None:
    """Bring the database up to this version: all of it, or nothing."""
    with application():
        before = current(db.engine)
        upgrade(db.engine)
        click.echo(f"The database is at revision {head()} (was {before or 'empty'}).")


@click.group()
def secrets() -> None:
    """Make the server's secrets."""


@secrets.command("new")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
def new_secrets(folder: Path) -> None:
    """Make the five secrets in FOLDER. Keep a copy apart from the database's backups."""
    for secret in write_new_secrets(folder):
        click.echo(f"{secret.name.value}: id {secret.id}, check {secret.check}")
