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
    VouchKind,
    check_signature,
    digest,
    names_key,
)

_NOTHING_SEALED = bytes.fromhex(digest(b""))


class Trust:
    """What one agency trusts of some others' keys, loaded once and judged in memory.

    It trusts an epoch that it vouched for, or one to which signed routine successions lead without
    a gap from an epoch that it vouched for. Of its own epochs it trusts the one whose private keys
    are open, and those from which signed successions lead to it: a key that somebody put beside
    them, even with the server's countersignature, signed none.
    """

    def __init__(
        self,
        own: AgencyKey,
        opened: AgencyPublic,
        agencies: Iterable[UUID],
        *,
        only: VouchKind | None = None,
    ) -> None:
        """Load what one agency vouched for; `only` counts vouches of that kind and no others."""
        self._only = only
        self._by, self._epoch = own.agency_id, own.epoch
        by = self._by
        self._own = {own.epoch: opened}
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
        if agency == self._by:
            return self._own_key(epoch)
        key, public = self.stored(agency, epoch)
        if any(self._holds(item, key, public) for item in self._vouchings.get(key.id, [])):
            return public
        if key.succession is None or epoch <= 1:
            return None
        before = self.key(agency, epoch - 1)
        trusted = before is not None and follows(key, public, before).routine
        return public if trusted else None

    def stored(self, agency: UUID, epoch: int) -> tuple[AgencyKey, AgencyPublic]:
        """Return an epoch as the server countersigned it, whether it is trusted or not."""
        key = self._key(agency, epoch)
        return key, public_of(key)

    def author_key(self, agency: UUID, epoch: int) -> AgencyPublic:
        """Return the keys with which an agency signs its words.

        The own agency's must be trusted; another's, with whom nothing may ever have been compared,
        are as the server countersigned them.
        """
        return self._own_key(epoch) if agency == self._by else self.stored(agency, epoch)[1]

    def _own_key(self, epoch: int) -> AgencyPublic:
        known = self._own.get(epoch)
        if known is not None:
            return known
        if epoch > self._epoch:
            raise Tampered(N_("A key was signed with an epoch that has not begun."))
        _, public = self.stored(self._by, epoch)
        follows(self._key(self._by, epoch + 1), self._own_key(epoch + 1), public)
        self._own[epoch] = public
        return public

    def _key(self, agency: UUID, epoch: int) -> AgencyKey:
        key = self._keys.get((agency, epoch))
        if key is None:
            raise Tampered(N_("A statement names an epoch of a key that does not exist."))
        return key

    def _holds(self, row: Vouching, key: AgencyKey, public: AgencyPublic) -> bool:
        vouch = Vouch.decode(row.statement)
        signer = self._own_key(vouch.by_epoch).sign
        check_signature(signer, row.statement, _NOTHING_SEALED, row.signature)
        said = (vouch.by, vouch.agency, vouch.epoch, vouch.hub)
        meant = (self._by, key.agency_id, key.epoch, key.hub_id)
        counts = self._only in (None, vouch.kind)
        return counts and said == meant and names_key(vouch, public)


def follows(key: AgencyKey, public: AgencyPublic, before: AgencyPublic) -> Succession:
    """Return the succession by which one epoch's keys follow from those of the epoch before.

    Raises Tampered where those did not sign it, or signed another.
    """
    statement = key.succession or b""
    sealed_digest, mark = key.succession_sealed_digest or b"", key.succession_signature or b""
    check_signature(before.sign, statement, sealed_digest, mark)
    succession = Succession.decode(statement)
    named = (succession.agency, succession.epoch) == (key.agency_id, key.epoch)
    if not named or not names_key(succession, public):
        raise Tampered(N_("A succession is about another key than it stands with."))
    return succession
