"""Cases and records, as an actor may find them. Every list starts from the actor's own rows."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, select, tuple_
from sqlalchemy.orm import joinedload

from casehub import references
from casehub.cases.facts import facts_about
from casehub.cases.models import Assignment, Case, CaseAgency, Record
from casehub.errors import NotThere
from casehub.policy import Actor, Permission, allowed_sql, decide, denial
from casehub.store import db

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

    Opening always takes the team, so the list starts from the actor's own assignments.
    """
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
    guarded = _own_rows(actor, permission).where(Case.reference == reference)
    found = db.session.execute(guarded).first()
    if found is not None:
        return found[0]
    case = db.session.scalar(select(Case).where(Case.reference == reference))
    facts = facts_about(actor, case.id if case else references.new_id())
    known = facts if case else None
    raise NotThere(denial(actor, permission, known, decide(actor, permission, facts)))


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
