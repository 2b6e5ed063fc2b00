"""One installation: its own log, the secrets it adopted, the policies it took into force."""

import json
from collections.abc import Iterable

from sqlalchemy import select

from casehub import references
from casehub.audit import AuditEntry, AuditLog, LogKind, begin_log, deployment_log, record
from casehub.audit.acts import POLICY_LOADED, SECRET_ADOPTED
from casehub.errors import Misconfigured, Problem
from casehub.policy import in_force
from casehub.policy.documents import keep
from casehub.store import db
from casehub.vault import ServerSecret


def begin_deployment(secrets: Iterable[ServerSecret]) -> AuditLog:
    """Begin an installation: its log, its secrets' ids and check values, its policies."""
    log = begin_log(LogKind.DEPLOYMENT, references.new_id())
    for secret in secrets:
        record(SECRET_ADOPTED, by=None, name=secret.name, secret=secret.id, check=secret.check)
    take_policies()
    return log


def _facts_of(act: str) -> list[dict[str, str]]:
    bodies = db.session.scalars(
        select(AuditEntry.body)
        .where(AuditEntry.log_id == deployment_log().id, AuditEntry.act == act)
        .order_by(AuditEntry.number)
    )
    return [json.loads(body)["facts"] for body in bodies]


def check_secrets(secrets: Iterable[ServerSecret]) -> None:
    """Raise Misconfigured for every secret that is not the one this database was made with."""
    adopted = {facts["name"]: facts for facts in _facts_of(SECRET_ADOPTED.name)}
    problems = [
        Problem(
            f"secret {secret.name.value}",
            f"is another one: this database uses the id {facts['secret']}, the file has "
            f"{secret.id}",
            "put back the file with the id that this database uses",
        )
        for secret in secrets
        if (facts := adopted.get(secret.name.value)) is not None
        and (facts["secret"], facts["check"]) != (secret.id, secret.check)
    ]
    if problems:
        raise Misconfigured(problems)


def policy_in_log() -> str | None:
    """Return SHA-256 of the policies that the log says are in force, or None at the beginning."""
    entries = db.session.scalars(
        select(AuditEntry.body)
        .where(AuditEntry.log_id == deployment_log().id, AuditEntry.act == POLICY_LOADED.name)
        .order_by(AuditEntry.number.desc())
        .limit(1)
    ).all()
    return json.loads(entries[0])["policy"] if entries else None


def take_policies() -> bool:
    """Keep the policies in force and say so in the log if they changed; return whether they did."""
    was = policy_in_log()
    fresh = keep(list(in_force().files))
    if was == in_force().digest:
        return False
    record(
        POLICY_LOADED,
        by=None,
        was=was,
        documents=[f"{item.kind}/{item.name}@{item.version}" for item in fresh],
    )
    return True
