"""`casehub audit verify`, `checkpoint` and `check`."""

import sys
from typing import TextIO

import click
from rich.console import Console
from rich.progress import Progress
from sqlalchemy import select

from casehub.audit import (
    AuditLog,
    Report,
    changing,
    head,
    prove_consistency,
    publish_checkpoint,
    verify_log,
)
from casehub.audit.notes import open_note
from casehub.audit.orphans import unvouched
from casehub.audit.tree import is_consistent
from casehub.cli.context import application
from casehub.errors import Invalid
from casehub.store import db, reading
from casehub.texts import N_
from casehub.vault import VerifyKey


@click.group()
def audit() -> None:
    """Check the audit logs."""


@audit.command()
def verify() -> None:
    """Check every log's tree, and that the live rows are what the logs say."""
    with application(), reading():
        reports = [_verify(log) for log in db.session.scalars(select(AuditLog)).all()]
        lost = [sentence for _, sentence in unvouched()]
    for report in reports:
        state = "sound" if report.sound else f"{len(report.findings)} finding(s)"
        click.echo(
            f"{report.log.origin} ({report.log.kind}): {report.entries} entries, "
            f"{report.rows} rows: {state}"
        )
        for finding in report.findings:
            click.echo(f"  {finding.code}: {finding.sentence}")
    if not reports:
        click.echo("There is no log yet.")
    for sentence in lost:
        click.echo(sentence)
    if lost or not all(report.sound for report in reports):
        sys.exit(1)


def _verify(log: AuditLog) -> Report:
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(log.origin, total=None)
        return verify_log(log, lambda done, whole: bar.update(task, completed=done, total=whole))


def _log(origin: str) -> AuditLog:
    log = db.session.scalar(select(AuditLog).where(AuditLog.origin == origin))
    if log is None:
        raise Invalid("origin", N_("There is no log {origin}."), origin=origin)
    return log


@audit.command()
@click.argument("origin")
def checkpoint(origin: str) -> None:
    """Give out a log's present checkpoint, a signed note. Keep it where the host cannot reach."""
    with application(), changing():
        note = publish_checkpoint(_log(origin))
    click.echo(note, nl=False)


@audit.command()
@click.argument("note", type=click.File(encoding="utf-8", errors="replace"))
def check(note: TextIO) -> None:
    """Prove that the present log goes on from the checkpoint in the file NOTE."""
    text = note.read()
    with application(), reading():
        log = _log(text.partition("\n")[0])
        given = open_note(text, log.origin, VerifyKey(log.public_key))
        present = head(log).checkpoint
        if given.size > present.size:
            click.echo(f"The log has {present.size} entries, the checkpoint says {given.size}.")
            sys.exit(1)
        proof = prove_consistency(log, given.size, present.size)
        if not is_consistent(given.size, given.root, present.size, present.root, proof):
            click.echo(f"The first {given.size} entries are not those of the checkpoint.")
            sys.exit(1)
        click.echo(f"The log of {present.size} entries goes on from those {given.size}.")
