"""Releasing a key of a case to another agency, and taking it back."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from casehub import clock
from casehub.accounts.keys import own_agency_key
from casehub.accounts.models import Account, AccountKey
from casehub.audit import Replayed, record
from casehub.cases import acts
from casehub.cases.facts import facts_about
from casehub.cases.keys import Giver, Receiver, Terms, give, hold_until
from casehub.cases.models import Assignment, Case, Grant, Release, ReleaseState
from casehub.cases.opening import name_of, unlock
from casehub.errors import Invalid, NotThere, Stale, Unfinished
from casehub.hubs.keys import hold_current_key
from casehub.hubs.models import Agency, AgencyState
from casehub.hubs.trust import trusted_key
from casehub.policy import Actor, Permission, denial, may
from casehub.store import db
from casehub.texts import N_
from casehub.vault import KeyKind


@dataclass(frozen=True)
class NewRelease:
    """What releasing takes: which key, to whom, on which ground, until when.

    `to_account` names the receiving account's key in a restricted case, and only there.
    """

    kind: KeyKind
    to: Agency
    ground: str
    until: datetime = clock.FOREVER
    to_account: AccountKey | None = None


def release_key(actor: Actor, case: Case, command: NewRelease) -> Release:
    """Seal a key of the case to another agency under a signed release.

    Nobody's decision can do this: only a request of somebody whose agency holds the key. Raises
    Invalid for an end that has passed or a receiver that makes no sense, Unfinished where the own
    agency has not vouched for the receiver's present key, Stale where that key moved meanwhile.
    """
    owner = actor.agency if command.kind is KeyKind.PART else None
    asking = facts_about(actor, case.id).asking(
        command.kind, actor.agency if command.kind.has_owner else None
    )
    permit = may(actor, Permission.KEY_RELEASE, asking)
    _check_sense(actor, case, command)
    receiver = _receiver(actor, command)
    giver = Giver(actor, *own_agency_key(permit))
    unlocked = unlock(actor, case, [permit])[command.kind, owner]
    release, grant = give(giver, case, unlocked, receiver, Terms(command.ground, command.until))
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
    )
    return release


def _check_sense(actor: Actor, case: Case, command: NewRelease) -> None:
    if command.to.id == actor.agency:
        raise Invalid("to", N_("Your agency holds this already."))
    if command.to.state is not AgencyState.ACTIVE or command.to.hub_id != case.hub_id:
        raise Invalid("to", N_("{agency} cannot receive anything."), agency=command.to.name)
    if command.until <= actor.at:
        raise Invalid("until", N_("This end has passed already."))
    if case.restricted is (command.to_account is None):
        raise Invalid("to", N_("A restricted case is released to named people, and only it is."))
    if command.to_account is not None and command.to_account.agency_id != command.to.id:
        raise Invalid("to", N_("This person belongs to another agency."))


def _receiver(actor: Actor, command: NewRelease) -> Receiver:
    key = hold_current_key(command.to.id)
    if trusted_key(actor.agency, command.to.id, key.epoch) is None:
        raise Unfinished(
            N_("Your agency has not vouched for the key of {agency}."),
            N_("A custodian compares fingerprints with them, or with the coordinating agency."),
            agency=command.to.name,
        )
    if command.to_account is not None:
        return Receiver(command.to.id, account_key=command.to_account)
    return Receiver(command.to.id, agency_key=key)


def end_release(actor: Actor, release: Release, code: str) -> None:
    """End a release that the own agency gave: grant, place and team go in this transaction.

    Raises NotThere for another agency's release, Stale where it has ended.
    """
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


def close_release(release: Release, by: UUID, code: str, at: datetime) -> list[Replayed]:
    """End a release and all that rests on it; return the rows that changed.

    Where the receiver then holds nothing of the case, its team is dissolved.
    """
    release.state, release.ended_at = ReleaseState.ENDED, at
    release.ended_by, release.end_code = by, code
    changed: list[Replayed] = [release]
    grant = db.session.scalar(select(Grant).where(Grant.release_id == release.id))
    if grant is not None:
        db.session.delete(grant)
        changed.append(grant)
    db.session.flush()
    changed.append(hold_until(release.case, release.receiver_agency_id, release.case_key.kind, at))
    if not _holds_anything(release):
        changed += _dissolve_team(release, at)
    return changed


def _holds_anything(release: Release) -> bool:
    live = select(Release.id).where(
        Release.case_id == release.case_id,
        Release.receiver_agency_id == release.receiver_agency_id,
        Release.giver_agency_id != release.receiver_agency_id,
        Release.state == ReleaseState.LIVE,
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
    ).all()
    for assignment in team:
        assignment.until = at
    db.session.flush()
    return list(team)
