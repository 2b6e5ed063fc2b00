"""Codes of 128 bits that people hand over by voice or paper, and the stand-in key each opens.

One mechanism for invitation, reset and recovery sheet: a fresh key pair stands in for somebody
until they come with the code. The code has enough chance in it to need no slow hash.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from casehub.errors import Invalid, Tampered
from casehub.references import ALPHABET
from casehub.texts import N_
from casehub.vault.derive import CODE_WRAP, derive
from casehub.vault.keys import PrivateKey

_BITS, _GROUP = 128, 4
_LETTERS = 27  # 30^27 > 2^132: sixteen bytes and a four-bit check
_CHECK = 16
_NONCE_BYTES = 12
_DIGEST_LABEL = b"casehub/code/1/digest\x00"
_DASHES = str.maketrans("-‐‑–—−", " " * 6)  # noqa: RUF001 - telephones make them of a hyphen


def _check_of(value: int) -> int:
    return value % 13


@dataclass(frozen=True)
class Code:
    """A code of 128 random bits. Prints nothing; `text` is what is written on paper."""

    content: bytes = field(repr=False)

    @classmethod
    def new(cls) -> "Code":
        """Make 16 random bytes."""
        return cls(secrets.token_bytes(_BITS // 8))

    @property
    def text(self) -> str:
        """Return the code in groups of four of an alphabet without look-alikes."""
        value = int.from_bytes(self.content)
        value = value * _CHECK + _check_of(value)
        letters = ""
        for _ in range(_LETTERS):
            value, letter = divmod(value, len(ALPHABET))
            letters = ALPHABET[letter] + letters
        return "-".join(letters[i : i + _GROUP] for i in range(0, _LETTERS, _GROUP))

    @classmethod
    def read(cls, text: str) -> "Code":
        """Read a code as somebody typed it: any case, any spaces or dashes.

        Raises Invalid where a letter is missing, foreign or mistaken (the check finds a single
        wrong letter in about 19 of 20 cases; the rest simply opens nothing).
        """
        letters = "".join(text.upper().translate(_DASHES).split())
        value = 0
        for letter in letters[: _LETTERS + 1]:  # a megabyte would take minutes
            place = ALPHABET.find(letter)
            if place < 0:
                raise Invalid("code", N_("A code has no “{letter}”."), letter=letter)
            value = value * len(ALPHABET) + place
        value, check = divmod(value, _CHECK)
        if len(letters) != _LETTERS or value >> _BITS or check != _check_of(value):
            raise Invalid("code", N_("This is not a whole code. Read it again, group by group."))
        return cls(value.to_bytes(_BITS // 8))

    @property
    def digest(self) -> str:
        """Return what a code that opens no key is known by; it does not lead back to the code."""
        return hashlib.sha256(_DIGEST_LABEL + self.content).hexdigest()

    def has_digest(self, digest: str) -> bool:
        """Say whether a digest is this code's."""
        return hmac.compare_digest(self.digest.encode(), digest.encode())

    def _cipher(self) -> AESGCM:
        return AESGCM(derive(self.content, CODE_WRAP))

    def wrap(self, stand_in: PrivateKey, address: str) -> bytes:
        """Wrap a stand-in's seed under the code, for one address."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return nonce + self._cipher().encrypt(nonce, stand_in.seed, address.encode())

    def unwrap(self, wrapped: bytes, address: str) -> PrivateKey:
        """Open a stand-in's key; raise Tampered if the code or the address is another."""
        try:
            return PrivateKey(
                self._cipher().decrypt(
                    wrapped[:_NONCE_BYTES], wrapped[_NONCE_BYTES:], address.encode()
                )
            )
        except (InvalidTag, ValueError) as error:
            raise Tampered(N_("This code does not open this.")) from error
