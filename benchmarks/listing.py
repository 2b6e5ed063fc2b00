"""What the first page of a list costs as all cases grow in number, and as the agency's own do."""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from sqlalchemy import event

from benchmarks.places import Place, Run
from benchmarks.province import Member, Province
from benchmarks.rows import Row
from benchmarks.timing import Clocked, Spread, interleaved, repeated
from casehub.cases.queries import PAGE, cases_known_to, cases_open_to
from casehub.policy import Actor, Permission
from casehub.store import db, reading

TITLE = "Lists"
TEXT = """The first page of fifty cases, last moved first: those that somebody may know of, and
those whose synopsis they may open: as a page asks for them, and the same statement alone, given to
the driver as text. The tables are filled by hand, with as many hubs as a province of that size has,
fifteen agencies and three hundred accounts each. The agency that asks knows 500 cases in either
size, and the one who asks is on the team of 60; then an agency that knows 5,000, whose member is on
the team of 600."""

List = Callable[[Actor], Sequence[Any]]
_LISTS: dict[str, tuple[List, str]] = {
    "known to me": (cases_known_to, "page-of-known"),
    "open to me": (lambda actor: cases_open_to(actor, Permission.SYNOPSIS_OPEN), "page-of-open"),
}


def measure(run: Run) -> list[Row]:
    """Measure both lists in two sizes, on each database."""
    rows: list[Row] = []
    few, many = 1_000, run.pick(100_000, 10_000)
    for database in run.databases(rows, *(f"{name}, {many:,} cases" for name in _LISTS)):
        with ExitStack() as stack:
            small, large = (stack.enter_context(run.place(database)) for _ in range(2))
            for place, cases in ((small, few), (large, many)):
                run.say(f"filling {cases:,} cases on {database.value}")
                with place.app.app_context():
                    Province(cases).fill()
            run.say(f"lists on {database.value}")
            rows += _compare(run, small, large, few, many)
    return rows


@dataclass(frozen=True)
class Asker:
    """Somebody in an installation who asks for a list."""

    place: Place
    member: Member

    def whole(self, list_of: List, times: int) -> Clocked:
        """Clock the list as a page asks for it."""

        def clocked() -> float:
            with self.place.app.app_context():
                actor = self.member.actor()
                return repeated(lambda: _read(list_of, actor), times)()

        return clocked

    def bare(self, list_of: List, times: int) -> Clocked:
        """Clock the same statement alone, handed to the driver as text."""
        statement, values = self.statement(list_of)

        def clocked() -> float:
            with self.place.app.app_context(), reading():
                raw: Any = db.session.connection().connection.driver_connection
                cursor = raw.cursor()
                ask = repeated(lambda: cursor.execute(statement, values).fetchall(), times)
                return ask()

        return clocked

    def statement(self, list_of: List) -> tuple[str, Any]:
        """Return the statement that a list comes to, and its values."""
        asked: list[tuple[str, Any]] = []

        def note(_: object, _cursor: object, statement: str, values: Any, *_rest: object) -> None:
            asked.append((statement, values))

        with self.place.app.app_context():
            event.listen(db.engine, "before_cursor_execute", note)
            _read(list_of, self.member.actor())
            event.remove(db.engine, "before_cursor_execute", note)
        return next(pair for pair in asked if pair[0].startswith("SELECT"))

    def plan(self, list_of: List) -> list[str]:
        """Return how the database goes about it."""
        statement, values = self.statement(list_of)
        with self.place.app.app_context(), reading():
            sqlite = db.engine.dialect.name == "sqlite"
            explain = "EXPLAIN QUERY PLAN" if sqlite else "EXPLAIN (ANALYZE, COSTS OFF)"
            raw: Any = db.session.connection().connection.driver_connection
            lines = raw.cursor().execute(f"{explain} {statement}", values).fetchall()
        return [line[-1] for line in lines]


def _read(list_of: List, actor: Actor) -> None:
    with reading():
        page = list_of(actor)
    if len(page) != PAGE:
        raise RuntimeError(f"a page of {PAGE} cases has {len(page)}")


def _compare(run: Run, small: Place, large: Place, few: int, many: int) -> list[Row]:
    of_many = Province(many)
    usual, busy = Asker(large, of_many.usual), Asker(large, of_many.busy)
    of_few = Asker(small, Province(few).usual)
    rows = []
    for title, (list_of, figure) in _LISTS.items():
        found = _clock(run, list_of, {"few": of_few, "many": usual, "busy": busy})
        name = f"{many:,} cases, {large.database.value}"
        bare = Row.compare(
            "… the statement alone",
            found["many, bare"],
            f"{few:,} cases",
            found["few, bare"],
            figure,
        )
        rows += [
            Row.compare(f"{title}: {name}", found["many"], f"{few:,} cases", found["few"], "list"),
            bare,
            Row.compare("… for an agency of 5,000", found["busy"], "for one of 500", found["many"]),
            Row.compare(
                "… the statement alone", found["busy, bare"], "for one of 500", found["many, bare"]
            ),
        ]
        for asker in (usual, busy) if run.verbose else ():
            run.say(f"plan of {title} on {large.database.value}:")
            for line in asker.plan(list_of):
                run.say(f"  {line}")
    return rows


def _clock(run: Run, list_of: List, askers: dict[str, Asker]) -> dict[str, Spread]:
    times = run.pick(10, 5)
    whole = {name: asker.whole(list_of, times) for name, asker in askers.items()}
    bare = {f"{name}, bare": asker.bare(list_of, times) for name, asker in askers.items()}
    return interleaved(whole | bare, run.pick(25, 11))
