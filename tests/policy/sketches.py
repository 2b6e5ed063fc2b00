"""Sketches of a hub, to be drawn at random, and the rows they stand for.

The rows are made directly and rolled back: what matters is that the two ways to decide agree on any
state of the tables, also on one that no service would bring about today.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import insert, select

from casehub.accounts.models import Account, AccountState
from casehub.cases.models import (
    Assignment,
    AssignmentReason,
    Case,
    CaseAgency,
    CaseKeyRow,
    Place,
    Release,
    ReleaseState,
)
from casehub.clock import FOREVER
from casehub.hubs.models import Agency, AgencyState, Hub
from casehub.policy import Actor, Keyring, Role
from casehub.policy.documents import PolicyDocument
from casehub.store import db, writing
from casehub.vault import KeyKind
from tests.builders import with_mark

AT = datetime(2026, 3, 29, 1, 0, 0, 5, tzinfo=UTC)
_TICK = timedelta(microseconds=1)
MOMENTS = {
    "long ago": AT - timedelta(days=400),
    "just before": AT - _TICK,
    "now": AT,
    "just after": AT + _TICK,
    "later": AT + timedelta(days=1),
    "for ever": FOREVER,
}
HUBS = 2
HELD = (KeyKind.SYNOPSIS, KeyKind.IDENTIFIERS, KeyKind.CONTACT, KeyKind.JOINT, KeyKind.PART)
_SPACE = UUID("5bd6a6a6-6d1e-4a8d-9d3a-0f2b8c1d7e55")


def name(kind: str, *number: object) -> UUID:
    """The id of something in a sketch: the same in every run."""
    return uuid5(_SPACE, f"{kind} {number}")


STRANGER = name("stranger")
"""The id of an account that is in no table, as a proposer who is long gone."""


@dataclass(frozen=True)
class AgencySketch:
    hub: int = 0
    coordinates: bool = False


@dataclass(frozen=True)
class AccountSketch:
    """`proposed_by` and `seconded_by` are numbers of accounts, -1 for somebody gone, or None.

    `was_admitted` is of one that may have ended since.
    """

    agency: int
    state: AccountState = AccountState.ADMITTED
    proposed_by: int | None = None
    seconded_by: int | None = None
    was_admitted: bool = True


@dataclass(frozen=True)
class Standing:
    """An agency's row of a case; `until` is in the order of HELD."""

    place: Place
    until: Sequence[datetime | None] = (None,) * len(HELD)


@dataclass(frozen=True)
class Duty:
    """An assignment."""

    account: int
    from_at: datetime = MOMENTS["long ago"]
    until: datetime = FOREVER


@dataclass(frozen=True)
class Given:
    """A release; `owner` is the agency whose part or own key it is, where the kind has one."""

    giver: int
    receiver: int
    kind: KeyKind = KeyKind.PART
    owner: int = 0
    account: int | None = None
    state: ReleaseState = ReleaseState.LIVE
    until: datetime = FOREVER


@dataclass(frozen=True)
class CaseSketch:
    standings: dict[int, Standing]
    duties: Sequence[Duty] = ()
    releases: Sequence[Given] = ()


@dataclass(frozen=True)
class ActorSketch:
    account: int
    roles: frozenset[Role]
    walled: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Sketch:
    """A hub to be; numbers are places in these lists."""

    agencies: Sequence[AgencySketch]
    accounts: Sequence[AccountSketch]
    cases: Sequence[CaseSketch] = ()
    actors: Sequence[ActorSketch] = field(default=())

    def actor(self, one: ActorSketch) -> Actor:
        agency = self.accounts[one.account].agency
        return Actor(
            account=name("account", one.account),
            agency=name("agency", agency),
            hub=name("hub", self.agencies[agency].hub),
            roles=one.roles,
            at=AT,
            keyring=Keyring(),
            walled=frozenset(name("case", case) for case in one.walled),
        )


@contextmanager
def drawn(sketch: Sketch) -> Iterator[None]:
    """Put a sketch into the database for as long as the block lasts."""
    try:
        with writing():
            for model, rows in _layers(sketch):
                if rows:  # on the connection: the session refuses rows that no entry mentions
                    db.session.connection().execute(insert(model), rows)
            yield
            db.session.rollback()
    finally:
        db.session.expunge_all()


