"""Entries of the log, as somebody may read them: the newest first, a page at a time.

A supervisor sees every act of the agency's accounts, whoever acts on cases that the agency brought
or takes part in, and what was given to the agency on others. What another agency wrote for itself
is left out, as it is on the case. The privacy officer sees the hub. Nobody sees an entry about a
case that a wall keeps from them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, and_, literal_column, or_, select, union_all

from casehub.accounts.models import Account
from casehub.audit import AuditEntry, catalogue
from casehub.cases.acts import KEY_MADE, KEY_RELEASED, RECORD_WRITTEN, RELEASE_ENDED
from casehub.cases.models import Case, CaseAgency, Place
from casehub.hubs.facts import AgencyFacts
from casehub.hubs.models import Agency, Hub
from casehub.oversight.kinds import ActKind
from casehub.policy import Actor, Permission, Permit, decide, may
from casehub.store import db

PAGE = 50

_COLUMNS = (
    AuditEntry.number,
    AuditEntry.body,
    AuditEntry.at,
    AuditEntry.act,
    AuditEntry.outcome,
    AuditEntry.account_id,
    AuditEntry.agency_id,
    AuditEntry.case_id,
)
_Entries = Select[int, str, datetime, str, str, UUID | None, UUID | None, UUID | None]


@dataclass(frozen=True)
class Entry:
    """One entry as it stands in the log, and the columns beside it."""

    number: int
    body: str
    at: datetime
    act: str
    outcome: str
    account: UUID | None
    agency: UUID | None
    case: UUID | None


@dataclass(frozen=True)
class Filter:
    """What to look for. `case` is a reference as somebody typed it; days are the hub's own."""

    who: UUID | None = None
    kinds: frozenset[ActKind] = field(default=frozenset())
    case: str = ""
    since: date | None = None
    until: date | None = None
    refused: bool = False


@dataclass(frozen=True)
class Page:
    """A page of entries; `older` is the number to go on from, where there is more."""

    entries: Sequence[Entry]
    older: int | None


def leave_to_read(actor: Actor) -> Permit:
    """Return the permit to read the log: the hub's where policy gives it, else the agency's.

    Raises Refused for anybody else.
    """
    own = AgencyFacts.of(db.session.get_one(Agency, actor.agency))
    whole = decide(actor, Permission.HUB_LOG_READ, own).allowed
    return may(actor, Permission.HUB_LOG_READ if whole else Permission.LOG_READ, own)


def reads_whole_hub(permit: Permit) -> bool:
    """Say whether a permit is for the log of the hub."""
    return permit.permission is Permission.HUB_LOG_READ


def time_zone_of(actor: Actor) -> ZoneInfo:
    """Return the time zone of the actor's hub, whose days the filters mean."""
    return ZoneInfo(db.session.get_one(Hub, actor.hub).time_zone)


def entries_for(permit: Permit, wanted: Filter, before: int | None = None) -> Page:
    """Return a page of entries that the permit's actor may read, older than number `before`."""
    actor = permit.actor
    conditions = [*_conditions(permit, wanted)]
    if before is not None:
        conditions.append(AuditEntry.number < before)
    arms = [_everything()] if reads_whole_hub(permit) else _of_the_agency(actor)
    found = union_all(*(_limited(arm.where(*conditions)) for arm in arms)).order_by(
        literal_column("number").desc()
    )
    rows = db.session.execute(found.limit(PAGE + 1)).all()
    entries = [Entry(*row) for row in rows[:PAGE]]
    return Page(entries, entries[-1].number if len(rows) > PAGE else None)


def _limited(arm: _Entries) -> Select[int, str, datetime, str, str, UUID, UUID, UUID]:
    # Each arm walks an index backwards and stops; together they are at most three pages to sort.
    ordered = arm.order_by(AuditEntry.number.desc()).limit(PAGE + 1).subquery()
    return select(ordered)


def _everything() -> _Entries:
    return select(*_COLUMNS)


