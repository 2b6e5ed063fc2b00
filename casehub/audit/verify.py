"""Checking a log: its tree, and that the live rows are what it says (`casehub audit verify`).

No key is needed. One pass over the entries in order; whatever does not fit is named, and the pass
goes on, so that one run shows the whole of the damage.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, String, cast, func, select, type_coerce

from casehub.audit.log import is_ours
from casehub.audit.models import AuditCheckpoint, AuditEntry, AuditLog, AuditNode
from casehub.audit.notes import Checkpoint, open_note
from casehub.audit.replay import UNREADABLE, LastSaid, compare_with_rows
from casehub.audit.tree import EMPTY_ROOT, Frontier, leaf_hash
from casehub.errors import Invalid
from casehub.store import db
from casehub.vault import VerifyKey

Progress = Callable[[int, int], None]
_BATCH = 5_000
_NOTHING_WRITTEN = '"things":[]}'


@dataclass(frozen=True)
class Finding:
    """One thing that does not fit: a code for the alarm, and a sentence for people."""

    code: str
    sentence: str


@dataclass
class Report:
    """What a check found."""

    log: AuditLog
    entries: int
    root: bytes = EMPTY_ROOT
    findings: list[Finding] = field(default_factory=list)
    rows: int = 0

    @property
    def sound(self) -> bool:
        """Say whether everything fits."""
        return not self.findings

    def found(self, code: str, sentence: str) -> None:
        """Note something that does not fit."""
        self.findings.append(Finding(code, sentence))


def verify_log(log: AuditLog, progress: Progress = lambda _done, _all: None) -> Report:
    """Check one log from its first entry to its last, then the rows it vouches for.

    Needs one reading transaction, so that rows and entries are of the same moment. Where this
    process has the log key, the log must be under it: whoever changed the whole log could sign it
    with a key of their own.
    """
    total = db.session.scalar(
        select(func.count()).where(AuditEntry.log_id == log.id, AuditEntry.number >= 0)
    )
    report = Report(log, total or 0)
    if not is_ours(log):
        report.found("key", "The log is under another key than this installation's.")
    said = LastSaid()
    try:
        roots = _check_entries(report, said, progress)
    except UNREADABLE:
        report.found("unreadable", "The log holds something that cannot be read; the check ended.")
        return report
    _check_checkpoints(report, roots)
    for finding in compare_with_rows(log, said):
        report.found(*finding)
    report.rows = said.rows
    return report


@dataclass
class _Roots:
    """The roots that published checkpoints must have, filled in as the pass reaches their size."""

    wanted: dict[int, AuditCheckpoint]
    found: dict[int, bytes] = field(default_factory=dict)


def _check_entries(report: Report, said: LastSaid, progress: Progress) -> _Roots:
    wanted = db.session.scalars(
        select(AuditCheckpoint).where(AuditCheckpoint.log_id == report.log.id)
    )
    roots = _Roots({item.size: item for item in wanted})
    frontier = Frontier(0, [])
    nodes = _StoredNodes(report)
    last = None
    for row in _entries(report.log.id):
        if row.number < 0:
            report.found("inserted", f"Entry {row.number} stands before the log's beginning.")
            continue
        _check_number(report, frontier, row.number)
        _check_body(report, row)
        completed = frontier.append(row.leaf)
        nodes.check(completed)
        if row.frontier is not None and row.frontier != frontier.content:
            _take_over(report, frontier, row)
        if not row.body.endswith(_NOTHING_WRITTEN):
            _learn(report, said, row.number, row.body)
        if frontier.size in roots.wanted:
            roots.found[frontier.size] = frontier.root
        if frontier.size % _BATCH == 0:
            progress(frontier.size, report.entries)
        last = row
    report.root = frontier.root
    nodes.check_number(frontier.size)
    _check_end(report, frontier, last)
    progress(report.entries, report.entries)
    return roots


def _check_number(report: Report, frontier: Frontier, number: int) -> None:
    if number == frontier.size:
        return
    report.found("missing", f"Entry {frontier.size} is missing; entry {number} follows.")
    # Go on as if nothing were missing: what comes after is still compared with its own numbers.
    frontier.size = number
    frontier.peaks = [EMPTY_ROOT] * number.bit_count()


def _take_over(report: Report, frontier: Frontier, row: Any) -> None:
    # Go on with the tree that stands there, if it is one: so what comes after is named for itself.
    report.found("tree", f"The tree that ends with entry {row.number} is another one.")
    with suppress(ValueError):
        frontier.peaks = Frontier.read(frontier.size, row.frontier).peaks


def _check_body(report: Report, row: Any) -> None:
    if leaf_hash(row.body.encode()) != row.leaf:
        report.found("changed", f"Entry {row.number} was changed: its text has another hash.")
    if not row.body.startswith(_beginning(row)) or _ending(row) not in row.body:
        report.found("columns", f"Entry {row.number} is not what the columns beside it say.")


def _beginning(row: Any) -> str:
    day, _, time = row.at.partition(" ")
    return (
        f'{{"account":{_quoted(row.account)},"act":"{row.act}","agency":{_quoted(row.agency)},'
        f'"at":"{day}T{time}Z","case":{_quoted(row.case)},'
    )


@lru_cache(maxsize=65_536)  # a hub has few accounts and agencies, and some thousands of cases
def _quoted(value: str | None) -> str:
    if value is None:
        return "null"
    return f'"{value[:8]}-{value[8:12]}-{value[12:16]}-{value[16:20]}-{value[20:]}"'


def _ending(row: Any) -> str:
    return f',"outcome":"{row.outcome}","policy":"'


def _learn(report: Report, said: LastSaid, number: int, body: str) -> None:
    try:
        for kind, row, state in json.loads(body)["things"]:
            said.learn(number, kind, UUID(row), state)
    except UNREADABLE:
        report.found("changed", f"Entry {number} cannot be read.")


def _check_end(report: Report, frontier: Frontier, last: Any) -> None:
    if last is None:
        report.found("empty", "The log has no entry at all.")
        return
    checkpoint = Checkpoint(report.log.origin, frontier.size, frontier.root)
    key = VerifyKey(report.log.public_key)
    if last.signature is None or not key.accepts(last.signature, checkpoint.text.encode()):
        report.found("unsigned", f"The log's end, entry {last.number}, is not signed by its key.")


def _check_checkpoints(report: Report, roots: _Roots) -> None:
    key = VerifyKey(report.log.public_key)
    for size, stored in sorted(roots.wanted.items()):
        try:
            checkpoint = open_note(stored.note, report.log.origin, key)
        except Invalid:
            report.found("checkpoint", f"The checkpoint of {size} entries is not signed.")
            continue
        if size > report.entries or checkpoint.size > report.entries:
            report.found(
                "truncated",
                f"A checkpoint of {checkpoint.size} entries was given out; {report.entries} are "
                "there.",
            )
        elif (checkpoint.size, checkpoint.root) != (size, roots.found.get(size)):
            report.found("forked", f"The first {size} entries are not those of the checkpoint.")


class _StoredNodes:
    """The stored nodes of a log, read level by level as the pass completes them."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._levels: dict[int, Iterator[Any]] = {}

    def check(self, completed: list[tuple[int, int, bytes]]) -> None:
        for level, number, expected in completed:
            if level not in self._levels:
                self._levels[level] = self._read(level)
            row = next(self._levels[level], None)
            if row is None or row.number != number or row.hash != expected:
                self._report.found("tree", f"Node {number} of level {level} does not fit.")
                self._levels[level] = self._read(level, number + 1)

    def check_number(self, size: int) -> None:
        stored = db.session.scalar(
            select(func.count()).where(AuditNode.log_id == self._report.log.id)
        )
        extra = (stored or 0) - (size - size.bit_count())
        if extra > 0:  # the append that reaches the place of one could never be stored
            self._report.found("tree", f"The log has {extra} node(s) that belong to no entry.")

    def _read(self, level: int, start: int = 0) -> Iterator[Any]:
        while True:
            rows = (
                db.session.connection()
                .execute(
                    select(AuditNode.number, AuditNode.hash)
                    .where(
                        AuditNode.log_id == self._report.log.id,
                        AuditNode.level == level,
                        AuditNode.number >= start,
                    )
                    .order_by(AuditNode.number)
                    .limit(_BATCH)
                )
                .all()
            )
            yield from rows
            if len(rows) < _BATCH:
                return
            start = rows[-1].number + 1


