"""Whose key an agency takes for whose: its own vouches, and the successions after them."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import select

from casehub.errors import Tampered
from casehub.hubs.keys import public_of
from casehub.hubs.models import AgencyKey, Vouching
from casehub.store import db
from casehub.texts import N_
from casehub.vault import (
    AgencyPublic,
    Succession,
    Vouch,
    check_signature,
    digest,
    names_key,
)

_NOTHING_SEALED = bytes.fromhex(digest(b""))


class Trust:
    """What one agency trusts of some others' keys, loaded once and judged in memory.

    It trusts an epoch that it vouched for, or one to which signed routine successions lead without
    a gap from an epoch that it vouched for. It trusts its own epochs, which the server
    countersigned.
    """

    def __init__(self, by: UUID, agencies: Iterable[UUID]) -> None:
        self._by = by
        keys = db.session.scalars(select(AgencyKey).where(AgencyKey.agency_id.in_({by, *agencies})))
        self._keys = {(key.agency_id, key.epoch): key for key in keys}
        self._vouchings: dict[UUID, list[Vouching]] = {}
        for vouching in db.session.scalars(
            select(Vouching)
            .join(Vouching.agency_key)
            .where(
                Vouching.by_agency_id == by,
                Vouching.withdrawn_at.is_(None),
                AgencyKey.agency_id.in_(set(agencies)),
            )
        ):
            self._vouchings.setdefault(vouching.agency_key_id, []).append(vouching)

    def key(self, agency: UUID, epoch: int) -> AgencyPublic | None:
        """Return an epoch's public keys where they are trusted, else None.

        Raises Tampered where an epoch does not exist, or a signature does not fit.
        """
        key = self._key(agency, epoch)
        public = public_of(key)
        if agency == self._by or any(self._holds(item, key, public) for item in self._about(key)):
            return public
        if key.succession is None or epoch <= 1:
            return None
        before = self.key(agency, epoch - 1)
        return public if before is not None and _follows(key, public, before) else None

    def _key(self, agency: UUID, epoch: int) -> AgencyKey:
        key = self._keys.get((agency, epoch))
        if key is None:
            raise Tampered(N_("A statement names an epoch of a key that does not exist."))
        return key

    def _about(self, key: AgencyKey) -> list[Vouching]:
        return self._vouchings.get(key.id, [])

    def _holds(self, row: Vouching, key: AgencyKey, public: AgencyPublic) -> bool:
        vouch = Vouch.decode(row.statement)
        signer = public_of(self._key(self._by, vouch.by_epoch)).sign
        check_signature(signer, row.statement, _NOTHING_SEALED, row.signature)
        said = (vouch.by, vouch.agency, vouch.epoch, vouch.hub)
        meant = (self._by, key.agency_id, key.epoch, key.hub_id)
        return said == meant and names_key(vouch, public)


def _follows(key: AgencyKey, public: AgencyPublic, before: AgencyPublic) -> bool:
    statement = key.succession or b""
    sealed_digest, mark = key.succession_sealed_digest or b"", key.succession_signature or b""
    check_signature(before.sign, statement, sealed_digest, mark)
    succession = Succession.decode(statement)
    named = (succession.agency, succession.epoch) == (key.agency_id, key.epoch)
    return named and succession.routine and names_key(succession, public)


def trusted_key(by: UUID, of: UUID, epoch: int) -> AgencyPublic | None:
    """Return another agency's public keys of an epoch if `by` trusts them, else None."""
    return Trust(by, [of]).key(of, epoch)
