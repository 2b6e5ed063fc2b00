"""Key pairs made from 32-byte seeds.

Sealing: MLKEM768-X25519 (X-Wing). The library exports no private key of that kind, so the seed is
what is kept, expanded as draft-connolly-cfrg-xwing-kem section 5.2 does: SHAKE256 to 96 bytes, of
which 64 seed ML-KEM-768 and 32 are the X25519 key. Signing: Ed25519 (RFC 8032).
"""

import hashlib
import secrets
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import MLKEM768X25519PrivateKey, MLKEM768X25519PublicKey

from casehub.errors import Tampered
from casehub.texts import N_

SEED_BYTES = 32
_MLKEM_PUBLIC_BYTES = 1184
PUBLIC_KEY_BYTES = _MLKEM_PUBLIC_BYTES + 32
VERIFY_KEY_BYTES = 32
_GROUPS, _DIGITS = 6, 5


def _expand(seed: bytes) -> tuple[MLKEM768PrivateKey, X25519PrivateKey]:
    expanded = hashlib.shake_256(seed).digest(96)
    return (
        MLKEM768PrivateKey.from_seed_bytes(expanded[:64]),
        X25519PrivateKey.from_private_bytes(expanded[64:]),
    )


@dataclass(frozen=True)
class PublicKey:
    """A key to seal to: 1,216 bytes, ML-KEM-768 and then X25519."""

    content: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.content) != PUBLIC_KEY_BYTES:
            raise Tampered(N_("A public key is not a public key."))

    @cached_property
    def for_sealing(self) -> MLKEM768X25519PublicKey:
        """Return the library's key; raise Tampered where the bytes are none."""
        try:
            return MLKEM768X25519PublicKey(
                MLKEM768PublicKey.from_public_bytes(self.content[:_MLKEM_PUBLIC_BYTES]),
                X25519PublicKey.from_public_bytes(self.content[_MLKEM_PUBLIC_BYTES:]),
            )
        except ValueError as error:
            raise Tampered(N_("A public key is not a public key.")) from error

    @cached_property
    def digest(self) -> str:
        """Return SHA-256 of the key as hexadecimal, as statements name it."""
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True)
class PrivateKey:
    """A key to open with, kept and moved as its seed. Prints nothing."""

    seed: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.seed) != SEED_BYTES:
            raise Tampered(N_("A private key is not a private key."))

    @classmethod
    def new(cls) -> "PrivateKey":
        """Make a key pair from 32 random bytes."""
        return cls(secrets.token_bytes(SEED_BYTES))

    @cached_property
    def _halves(self) -> tuple[MLKEM768PrivateKey, X25519PrivateKey]:
        return _expand(self.seed)

    @cached_property
    def for_opening(self) -> MLKEM768X25519PrivateKey:
        """Return the library's key."""
        return MLKEM768X25519PrivateKey(*self._halves)

    @cached_property
    def public(self) -> PublicKey:
        """Return the public half."""
        mlkem, x25519 = self._halves
        return PublicKey(
            mlkem.public_key().public_bytes_raw() + x25519.public_key().public_bytes_raw()
        )


@lru_cache(maxsize=8192)
def _accepts(key: bytes, signature: bytes, message: bytes) -> bool:
    # A pure function of public values, so its answers may be kept: a case page checks the same
    # few releases and vouches again and again.
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


@dataclass(frozen=True)
class VerifyKey:
    """A key to check signatures with: 32 bytes, Ed25519."""

    content: bytes = field(repr=False)

    def accepts(self, signature: bytes, message: bytes) -> bool:
        """Say whether this key signed the message; what is no key signed nothing."""
        return _accepts(self.content, signature, message)

    def check(self, signature: bytes, message: bytes) -> None:
        """Raise Tampered unless this key signed the message."""
        if not self.accepts(signature, message):
            raise Tampered(N_("A signature does not fit what it signs."))


@dataclass(frozen=True)
class SigningKey:
    """A key to sign with, kept and moved as its seed. Prints nothing."""

    seed: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.seed) != SEED_BYTES:
            raise Tampered(N_("A private key is not a private key."))

    @classmethod
    def new(cls) -> "SigningKey":
        """Make a key pair from 32 random bytes."""
        return cls(secrets.token_bytes(SEED_BYTES))

    @cached_property
    def _key(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.seed)

    @cached_property
    def public(self) -> VerifyKey:
        """Return the public half."""
        return VerifyKey(self._key.public_key().public_bytes_raw())

    def sign(self, message: bytes) -> bytes:
        """Return a 64-byte signature."""
        return self._key.sign(message)


@dataclass(frozen=True)
class AgencyPublic:
    """What the world knows of one epoch of an agency's key."""

    seal: PublicKey
    sign: VerifyKey

    @cached_property
    def fingerprint(self) -> str:
        """Return six groups of five digits, the same in every language, to be read aloud.

        Thirty digits are 99 bits of SHA-256 over both keys: nobody finds a second pair.
        """
        value = int.from_bytes(
            hashlib.sha256(
                b"casehub/fingerprint/1" + self.seal.content + self.sign.content
            ).digest()
        )
        digits = f"{value % 10 ** (_GROUPS * _DIGITS):0{_GROUPS * _DIGITS}d}"
        return " ".join(digits[i : i + _DIGITS] for i in range(0, len(digits), _DIGITS))


@dataclass(frozen=True)
class AgencySecret:
    """Both private keys of one epoch of an agency."""

    seal: PrivateKey
    sign: SigningKey

    @classmethod
    def new(cls) -> "AgencySecret":
        """Make both key pairs."""
        return cls(PrivateKey.new(), SigningKey.new())

    @classmethod
    def read(cls, content: bytes) -> "AgencySecret":
        """Read what `content` wrote; raise Tampered for any other length."""
        return cls(PrivateKey(content[:SEED_BYTES]), SigningKey(content[SEED_BYTES:]))

    @property
    def content(self) -> bytes:
        """Return the 64 bytes that are sealed to a member."""
        return self.seal.seed + self.sign.seed

    @cached_property
    def public(self) -> AgencyPublic:
        """Return both public halves."""
        return AgencyPublic(self.seal.public, self.sign.public)
