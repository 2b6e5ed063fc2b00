"""What a full page of a case costs, and where its time goes."""

from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter, thread_time

from flask.testing import FlaskClient
from sqlalchemy import event

from benchmarks.giving import forget_signatures
from benchmarks.limits import LIMITS, Unit
from benchmarks.pages import add_case_page, empty_site
from benchmarks.places import Database, Place, Run
from benchmarks.rows import Row
from benchmarks.split import AUDIT, DATABASE, POLICY, VAULT, watching
from benchmarks.story import full_case, hub_of
from benchmarks.timing import Clocked, Spread, interleaved, once, processed, repeated
from casehub.store import db

TITLE = "A full page of a case"
TEXT = """Thirty records of one case: synopsis, identifiers, joint, the agency's own, and the parts
of five agencies that vouch for each other, four of them released to the one that looks. A request
finds the case, decides about nine keys, opens the agency's keys with the member's, nine case keys
with the agency's, and the records with those, appends its entry to the log and only then answers.
The page is rendered plainly; headers, safe contact and templates are not in it. The shares are of
the processor's time of such a page, with a clock round each call; what is left is Flask, rendering,
the building of statements and Python between. A process remembers some thousand signatures that it
has checked, so a page costs more where a process shows it for the first time: that is the row of
signatures not seen before."""

_REGIONS = {
    VAULT: "vault",
    DATABASE: "database, object mapping included",
    POLICY: "policy",
    AUDIT: "audit: entry, append and commit",
}
_REST = "what is left"


def measure(run: Run) -> list[Row]:
    """Measure the page on each database."""
    rows: list[Row] = []
    for database in run.databases(rows, "page of 30 records"):
        run.say(f"case page on {database.value}")
        with run.place(database) as place:
            rows += _page(run, place)
    return rows


def _page(run: Run, place: Place) -> list[Row]:
    with place.app.app_context():
        case = full_case(hub_of())
    add_case_page(place.app, case)
    client, empty = place.app.test_client(), empty_site().test_client()
    times = run.pick(8, 4)
    found = interleaved(
        {
            "page": repeated(lambda: _get(client, "/case/0"), times),
            "unremembered": _first_time(client),
            "processor": processed(lambda: _get(client, "/case/0"), times),
            "empty": repeated(lambda: _get(empty, "/"), times * 20),
        },
        run.pick(31, 11),
    )
    name, nothing = place.database.value, "an empty Flask page"
    page = found["page"]
    rows = [
        Row.compare(f"page of 30 records, {name}", page, nothing, found["empty"], "page"),
        Row.compare("… its processor time", found["processor"], nothing, found["empty"], "page"),
        Row.compare("… no signature seen before", found["unremembered"], "the same page", page),
        Row("… statements to the database", once(_statements(place, client)), Unit.COUNT),
    ]
    return rows + _shares(client, run.pick(100, 40), place.database)


def _get(client: FlaskClient, address: str) -> None:
    if client.get(address).status_code != 200:
        raise RuntimeError(f"the page {address} failed")


def _first_time(client: FlaskClient) -> Clocked:
    def clocked() -> float:
        forget_signatures()
        started = perf_counter()
        _get(client, "/case/0")
        return perf_counter() - started

    return clocked


def _statements(place: Place, client: FlaskClient) -> int:
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA")):
            seen.append(statement)

    with place.app.app_context():
        event.listen(db.engine, "before_cursor_execute", note)
        _get(client, "/case/0")
        event.remove(db.engine, "before_cursor_execute", note)
    return len(seen)


@dataclass(frozen=True)
class _Split:
    """Pages that were clocked inside: each one's processor time, and of it each region's."""

    wholes: list[float]
    parts: list[dict[str, float]]

    def share(self, region: str) -> Spread:
        """Return a region's share of each page."""
        pairs = zip(self.parts, self.wholes, strict=True)
        return Spread(tuple(part[region] / whole for part, whole in pairs))

    @property
    def vault(self) -> Spread:
        """Return the processor's seconds of each page that were the vault's."""
        return Spread(tuple(part[VAULT] for part in self.parts))


def _split(client: FlaskClient, pages: int, before: Callable[[], None]) -> _Split:
    wholes, parts = [], []
    with watching() as watch:
        for _ in range(pages):
            before()
            watch.seconds.clear()
            started = thread_time()
            _get(client, "/case/0")
            wholes.append(thread_time() - started)
            known = {region: watch.seconds[region] for region in _REGIONS}
            parts.append({**known, _REST: wholes[-1] - sum(known.values())})
    return _Split(wholes, parts)


def _shares(client: FlaskClient, pages: int, database: Database) -> list[Row]:
    again, first = (_split(client, pages, before) for before in (_nothing, forget_signatures))
    regions = {**_REGIONS, _REST: _REST}
    return [
        *_vault(f"… vault's part, {database.value}", again.vault),
        *_vault("… vault's part, no signature seen before", first.vault),
        *(
            Row(f"… share of {name}", again.share(region), Unit.SHARE)
            for region, name in regions.items()
        ),
    ]


def _vault(what: str, vault: Spread) -> list[Row]:
    shares = Spread(tuple(value / LIMITS["page"].value for value in vault.values))
    return [
        Row(what, vault, limits=(LIMITS["vault-of-page"],)),
        Row("… as a share of 25 ms", shares, Unit.SHARE, limits=(LIMITS["vault-share"],)),
    ]


def _nothing() -> None:
    pass
