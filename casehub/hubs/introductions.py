"""Keys that the coordinating agency compared, offered to those who compared keys with it.

An agency that would otherwise have to meet every other one compares with the coordinating agency
alone. Its signed vouches are then introductions: nobody takes them over but by a custodian's own
recorded act.
"""

from dataclasses import dataclass

from sqlalchemy import select

from casehub.hubs.keys import current_key, public_of
from casehub.hubs.models import Agency, AgencyKey, AgencyState
from casehub.hubs.service import Voucher, coordinating_agency
from casehub.hubs.trust import Trust
from casehub.store import db
from casehub.vault import AgencyPublic, VouchKind


@dataclass(frozen=True)
class Introduction:
    """An agency whose present key the coordinating agency vouches for."""

    agency: Agency
    key: AgencyKey
    public: AgencyPublic


def trusts(by: Agency, agency: Agency) -> bool:
    """Say whether one agency vouches for another's present key, as the stored rows have it.

    For lists and readiness: nobody's private key is needed, only signatures are checked. What is
    sealed goes by `Trust` with the own keys opened.
    """
    if AgencyState.NAMED in (by.state, agency.state):
        return False
    return current_key(agency.id).epoch in _vouched_epochs(by, agency)


def has_compared(by: Agency, agency: Agency) -> bool:
    """Say whether one agency vouches for any epoch of another's key.

    A key that is new after a suspected compromise has to be compared again before anything is
    sealed to it, and nobody else is kept from working by that.
    """
    return bool(_vouched_epochs(by, agency))


def _vouched_epochs(by: Agency, agency: Agency) -> set[int]:
    if AgencyState.NAMED in (by.state, agency.state):
        return set()
    own = current_key(by.id)
    trust = Trust(own, public_of(own), [agency.id])
    epochs = db.session.scalars(select(AgencyKey.epoch).where(AgencyKey.agency_id == agency.id))
    return {epoch for epoch in epochs if trust.key(agency.id, epoch) is not None}


def compared_coordinator(own: Voucher) -> AgencyPublic | None:
    """Return the coordinating agency's present key if the own agency compared it, else None.

    One that was only introduced introduces nobody.
    """
    coordinator = coordinating_agency(own.key.hub_id)
    if coordinator is None or coordinator.state is not AgencyState.ACTIVE:
        return None
    trust = Trust(own.key, own.secret.public, [coordinator.id], only=VouchKind.COMPARED)
    return trust.key(coordinator.id, current_key(coordinator.id).epoch)


def introductions(own: Voucher) -> list[Introduction]:
    """Return the agencies that are offered to the own agency and that it does not trust yet."""
    coordinator = coordinating_agency(own.key.hub_id)
    known = compared_coordinator(own)
    if coordinator is None or known is None:
        return []
    others = db.session.scalars(
        select(Agency)
        .where(
            Agency.hub_id == own.key.hub_id,
            Agency.state == AgencyState.ACTIVE,
            Agency.id.not_in([own.key.agency_id, coordinator.id]),
        )
        .order_by(Agency.name)
    ).all()
    ids = [agency.id for agency in others]
    mine = Trust(own.key, own.secret.public, ids)
    theirs = Trust(current_key(coordinator.id), known, ids, only=VouchKind.COMPARED)
    found = []
    for agency in others:
        key = current_key(agency.id)
        public = theirs.key(agency.id, key.epoch)
        if public is not None and mine.key(agency.id, key.epoch) is None:
            found.append(Introduction(agency, key, public))
    return found
