"""What it costs to check a long log: its tree, and the rows it vouches for."""

import hashlib
import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from time import perf_counter, thread_time
from typing import Any
from uuid import UUID

from sqlalchemy import select

from benchmarks.entries import Views
from benchmarks.filling import fill, without_indexes
from benchmarks.limits import Unit
from benchmarks.places import Database, Place, Run
from benchmarks.rows import Row
from benchmarks.timing import Clocked, Spread, interleaved, once
from casehub.audit import AuditEntry, AuditLog, Thing, head, state_of, verify_log
from casehub.audit.journal import Entry
from casehub.audit.models import AuditNode
from casehub.audit.notes import Checkpoint
from casehub.audit.tree import leaf_hash
from casehub.cases import acts
from casehub.demo.world import found as found_hub
from casehub.hubs.models import Agency, AgencyState
from casehub.store import db, reading, writing
from casehub.vault import SecretName, SigningKey

TITLE = "Verifying the log"
TEXT = """A log of views and, one in ten, of changes whose rows it vouches for, checked from its
first entry to its last: each text against its leaf, the columns beside it and the tree, each node
against the one that is stored, each end against its signature; then every row against the last
entry about it. The log is made in the quickest way that yields one that verifies: entries by the
code that always makes them, tree and rows in large batches, and of the batches alone the end is
signed, while every entry keeps the tree's frontier, as it does after a page view. Beside it SHA-256
over the same texts."""

_BATCH = 20_000
_CHANGES = 10


def measure(run: Run) -> list[Row]:
    """Make a log and verify it, a shorter one on PostgreSQL."""
    rows: list[Row] = []
    long = run.pick(1_000_000, 50_000)
    for database in run.databases(rows, "verify the log, for each entry"):
        entries = long if database is Database.SQLITE else long // 5
        with run.place(database) as place, place.app.app_context():
            hub = found_hub().hub_id
            run.say(f"making a log of {entries:,} entries on {database.value}")
            _Filling(place, hub).fill(entries)
            run.say(f"verifying it on {database.value}")
            rows += _verify(run, hub, database)
    return rows


@dataclass
class _Verifying:
    """Verifies, and keeps apart what the tree took and what the replay of the rows."""

    hub: UUID
    processor: list[float] = field(default_factory=list)
    tree: list[float] = field(default_factory=list)
    replay: list[float] = field(default_factory=list)
    entries: int = 0
    rows: int = 0
    findings: int = 0

    def clocked(self) -> float:
        """Verify the whole log and return the seconds for one entry."""
        marks, processor = [perf_counter()], thread_time()

        def progress(done: int, whole: int) -> None:
            if done == whole:
                marks.append(perf_counter())

        with reading():
            report = verify_log(db.session.get_one(AuditLog, self.hub), progress)
        marks.append(perf_counter())
        self.processor.append((thread_time() - processor) / report.entries)
        self.entries, self.rows = report.entries, report.rows
        self.findings += len(report.findings)
        self.tree.append((marks[-2] - marks[0]) / report.entries)
        self.replay.append((marks[-1] - marks[-2]) / max(report.rows, 1))
        return (marks[-1] - marks[0]) / report.entries


def _verify(run: Run, hub: UUID, database: Database) -> list[Row]:
    verifying = _Verifying(hub)
    found = interleaved(
        {"verify": verifying.clocked, "hash": _hashing(hub)}, run.pick(2, 3), warm=False
    )
    name = f"verify {verifying.entries:,} entries, {database.value}: one of them"
    raw, processor = "SHA-256 of the same text", Spread(tuple(verifying.processor))
    limits = ("verify-an-entry", "verify-an-entry-prototype")
    tree, replay = min(verifying.tree), min(verifying.replay)
    whole = once(found["verify"].median * verifying.entries)
    return [
        Row.compare(name, found["verify"], raw, found["hash"], *limits),
        Row.compare("… its processor time", processor, raw, found["hash"], *limits),
        Row("… all of them", whole),
        Row("… the tree, an entry", once(tree)),
        Row(f"… the replay, one of {verifying.rows:,} rows", once(replay)),
        Row("… findings in a log that nobody touched", once(verifying.findings), Unit.COUNT),
    ]


def _hashing(hub: UUID) -> Clocked:
    def clocked() -> float:
        spent, entries = 0.0, 0
        with reading():
            for batch in _bodies(hub):
                started = perf_counter()
                for body in batch:
                    hashlib.sha256(body).digest()
                spent += perf_counter() - started
                entries += len(batch)
        return spent / entries

    return clocked


