"""`casehub migrate`, `casehub secrets new`, `casehub demo`."""

from pathlib import Path

import click
from sqlalchemy import select

from casehub.audit import AuditLog, LogKind, changing
from casehub.cli.context import application
from casehub.demo.story import tell
from casehub.errors import Stale
from casehub.hubs.deployment import begin_deployment
from casehub.settings import write_new_secrets
from casehub.store import db, reading
from casehub.store.migrating import check_current, current, head, upgrade
from casehub.texts import N_


@click.command()
def migrate() -> None:
    """Bring the database up to this version: all of it, or nothing."""
    with application():
        before = current(db.engine)
        upgrade(db.engine)
        click.echo(f"The database is at revision {head()} (was {before or 'empty'}).")


@click.command()
def init() -> None:
    """Begin an installation on a migrated database: its log, its secrets' ids, its policies."""
    with application() as settings:
        check_current(db.engine)
        with reading():
            begun = db.session.scalar(
                select(AuditLog.id).where(AuditLog.kind == LogKind.DEPLOYMENT)
            )
        if begun is not None:
            raise Stale(N_("This database belongs to an installation already."))
        with changing():
            log = begin_deployment(settings.secrets.values())
        click.echo(f"The installation has begun; its log is {log.origin}.")


@click.group()
def secrets() -> None:
    """Make the server's secrets."""


@secrets.command("new")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
def new_secrets(folder: Path) -> None:
    """Make the five secrets in FOLDER. Keep a copy apart from the database's backups."""
    for secret in write_new_secrets(folder):
        click.echo(f"{secret.name.value}: id {secret.id}, check {secret.check}")


@click.command()
def demo() -> None:
    """Tell a short story of a fictional hub, on a database that is gone afterwards."""
    tell(click.echo)
