"""The list of cases: rows of clear columns. It opens nothing sealed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from casehub.accounts.models import Account, AccountState
from casehub.case_file.queries import stages_of
from casehub.cases.models import Assignment, Case, CaseAgency, Place
from casehub.cases.protocol import Texts
from casehub.cases.queries import PAGE, Position, cases_known_to
from casehub.clock import parse_timestamp, timestamp
from casehub.policy import Actor
from casehub.store import db


@dataclass(frozen=True)
class Row:
    """One case as a list shows it."""

    reference: str
    stage: Texts
    place: Place
    moved_at: datetime
    team: int
    mine: bool


@dataclass(frozen=True)
class Listing:
    """A page of rows; `after` leads to the next one, where there may be more."""

    rows: Sequence[Row]
    after: str | None


def list_of_cases(actor: Actor, after: Position | None) -> Listing:
    """Return a page of the cases that the actor may know of, last moved first."""
    found = cases_known_to(actor, after)
    cases = [case for case, _ in found]
    stages, places, teams = stages_of(cases), _places(actor, cases), _teams(actor, cases)
    rows = [
        Row(
            case.reference,
            stages[case.id],
            places[case.id],
            moved,
            len(teams.get(case.id, ())),
            actor.account in teams.get(case.id, ()),
        )
        for case, (moved, _) in found
    ]
    return Listing(rows, write_position(found[-1][1]) if len(found) == PAGE else None)


def _places(actor: Actor, cases: Sequence[Case]) -> dict[UUID, Place]:
    rows = db.session.execute(
        select(CaseAgency.case_id, CaseAgency.place).where(
            CaseAgency.agency_id == actor.agency,
            CaseAgency.case_id.in_([case.id for case in cases]),
        )
    )
    return dict(rows.all())


def _teams(actor: Actor, cases: Sequence[Case]) -> dict[UUID, set[UUID]]:
    found: dict[UUID, set[UUID]] = {}
    rows = db.session.execute(
        select(Assignment.case_id, Assignment.account_id)
        .join(Account, Account.id == Assignment.account_id)
        .where(
            Assignment.case_id.in_([case.id for case in cases]),
            Account.agency_id == actor.agency,
            Account.state == AccountState.ADMITTED,
            Assignment.from_at <= actor.at,
            Assignment.until > actor.at,
        )
    )
    for case, account in rows:
        found.setdefault(case, set()).add(account)
    return found


def write_position(position: Position) -> str:
    """Write where a page ended, as an address carries it."""
    moved, row = position
    return f"{timestamp(moved)}_{row}"


def read_position(text: str | None) -> Position | None:
    """Read where a page ended; anything else is the beginning.

    >>> read_position("nonsense"), read_position(None)
    (None, None)
    """
    moved, _, row = (text or "").partition("_")
    try:
        return parse_timestamp(moved), UUID(row)
    except (ValueError, OverflowError):
        return None
