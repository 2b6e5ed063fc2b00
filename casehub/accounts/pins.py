"""Pins: which key of the own agency somebody last knew, kept where only they can write it.

Whoever writes the database could put another agency key in the place of the right one, with
members and all, and let people work under it. The pin lies under the account's own key: at sign-in
the present key must be the pinned one, or follow from it by signed routine successions.
"""

import json
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from casehub.accounts.sign_in_models import Credential
from casehub.errors import Tampered
from casehub.hubs.keys import public_of
from casehub.hubs.models import AgencyKey
from casehub.hubs.trust import follows
from casehub.store import Sealed, db
from casehub.vault import PrivateKey, canonical, open_own, seal_own


@dataclass(frozen=True)
class Pin:
    """An epoch and its fingerprint."""

    epoch: int
    fingerprint: str

    @classmethod
    def of(cls, key: AgencyKey) -> "Pin":
        """Return the pin of an epoch; raise Tampered unless the server made its row."""
        return cls(key.epoch, public_of(key).fingerprint)

    @classmethod
    def read(cls, credential: Credential, key: PrivateKey) -> "Pin | None":
        """Open what somebody pinned, or return None where somebody else wrote it."""
        try:
            content = open_own(key, bytes(credential.sealed or b""), str(credential.id))
        except Tampered:
            return None
        said = json.loads(content)
        return cls(said["epoch"], said["fingerprint"])

    def seal(self, credential_id: UUID, key: PrivateKey) -> Sealed:
        """Seal it for a credential's row."""
        content = canonical({"epoch": self.epoch, "fingerprint": self.fingerprint})
        return Sealed(seal_own(key, content, str(credential_id)))

    def leads_to(self, current: AgencyKey) -> bool:
        """Say whether an epoch is the pinned one, or follows from it in a routine way."""
        try:
            return self._leads_to(current)
        except Tampered:
            return False

    def _leads_to(self, current: AgencyKey) -> bool:
        query = select(AgencyKey).where(
            AgencyKey.agency_id == current.agency_id, AgencyKey.epoch >= self.epoch
        )
        epochs = {key.epoch: key for key in db.session.scalars(query)}
        pinned = epochs.get(self.epoch)
        if pinned is None or max(epochs) != current.epoch:
            return False
        before = public_of(pinned)
        if before.fingerprint != self.fingerprint:
            return False
        for epoch in range(self.epoch + 1, current.epoch + 1):
            public = public_of(epochs[epoch]) if epoch in epochs else None
            if public is None or not follows(epochs[epoch], public, before).routine:
                return False
            before = public
        return True