def _entries(log_id: UUID) -> Iterator[Any]:
    query = select(*_raw_columns()).where(AuditEntry.log_id == log_id)
    query = query.order_by(AuditEntry.number).limit(_BATCH)
    connection = db.session.connection()  # the session would wrap each of a million rows once more
    rows = connection.execute(query).all()
    while rows:
        yield from rows
        rows = connection.execute(query.where(AuditEntry.number > rows[-1].number)).all()


def _raw_columns() -> list[Any]:
    # Ids and moments as text, as SQLite keeps them: a million objects made only to be compared as
    # text would cost more than all the hashing. One spelling only is right: filters ask for it.
    if db.engine.dialect.name == "sqlite":
        at: ColumnElement[Any] = type_coerce(AuditEntry.at, String)
        as_text: Callable[[Any], ColumnElement[Any]] = lambda column: type_coerce(column, String)  # noqa: E731
    else:
        at = func.to_char(func.timezone("UTC", AuditEntry.at), "YYYY-MM-DD HH24:MI:SS.US")
        as_text = lambda column: func.replace(cast(column, String), "-", "")  # noqa: E731
    return [
        AuditEntry.number,
        AuditEntry.body,
        AuditEntry.leaf,
        AuditEntry.act,
        AuditEntry.outcome,
        AuditEntry.frontier,
        AuditEntry.signature,
        at.label("at"),
        as_text(AuditEntry.account_id).label("account"),
        as_text(AuditEntry.agency_id).label("agency"),
        as_text(AuditEntry.case_id).label("case"),
    ]