def _of_the_agency(actor: Actor) -> list[_Entries]:
    mine = AuditEntry.agency_id == actor.agency
    others = AuditEntry.agency_id != actor.agency
    return [
        _everything().where(mine),
        _everything().where(others, AuditEntry.case_id.in_(_taken_part_in(actor)), ~_their_own()),
        _everything().where(others, _given_to(actor)),
        _everything().where(AuditEntry.agency_id.is_(None), _speaks_of(actor)),
    ]


_TAKING_PART = (Place.ORIGINATING, Place.LEAD, Place.ASSISTING)


def _taken_part_in(actor: Actor) -> Select[UUID]:
    return select(CaseAgency.case_id).where(
        CaseAgency.agency_id == actor.agency, CaseAgency.place.in_(_TAKING_PART)
    )


def _their_own() -> ColumnElement[bool]:
    # That another agency wrote something is already more than may be known.
    body = AuditEntry.body
    theirs = or_(body.contains('"key":"own/'), body.contains('"key":"part/'))
    return and_(AuditEntry.act.in_([RECORD_WRITTEN.name, KEY_MADE.name]), theirs)


def _given_to(actor: Actor) -> ColumnElement[bool]:
    elsewhere = select(CaseAgency.case_id).where(
        CaseAgency.agency_id == actor.agency, CaseAgency.place.not_in(_TAKING_PART)
    )
    return and_(
        AuditEntry.act.in_([KEY_RELEASED.name, RELEASE_ENDED.name]),
        AuditEntry.body.contains(f'"receiver":"{actor.agency}"'),
        AuditEntry.case_id.in_(elsewhere),
    )


def _speaks_of(actor: Actor) -> ColumnElement[bool]:
    # What the operator, or an account's owner before signing in, did about the agency's people.
    people = db.session.scalars(select(Account.id).where(Account.agency_id == actor.agency))
    ids = [actor.agency, *people]
    return or_(*(AuditEntry.body.contains(f'"{row}"') for row in ids))


def _conditions(permit: Permit, wanted: Filter) -> Iterable[ColumnElement[bool]]:
    actor = permit.actor
    yield AuditEntry.log_id == actor.hub
    if actor.walled:
        yield or_(AuditEntry.case_id.is_(None), AuditEntry.case_id.not_in(actor.walled))
    if wanted.who is not None:
        yield AuditEntry.account_id == wanted.who
    if wanted.kinds:
        yield AuditEntry.act.in_(
            [act.name for act in catalogue if ActKind.of(act.name) in wanted.kinds]
        )
    if wanted.refused:
        yield AuditEntry.outcome == "refused"
    if wanted.case:
        yield AuditEntry.case_id == _case_named(permit, wanted.case)
    yield from _days(time_zone_of(actor), wanted)


def _case_named(permit: Permit, reference: str) -> UUID | None:
    # One that the reader may not know of finds nothing, exactly as one that does not exist.
    actor = permit.actor
    query = select(Case.id).where(Case.reference == reference, Case.hub_id == actor.hub)
    if not reads_whole_hub(permit):
        query = query.join(CaseAgency, CaseAgency.case_id == Case.id).where(
            CaseAgency.agency_id == actor.agency
        )
    found = db.session.scalar(query)
    return UUID(int=0) if found is None or found in actor.walled else found


def _days(zone: ZoneInfo, wanted: Filter) -> Iterable[ColumnElement[bool]]:
    if wanted.since is not None:
        yield AuditEntry.at >= datetime.combine(wanted.since, time(), zone)
    if wanted.until is not None:
        yield AuditEntry.at < datetime.combine(wanted.until + timedelta(days=1), time(), zone)


def people_to_choose(permit: Permit) -> list[tuple[UUID, str]]:
    """Return the accounts that the filter offers: the agency's, or the hub's, by name."""
    actor = permit.actor
    mine = (
        Account.hub_id == actor.hub
        if reads_whole_hub(permit)
        else Account.agency_id == actor.agency
    )
    rows = db.session.execute(select(Account.id, Account.name).where(mine).order_by(Account.name))
    return [(row, name) for row, name in rows]
