"""What policy may look at when it decides about a case."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import or_, select

from casehub.accounts.models import Account, AccountState
from casehub.cases.models import (
    Assignment,
    CaseAgency,
    CaseKeyRow,
    Place,
    Release,
    ReleaseState,
)
from casehub.policy import Actor, Facts, Permission, Subject
from casehub.store import db
from casehub.vault import KeyKind

Asked = tuple[KeyKind, UUID | None]
"""A key of a case as it is asked for: its kind, and the agency that owns it where one does."""

OPENING = {
    KeyKind.SYNOPSIS: Permission.SYNOPSIS_OPEN,
    KeyKind.IDENTIFIERS: Permission.IDENTIFIERS_OPEN,
    KeyKind.CONTACT: Permission.CONTACT_OPEN,
    KeyKind.JOINT: Permission.JOINT_OPEN,
    KeyKind.PART: Permission.PART_OPEN,
    KeyKind.OWN: Permission.OWN_OPEN,
}
"""The permission that opens each kind of key."""


@dataclass(frozen=True)
class CaseFacts(Facts):
    """A case as the actor's agency stands to it, and which key is asked for.

    `held` maps a kind to the moment until which the agency holds it; `parts` the agencies whose
    part it holds; `made` the kinds whose key the agency
    made itself. `has_team` says whether anybody of the agency is on the case. `asked` None asks
    about the case as such. `giver` is the agency that gave the release in question, where one is.
    """

    about: ClassVar[Subject] = Subject.CASE

    case_id: UUID
    place: Place | None
    held: dict[KeyKind, datetime]
    parts: frozenset[UUID]
    made: frozenset[KeyKind]
    on_team: bool
    has_team: bool
    asked: KeyKind | None = None
    owner: UUID | None = None
    giver: UUID | None = None

    @property
    def case(self) -> UUID | None:
        """Return the case."""
        return self.case_id

    def asking(self, kind: KeyKind, owner: UUID | None = None) -> "CaseFacts":
        """Return the same facts with another key asked for."""
        return replace(self, asked=kind, owner=owner)

    def given_by(self, agency: UUID) -> "CaseFacts":
        """Return the same facts with the agency that gave a release."""
        return replace(self, giver=agency)


def facts_about(actor: Actor, case: UUID) -> CaseFacts:
    """Return how the actor's agency stands to a case, at the moment of the request."""
    (team, has_team), keys = _team(actor, case), _live_keys(actor, case)
    mine = db.session.scalar(
        select(CaseAgency).where(CaseAgency.case_id == case, CaseAgency.agency_id == actor.agency)
    )
    return CaseFacts(
        case_id=case,
        place=mine.place if mine else None,
        held=_held(mine) if mine else {},
        parts=frozenset(
            owner for kind, owner, _ in keys if kind is KeyKind.PART and owner is not None
        ),
        made=frozenset(kind for kind, _, giver in keys if giver == actor.agency),
        on_team=actor.account in team,
        has_team=has_team,
    )


def _held(mine: CaseAgency) -> dict[KeyKind, datetime]:
    columns = {
        KeyKind.SYNOPSIS: mine.synopsis_until,
        KeyKind.IDENTIFIERS: mine.identifiers_until,
        KeyKind.CONTACT: mine.contact_until,
        KeyKind.JOINT: mine.joint_until,
        KeyKind.PART: mine.part_until,
    }
    return {kind: until for kind, until in columns.items() if until is not None}


def _live_keys(actor: Actor, case: UUID) -> list[tuple[KeyKind, UUID | None, UUID]]:
    # Kind, owner and giver of every key that reaches the actor by a live release.
    rows = db.session.execute(
        select(CaseKeyRow.kind, CaseKeyRow.owner_agency_id, Release.giver_agency_id)
        .join(Release, Release.case_key_id == CaseKeyRow.id)
        .where(
            Release.case_id == case,
            Release.receiver_agency_id == actor.agency,
            or_(
                Release.receiver_account_id.is_(None),
                Release.receiver_account_id == actor.account,
            ),
            Release.state == ReleaseState.LIVE,
            Release.until > actor.at,
        )
    )
    return [(kind, owner, giver) for kind, owner, giver in rows]


def _team(actor: Actor, case: UUID) -> tuple[frozenset[UUID], bool]:
    # The accounts of the actor's agency that are on the case now, and whether it has a team at all.
    # A row that somebody changed puts nobody on the case, and does not leave it free to be taken.
    rows = db.session.scalars(
        select(Assignment)
        .join(Account, Account.id == Assignment.account_id)
        .where(
            Assignment.case_id == case,
            Account.agency_id == actor.agency,
            Account.state == AccountState.ADMITTED,
        )
    ).all()
    genuine = [row for row in rows if row.is_genuine]
    live = frozenset(row.account_id for row in genuine if row.from_at <= actor.at < row.until)
    return live, bool(live) or len(genuine) < len(rows)