def _layers(sketch: Sketch) -> Iterator[tuple[type[Any], list[dict[str, Any]]]]:
    """The rows table by table, what is referred to first."""
    yield Hub, [_hub(number) for number in range(HUBS)]
    yield Agency, [_agency(number, item) for number, item in enumerate(sketch.agencies)]
    yield Account, [_account(number, item, sketch) for number, item in enumerate(sketch.accounts)]
    document = db.session.scalars(select(PolicyDocument.id).limit(1)).one()
    numbered = list(enumerate(sketch.cases))
    yield Case, [_case(number, document) for number, _ in numbered]
    for model, make in ((CaseAgency, _places), (Assignment, _duties), (CaseKeyRow, _keys)):
        yield model, [row for number, case in numbered for row in make(number, case)]
    yield Release, [row for number, case in numbered for row in _releases(number, case)]


def _hub(number: int) -> dict[str, Any]:
    return {
        "id": name("hub", number),
        "name": f"Hub {number}",
        "time_zone": "Europe/Kyiv",
        "languages": "uk",
        "protocol": "four_filter",
    }


def _agency(number: int, item: AgencySketch) -> dict[str, Any]:
    return {
        "id": name("agency", number),
        "hub_id": name("hub", item.hub),
        "name": f"Agency {number}",
        "organisation": "Agencies",
        "sector": "police",
        "regime": "none",
        "coordinates": item.coordinates,
        "state": AgencyState.ACTIVE,
    }


def _somebody(number: int | None) -> UUID | None:
    return None if number is None else STRANGER if number < 0 else name("account", number)


def _account(number: int, item: AccountSketch, sketch: Sketch) -> dict[str, Any]:
    return {
        "id": name("account", number),
        "hub_id": name("hub", sketch.agencies[item.agency].hub),
        "agency_id": name("agency", item.agency),
        "name": "Somebody",
        "email": f"{number}@hub.example",
        "language": "uk",
        "state": item.state,
        "proposed_by": _somebody(item.proposed_by),
        "seconded_by": _somebody(item.seconded_by),
        "admitted_at": AT if item.was_admitted else None,
    }


def _case(number: int, document: UUID) -> dict[str, Any]:
    return {
        "id": name("case", number),
        "hub_id": name("hub", 0),
        "reference": f"R-{number}",
        "protocol_id": document,
        "originating_sector": "police",
        "stage": "screening",
        "opened_at": AT,
        "moved_at": AT,
    }


def _of(number: int, **values: Any) -> dict[str, Any]:
    return {"hub_id": name("hub", 0), "case_id": name("case", number), **values}


def _places(number: int, case: CaseSketch) -> Iterator[dict[str, Any]]:
    for agency, standing in case.standings.items():
        until = {f"{kind.value}_until": end for kind, end in zip(HELD, standing.until, strict=True)}
        place = {"agency_id": name("agency", agency), "place": standing.place, "moved_at": AT}
        yield _of(number, **place, **until)


def _duties(number: int, case: CaseSketch) -> Iterator[dict[str, Any]]:
    for duty in case.duties:
        values = _of(
            number,
            account_id=name("account", duty.account),
            reason=AssignmentReason.COVER,
            from_at=duty.from_at,
            until=duty.until,
            by_account=STRANGER,
        )
        yield with_mark(Assignment, **values)


def _key_of(given: Given) -> tuple[KeyKind, int | None]:
    return given.kind, given.owner if given.kind.has_owner else None


def _keys(number: int, case: CaseSketch) -> Iterator[dict[str, Any]]:
    for kind, owner in dict.fromkeys(_key_of(given) for given in case.releases):
        yield _of(
            number,
            id=name("key", number, kind, owner),
            kind=kind,
            owner_agency_id=None if owner is None else name("agency", owner),
            version=1,
            commitment="0" * 64,
            countersignature=b"",
        )


def _releases(number: int, case: CaseSketch) -> Iterator[dict[str, Any]]:
    for given in case.releases:
        yield _of(
            number,
            case_key_id=name("key", number, *_key_of(given)),
            giver_agency_id=name("agency", given.giver),
            receiver_agency_id=name("agency", given.receiver),
            receiver_account_id=_somebody(given.account),
            ground="made-up",
            state=given.state,
            until=given.until,
            by_account=STRANGER,
        )
