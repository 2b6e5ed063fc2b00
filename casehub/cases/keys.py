"""Making case keys, and giving them: the statement, the seal, the release and grant rows."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, true

from casehub import clock, references
from casehub.accounts.models import AccountKey
from casehub.audit import attested, attests
from casehub.cases.models import Case, CaseAgency, CaseKeyRow, Grant, Place, Release, ReleaseState
from casehub.errors import Tampered
from casehub.hubs.keys import public_of
from casehub.hubs.models import AgencyKey
from casehub.policy import Actor
from casehub.store import Sealed, db
from casehub.texts import N_
from casehub.vault import AgencySecret, CaseKey, KeyKind, PublicKey, canonical, give_case_key
from casehub.vault import Release as Statement

MADE_IT = "made-it"
"""The ground of the release by which an agency holds what it made itself."""

_COLUMNS = {
    KeyKind.PART: "part_until",
    KeyKind.SYNOPSIS: "synopsis_until",
    KeyKind.IDENTIFIERS: "identifiers_until",
    KeyKind.CONTACT: "contact_until",
    KeyKind.JOINT: "joint_until",
}


@dataclass(frozen=True)
class Unlocked:
    """A case key that is open, and the row that names it."""

    row: CaseKeyRow
    key: CaseKey


@dataclass(frozen=True)
class Receiver:
    """To whom a key is sealed: an agency's current epoch or, in a restricted case, an account."""

    agency: UUID
    agency_key: AgencyKey | None = None
    account_key: AccountKey | None = None

    @property
    def public(self) -> PublicKey:
        """Return the key to seal to."""
        if self.account_key is not None:
            return PublicKey(self.account_key.public_key)
        assert self.agency_key is not None  # noqa: S101 - one of the two is always given
        return public_of(self.agency_key).seal


@dataclass(frozen=True)
class Terms:
    """On which ground a key is given, and until when; `id` where the release has one already."""

    ground: str
    until: datetime = clock.FOREVER
    id: UUID | None = None


@dataclass(frozen=True)
class Giver:
    """Who gives: the actor, with the agency's current epoch opened."""

    actor: Actor
    agency_key: AgencyKey
    secret: AgencySecret


def make_key(case: Case, kind: KeyKind, owner: UUID | None) -> Unlocked:
    """Make a key of a case. Its maker has to give it to itself before it is of any use."""
    key = CaseKey.new()
    row = CaseKeyRow(
        hub_id=case.hub_id,
        case_id=case.id,
        kind=kind,
        owner_agency_id=owner,
        version=1,
        commitment=key.commitment,
    )
    row.id = references.new_id()
    row.countersignature = attested(_attestation(row))
    db.session.add(row)
    db.session.flush()
    return Unlocked(row, key)


def _attestation(row: CaseKeyRow) -> bytes:
    return canonical(
        {
            "label": "casehub/case-key/1",
            "id": str(row.id),
            "case": str(row.case_id),
            "kind": row.kind.value,
            "owner": str(row.owner_agency_id),
            "version": row.version,
            "commitment": row.commitment,
        }
    )


def check_genuine(row: CaseKeyRow) -> None:
    """Raise Tampered unless the server itself made this key's row."""
    if not attests(row.countersignature, _attestation(row)):
        raise Tampered(N_("A case key was put into the database by somebody else."))


def give(
    giver: Giver, case: Case, unlocked: Unlocked, to: Receiver, terms: Terms
) -> tuple[Release, Grant]:
    """Seal a key to a receiver under a signed release; the caller records both rows."""
    release = _release(giver, case, unlocked.row, to, terms)
    statement = _statement(release, unlocked.row, giver, to)
    given = give_case_key(statement, unlocked.key, to.public, giver.secret.sign)
    release.statement, release.signature = given.statement, given.signature
    release.sealed_digest = given.sealed_digest
    grant = Grant(
        hub_id=case.hub_id,
        release=release,
        agency_key=to.agency_key,
        account_key=to.account_key,
        sealed=Sealed(given.sealed),
    )
    db.session.add_all([release, grant])
    db.session.flush()
    return release, grant


def _release(giver: Giver, case: Case, row: CaseKeyRow, to: Receiver, terms: Terms) -> Release:
    return Release(
        id=terms.id or references.new_id(),
        hub_id=case.hub_id,
        case_id=case.id,
        case_key=row,
        giver_agency_id=giver.actor.agency,
        giver_epoch=giver.agency_key.epoch,
        receiver_agency_id=to.agency,
        receiver_account_id=to.account_key.account_id if to.account_key else None,
        ground=terms.ground,
        state=ReleaseState.LIVE,
        until=terms.until,
        by_account=giver.actor.account,
    )


def _statement(release: Release, row: CaseKeyRow, giver: Giver, to: Receiver) -> Statement:
    return Statement(
        release=release.id,
        hub=release.hub_id,
        case=release.case_id,
        kind=row.kind,
        owner=row.owner_agency_id,
        version=row.version,
        giver=release.giver_agency_id,
        giver_epoch=giver.agency_key.epoch,
        receiver=to.agency,
        receiver_epoch=to.agency_key.epoch if to.agency_key else 0,
        account=release.receiver_account_id,
        to_key=to.public.digest,
        ground=release.ground,
        consent=None,
        at=giver.actor.at,
        until=release.until,
        commitment=row.commitment,
    )


def hold_until(case: Case, agency: UUID, kind: KeyKind, now: datetime) -> CaseAgency:
    """Bring `case_agencies` up to what releases say about one kind of key; return the row.

    It is the only writer of those columns: a receiver holds a kind until the latest end of the live
    releases of it, and not at all without one. It holds the row before it looks at the releases, so
    that of two who change them at once the second sees what the first did.
    """
    place = db.session.scalar(
        select(CaseAgency)
        .where(CaseAgency.case_id == case.id, CaseAgency.agency_id == agency)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if place is None:
        place = CaseAgency(
            hub_id=case.hub_id, case_id=case.id, agency_id=agency, place=Place.TABLE, moved_at=now
        )
        db.session.add(place)
    if place.place is Place.NONE:
        place.place = Place.TABLE
    if kind in _COLUMNS:
        setattr(place, _COLUMNS[kind], _latest_end(case.id, agency, kind))
    place.moved_at = now
    db.session.flush()
    return place


def _latest_end(case: UUID, agency: UUID, kind: KeyKind) -> datetime | None:
    ends = db.session.scalars(
        select(Release.until)
        .join(Release.case_key)
        .where(
            Release.case_id == case,
            Release.receiver_agency_id == agency,
            Release.state == ReleaseState.LIVE,
            CaseKeyRow.kind == kind,
            # Its own part an agency has made; what brings it to the case is another's.
            (Release.giver_agency_id != agency) if kind is KeyKind.PART else true(),
        )
    )
    return max(ends, default=None)
