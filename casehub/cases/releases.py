"""Releasing a key of a case to another agency, and taking it back."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from casehub import clock
from casehub.accounts.keys import check_member, members_of, own_agency_key
from casehub.accounts.models import Account, AccountKey, AccountKeyState, AccountState
from casehub.accounts.readiness import check_ready
from casehub.audit import Replayed, record
from casehub.cases import acts
from casehub.cases.facts import facts_about
from casehub.cases.grounds import Demand, check_ground
from casehub.cases.keys import Giver, Receiver, Terms, give, hold_until
from casehub.cases.models import (
    Assignment,
    Case,
    CaseKeyRow,
    EndCode,
    Grant,
    Place,
    Release,
    ReleaseState,
)
from casehub.cases.opening import name_of, trust_of, unlock
from casehub.errors import Invalid, NotThere, Stale, Unfinished
from casehub.hubs.keys import hold_current_key
from casehub.hubs.models import Agency, AgencyKey, AgencyState
from casehub.policy import Actor, Permission, Permit, denial, may
from casehub.store import db
from casehub.texts import N_
from casehub.vault import Holder, KeyKind


@dataclass(frozen=True)
class NewRelease:
    """What releasing takes: which key, to whom, on which ground, until when.

    `to_account` names the receiving account's key in a restricted case, and only there. `met` is
    what the ground asks for first and the actor says is done. `id` is that of the form it came
    with, so that one sent twice gives once.
    """

    kind: KeyKind
    to: Agency
    ground: str
    until: datetime = clock.FOREVER
    to_account: AccountKey | None = None
    met: frozenset[Demand] = frozenset()
    id: UUID | None = None

    @property
    def terms(self) -> Terms:
        """Return the ground and the end, as the giving takes them."""
        return Terms(self.ground, self.until, self.id)


def release_key(actor: Actor, case: Case, command: NewRelease) -> Release:
    """Seal a key of the case to another agency under a signed release.

    Nobody's decision can do this: only a request of somebody whose agency made the key. Raises
    Invalid for an end that has passed or a receiver that makes no sense, Unfinished where the own
    agency has not vouched for the receiver's present key, Stale where that key moved meanwhile.
    """
    owner = actor.agency if command.kind.has_owner else None
    asking = facts_about(actor, case.id).asking(command.kind, owner)
    permit = may(actor, Permission.KEY_RELEASE, asking)
    _check_sense(actor, case, command)
    for agency in (db.session.get_one(Agency, actor.agency), command.to):
        check_ready(agency)
    receiver = _receiver(permit, command)
    giver = Giver(actor, *own_agency_key(permit))
    unlocked = unlock(actor, case, [permit])[command.kind, owner]
    release, grant = give(giver, case, unlocked, receiver, command.terms)
    place = hold_until(case, command.to.id, command.kind, actor.at)
    record(
        acts.KEY_RELEASED,
        by=actor,
        case=case.id,
        rule=permit.rule,
        things=[release, grant, place],
        key=name_of(command.kind, owner),
        receiver=command.to.id,
        named_account=release.receiver_account_id,
        ground=command.ground,
        until=command.until,
        met=command.met,
    )
    return release


def _check_sense(actor: Actor, case: Case, command: NewRelease) -> None:
    if command.kind is KeyKind.OWN:
        raise Invalid("kind", N_("An agency's private notes are given to nobody."))
    if command.to.id == actor.agency:
        raise Invalid("to", N_("Your agency holds this already."))
    if command.to.state is not AgencyState.ACTIVE or command.to.hub_id != case.hub_id:
        raise Invalid("to", N_("{agency} cannot receive anything."), agency=command.to.name)
    if command.until.tzinfo is None or not actor.at < command.until <= clock.FOREVER:
        raise Invalid("until", N_("This end has passed already, or is no moment."))
    regime = db.session.get_one(Agency, actor.agency).regime
    check_ground(regime, command.ground, command.met)
    if case.restricted is (command.to_account is None):
        raise Invalid("to", N_("A restricted case is released to named people, and only it is."))


def _receiver(permit: Permit, command: NewRelease) -> Receiver:
    key = hold_current_key(command.to.id)
    if trust_of(permit, [command.to.id]).key(command.to.id, key.epoch) is None:
        raise Unfinished(
            N_("Your agency has not vouched for the key of {agency}."),
            N_("A custodian compares fingerprints with them, or with the coordinating agency."),
            agency=command.to.name,
        )
    if command.to_account is not None:
        return Receiver(command.to.id, account_key=_named(command.to, command.to_account, key))
    return Receiver(command.to.id, agency_key=key)


def _named(agency: Agency, account_key: AccountKey, agency_key: AgencyKey) -> AccountKey:
    # Only a key that the receiving agency itself signed in as a member's is that person's.
    account = account_key.account
    membership = next(
        (item for item in members_of(agency_key) if item.account_key_id == account_key.id), None
    )
    admitted = account is not None and account.state is AccountState.ADMITTED
    current = account_key.state is AccountKeyState.CURRENT
    current = current and account_key.holder is Holder.PERSON  # nothing is given to a stand-in
    if membership is None or not admitted or not current or account_key.agency_id != agency.id:
        raise Invalid("to", N_("This person is no member of {agency}."), agency=agency.name)
    return check_member(membership)


def end_release(actor: Actor, release: Release, code: EndCode) -> None:
    """End a release that the own agency gave: grant, place and team go in this transaction.

    Raises Refused for another agency's release, NotThere for what the agency gave to itself, Stale
    where it has ended.
    """
    db.session.refresh(release, with_for_update=True)
    case = release.case
    facts = facts_about(actor, case.id).given_by(release.giver_agency_id)
    permit = may(actor, Permission.RELEASE_END, facts)
    if release.receiver_agency_id == actor.agency:
        raise NotThere(denial(actor, Permission.RELEASE_END, facts, None))
    if release.state is ReleaseState.ENDED:
        raise Stale(N_("This release has ended already."))
    key = release.case_key
    record(
        acts.RELEASE_ENDED,
        by=actor,
        case=case.id,
        rule=permit.rule,
        things=close_release(release, actor.account, code, actor.at),
        key=name_of(key.kind, key.owner_agency_id),
        receiver=release.receiver_agency_id,
        code=code,
    )


def close_release(release: Release, by: UUID, code: EndCode, at: datetime) -> list[Replayed]:
    """End a release and all that rests on it; return the rows that changed.

    Where the receiver then holds nothing of the case, it loses its place and its team.
    """
    release.state, release.ended_at = ReleaseState.ENDED, at
    release.ended_by, release.end_code = by, code
    changed: list[Replayed] = [release]
    grant = db.session.scalar(select(Grant).where(Grant.release_id == release.id))
    if grant is not None:
        db.session.delete(grant)
        changed.append(grant)
    db.session.flush()
    place = hold_until(release.case, release.receiver_agency_id, release.case_key.kind, at)
    changed.append(place)
    if place.place is not Place.ORIGINATING and not _holds_anything(release, at):
        place.place = Place.NONE
        db.session.flush()
        changed += _dissolve_team(release, at)
    return changed


def _holds_anything(release: Release, at: datetime) -> bool:
    # What an agency wrote itself stays its own, but is no place at the table.
    live = (
        select(Release.id)
        .join(Release.case_key)
        .where(
            Release.case_id == release.case_id,
            Release.receiver_agency_id == release.receiver_agency_id,
            Release.state == ReleaseState.LIVE,
            Release.until > at,
            (Release.giver_agency_id != Release.receiver_agency_id)
            | CaseKeyRow.kind.not_in([KeyKind.PART, KeyKind.OWN]),
        )
    )
    return db.session.scalar(live.limit(1)) is not None


def _dissolve_team(release: Release, at: datetime) -> list[Replayed]:
    team = db.session.scalars(
        select(Assignment)
        .join(Account, Account.id == Assignment.account_id)
        .where(
            Assignment.case_id == release.case_id,
            Account.agency_id == release.receiver_agency_id,
            Assignment.until > at,
        )
        .with_for_update(of=Assignment)
        .execution_options(populate_existing=True)
    ).all()
    for assignment in team:
        assignment.until = at
    db.session.flush()
    return list(team)
