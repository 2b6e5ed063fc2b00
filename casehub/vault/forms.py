"""What a form carries through somebody's browser: bound, sealed, and opened by the server alone.

The form key opens no case. Whoever has it could forge forms and read what was typed into an
expired one; nobody else can.
"""

import base64
import hmac
import secrets
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from casehub.errors import Tampered
from casehub.texts import N_
from casehub.vault.derive import FORM_BINDING, FORM_COOKIE, FORM_KEPT, derive, keyed_digest

_NONCE_BYTES, _BINDING_BYTES = 12, 16


@dataclass(frozen=True)
class FormKey:
    """The server's key for forms. Prints nothing."""

    value: bytes = field(repr=False)

    @property
    def cookie_secret(self) -> bytes:
        """Return the key that signs the cookie of language and messages."""
        return derive(self.value, FORM_COOKIE)

    def bind(self, *parts: str) -> str:
        """Return a short text that nobody else can make for the same parts."""
        content = b"".join(len(part.encode()).to_bytes(4) + part.encode() for part in parts)
        return keyed_digest(self.value, FORM_BINDING, content)[:_BINDING_BYTES].hex()

    def is_bound(self, binding: str, *parts: str) -> bool:
        """Say whether `bind` made a text for these parts."""
        return hmac.compare_digest(binding.encode(), self.bind(*parts).encode())

    def keep(self, content: bytes) -> str:
        """Seal what was typed, to be held by the browser that typed it."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return base64.urlsafe_b64encode(
            nonce + self._cipher().encrypt(nonce, content, None)
        ).decode()

    def open_kept(self, kept: str) -> bytes:
        """Open what `keep` sealed; raise Tampered for anything else."""
        try:
            sealed = base64.urlsafe_b64decode(kept.encode())
            return self._cipher().decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], None)
        except (InvalidTag, ValueError) as error:
            raise Tampered(N_("A kept form is not a kept form.")) from error

    def _cipher(self) -> AESGCM:
        return AESGCM(derive(self.value, FORM_KEPT))
