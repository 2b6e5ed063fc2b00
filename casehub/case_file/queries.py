"""The case's page without anything opened: where it stands, what may be done, who can see it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import aliased, contains_eager

from casehub import clock
from casehub.accounts.models import Account, AccountRole, AccountState
from casehub.cases.facts import CaseFacts, facts_about
from casehub.cases.grounds import Ground, ground_named
from casehub.cases.models import (
    Assignment,
    AssignmentReason,
    Case,
    CaseAgency,
    CaseKeyRow,
    EndCode,
    Place,
    Release,
    ReleaseState,
)
from casehub.cases.protocol import Protocol, Texts, read_protocol
from casehub.errors import NotThere
from casehub.hubs.models import Agency, AgencyState
from casehub.policy import Actor, Permission, Role, decide, denial
from casehub.store import db
from casehub.vault import KeyKind

GIVEN = (KeyKind.SYNOPSIS, KeyKind.IDENTIFIERS, KeyKind.PART)
"""What the release page offers. Contact is given one by one, where somebody must call or visit."""

_ON_A_TEAM = (Role.HUB_MEMBER, Role.CASEWORKER, Role.COORDINATOR, Role.SUPERVISOR)


@dataclass(frozen=True)
class Frame:
    """A case as its page begins: the row, its stages, and what the actor may do."""

    case: Case
    protocol: Protocol
    facts: CaseFacts
    may_assign: bool
    may_release: bool
    may_end: bool

    @property
    def stage(self) -> Texts:
        """Return the name of the case's stage."""
        return next(stage.text for stage in self.protocol.stage if stage.id == self.case.stage)

    @property
    def ours(self) -> bool:
        """Say whether the actor's agency brought the case."""
        return self.facts.place is Place.ORIGINATING


def frame_of(actor: Actor, case: Case) -> Frame:
    """Return the frame of a case that the actor may know of."""
    facts = facts_about(actor, case.id)
    given = facts.given_by(actor.agency)
    asking = [facts.asking(kind, actor.agency if kind.has_owner else None) for kind in GIVEN]
    return Frame(
        case,
        read_protocol(case.protocol.text),
        facts,
        decide(actor, Permission.TEAM_ASSIGN, facts).allowed,
        any(decide(actor, Permission.KEY_RELEASE, asked).allowed for asked in asking),
        decide(actor, Permission.RELEASE_END, given).allowed,
    )


def kinds_to_give(actor: Actor, case: Case) -> list[KeyKind]:
    """Return which keys of a case the actor may release."""
    facts = facts_about(actor, case.id)
    return [
        kind
        for kind in GIVEN
        if decide(
            actor,
            Permission.KEY_RELEASE,
            facts.asking(kind, actor.agency if kind.has_owner else None),
        ).allowed
    ]


def stages_of(cases: Sequence[Case]) -> dict[UUID, Texts]:
    """Return the names of the stages that cases stand in, each protocol read once."""
    protocols = {case.protocol_id: case.protocol.text for case in cases}
    read = {row: read_protocol(text) for row, text in protocols.items()}
    return {
        case.id: next(
            stage.text for stage in read[case.protocol_id].stage if stage.id == case.stage
        )
        for case in cases
    }


@dataclass(frozen=True)
class Given:
    """That an agency was given something of a case: what, since and until when, on what ground."""

    release: UUID
    kind: KeyKind
    owner: str | None
    receiver: str
    giver: str
    by: str
    ground: Ground | None
    code: str
    since: datetime
    until: datetime
    ended_at: datetime | None
    end_code: EndCode | None
    holds: bool
    can_end: bool

    @property
    def endless(self) -> bool:
        """Say whether it holds until somebody takes it back."""
        return self.until == clock.FOREVER


def brought_by(case: Case) -> str:
    """Return the name of the agency that brought a case, which holds all of it that it made."""
    return db.session.scalars(
        select(Agency.name)
        .join(CaseAgency, CaseAgency.agency_id == Agency.id)
        .where(CaseAgency.case_id == case.id, CaseAgency.place == Place.ORIGINATING)
    ).one()


def who_can_see(actor: Actor, frame: Frame) -> list[Given]:
    """Return who was given what of a case, since when and on what ground; the oldest first.

    The agency that brought the case sees all of it. Another sees what it gave and was given: that
    somebody else knows her, a shelter for instance, is not its business.
    """
    query = _releases(frame.case)
    if not frame.ours:
        ours = (Release.receiver_agency_id, Release.giver_agency_id)
        query = query.where(or_(*(column == actor.agency for column in ours)))
    return [
        _given(actor, frame, release, (receiver, giver, owner, by))
        for release, receiver, giver, owner, by in db.session.execute(query)
    ]


