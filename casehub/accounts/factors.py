"""Second factors: a code from a telephone's app, or the next one of a printed card.

Recovery codes stand in for either. Every code is good once: what was used is a row of its own, so
that of two requests with one code one fails.
"""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import func, select

from casehub.accounts.sign_in_models import Credential, CredentialKind, FactorUse
from casehub.accounts.sign_in_policy import sign_in_rules
from casehub.errors import Invalid
from casehub.store import db
from casehub.texts import N_
from casehub.vault import (
    DIGEST_BYTES,
    FactorSecret,
    PrivateKey,
    open_own,
    own_code_digest,
    random_codes,
)

CARD_LETTERS, RECOVERY_LETTERS = 8, 10
_DIGITS = 6
_LONGEST = 40
_DASHES = str.maketrans("-‐‑–—−", " " * 6)  # noqa: RUF001 - telephones make them of a hyphen


class FactorKind(StrEnum):
    """What somebody has beside the passphrase."""

    PHONE = "phone"
    CARD = "card"


@dataclass(frozen=True)
class FactorOffer:
    """A second factor that somebody is setting up: shown, and confirmed with a code of its own."""

    kind: FactorKind
    secret: FactorSecret = field(repr=False)

    @classmethod
    def new(cls, kind: FactorKind) -> "FactorOffer":
        """Make one with fresh random bytes."""
        return cls(kind, FactorSecret.new())

    @classmethod
    def read(cls, kind: FactorKind, text: str) -> "FactorOffer":
        """Read what `text` wrote; raise Invalid for anything else."""
        return cls(kind, FactorSecret.read(text))

    @property
    def text(self) -> str:
        """Return what the page carries to the next request; it is on that page anyway."""
        return self.secret.text

    @property
    def codes(self) -> tuple[str, ...]:
        """Return a card's codes as they are printed; a telephone has none."""
        if self.kind is FactorKind.PHONE:
            return ()
        codes = self.secret.printed(sign_in_rules().factor.card_codes, CARD_LETTERS)
        return tuple(grouped(code) for code in codes)

    def confirm(self, typed: str, at: datetime) -> None:
        """Raise Invalid unless the code shows that the factor works."""
        code = plain(typed)
        if self.kind is FactorKind.CARD:
            fits = code in {plain(shown) for shown in self.codes}
            message = N_("This is not one of the codes on the card below.")
        else:
            fits = self.secret.step_of(code, at, sign_in_rules().factor.apart) is not None
            message = N_(
                "This is not the code of this moment. Wait for the next one; if it does not fit "
                "either, set the telephone's clock to automatic."
            )
        if not fits:
            raise Invalid("code", message)


def grouped(code: str) -> str:
    """Write a code as people read it.

    >>> grouped("7KQ2M4XW"), grouped("7KQ2M4XWAB")
    ('7KQ2-M4XW', '7KQ2M-4XWAB')
    """
    half = len(code) // 2
    return f"{code[:half]}-{code[half:]}"


def plain(typed: str) -> str:
    """Read a code as somebody typed it: any case, any spaces or dashes.

    >>> plain(" 7kq2-m4xw "), plain("123 456")
    ('7KQ2M4XW', '123456')
    """
    whole = unicodedata.normalize("NFKC", typed[:_LONGEST]).upper().translate(_DASHES)
    return "".join(whole.split()).encode("ascii", "replace").decode()


def new_recovery_codes() -> tuple[str, ...]:
    """Return fresh recovery codes, as they are shown once."""
    codes = random_codes(sign_in_rules().factor.recovery_codes, RECOVERY_LETTERS)
    return tuple(grouped(code) for code in codes)


def digests_of(codes: Iterable[str], key: PrivateKey, address: str) -> bytes:
    """Return the keyed hashes of printed codes, one after the other."""
    return b"".join(own_code_digest(key, plain(code), address) for code in codes)


@dataclass(frozen=True)
class Match:
    """A code that fits a credential, and what it will be remembered by once it is used."""

    credential: UUID
    kind: CredentialKind
    mark: str
    step: int | None = None


def match(
    key: PrivateKey, credentials: Iterable[Credential], typed: str, at: datetime
) -> Match | None:
    """Return which second factor a code belongs to, used or not, or None. Asks no database."""
    code = plain(typed)
    for credential in credentials:
        address = str(credential.id)
        if credential.kind is CredentialKind.PHONE and len(code) == _DIGITS and credential.sealed:
            secret = FactorSecret(open_own(key, bytes(credential.sealed), address))
            step = secret.step_of(code, at, sign_in_rules().factor.apart)
            if step is not None:
                return Match(credential.id, credential.kind, str(step), step)
        elif credential.digests:
            digest = own_code_digest(key, code, address)
            if digest in split(credential.digests):
                return Match(credential.id, credential.kind, digest.hex())
    return None


def split(digests: bytes) -> list[bytes]:
    """Return hashes that stand one after the other."""
    return [digests[at : at + DIGEST_BYTES] for at in range(0, len(digests), DIGEST_BYTES)]


def is_used(found: Match) -> bool:
    """Say whether a code, or a later one of the same telephone, was used before."""
    uses = select(FactorUse.id).where(FactorUse.credential_id == found.credential)
    if found.step is None:
        uses = uses.where(FactorUse.mark == found.mark)
    else:
        uses = uses.where(FactorUse.step >= found.step)
    return db.session.scalar(uses.limit(1)) is not None


def take(found: Match) -> bool:
    """Use a code up; return False where somebody was quicker. Needs a writing transaction.

    It holds the credential: of two requests the second waits here, and then finds the code used.
    """
    credential = db.session.get(Credential, found.credential, with_for_update=True)
    if credential is None or is_used(found):
        return False
    db.session.add(
        FactorUse(
            hub_id=credential.hub_id,
            credential_id=credential.id,
            mark=found.mark,
            step=found.step,
        )
    )
    db.session.flush()
    return True


def codes_left(credential: Credential) -> int:
    """Return how many printed codes of a credential are still good."""
    used = select(func.count()).where(FactorUse.credential_id == credential.id)
    return len(split(credential.digests or b"")) - (db.session.scalar(used) or 0)
