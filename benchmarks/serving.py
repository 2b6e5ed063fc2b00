"""How many pages a second one process serves, each with its entry in the log."""

import statistics
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Barrier, Thread
from time import perf_counter

from flask import Flask

from benchmarks.limits import LIMITS, Unit
from benchmarks.pages import add_case_page, empty_site
from benchmarks.places import Place, Run
from benchmarks.rows import Row
from benchmarks.story import AGENCIES, hub_of, small_case
from benchmarks.timing import Clocked, Spread, interleaved, once, quotient
from casehub.cases import opening

TITLE = "Pages a second, with the log"
TEXT = """Eight threads of one process, each somebody else of one agency, open the same case of four
records under three keys again and again; every view appends its entry to the hub's one log before
it answers. Beside it the same view with the recording taken out, and a Flask page that does
nothing, asked in the same way. Requests go to the application directly, without a network. A view
that answers anything but its page is a failed view."""

THREADS = 8


@dataclass
class Crowd:
    """Eight threads that ask for pages until their time is up."""

    app: Flask
    address: Callable[[int], str]
    seconds: float
    failed: int = 0
    views: int = 0
    waits: list[float] = field(default_factory=list)

    def ask(self) -> float:
        """Ask until the time is up, and return how many pages a second were answered."""
        done: list[list[float]] = [[] for _ in range(THREADS)]
        start = Barrier(THREADS + 1)
        threads = [Thread(target=self._ask, args=(n, start, done[n])) for n in range(THREADS)]
        for thread in threads:
            thread.start()
        start.wait()
        started = perf_counter()
        for thread in threads:
            thread.join()
        took = perf_counter() - started
        waits = [wait for of_one in done for wait in of_one]
        self.views += len(waits)
        self.waits += waits
        return len(waits) / took

    def _ask(self, number: int, start: Barrier, waits: list[float]) -> None:
        client, address = self.app.test_client(), self.address(number)
        start.wait()
        end = perf_counter() + self.seconds
        while (begun := perf_counter()) < end:
            if client.get(address).status_code != 200:
                self.failed += 1
            waits.append(perf_counter() - begun)


@contextmanager
def unrecorded() -> Iterator[None]:
    """Take the recording out of the opening function. For this comparison alone."""
    was = vars(opening)["record"]
    setattr(opening, "record", lambda *_args, **_kwargs: None)  # noqa: B010  it is a function
    try:
        yield
    finally:
        setattr(opening, "record", was)  # noqa: B010


def _without_record(crowd: Crowd) -> Clocked:
    def clocked() -> float:
        with unrecorded():
            return crowd.ask()

    return clocked


def measure(run: Run) -> list[Row]:
    """Measure on each database."""
    rows: list[Row] = []
    for database in run.databases(rows, f"case pages, {THREADS} threads"):
        run.say(f"page views on {database.value}")
        with run.place(database) as place:
            rows += _serve(run, place)
    return rows


def _serve(run: Run, place: Place) -> list[Row]:
    with place.app.app_context():
        case = small_case(hub_of(AGENCIES[:2], members=THREADS))
    add_case_page(place.app, case)
    seconds = 0.5 if run.quick else 1.5
    logged = Crowd(place.app, lambda who: f"/case/{who}", seconds)
    silent = Crowd(place.app, lambda who: f"/case/{who}", seconds)
    empty = Crowd(empty_site(), lambda _who: "/", seconds / 3)
    found = interleaved(
        {"logged": logged.ask, "silent": _without_record(silent), "empty": empty.ask},
        run.pick(5, 3),
    )
    with_log, without = found["logged"], found["silent"]
    log, nothing = quotient(with_log, without), quotient(without, found["empty"])
    what, limits = f"case pages, {THREADS} threads, {place.database.value}", ("pages-a-second",)
    return [
        _rate(what, with_log, "the same without the log", log, *limits),
        _rate("… the same without the log", without, "an empty Flask page", nothing),
        *_views(logged),
    ]


def _rate(what: str, measured: Spread, against: str, ratio: Spread, *limits: str) -> Row:
    known = tuple(LIMITS[name] for name in limits)
    return Row(what, measured, Unit.RATE, against, ratio, known)


def _views(crowd: Crowd) -> list[Row]:
    most = statistics.quantiles(crowd.waits, n=20)[-1]
    return [
        Row(
            "… failed views",
            once(crowd.failed),
            Unit.COUNT,
            limits=(LIMITS["failed-views"],),
        ),
        Row("… of views in all", once(crowd.views), Unit.COUNT),
        Row("… 95 of 100 views took at most", once(most)),
        Row("… the slowest view", once(max(crowd.waits))),
    ]
