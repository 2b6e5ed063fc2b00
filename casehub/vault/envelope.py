"""One secret sealed to one public key (HPKE, RFC 9180, base mode), behind a suite byte.

Suite 1 is MLKEM768-X25519, HKDF-SHA256 and AES-256-GCM: a harvest of today's database stays closed
to whoever has a quantum computer in thirty years, and stays closed if ML-KEM alone falls. `info`
is the statement under which the secret is given, so it opens under that statement and no other.
"""

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from casehub.errors import Tampered, TooNew
from casehub.texts import N_
from casehub.vault.keys import PrivateKey, PublicKey

_HYBRID = 1
_SUITES = {_HYBRID: Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)}


def seal_to(receiver: PublicKey, secret: bytes, info: bytes) -> bytes:
    """Seal a secret to a public key under a statement; 1,137 bytes more than the secret.

    Raises Tampered for a key of low order, with which nobody could share a secret.
    """
    key = receiver.for_sealing
    try:
        return bytes([_HYBRID]) + _SUITES[_HYBRID].encrypt(secret, key, info)
    except ValueError as error:
        raise Tampered(N_("A public key is not a public key.")) from error


def open_with(receiver: PrivateKey, sealed: bytes, info: bytes) -> bytes:
    """Open what `seal_to` made.

    Raises Tampered if key, statement or bytes are not those it was sealed with, and TooNew for a
    suite that this version does not know.
    """
    if not sealed:
        raise Tampered(N_("A sealed key is empty."))
    suite = _SUITES.get(sealed[0])
    if suite is None:
        raise TooNew(N_("A key was sealed with suite {suite}."), suite=sealed[0])
    try:
        return suite.decrypt(sealed[1:], receiver.for_opening, info)
    except (InvalidTag, ValueError) as error:
        raise Tampered(N_("A sealed key does not open under its statement.")) from error
