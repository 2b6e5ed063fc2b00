"""Cases and records, as an actor may find them. Every list starts from the actor's own rows."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, select, tuple_
from sqlalchemy.orm import joinedload

from casehub import references
from casehub.cases.facts import OPENING, Asked, facts_about
from casehub.cases.models import Assignment, Case, CaseAgency, Record
from casehub.errors import NotThere
from casehub.policy import (
    Actor,
    Permission,
    Permit,
    allowed_sql,
    asked_always,
    decide,
    denial,
    may,
)
from casehub.store import db
from casehub.vault import KeyKind

PAGE = 50
Position = tuple[datetime, UUID]


def _own_rows(actor: Actor, permission: Permission) -> Select[Case, datetime, UUID]:
    return (
        select(Case, CaseAgency.moved_at, CaseAgency.id)
        .join(CaseAgency, CaseAgency.case_id == Case.id)
        .where(CaseAgency.agency_id == actor.agency, allowed_sql(actor, permission))
    )


def _page(
    query: Select[Case, datetime, UUID], after: Position | None
) -> Sequence[tuple[Case, Position]]:
    place = tuple_(CaseAgency.moved_at, CaseAgency.id)
    if after is not None:
        query = query.where(place < tuple_(*after))
    query = query.order_by(CaseAgency.moved_at.desc(), CaseAgency.id.desc()).limit(PAGE)
    return [(case, (moved, row)) for case, moved, row in db.session.execute(query)]


def cases_known_to(actor: Actor, after: Position | None = None) -> Sequence[tuple[Case, Position]]:
    """Return a page of the cases that the actor may know of, last moved first.

    `after` is the position of the last row of the page before.
    """
    return _page(_own_rows(actor, Permission.CASE_KNOW), after)


def cases_open_to(
    actor: Actor, permission: Permission, after: Position | None = None
) -> Sequence[tuple[Case, Position]]:
    """Return a page of the cases in which the actor may open something, last moved first.

    Where every rule asks for the team, as it does but for an agency's own words, the list starts
    from the actor's own assignments.
    """
    if not asked_always(actor, permission, "in_team"):
        return _page(_own_rows(actor, permission), after)
    team = select(Assignment.case_id).where(
        Assignment.account_id == actor.account,
        Assignment.from_at <= actor.at,
        Assignment.until > actor.at,
    )
    return _page(_own_rows(actor, permission).where(CaseAgency.case_id.in_(team)), after)


def case_for(actor: Actor, reference: str, permission: Permission = Permission.CASE_KNOW) -> Case:
    """Return a case that the actor may see, or raise NotThere.

    What may not be seen takes the same statements as what does not exist, and the same error; only
    the log learns the difference.
    """
    reference = reference if references.is_case_reference(reference) else ""
    guarded = _own_rows(actor, permission).where(Case.reference == reference)
    found = db.session.execute(guarded).first()
    if found is not None:
        return found[0]
    case = db.session.scalar(select(Case).where(Case.reference == reference))
    facts = facts_about(actor, case.id if case else references.new_id())
    known = facts if case else None
    raise NotThere(denial(actor, permission, known, decide(actor, permission, facts)))


def readable_records(
    actor: Actor, case: Case, contracts: Sequence[str] = ()
) -> tuple[list[Permit], list[Record]]:
    """Return the records that the actor may open, and the permits to open them.

    What the actor may not open is left out without a trace: that another agency wrote something is
    already more than may be known.
    """
    facts, permits = facts_about(actor, case.id), dict[Asked, Permit]()
    rows = records_of(case, contracts)
    keys = {(row.case_key.kind, row.case_key.owner_agency_id) for row in rows}
    for kind, owner in sorted(keys | {(KeyKind.OWN, actor.agency)}, key=str):
        asking = facts.asking(kind, owner)
        if decide(actor, OPENING[kind], asking).allowed:
            permits[kind, owner] = may(actor, OPENING[kind], asking)
    mine = (KeyKind.OWN, actor.agency) in permits
    readable = [
        row
        for row in rows
        if (row.case_key.kind, row.case_key.owner_agency_id) in permits
        or (mine and row.author_agency_id == actor.agency)
    ]
    return list(permits.values()), readable


def records_of(case: Case, contracts: Sequence[str] = ()) -> Sequence[Record]:
    """Return a case's records that nothing has superseded, oldest first; opens nothing."""
    later = select(Record.supersedes_id).where(
        Record.case_id == case.id, Record.supersedes_id.is_not(None)
    )
    query = (
        select(Record)
        .options(joinedload(Record.case_key))
        .where(Record.case_id == case.id, Record.id.not_in(later))
    )
    if contracts:
        query = query.where(Record.contract.in_(contracts))
    return db.session.scalars(query.order_by(Record.created_at, Record.id)).all()
