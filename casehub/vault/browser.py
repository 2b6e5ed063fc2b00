"""An account's private key for the length of a browser session.

The browser holds 32 random bytes in its cookie and nothing else; the database holds the key under
them. Either alone opens nothing.
"""

import hashlib
import secrets
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from casehub.errors import Tampered
from casehub.texts import N_
from casehub.vault.derive import BROWSER_WRAP, derive
from casehub.vault.keys import PrivateKey

_BYTES, _NONCE_BYTES = 32, 12


@dataclass(frozen=True)
class BrowserSecret:
    """What the cookie holds. Prints nothing."""

    content: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.content) != _BYTES:
            raise Tampered(N_("A browser session is not a browser session."))

    @classmethod
    def new(cls) -> "BrowserSecret":
        """Make 32 random bytes."""
        return cls(secrets.token_bytes(_BYTES))

    @property
    def id(self) -> str:
        """Return the name of the session's row, which does not lead back to the secret."""
        return hashlib.sha256(b"id" + self.content).hexdigest()

    def wrap(self, key: PrivateKey) -> bytes:
        """Wrap an account's seed for this session."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return nonce + self._cipher().encrypt(nonce, key.seed, self.id.encode())

    def unwrap(self, wrapped: bytes) -> PrivateKey:
        """Open the account's key; raise Tampered if it was not wrapped for this session."""
        try:
            return PrivateKey(
                self._cipher().decrypt(
                    wrapped[:_NONCE_BYTES], wrapped[_NONCE_BYTES:], self.id.encode()
                )
            )
        except (InvalidTag, ValueError) as error:
            raise Tampered(N_("A browser session does not open its key.")) from error

    def _cipher(self) -> AESGCM:
        return AESGCM(derive(self.content, BROWSER_WRAP))
