"""What is kept under an account's own key: small secrets, and hashes of codes.

Nothing of it opens, and no code can be guessed at, before the passphrase gave the key.
"""

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from casehub.errors import Tampered
from casehub.texts import N_
from casehub.vault.derive import ACCOUNT_BOX, ACCOUNT_CODE, derive, keyed_digest
from casehub.vault.keys import PrivateKey

DIGEST_BYTES = 32
_NONCE_BYTES = 12


def seal_own(key: PrivateKey, content: bytes, address: str) -> bytes:
    """Seal something under an account's key, for one address."""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return nonce + _cipher(key).encrypt(nonce, content, address.encode())


def open_own(key: PrivateKey, sealed: bytes, address: str) -> bytes:
    """Open what `seal_own` sealed; raise Tampered for another key, address or text."""
    try:
        return _cipher(key).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], address.encode())
    except (InvalidTag, ValueError) as error:
        raise Tampered(N_("What an account keeps for itself was changed.")) from error


def own_code_digest(key: PrivateKey, code: str, address: str) -> bytes:
    """Return the 32 bytes that a printed code is known by."""
    content = f"{address}\x00{code}".encode()
    return keyed_digest(derive(key.seed, ACCOUNT_CODE), ACCOUNT_CODE, content)


def _cipher(key: PrivateKey) -> AESGCM:
    return AESGCM(derive(key.seed, ACCOUNT_BOX))
