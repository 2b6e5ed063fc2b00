"""Plain SQL, and what somebody who can write the database can know and make without the log key."""

import contextlib
import json
import sqlite3
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import psycopg
from sqlalchemy import text

from casehub.audit import AuditLog, Report, deployment_log, sign_with, verify_log
from casehub.audit.tree import Frontier, leaf_hash
from casehub.settings import Settings
from casehub.store import db
from casehub.vault import SecretName, SigningKey

GUARDED = ("audit_logs", "audit_entries", "audit_nodes", "audit_checkpoints")


def on_sqlite() -> bool:
    return db.engine.dialect.name == "sqlite"


def triggers() -> dict[str, str]:
    """Every trigger of the database that is ours, with its table."""
    found = db.session.execute(
        text("SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger'")
        if on_sqlite()
        else text(
            "SELECT tgname, relname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid "
            "WHERE NOT tgisinternal"
        )
    )
    return {str(name): str(table) for name, table in found}


def disarm() -> None:
    """Take away whatever stands in the way of whoever owns the tables."""
    for name, table in triggers().items():
        db.session.execute(text(f"DROP TRIGGER {name}" + ("" if on_sqlite() else f" ON {table}")))


def plainly(statement: str, /, **values: Any) -> Any:
    """Run a statement past the application; ids go in without dashes, as both databases take."""
    plain = {name: _plain(value) for name, value in values.items()}
    return db.session.execute(text(statement), plain)


def _plain(value: Any) -> Any:
    return value.hex if isinstance(value, UUID) else value


def row_of(table: str, /, **where: Any) -> dict[str, Any]:
    """A row as the driver gives it, to be put back with `put`."""
    condition = " AND ".join(f"{name} = :{name}" for name in where)
    found = plainly(f"SELECT * FROM {table} WHERE {condition}", **where)
    return dict(found.mappings().one())


def put(table: str, row: dict[str, Any]) -> None:
    """Insert a row."""
    places = ", ".join(f":{name}" for name in row)
    plainly(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({places})", **row)


def size_of(log: UUID) -> int:
    """How many entries a log has."""
    found = plainly("SELECT count(*) FROM audit_entries WHERE log_id = :log", log=log)
    return int(found.scalar_one())


def facts_of(log: UUID, number: int) -> dict[str, Any]:
    """An entry's body, read."""
    found: dict[str, Any] = json.loads(row_of("audit_entries", log_id=log, number=number)["body"])
    return found


def entries_of(log: UUID) -> list[dict[str, Any]]:
    """The bodies of all entries of a log, read, in order."""
    found = plainly("SELECT body FROM audit_entries WHERE log_id = :log ORDER BY number", log=log)
    return [json.loads(body) for body in found.scalars()]


def tree_of(log: UUID) -> Frontier:
    """A log's tree, grown from its leaves as anybody can."""
    frontier = Frontier(0, [])
    leaves = plainly("SELECT leaf FROM audit_entries WHERE log_id = :log ORDER BY number", log=log)
    for leaf in leaves.scalars():
        frontier.append(bytes(leaf))
    return frontier


def forge_entry(log: UUID, body: str | None = None) -> int:
    """Put an entry at a log's end with everything right but the signature; return its number."""
    frontier = tree_of(log)
    number = frontier.size
    row = row_of("audit_entries", log_id=log, number=number - 1)
    row |= {"number": number, "body": body or row["body"].replace('"nonce":"', '"nonce":"0')}
    row["leaf"] = leaf_hash(row["body"].encode())
    nodes = frontier.append(row["leaf"])
    put("audit_entries", row | {"frontier": frontier.content})
    for level, index, value in nodes:
        put("audit_nodes", {"log_id": log, "level": level, "number": index, "hash": value})
    return number


def cut(log: UUID, size: int) -> None:
    """Take away all entries but the first `size`, and their nodes."""
    plainly("DELETE FROM audit_entries WHERE log_id = :log AND number >= :size", log=log, size=size)
    for level in range(1, 40):
        plainly(
            "DELETE FROM audit_nodes WHERE log_id = :log AND level = :level AND number >= :kept",
            log=log,
            level=level,
            kept=size >> level,
        )


def check(log: UUID | None = None) -> Report:
    """Verify a log, in a transaction that has begun; without an id the deployment's."""
    found = deployment_log() if log is None else db.session.get_one(AuditLog, log)
    return verify_log(found)


def codes(report: Report) -> set[str]:
    """The codes of a report's findings."""
    return {finding.code for finding in report.findings}


@contextlib.contextmanager
def hold(log: UUID) -> Iterator[None]:
    """Be somebody else who is writing into a log and takes their time."""
    url = db.engine.url
    if on_sqlite():
        with contextlib.closing(sqlite3.connect(str(url.database))) as other:
            other.execute("BEGIN IMMEDIATE")
            yield
        return
    address = url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address) as other:
        key = int.from_bytes(log.bytes[:8], signed=True)
        other.execute("SELECT pg_advisory_xact_lock(%s)", [key])
        yield


def restart(settings: Settings) -> None:
    """Forget which ends of logs this process has seen, as a new one would."""
    sign_with(SigningKey(settings.secrets[SecretName.LOG_SIGNING_KEY].value))
