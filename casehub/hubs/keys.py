"""Agencies' public keys: made with the server's countersignature, and read only with it.

The countersignature makes a pair of keys that somebody wrote into the database worthless. It does
not make the server an authority over keys: whose key it is, agencies say by their own vouches.
"""

from uuid import UUID

from sqlalchemy import select

from casehub import clock
from casehub.audit import attested, attests
from casehub.errors import Stale, Tampered, Unfinished
from casehub.hubs.models import Agency, AgencyKey, KeyState
from casehub.store import Sealed, db
from casehub.texts import N_
from casehub.vault import (
    AgencyPublic,
    AgencySecret,
    Given,
    PublicKey,
    Succession,
    VerifyKey,
    canonical,
    digest,
    open_predecessor,
    succeed,
)


def _attestation(key: AgencyKey) -> bytes:
    return canonical(
        {
            "label": "casehub/agency-key/1",
            "hub": str(key.hub_id),
            "agency": str(key.agency_id),
            "epoch": key.epoch,
            "seal": digest(key.seal_public),
            "sign": digest(key.sign_public),
        }
    )


def public_of(key: AgencyKey) -> AgencyPublic:
    """Return an epoch's public keys; raise Tampered unless the server made the row."""
    if not attests(key.countersignature, _attestation(key)):
        raise Tampered(N_("An agency's public key was put into the database by somebody else."))
    return AgencyPublic(PublicKey(key.seal_public), VerifyKey(key.sign_public))


def new_epoch(agency: Agency, secret: AgencySecret, epoch: int) -> AgencyKey:
    """Make the row of an epoch; the caller records it."""
    key = AgencyKey(
        hub_id=agency.hub_id,
        agency_id=agency.id,
        epoch=epoch,
        seal_public=secret.public.seal.content,
        sign_public=secret.public.sign.content,
    )
    key.countersignature = attested(_attestation(key))
    db.session.add(key)
    return key


def current_key(agency: UUID) -> AgencyKey:
    """Return the epoch to seal to; raise Unfinished where the agency has none yet."""
    key = db.session.scalar(
        select(AgencyKey).where(AgencyKey.agency_id == agency, AgencyKey.state == KeyState.CURRENT)
    )
    if key is None:
        raise Unfinished(
            N_("This agency has no key yet."),
            N_("Its first custodian has to use the agency's start code."),
        )
    return key


def hold_current_key(agency: UUID, *, alone: bool = False) -> AgencyKey:
    """Return the epoch to seal to and hold its row to the end of this transaction.

    Many may hold it at once; a rotation holds it `alone`. One that begins meanwhile waits, and then
    finds what was sealed here; where it was quicker, the row read here is no longer current and
    Stale is raised. Whoever seals to an epoch without holding it may seal to one whose private half
    is deleted before the seal is stored: nobody could ever open it.
    """
    key = current_key(agency)
    db.session.refresh(key, with_for_update={"read": not alone})
    return _still_current(key)


def check_still_current(key: AgencyKey) -> None:
    """Raise Stale where an epoch that was current a moment ago is so no more."""
    db.session.refresh(key)
    _still_current(key)


def _still_current(key: AgencyKey) -> AgencyKey:
    if key.state is not KeyState.CURRENT:
        raise Stale(N_("The agency has just changed its key."))
    return key


def key_of_epoch(agency: UUID, epoch: int) -> AgencyKey:
    """Return one epoch of an agency; raise Tampered where a statement names one that is not."""
    key = db.session.scalar(
        select(AgencyKey).where(AgencyKey.agency_id == agency, AgencyKey.epoch == epoch)
    )
    if key is None:
        raise Tampered(N_("A statement names an epoch of a key that does not exist."))
    return key


def succeed_key(
    before: AgencyKey, old: AgencySecret, routine: bool
) -> tuple[AgencyKey, AgencySecret]:
    """Make the next epoch: signed by the one before, whose private keys are sealed to it."""
    new = AgencySecret.new()
    statement = Succession(
        hub=before.hub_id,
        agency=before.agency_id,
        epoch=before.epoch + 1,
        seal_key=new.public.seal.digest,
        sign_key=digest(new.public.sign.content),
        routine=routine,
        at=clock.now(),
    )
    given = succeed(statement, old, new)
    before.state = KeyState.PAST
    db.session.flush()  # one current epoch an agency: the old one steps back first
    key = new_epoch(before.agency, new, before.epoch + 1)
    key.succession, key.succession_signature = given.statement, given.signature
    key.sealed_predecessor = Sealed(given.sealed)
    key.succession_sealed_digest = given.sealed_digest
    return key, new


def predecessor(key: AgencyKey, secret: AgencySecret) -> tuple[AgencyKey, AgencySecret]:
    """Open the epoch before; raise Tampered where the chain does not fit or was ended."""
    if not (key.succession and key.succession_signature and key.sealed_predecessor):
        raise Tampered(N_("A key is sealed to an epoch whose private half is gone."))
    before = key_of_epoch(key.agency_id, key.epoch - 1)
    given = Given(key.succession, bytes(key.sealed_predecessor), key.succession_signature)
    return before, open_predecessor(given, secret, public_of(before))
