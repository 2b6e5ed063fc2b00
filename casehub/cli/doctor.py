"""`casehub doctor`: everything that can be checked without a key, and what to do about it."""

import shutil
import stat
import sys
from collections.abc import Callable
from pathlib import Path

import click
from sqlalchemy import func, select, text

from casehub.app import create_app
from casehub.audit import AuditEntry, AuditLog, Outcome, deployment_log, head
from casehub.cli.context import entered
from casehub.errors import CaseHubError, Misconfigured
from casehub.hubs.deployment import check_secrets, policy_in_log
from casehub.policy import in_force
from casehub.settings import Settings, load_settings
from casehub.store import db, reading, sqlite_path, writing
from casehub.store.migrating import check_current
from casehub.store.migrating import head as newest
from casehub.vault import SecretName

_ENOUGH_BYTES = 500 * 1024 * 1024
Check = Callable[[Settings], str]


@click.command()
def doctor() -> None:
    """Look at settings, secrets, database, policies and logs; fail if anything is wrong."""
    try:
        settings = load_settings()
        app = create_app(settings)
    except Misconfigured as error:
        click.echo(str(error), err=True)
        sys.exit(1)
    click.echo(f"ok       settings: {settings!r}")
    with entered(app):
        results = [_run(name, check, settings) for name, check in CHECKS]
    if not all(results):
        sys.exit(1)


def _run(name: str, check: Check, settings: Settings) -> bool:
    try:
        said = check(settings)
    except CaseHubError as error:
        click.echo(f"PROBLEM  {name}: {error}\n         → {error.remedy}")
        return False
    if said.startswith("!"):
        click.echo(f"PROBLEM  {name}: {said[1:].strip()}")
        return False
    click.echo(f"ok       {name}: {said}")
    return True


def _secrets(settings: Settings) -> str:
    open_to_others = [name.value for name in SecretName if _is_open(settings.secrets_folder / name)]
    if open_to_others:
        return f"! others may read {', '.join(open_to_others)} → chmod 600 these files"
    checks = (f"{name.value} {secret.check[:8]}" for name, secret in settings.secrets.items())
    return f"five, check values {', '.join(checks)}"


def _is_open(path: Path) -> bool:
    return sys.platform != "win32" and bool(path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO))


def _database(settings: Settings) -> str:
    with reading():
        db.session.execute(text("SELECT 1"))
    with writing():  # nothing is written; it only has to be possible
        pass
    path = sqlite_path(settings.database_url)
    if path is None:
        return "PostgreSQL answers and can be written"
    free = shutil.disk_usage(path.parent).free
    if free < _ENOUGH_BYTES:
        return f"! only {free // 1024**2} MB are free on the disk of {path} → free some space"
    return f"SQLite answers and can be written; {free // 1024**3} GB free"


def _migrations(_settings: Settings) -> str:
    check_current(db.engine)
    return f"at {newest()}"


def _deployment(settings: Settings) -> str:
    with reading():
        log = deployment_log()
        check_secrets(settings.secrets.values())
    return f"{log.origin}; the secrets are the ones this database was made with"


def _policy(_settings: Settings) -> str:
    with reading():
        logged = policy_in_log()
    if logged != in_force().digest:
        return (
            f"! {in_force().digest[:12]} is in the folder, {str(logged)[:12]} in the log "
            "→ a start takes it into force and says so"
        )
    return f"{logged[:12]}, the one in the log"


def _logs(_settings: Settings) -> str:
    with reading():
        sizes = [head(log).checkpoint.size for log in db.session.scalars(select(AuditLog))]
    return f"{len(sizes)} log(s), {sum(sizes)} entries, each end signed"


def _alarms(_settings: Settings) -> str:
    with reading():
        count = db.session.scalar(
            select(func.count())
            .select_from(AuditEntry)
            .where(AuditEntry.outcome == Outcome.ALARM.value)
        )
    return f"! {count} in the logs → a custodian has to look at each" if count else "none"


CHECKS: tuple[tuple[str, Check], ...] = (
    ("secrets", _secrets),
    ("database", _database),
    ("migrations", _migrations),
    ("deployment", _deployment),
    ("policies", _policy),
    ("audit logs", _logs),
    ("alarms", _alarms),
)
