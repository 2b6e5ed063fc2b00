"""Appending to the logs, and reading their heads and proofs."""

import threading
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import bindparam, event, insert, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from casehub import clock
from casehub.audit.acts import LOG_BEGUN
from casehub.audit.journal import Entry
from casehub.audit.models import AuditCheckpoint, AuditEntry, AuditLog, AuditNode, LogKind
from casehub.audit.notes import Checkpoint, note_with
from casehub.audit.tree import Frontier, consistency_path, inclusion_path, leaf_hash
from casehub.errors import LogBroken, Unfinished
from casehub.store import db
from casehub.texts import N_
from casehub.vault import SigningKey, VerifyKey

_ATTESTED = b"casehub/attested/1\x00"
_signing_key: SigningKey | None = None
_End = tuple[int, str, bytes]  # a log's size, its checkpoint's text and the signature over it
_checked: dict[UUID, _End] = {}
_checked_lock = threading.Lock()
_MADE = "casehub_ends_made"


def sign_with(key: SigningKey) -> None:
    """Give this process the log signing key."""
    global _signing_key  # noqa: PLW0603 - one process, one log key
    _signing_key = key
    with _checked_lock:
        _checked.clear()


def _key() -> SigningKey:
    if _signing_key is None:
        raise RuntimeError("no log signing key: assemble the application first")
    return _signing_key


def attested(message: bytes) -> bytes:
    """Return the server's own mark on something that only it may put into the database."""
    return _key().sign(_ATTESTED + message)


def attests(mark: bytes, message: bytes) -> bool:
    """Say whether the server itself made this mark."""
    return _key().public.accepts(mark, _ATTESTED + message)


def is_ours(log: AuditLog) -> bool:
    """Say whether a log is under this process's key; without a key nothing speaks against it."""
    return _signing_key is None or log.public_key == _signing_key.public.content


def begin_log(kind: LogKind, log_id: UUID) -> AuditLog:
    """Begin a log, with its first entry; a hub's log has the hub's id."""
    log = AuditLog(
        id=log_id, kind=kind, origin=f"casehub/{log_id}", public_key=_key().public.content
    )
    db.session.add(log)
    db.session.flush()
    _append_to(log_id, log.origin, [Entry(log_id, LOG_BEGUN, clock.now())], Frontier(0, []))
    return log


def deployment_log() -> AuditLog:
    """Return the deployment's own log; raise Unfinished before there is one."""
    log = db.session.scalar(select(AuditLog).where(AuditLog.kind == LogKind.DEPLOYMENT))
    if log is None:
        raise Unfinished(
            N_("This database does not belong to a deployment yet."), N_("Run `casehub init`.")
        )
    return log


def append(entries: Sequence[Entry]) -> None:
    """Append entries to their logs, in this transaction and as its last statements."""
    by_log: dict[UUID, list[Entry]] = defaultdict(list)
    for entry in entries:
        by_log[entry.log or deployment_log().id].append(entry)
    for log_id in sorted(by_log):  # one order for everybody, so that no two wait for each other
        _lock(log_id)
        end = _end(log_id, held=True)
        _append_to(log_id, end.checkpoint.origin, by_log[log_id], end.frontier)


def _lock(log_id: UUID) -> None:
    # SQLite has one writer anyway. On PostgreSQL whoever comes next must wait until this append
    # is committed, or both would build on the same head.
    if db.engine.dialect.name == "postgresql":
        key = int.from_bytes(log_id.bytes[:8], signed=True)
        db.session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": key})


@dataclass(frozen=True)
class Head:
    """The end of a log: its tree and the signature over it."""

    checkpoint: Checkpoint
    frontier: Frontier
    signature: bytes


# Written once: to build it anew would take as long as to ask it. Plain rows, for the same reason.
_LAST = (
    select(
        AuditLog.origin,
        AuditLog.public_key,
        AuditEntry.number,
        AuditEntry.frontier,
        AuditEntry.signature,
    )
    .outerjoin(AuditEntry, AuditEntry.log_id == AuditLog.id)
    .where(AuditLog.id == bindparam("log"))
    .order_by(AuditEntry.number.desc())
    .limit(1)
)


def head(log: AuditLog) -> Head:
    """Return a log's end, checked against its signature.

    Raises LogBroken where head and tree disagree: somebody added, removed or changed entries
    without the log key. Then nothing more is appended and so no page is shown.
    """
    return _end(log.id)


def _end(log_id: UUID, *, held: bool = False) -> Head:
    row = db.session.connection().execute(_LAST, {"log": log_id}).one()
    if row.number is None or not isinstance(row.frontier, bytes):
        raise _broken(row.origin)
    try:
        frontier = Frontier.read(row.number + 1, row.frontier)
    except ValueError:
        raise _broken(row.origin) from None
    found = Head(Checkpoint(row.origin, frontier.size, frontier.root), frontier, row.signature)
    if row.public_key != _key().public.content or not isinstance(row.signature, bytes):
        raise _broken(row.origin)
    _check_signature(log_id, found, held=held)
    return found