def _bodies(hub: UUID) -> Iterator[list[bytes]]:
    number = 0
    while True:
        query = select(AuditEntry.body).where(
            AuditEntry.log_id == hub,
            AuditEntry.number >= number,
            AuditEntry.number < number + _BATCH,
        )
        batch = [body.encode() for body in db.session.scalars(query)]
        if not batch:
            return
        yield batch
        number += _BATCH


@dataclass
class _Text:
    """The text of entries of one kind: a real entry's, with other ids and other chance in it."""

    entry: Entry
    sample: Thing | None = None

    def __post_init__(self) -> None:
        entry = self.entry
        text = entry.body().replace("%", "%%")
        ids = {"account": entry.account, "agency": entry.agency, "case": entry.case}
        known: dict[str, object] = {**ids, "nonce": json.loads(text)["nonce"]}
        if self.sample is not None:
            known |= {"row": self.sample.id, "state": self.sample.state}
        for name, value in known.items():
            text = text.replace(str(value), f"%({name})s")
        self._text = text

    def with_(self, view: Entry, thing: Thing | None = None) -> str:
        """Return the text of another entry of the kind."""
        ids = {"account": view.account, "agency": view.agency, "case": view.case}
        row = {"row": thing.id, "state": thing.state} if thing else {}
        return self._text % {**ids, **row, "nonce": secrets.token_hex(16)}


class _Filling:
    """Makes a log of any length with the rows that it vouches for."""

    def __init__(self, place: Place, hub: UUID) -> None:
        self.hub, self.views = hub, Views(hub)
        self.key = SigningKey(place.settings.secrets[SecretName.LOG_SIGNING_KEY].value)
        with reading():
            log = db.session.get_one(AuditLog, hub)
            self.origin, self.frontier = log.origin, head(log).frontier
        view, (change, _, thing) = self.views.entry(), self._change()
        self.at = view.at
        self.view = _Text(view)
        self.change = _Text(replace(change, at=self.at), thing)

    def fill(self, entries: int) -> None:
        """Append until the log has so many entries."""
        with without_indexes(AuditEntry):
            while self.frontier.size < entries:
                with writing():
                    self._batch(min(_BATCH, entries - self.frontier.size))

    def _batch(self, entries: int) -> None:
        changes, views, agencies = list[_Stored](), list[_Stored](), list[tuple[Any, ...]]()
        nodes: list[tuple[int, int, bytes]] = []
        for number in range(entries):
            if number % _CHANGES == 0:
                entry, row, thing = self._change()
                agencies.append(tuple(row.values()))
                changes.append(self._store(self.change.with_(entry, thing), entry, nodes))
            else:
                entry = self.views.entry()
                views.append(self._store(self.view.with_(entry), entry, nodes))
        last = views if entries % _CHANGES != 1 else changes
        last[-1] = (*last[-1][:-1], self._signature())
        fill(Agency, tuple(self._change()[1]), agencies)
        fill(AuditNode, ("level", "number", "hash"), nodes, log_id=self.hub)
        for act, stored in ((acts.RECORD_WRITTEN, changes), (acts.CASE_OPENED, views)):
            same = {"log_id": self.hub, "at": self.at, "act": act.name, "outcome": "done"}
            fill(AuditEntry, _STORED, stored, **same)

    def _store(self, text: str, entry: Entry, nodes: list[tuple[int, int, bytes]]) -> "_Stored":
        leaf, number = leaf_hash(text.encode()), self.frontier.size
        nodes += self.frontier.append(leaf)
        ids = (entry.account, entry.agency, entry.case)
        return (number, text, leaf, *ids, self.frontier.content, None)

    def _signature(self) -> bytes:
        checkpoint = Checkpoint(self.origin, self.frontier.size, self.frontier.root)
        return self.key.sign(checkpoint.text.encode())

    def _change(self) -> tuple[Entry, dict[str, Any], Thing]:
        view = self.views.entry()
        row: dict[str, Any] = {
            "id": UUID(bytes=secrets.token_bytes(16), version=4),
            "created_at": view.at,
            "hub_id": self.hub,
            "name": f"Agency {self.views.made}",
            "organisation": "Organisation",
            "sector": "sector",
            "regime": "ca-bc-public",
            "coordinates": False,
            "core": True,
            "duty_telephone": None,
            "state": AgencyState.ACTIVE,
        }
        thing = Thing("agencies", row["id"], state_of("agencies", row))
        facts = {"contract": "cases/note", "key": "joint", "supersedes": None}
        entry = replace(view, act=acts.RECORD_WRITTEN, facts=facts, things=(thing,))
        return entry, row, thing


_Stored = tuple[Any, ...]
_STORED = ("number", "body", "leaf", "account_id", "agency_id", "case_id", "frontier", "signature")
