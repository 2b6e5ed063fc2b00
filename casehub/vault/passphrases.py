"""An account's private key behind a passphrase: slow to guess, and not at all without the pepper.

Argon2id (RFC 9106) makes each guess cost memory and time; HMAC with the server's pepper makes a
stolen database useless for guessing; HKDF gives the key that wraps the account's seed.
"""

import secrets
import unicodedata
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from casehub.errors import Invalid, Tampered
from casehub.texts import N_
from casehub.vault.derive import PASSPHRASE_PEPPER, PASSPHRASE_WRAP, derive, keyed_digest
from casehub.vault.keys import PrivateKey
from casehub.vault.server_secrets import ServerSecret

SHORTEST, LONGEST = 12, 1_000
_SALT_BYTES, _NONCE_BYTES, _KEY_BYTES = 16, 12, 32


@dataclass(frozen=True)
class Passphrase:
    """A passphrase as it counts: in Unicode's composed form. Prints nothing."""

    text: str = field(repr=False)

    @classmethod
    def read(cls, typed: str) -> "Passphrase":
        """Take what somebody typed; raise Invalid below 12 or above 1,000 characters.

        However a keyboard composes its accents, the same letters are the same passphrase.
        """
        try:
            text = unicodedata.normalize("NFC", typed)
            text.encode()
        except UnicodeEncodeError:
            raise Invalid("passphrase", N_("A passphrase is made of whole characters.")) from None
        if not SHORTEST <= len(text) <= LONGEST:
            raise Invalid(
                "passphrase",
                N_("A passphrase has {shortest} to {longest} characters."),
                shortest=SHORTEST,
                longest=LONGEST,
            )
        return cls(text)


@dataclass(frozen=True)
class Cost:
    """What one guess costs: memory in KiB, passes over it, lanes (RFC 9106 section 3.1)."""

    memory_kib: int
    passes: int
    lanes: int


@dataclass(frozen=True)
class Lock:
    """What stands beside a wrapped key: salt, cost, and the id of the pepper it was made with."""

    salt: bytes
    cost: Cost
    pepper: str

    @classmethod
    def new(cls, cost: Cost, pepper: ServerSecret) -> "Lock":
        """Make a lock with a salt of its own."""
        return cls(secrets.token_bytes(_SALT_BYTES), cost, pepper.id)

    def _cipher(self, passphrase: Passphrase, pepper: ServerSecret) -> AESGCM:
        if pepper.id != self.pepper:
            raise Tampered(N_("A passphrase was locked with another pepper."))
        stretched = Argon2id(
            salt=self.salt,
            length=_KEY_BYTES,
            iterations=self.cost.passes,
            lanes=self.cost.lanes,
            memory_cost=self.cost.memory_kib,
        ).derive(passphrase.text.encode())
        peppered = keyed_digest(pepper.value, PASSPHRASE_PEPPER, stretched)
        return AESGCM(derive(peppered, PASSPHRASE_WRAP))

    def wrap(
        self, key: PrivateKey, passphrase: Passphrase, pepper: ServerSecret, address: str
    ) -> bytes:
        """Wrap an account's seed for one address (the credential's id). Takes the cost's time."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return nonce + self._cipher(passphrase, pepper).encrypt(nonce, key.seed, address.encode())

    def unwrap(
        self, wrapped: bytes, passphrase: Passphrase, pepper: ServerSecret, address: str
    ) -> PrivateKey | None:
        """Open an account's key, or return None where the passphrase is another.

        A wrong passphrase and changed bytes cannot be told apart. Takes the cost's time.
        """
        cipher = self._cipher(passphrase, pepper)
        try:
            return PrivateKey(
                cipher.decrypt(wrapped[:_NONCE_BYTES], wrapped[_NONCE_BYTES:], address.encode())
            )
        except (InvalidTag, ValueError):
            return None
