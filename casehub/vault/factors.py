"""Second factors: one-time passwords by the clock, and codes printed on a card.

A telephone's app and the server share 20 random bytes (RFC 6238: SHA-1, six digits, 30 seconds,
as every app has it). A card's codes come from 20 random bytes in the same way, so that whoever sets
one up carries only those from page to page.
"""

import base64
import binascii
import hmac
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from casehub.errors import Invalid
from casehub.references import ALPHABET
from casehub.texts import N_
from casehub.vault.derive import PRINTED_CODE, derive

_BYTES, _DIGITS, _STEP_SECONDS = 20, 6, 30


@dataclass(frozen=True)
class FactorSecret:
    """Twenty random bytes behind a second factor. Prints nothing."""

    content: bytes = field(repr=False)

    @classmethod
    def new(cls) -> "FactorSecret":
        """Make 20 random bytes."""
        return cls(secrets.token_bytes(_BYTES))

    @classmethod
    def read(cls, text: str) -> "FactorSecret":
        """Read what `text` wrote; raise Invalid for anything else."""
        try:
            content = base64.b32decode(text.encode())
        except (binascii.Error, UnicodeEncodeError, ValueError):
            content = b""
        if len(content) != _BYTES:
            raise Invalid("offer", N_("This page was changed on its way. Begin again."))
        return cls(content)

    @property
    def text(self) -> str:
        """Return the secret in the letters that people type into an app."""
        return base64.b32encode(self.content).decode()

    def uri(self, name: str, issuer: str) -> str:
        """Return what a QR code holds."""
        return self._totp.get_provisioning_uri(name, issuer)

    def code_at(self, moment: datetime) -> str:
        """Return the six digits that an app shows at a moment."""
        return self._totp.generate(int(moment.timestamp())).decode()

    def step_of(self, code: str, moment: datetime, apart: timedelta) -> int | None:
        """Return the step in time that a code belongs to, or None where it is no code of now.

        `apart` is how far the telephone's clock may be from ours, to either side.
        """
        first, last = (_step(moment + by) for by in (-apart, apart))
        found = None
        for step in range(first, last + 1):
            expected = self._totp.generate(step * _STEP_SECONDS)
            if hmac.compare_digest(expected, code.encode()):
                found = step
        return found

    def printed(self, count: int, letters: int) -> tuple[str, ...]:
        """Return the codes of a card, each of so many letters that nobody confuses."""
        return tuple(self._printed(number, letters) for number in range(count))

    def _printed(self, number: int, letters: int) -> str:
        value = int.from_bytes(derive(self.content, PRINTED_CODE + f"/{number}".encode()))
        return _letters(value, letters)

    @property
    def _totp(self) -> TOTP:
        return TOTP(self.content, _DIGITS, SHA1(), _STEP_SECONDS)  # noqa: S303 - what apps know


def _step(moment: datetime) -> int:
    return int(moment.timestamp()) // _STEP_SECONDS


def _letters(value: int, count: int) -> str:
    text = ""
    for _ in range(count):
        value, letter = divmod(value, len(ALPHABET))
        text += ALPHABET[letter]
    return text


def random_codes(count: int, letters: int) -> tuple[str, ...]:
    """Return fresh codes of so many letters that nobody confuses on paper."""
    return tuple("".join(secrets.choice(ALPHABET) for _ in range(letters)) for _ in range(count))
