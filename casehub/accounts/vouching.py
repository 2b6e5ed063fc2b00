"""Comparing, taking over an introduction, and looking at who vouches for the own agency.

Here the own agency's keys are opened, so that what is signed and what is compared is what the
agency really holds, not what stands in the database.
"""

import re
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from casehub.accounts.keys import held_agency_key, own_agency_key
from casehub.audit import AuditEntry, raise_alarm
from casehub.audit.acts import ALARM
from casehub.errors import Invalid, Tampered, Unfinished
from casehub.hubs.facts import AgencyFacts
from casehub.hubs.introductions import Introduction, introductions, trusts
from casehub.hubs.keys import hold_current_key, public_of
from casehub.hubs.models import Agency, AgencyKey, AgencyState, Vouching
from casehub.hubs.service import Voucher, vouch_for
from casehub.hubs.trust import Trust
from casehub.policy import Actor, Permission, Permit, may
from casehub.store import db
from casehub.texts import N_
from casehub.vault import AgencyPublic, Vouch, VouchKind, names_key

FOREIGN_KEY = "foreign-key-vouched"
"""The alarm's code: somebody vouched for a key of ours that we do not hold."""

_DIGITS = 30


def compare_key(actor: Actor, agency: Agency, typed: str) -> Vouching:
    """Vouch for another agency's present key by the digits that its custodian read out.

    What was heard is typed, so that nobody vouches by a click. Raises Invalid where the digits are
    not those of the key that is stored: then somebody misheard, or the key is not theirs.
    """
    permit = may(actor, Permission.AGENCY_KEY_VOUCH, AgencyFacts.of(agency))
    if agency.state is not AgencyState.ACTIVE:
        raise Invalid("digits", N_("This agency has no key yet."))
    digits = "".join(re.findall(r"\d", typed))
    if len(digits) != _DIGITS:
        raise Invalid("digits", N_("Type all six groups of five digits, as they are read to you."))
    own = _voucher(permit)
    key = hold_current_key(agency.id)
    if digits != public_of(key).fingerprint.replace(" ", ""):
        raise Invalid(
            "digits",
            N_(
                "These are not the digits of the key that is stored here. Have them read again; if "
                "they stay different, do not go on, and tell the operator and the other agencies."
            ),
        )
    return vouch_for(actor, own, key, VouchKind.COMPARED)


def accept_introduction(actor: Actor, agency: Agency) -> Vouching:
    """Take over the coordinating agency's word for another agency's key, as the own one.

    Raises Unfinished where the own agency never compared the coordinating agency's key itself, or
    that agency does not vouch for the key.
    """
    permit = may(actor, Permission.AGENCY_KEY_VOUCH, AgencyFacts.of(agency))
    own = _voucher(permit)
    offered = next((item for item in introductions(own) if item.agency.id == agency.id), None)
    if offered is None:
        raise Unfinished(
            N_("The coordinating agency does not introduce {agency} to yours."),
            N_("First compare your keys with the coordinating agency, and let it compare theirs."),
            agency=agency.name,
        )
    return vouch_for(actor, own, hold_current_key(agency.id), VouchKind.INTRODUCED)


def _voucher(permit: Permit) -> Voucher:
    return Voucher(*held_agency_key(permit))


@dataclass(frozen=True)
class Word:
    """One agency's vouch for the own agency's key.

    `ours` None means: for a key we do not hold; `present` says that it leads to the present one.
    """

    vouching: Vouching
    by: Agency
    epoch: int
    ours: AgencyPublic | None
    present: bool


@dataclass(frozen=True)
class OwnKeys:
    """What the own agency holds, as its keys opened show it, and what others say of it."""

    key: AgencyKey
    public: AgencyPublic
    epochs: list[AgencyKey]
    words: list[Word]
    offered: list[Introduction]
    trusted: dict[UUID, VouchKind]


def own_keys(actor: Actor) -> OwnKeys:
    """Open the own agency's keys to show them, and judge who vouches for which of them.

    A vouch for a key that the agency does not hold is an alarm, raised once in the hub's log.
    """
    agency = db.session.get_one(Agency, actor.agency)
    permit = may(actor, Permission.AGENCY_KEY_VOUCH, AgencyFacts.of(agency))
    key, secret = own_agency_key(permit)
    own = Voucher(key, secret)
    words = _words_about(own)
    for word in words:
        if word.ours is None:
            _alarm_once(actor, word.vouching.id)
    epochs = db.session.scalars(
        select(AgencyKey).where(AgencyKey.agency_id == agency.id).order_by(AgencyKey.epoch.desc())
    ).all()
    return OwnKeys(
        key, secret.public, list(epochs), words, introductions(own), _trusted(own, agency.hub_id)
    )


def _words_about(own: Voucher) -> list[Word]:
    rows = db.session.execute(
        select(Vouching, Agency)
        .join(AgencyKey, AgencyKey.id == Vouching.agency_key_id)
        .join(Agency, Agency.id == Vouching.by_agency_id)
        .where(AgencyKey.agency_id == own.key.agency_id, Vouching.withdrawn_at.is_(None))
        .order_by(Vouching.created_at.desc())
    ).all()
    trust = Trust(own.key, own.secret.public, [])
    found = []
    for row, by in rows:
        said = Vouch.decode(row.statement)
        held = _held(trust, own, said)
        present = held is not None and trusts(by, own.key.agency)
        found.append(Word(row, by, said.epoch, held, present))
    return found


def _held(trust: Trust, own: Voucher, said: Vouch) -> AgencyPublic | None:
    try:
        public = trust.key(own.key.agency_id, said.epoch)
    except Tampered:  # an epoch that is not, or that does not lead to ours: not a key we hold
        return None
    fits = public is not None and said.agency == own.key.agency_id and names_key(said, public)
    return public if fits else None


def _alarm_once(actor: Actor, target: UUID) -> None:
    said = db.session.scalar(
        select(AuditEntry.number)
        .where(
            AuditEntry.log_id == actor.hub,
            AuditEntry.act == ALARM.name,
            AuditEntry.body.contains(f'"{target}"'),
        )
        .limit(1)
    )
    if said is None:
        raise_alarm(FOREIGN_KEY, by=actor, target=target)


def _trusted(own: Voucher, hub: UUID) -> dict[UUID, VouchKind]:
    agencies = db.session.scalars(
        select(AgencyKey).where(
            AgencyKey.hub_id == hub,
            AgencyKey.agency_id != own.key.agency_id,
            AgencyKey.state == "current",
        )
    ).all()
    ids = [key.agency_id for key in agencies]
    compared = Trust(own.key, own.secret.public, ids, only=VouchKind.COMPARED)
    either = Trust(own.key, own.secret.public, ids)
    found: dict[UUID, VouchKind] = {}
    for key in agencies:
        if compared.key(key.agency_id, key.epoch) is not None:
            found[key.agency_id] = VouchKind.COMPARED
        elif either.key(key.agency_id, key.epoch) is not None:
            found[key.agency_id] = VouchKind.INTRODUCED
    return found