_Releases = Select[Release, str, str, str | None, str | None]


def _releases(case: Case) -> _Releases:
    receiver, giver, owner = aliased(Agency), aliased(Agency), aliased(Agency)
    return (
        select(Release, receiver.name, giver.name, owner.name, Account.name)
        .join(Release.case_key)
        .join(receiver, receiver.id == Release.receiver_agency_id)
        .join(giver, giver.id == Release.giver_agency_id)
        .outerjoin(owner, owner.id == CaseKeyRow.owner_agency_id)
        .outerjoin(Account, Account.id == Release.by_account)
        .options(contains_eager(Release.case_key))
        .where(
            Release.case_id == case.id,
            # What an agency gave itself says that it made a key: that it wrote something.
            Release.giver_agency_id != Release.receiver_agency_id,
        )
        .order_by(Release.created_at, Release.id)
    )


def _given(
    actor: Actor, frame: Frame, release: Release, names: tuple[str, str, str | None, str | None]
) -> Given:
    receiver, giver, owner, by = names
    live = release.state is ReleaseState.LIVE and release.until > actor.at
    return Given(
        release=release.id,
        kind=release.case_key.kind,
        owner=owner,
        receiver=receiver,
        giver=giver,
        by=by or "",
        ground=ground_named(release.ground),
        code=release.ground,
        since=release.created_at,
        until=release.until,
        ended_at=release.ended_at,
        end_code=release.end_code,
        holds=live,
        can_end=live and frame.may_end and release.giver_agency_id == actor.agency,
    )


def release_to_end(actor: Actor, case: Case, release: UUID) -> Release:
    """Return a release of the case that the actor's agency gave and has not ended, or NotThere."""
    found = db.session.get(Release, release)
    if (
        found is None
        or found.case_id != case.id
        or found.giver_agency_id != actor.agency
        or found.receiver_agency_id == actor.agency
    ):
        facts = facts_about(actor, case.id)
        raise NotThere(denial(actor, Permission.RELEASE_END, facts, None))
    return found


@dataclass(frozen=True)
class Member:
    """Somebody of the own agency who is on a case's team, or who was."""

    account: UUID
    name: str
    reason: AssignmentReason
    since: datetime


def team_on(actor: Actor, case: Case) -> list[Member]:
    """Return the own agency's team for a case, at the moment of the request."""
    rows = db.session.execute(
        select(Account.id, Account.name, Assignment.reason, Assignment.from_at)
        .join(Account, Account.id == Assignment.account_id)
        .where(
            Assignment.case_id == case.id,
            Account.agency_id == actor.agency,
            Account.state == AccountState.ADMITTED,
            Assignment.from_at <= actor.at,
            Assignment.until > actor.at,
        )
        .order_by(Assignment.from_at, Account.name)
    )
    return [Member(*row) for row in rows]


def colleagues_to_add(actor: Actor, team: Sequence[Member]) -> list[Account]:
    """Return whom the own agency could put on the team: admitted, with a role that opens cases."""
    held = select(AccountRole.account_id).where(
        AccountRole.role.in_(_ON_A_TEAM),
        AccountRole.from_at.is_not(None),
        AccountRole.ended_at.is_(None),
    )
    return list(
        db.session.scalars(
            select(Account)
            .where(
                Account.agency_id == actor.agency,
                Account.state == AccountState.ADMITTED,
                Account.id.in_(held),
                Account.id.not_in([member.account for member in team]),
            )
            .order_by(Account.name)
        )
    )


def colleague_named(actor: Actor, case: Case, account: UUID) -> Account:
    """Return an account of the own agency by its id, or raise NotThere."""
    found = db.session.get(Account, account)
    if found is None or found.agency_id != actor.agency:
        facts = facts_about(actor, case.id)
        raise NotThere(denial(actor, Permission.TEAM_ASSIGN, facts, None))
    return found


def agencies_to_give(actor: Actor) -> list[Agency]:
    """Return the other agencies of the hub that can receive something, by name."""
    return list(
        db.session.scalars(
            select(Agency)
            .where(
                Agency.hub_id == actor.hub,
                Agency.id != actor.agency,
                Agency.state == AgencyState.ACTIVE,
            )
            .order_by(Agency.name)
        )
    )
