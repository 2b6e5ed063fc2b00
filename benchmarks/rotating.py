"""What it costs to carry an agency's grants over to its next epoch."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import cycle, islice
from time import perf_counter
from typing import Any
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from benchmarks.filling import fill, settle
from benchmarks.giving import HYBRID
from benchmarks.limits import LIMITS
from benchmarks.places import Database, Run
from benchmarks.rows import Row
from benchmarks.story import AGENCIES, custodian_of, hub_of, member_of
from benchmarks.timing import Spread, once, quotient
from casehub.accounts.actors import load_actor
from casehub.accounts.keys import own_agency_key
from casehub.audit import changing
from casehub.cases.models import Grant, Release
from casehub.cases.opening import open_for_carrying
from casehub.cases.rotation import BATCH, begin_epoch, finish_rotation
from casehub.cases.service import refer_case
from casehub.demo.world import World
from casehub.hubs.facts import AgencyFacts
from casehub.hubs.models import Agency
from casehub.policy import Keyring, Permission, may
from casehub.store import Sealed, db, reading, writing
from casehub.vault import AgencySecret, CaseKey, give_case_key
from casehub.vault import Release as Statement

TITLE = "Rotation"
TEXT = """An agency begins a new epoch of its keys, and every grant it holds is carried over: opened
under the old epoch, its release checked, sealed and signed under the new one, updated in the
database and recorded, in batches of a transaction each. Between two batches as many bare HPKE opens
and seals are timed. Most releases and grants are copies, put into the tables by hand, each really
sealed and signed under an id of its own. The prototype's figure is of the vault alone, without a
database."""

_COPIES = 50
"""How many grants there are for each case that is opened through its service."""


def measure(run: Run) -> list[Row]:
    """Measure a first rotation, of released keys, and a second, of carried ones."""
    rows: list[Row] = []
    number = run.pick(10_000, 1_000)
    for database in run.databases(rows, f"rotate {number:,} grants"):
        with run.place(database) as place, place.app.app_context():
            run.say(f"filling {number:,} grants on {database.value}")
            world = hub_of(AGENCIES[:2])
            _Filling(world, number).fill()
            rows += _rotation(run, world, number, database, "released keys")
            if database is Database.SQLITE:
                rows += _rotation(run, world, number, database, "keys carried before")
    return rows


def _rotation(run: Run, world: World, number: int, database: Database, what: str) -> list[Row]:
    ana, raw = world[custodian_of(AGENCIES[0])].actor(), _Raw()
    started = perf_counter()
    with changing():
        begin_epoch(ana)
    begun = perf_counter() - started
    batches = _Batches(raw)
    finish_rotation(ana, batches.note)
    total = batches.seconds + (perf_counter() - batches.since)
    run.say(f"rotated {what} on {database.value}: {total:.1f} s")
    spread, bare = Spread(tuple(batches.each)), Spread(tuple(batches.raw_each))
    return [
        Row(
            f"carry a grant over, {what}, {database.value}",
            spread,
            against="HPKE open and seal alone, same suite",
            ratio=quotient(spread, bare),
            limits=(LIMITS["carry-a-grant"],),
        ),
        Row(f"… all {number:,} of them", once(total)),
        Row("… begin the epoch", once(begun)),
    ]


class _Raw:
    """The two operations that no rotation can do without."""

    def __init__(self) -> None:
        secret, self.content = AgencySecret.new(), CaseKey.new().content
        self._public, self._private = secret.public.seal.for_sealing, secret.seal.for_opening
        self._sealed = HYBRID.encrypt(self.content, self._public, bytes(600))

    def once(self) -> None:
        """Open one and seal one."""
        HYBRID.decrypt(self._sealed, self._private, bytes(600))
        HYBRID.encrypt(self.content, self._public, bytes(600))


@dataclass
class _Batches:
    """Clocks each batch as it is reported, and as many bare operations after it."""

    raw: _Raw
    each: list[float] = field(default_factory=list)
    raw_each: list[float] = field(default_factory=list)
    seconds: float = 0.0
    since: float = field(default_factory=perf_counter)
    done: int = 0

    def note(self, done: int, _all: int) -> None:
        """Take note of a batch that has been carried over."""
        carried, spent = done - self.done, perf_counter() - self.since
        self.each.append(spent / carried)
        self.seconds, self.done = self.seconds + spent, done
        started = perf_counter()
        for _ in range(BATCH):
            self.raw.once()
        self.raw_each.append((perf_counter() - started) / BATCH)
        self.since = perf_counter()


@dataclass
class _Filling:
    """Grants of one agency to itself: some by opening cases, the others copied from those.

    A copy is a release of the same key under an id of its own, really sealed and signed.
    """

    world: World
    grants: int

    def fill(self) -> None:
        """Open the cases, and put the copies into the tables by hand."""
        member = self.world[member_of(AGENCIES[0])].actor()
        for _ in range(max(self.grants // _COPIES, 1)):
            with changing():
                refer_case(member)
        with reading():
            secret, originals = self._originals()
        wanted = self.grants - len(originals)
        copies = list(islice(self._copies(secret, originals), wanted))
        with writing():
            _fill_like(Release, [release for release, _ in copies])
            _fill_like(Grant, [grant for _, grant in copies])
            settle()

    def _originals(self) -> tuple[AgencySecret, list[tuple[Grant, CaseKey]]]:
        custodian = self.world[custodian_of(AGENCIES[0])]
        actor = load_actor(custodian.account, Keyring(custodian.key))
        if actor is None:
            raise LookupError("the custodian has no account")
        facts = AgencyFacts.of(db.session.get_one(Agency, actor.agency))
        permit = may(actor, Permission.AGENCY_KEY_ROTATE, facts)
        grants = db.session.scalars(select(Grant).options(joinedload(Grant.release))).all()
        return own_agency_key(permit)[1], list(open_for_carrying(permit, grants))

    def _copies(
        self, secret: AgencySecret, originals: list[tuple[Grant, CaseKey]]
    ) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
        for grant, key in cycle(originals):
            release = grant.release
            statement = replace(Statement.decode(release.statement or b""), release=uuid4())
            given = give_case_key(statement, key, secret.public.seal, secret.sign)
            signed = {
                "statement": given.statement,
                "sealed_digest": given.sealed_digest,
                "signature": given.signature,
            }
            yield (
                _columns(release) | signed | {"id": statement.release},
                _columns(grant)
                | {"id": uuid4(), "release_id": statement.release, "sealed": Sealed(given.sealed)},
            )


def _columns(row: Release | Grant) -> dict[str, Any]:
    return {item.key: getattr(row, item.key) for item in row.__mapper__.column_attrs}


def _fill_like(model: type[Release | Grant], rows: list[dict[str, Any]]) -> None:
    fill(model, tuple(rows[0]), [tuple(row.values()) for row in rows])
