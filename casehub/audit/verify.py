"""Checking a log: its tree, and that the live rows are what it says (`casehub audit verify`).

No key is needed. One pass over the entries in order; whatever does not fit is named, and the pass
goes on, so that one run shows the whole of the damage.
"""

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import func, select

from casehub.audit.growing import grown
from casehub.audit.log import is_ours
from casehub.audit.models import AuditCheckpoint, AuditEntry, AuditLog
from casehub.audit.notes import Checkpoint, open_note
from casehub.audit.replay import UNREADABLE, LastSaid, compare_with_rows
from casehub.audit.stretches import Entry, Stretch, columns_fit, count_nodes, stretches
from casehub.audit.tree import EMPTY_ROOT, Frontier, leaf_hash
from casehub.errors import Invalid
from casehub.store import db
from casehub.vault import VerifyKey

Progress = Callable[[int, int], None]
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

    def learn(self, tree: Frontier, stretch: Stretch) -> None:
        """Take note of the roots of the wanted sizes that lie in a stretch after a tree."""
        reached = range(tree.size + 1, tree.size + len(stretch.rows) + 1)
        if not any(size in reached for size in self.wanted):
            return
        growing = Frontier(tree.size, list(tree.peaks))
        for row in stretch.rows:
            growing.append(row[2])
            if growing.size in self.wanted:
                self.found[growing.size] = growing.root


def _check_entries(report: Report, said: LastSaid, progress: Progress) -> _Roots:
    wanted = db.session.scalars(
        select(AuditCheckpoint).where(AuditCheckpoint.log_id == report.log.id)
    )
    roots = _Roots({item.size: item for item in wanted})
    tree, last = Frontier(0, []), None
    for stretch in stretches(report.log.id):
        roots.learn(tree, stretch)
        after = _quickly(tree, stretch)
        if after is None:
            _name_what_is_wrong(report, tree, stretch)
        else:
            tree = after
        _learn(report, said, stretch)
        last = stretch.rows[-1]
        progress(min(tree.size, report.entries), report.entries)
    report.root = tree.root
    _check_number_of_nodes(report, tree.size)
    _check_end(report, tree, last)
    return roots


def _quickly(tree: Frontier, stretch: Stretch) -> Frontier | None:
    with suppress(*UNREADABLE):
        return grown(tree, stretch)
    return None


def _name_what_is_wrong(report: Report, tree: Frontier, stretch: Stretch) -> None:
    nodes = {
        (level, number): value for level, found in stretch.nodes.items() for number, value in found
    }
    for entry in stretch.rows:
        number, _, leaf, frontier, *_ = entry
        if number < 0:
            report.found("inserted", f"Entry {number} stands before the log's beginning.")
            continue
        _check_number(report, tree, number)
        _check_body(report, entry)
        for level, index, expected in tree.append(leaf):
            if nodes.get((level, index)) != expected:
                report.found("tree", f"Node {index} of level {level} does not fit.")
        if frontier is not None and frontier != tree.content:
            _take_over(report, tree, number, frontier)


def _check_number(report: Report, frontier: Frontier, number: int) -> None:
    if number == frontier.size:
        return
    report.found("missing", f"Entry {frontier.size} is missing; entry {number} follows.")
    # Go on as if nothing were missing: what comes after is still compared with its own numbers.
    frontier.size = number
    frontier.peaks = [EMPTY_ROOT] * number.bit_count()


def _take_over(report: Report, tree: Frontier, number: int, stored: bytes) -> None:
    # Go on with the tree that stands there, if it is one: so what comes after is named for itself.
    report.found("tree", f"The tree that ends with entry {number} is another one.")
    with suppress(ValueError):
        tree.peaks = Frontier.read(tree.size, stored).peaks


def _check_body(report: Report, entry: Entry) -> None:
    number, body, leaf, *_ = entry
    if leaf_hash(body.encode()) != leaf:
        report.found("changed", f"Entry {number} was changed: its text has another hash.")
    if not columns_fit(entry):
        report.found("columns", f"Entry {number} is not what the columns beside it say.")


def _learn(report: Report, said: LastSaid, stretch: Stretch) -> None:
    for number, body, *_ in stretch.rows:
        if number < 0 or body.endswith(_NOTHING_WRITTEN):
            continue
        try:
            for kind, row, state in json.loads(body)["things"]:
                said.learn(number, kind, UUID(row), state)
        except UNREADABLE:
            report.found("changed", f"Entry {number} cannot be read.")


def _check_number_of_nodes(report: Report, size: int) -> None:
    extra = count_nodes(report.log.id) - (size - size.bit_count())
    if extra > 0:  # the append that reaches the place of one could never be stored
        report.found("tree", f"The log has {extra} node(s) that belong to no entry.")


def _check_end(report: Report, tree: Frontier, last: Entry | None) -> None:
    if last is None:
        report.found("empty", "The log has no entry at all.")
        return
    number, _, _, _, signature, *_ = last
    checkpoint = Checkpoint(report.log.origin, tree.size, tree.root)
    key = VerifyKey(report.log.public_key)
    if signature is None or not key.accepts(signature, checkpoint.text.encode()):
        report.found("unsigned", f"The log's end, entry {number}, is not signed by its key.")


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
