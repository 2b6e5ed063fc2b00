"""What an entry in the log costs, alone and at the end of a change."""

import secrets
from collections.abc import Callable

from sqlalchemy import func, select, text

from benchmarks.entries import Views
from benchmarks.limits import Unit
from benchmarks.places import Place, Run
from benchmarks.rows import Row
from benchmarks.timing import Spread, difference, interleaved, once, processed, repeated
from casehub.audit import AuditEntry
from casehub.audit.log import append
from casehub.demo.world import found as found_hub
from casehub.store import db, writing

TITLE = "Appending to the log"
TEXT = """An entry as a view of five records makes it: composed, hashed into the tree, the head
before it read and checked, the new one signed. Alone it has a transaction of its own, commit
included, beside a bare INSERT of a row of as many bytes with a transaction of its own. In a change
it comes last in a transaction that stores a row anyway; what it adds is the difference. Both
databases write to the disk before they answer."""

_MANY = 30
_TABLE = {
    "sqlite": "CREATE TABLE bare_rows (id INTEGER PRIMARY KEY, content BLOB NOT NULL)",
    "postgresql": "CREATE TABLE bare_rows (id BIGSERIAL PRIMARY KEY, content BYTEA NOT NULL)",
}
_INSERT = text("INSERT INTO bare_rows (content) VALUES (:content)")


def measure(run: Run) -> list[Row]:
    """Measure on each database."""
    rows: list[Row] = []
    for database in run.databases(rows, "an entry alone", "an entry in a change"):
        run.say(f"appending on {database.value}")
        with run.place(database) as place, place.app.app_context():
            rows += _append(run, place)
    return rows


def _append(run: Run, place: Place) -> list[Row]:
    views = Views(found_hub().hub_id)
    with writing():
        db.session.execute(text(_TABLE[db.engine.dialect.name]))
        append([views.entry()])
    size = _row_size()
    content = secrets.token_bytes(size)
    acts: dict[str, tuple[Callable[[], None], ...]] = {
        "alone": (lambda: append([views.entry()]),),
        "bare": (lambda: _bare(content),),
        "change": (lambda: _bare(content), lambda: append([views.entry()])),
        "many": (lambda: _bare(content), lambda: append([views.entry() for _ in range(_MANY)])),
    }
    changes = {name: _change(*parts) for name, parts in acts.items()}
    clocked = {name: repeated(change, 10) for name, change in changes.items()} | {
        f"{name}, processor": processed(changes[name], 10) for name in ("alone", "bare")
    }
    return _rows(place.database.value, size, interleaved(clocked, run.pick(41, 15)))


def _change(*acts: Callable[[], None]) -> Callable[[], None]:
    def change() -> None:
        with writing():
            for act in acts:
                act()

    return change


def _bare(content: bytes) -> None:
    db.session.execute(_INSERT, {"content": content})


def _row_size() -> int:
    """Return how many bytes an entry and the columns beside it take."""
    columns = (AuditEntry.body, AuditEntry.leaf, AuditEntry.frontier, AuditEntry.signature)
    sizes = (func.coalesce(func.length(column), 0) for column in columns)
    last = select(*sizes).order_by(AuditEntry.number.desc()).limit(1)
    beside = 4 * 16 + 8 + 8 + 20 + 4  # four ids, number, moment, act, outcome
    return int(sum(db.session.execute(last).one())) + beside


def _rows(name: str, size: int, spread: dict[str, Spread]) -> list[Row]:
    bare, beside = spread["bare"], "a bare INSERT of as many bytes"
    processor = difference(spread["alone, processor"], spread["bare, processor"])
    more = difference(spread["alone"], bare)
    change = difference(spread["change"], bare)
    each = difference(spread["many"], bare, _MANY)
    return [
        Row.compare(f"an entry alone, {name}", spread["alone"], beside, bare),
        Row.compare("… more than the bare INSERT", more, beside, bare, "entry", "append-alone"),
        Row.compare("… of that, processor time", processor, beside, bare, "entry"),
        Row.compare("… what an entry adds to a change", change, beside, bare, "entry"),
        Row.compare(f"… what each of {_MANY} adds to a change", each, beside, bare, "entry"),
        Row("… bytes of an entry, without indexes", once(size), Unit.BYTES),
    ]
