"""What whole pages cost: layout, guard, browser session and all."""

from time import thread_time

from benchmarks.limits import LIMITS, Unit
from benchmarks.places import Place, Run
from benchmarks.rows import Row
from benchmarks.split import AUDIT, DATABASE, POLICY, VAULT, watching
from benchmarks.timing import Spread, interleaved, repeated
from benchmarks.visitors import Visitor, bare_site, signed_in, told
from casehub.audit import changing
from casehub.case_file.service import refer_survivor
from casehub.demo.cast import part_of
from casehub.demo.telling import WOMAN_IN_DANGER
from casehub.demo.world import World
from casehub.store import db
from casehub.vault import Cost

TITLE = "Whole pages"
TEXT = """Pages as people get them: the cookie's session is looked up and opened, the guard asks the
policy, the page is rendered with its layout in the reader's language, and what was opened is in the
log before the first byte leaves. The list has fifty rows of clear columns; the case that is opened
has names, an account of what happened and a synopsis, under three keys. Beside them Flask and Jinja
alone: an empty page, and a table of fifty rows that come from nowhere. Without a network. The
shares are of the processor's time of the page that opens a case."""

_CHEAP = Cost(8, 1, 1)
_SHARES = {
    VAULT: "vault",
    DATABASE: "database, object mapping included",
    POLICY: "policy",
    AUDIT: "audit: entry, append and commit",
}


def measure(run: Run) -> list[Row]:
    """Measure the pages on each database."""
    rows: list[Row] = []
    for database in run.databases(rows, "the case list, 50 rows"):
        run.say(f"whole pages on {database.value}")
        with run.place(database) as place:
            rows += _pages(run, place)
    return rows


def _pages(run: Run, place: Place) -> list[Row]:
    world = told(place.app, _CHEAP)
    with place.app.app_context():
        references = [_refer(world) for _ in range(50)]
        db.session.remove()
    opened = f"/cases/{references[-1]}/open"
    priya, ines = (_of(place, name) for name in ("Priya Nair", "Ines Prado"))
    bare, times = bare_site().test_client(), run.pick(8, 4)
    found = interleaved(
        {
            "empty": repeated(lambda: ines.get("/cases"), times),
            "list": repeated(lambda: priya.get("/cases"), times),
            "case": repeated(lambda: priya.get(opened.removesuffix("/open")), times),
            "opened": repeated(lambda: priya.get(opened), times),
            "bare": repeated(lambda: bare.get("/"), times * 10),
            "bare list": repeated(lambda: bare.get("/list"), times * 10),
        },
        run.pick(25, 7),
    )
    nothing, fifty = "a bare Flask and Jinja page", "a bare one of fifty rows"
    return [
        Row.compare(
            f"an empty page, {place.database.value}", found["empty"], nothing, found["bare"]
        ),
        Row.compare("… the case list, 50 rows", found["list"], fifty, found["bare list"]),
        Row.compare("… a case, nothing opened", found["case"], nothing, found["bare"]),
        Row.compare("… a case, opened", found["opened"], nothing, found["bare"], "page"),
        *_shares(priya, opened, run.pick(60, 20)),
    ]


def _refer(world: World) -> str:
    actor = world["Priya Nair"].actor()
    with changing():
        return refer_survivor(actor, WOMAN_IN_DANGER).reference


def _of(place: Place, name: str) -> Visitor:
    part = part_of(name)
    if part is None:
        raise LookupError(f"{name} is nobody of the cast")
    return signed_in(place.app, part)


def _shares(visitor: Visitor, path: str, pages: int) -> list[Row]:
    wholes, parts = [], []
    with watching() as watch:
        for _ in range(pages):
            watch.seconds.clear()
            started = thread_time()
            visitor.get(path)
            wholes.append(thread_time() - started)
            parts.append({region: watch.seconds[region] for region in _SHARES})
    rows = []
    for region, name in _SHARES.items():
        pairs = zip(parts, wholes, strict=True)
        share = Spread(tuple(part[region] / whole for part, whole in pairs))
        limits = (LIMITS["vault-share"],) if region is VAULT else ()
        rows.append(Row(f"… share of {name}", share, Unit.SHARE, limits=limits))
    return rows