def _check_signature(log_id: UUID, found: Head, *, held: bool) -> None:
    # A process that made or checked this very head need not check it again. And a log never gets
    # shorter, nor another at the same length: whoever cut its end off would fork it here. Only who
    # holds the log sees its newest end; a page may rightly look at an older one.
    origin = found.checkpoint.origin
    end = (found.checkpoint.size, found.checkpoint.text, found.signature)
    known = _checked.get(log_id)
    if known == end:
        return
    if held and known is not None and end[0] <= known[0]:
        raise LogBroken(N_("The audit log {origin} is shorter than it was."), origin=origin)
    if not _key().public.accepts(found.signature, end[1].encode()):
        raise _broken(origin)
    _remember({log_id: end})


def _remember(ends: dict[UUID, _End]) -> None:
    with _checked_lock:
        for log_id, end in ends.items():
            _checked[log_id] = max(_checked.get(log_id, end), end, key=lambda item: item[0])


def _remember_made(session: Session) -> None:
    _remember(session.info.pop(_MADE, {}))


def _forget_made(session: Session) -> None:
    session.info.pop(_MADE, None)


event.listen(db.session, "after_commit", _remember_made)
event.listen(db.session, "after_rollback", _forget_made)


def _broken(origin: str) -> LogBroken:
    return LogBroken(N_("The audit log {origin} has an end that nobody signed."), origin=origin)


def _append_to(log_id: UUID, origin: str, entries: Sequence[Entry], frontier: Frontier) -> None:
    rows, nodes = [], []
    for entry in entries:
        body = entry.body()
        leaf = leaf_hash(body.encode())
        rows.append(_row(log_id, frontier.size, entry, body, leaf))
        nodes += [
            {"log_id": log_id, "level": level, "number": number, "hash": value}
            for level, number, value in frontier.append(leaf)
        ]
    checkpoint = Checkpoint(origin, frontier.size, frontier.root)
    signature = _key().sign(checkpoint.text.encode())
    rows[-1] |= {"frontier": frontier.content, "signature": signature}
    connection = db.session.connection()
    try:
        # With nulls written out: else the statement's text would tell a refusal about a case that
        # is there from one about a case that is not.
        connection.execute(_ENTRIES, rows)
        if nodes:
            connection.execute(_NODES, nodes)
    except IntegrityError as error:
        # Whoever appends holds the log, so the place was not taken by anybody who may append.
        raise _broken(origin) from error
    made = db.session.info.setdefault(_MADE, {})
    made[log_id] = (checkpoint.size, checkpoint.text, signature)


_ENTRIES = insert(AuditEntry)
_NODES = insert(AuditNode)


def _row(log_id: UUID, number: int, entry: Entry, body: str, leaf: bytes) -> dict[str, object]:
    return {
        "log_id": log_id,
        "number": number,
        "body": body,
        "leaf": leaf,
        "at": entry.at,
        "act": entry.act.name,
        "outcome": entry.outcome.value,
        "account_id": entry.account,
        "agency_id": entry.agency,
        "case_id": entry.case,
        "frontier": None,
        "signature": None,
    }


def publish_checkpoint(log: AuditLog) -> str:
    """Store and return the log's present checkpoint as a signed note, to be given out."""
    found = head(log)
    note = note_with(found.checkpoint, found.signature, VerifyKey(log.public_key))
    size = found.checkpoint.size
    if db.session.get(AuditCheckpoint, (log.id, size)) is None:
        db.session.add(AuditCheckpoint(log_id=log.id, size=size, note=note, at=clock.now()))
    return note


def _node(log: AuditLog, level: int, number: int) -> bytes:
    if level == 0:
        found = db.session.scalar(
            select(AuditEntry.leaf).where(AuditEntry.log_id == log.id, AuditEntry.number == number)
        )
    else:
        found = db.session.scalar(
            select(AuditNode.hash).where(
                AuditNode.log_id == log.id, AuditNode.level == level, AuditNode.number == number
            )
        )
    if found is None:
        raise LogBroken(N_("The audit log {origin} lacks a part of its tree."), origin=log.origin)
    return found


def prove_inclusion(log: AuditLog, number: int, size: int) -> list[bytes]:
    """Return the proof that entry `number` is in the log's tree of `size` entries."""
    return inclusion_path(number, size, lambda level, index: _node(log, level, index))


def prove_consistency(log: AuditLog, first: int, size: int) -> list[bytes]:
    """Return the proof that the log of `first` entries begins that of `size`."""
    return consistency_path(first, size, lambda level, index: _node(log, level, index))
