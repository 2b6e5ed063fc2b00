"""Records: one document under one content key, wrapped for the case and for its author.

AES-GCM commits to no key: one could make a cipher text that opens to one text under the case's key
and to another under the author's. So the content key only feeds HKDF, which gives the key of the
body and a commitment that stands in the body; both wraps must lead to it. Case keys carry a
commitment of their own, which their signed release names.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass, field
from functools import cached_property
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from casehub.errors import Tampered, TooNew
from casehub.texts import N_
from casehub.vault.derive import (
    CASE_COMMITMENT,
    CASE_DOCUMENT,
    CONTENT_BODY,
    CONTENT_COMMITMENT,
    derive,
)
from casehub.vault.keys import SigningKey, VerifyKey
from casehub.vault.kinds import KeyKind

_FORMAT = 1
_KEY_BYTES, _NONCE_BYTES, _COMMITMENT_BYTES = 32, 12, 32
_HEAD_BYTES = 1 + _COMMITMENT_BYTES + _NONCE_BYTES


@dataclass(frozen=True)
class CaseKey:
    """One key of one case (a DEK). It only feeds HKDF and prints nothing."""

    content: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.content) != _KEY_BYTES:
            raise Tampered(N_("A case key is not a case key."))

    @classmethod
    def new(cls) -> "CaseKey":
        """Make 32 random bytes."""
        return cls(secrets.token_bytes(_KEY_BYTES))

    @cached_property
    def commitment(self) -> str:
        """Return what a release states of the key: 32 bytes as hexadecimal."""
        return derive(self.content, CASE_COMMITMENT).hex()

    @cached_property
    def _wrapping(self) -> AESGCM:
        return AESGCM(derive(self.content, CASE_DOCUMENT))

    def wrap(self, content_key: bytes, associated: bytes) -> bytes:
        """Wrap a content key: nonce, cipher text and tag, 60 bytes."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return nonce + self._wrapping.encrypt(nonce, content_key, b"wrap/" + associated)

    def unwrap(self, wrapped: bytes, associated: bytes) -> bytes:
        """Undo `wrap`; raise Tampered for another key, address or bytes."""
        try:
            return self._wrapping.decrypt(
                wrapped[:_NONCE_BYTES], wrapped[_NONCE_BYTES:], b"wrap/" + associated
            )
        except (InvalidTag, ValueError) as error:
            raise Tampered(N_("A record does not open under this key.")) from error


@dataclass(frozen=True)
class RecordAddress:
    """Where a record belongs; its cipher text fits nowhere else.

    `kind`, `owner` and `version` name the case key, `author` the agency that wrote it, `revision`
    counts what superseded what, from 1.
    """

    contract: str
    record: UUID
    case: UUID
    kind: KeyKind
    owner: UUID | None
    version: int
    revision: int
    author: UUID

    @cached_property
    def associated(self) -> bytes:
        """Return the associated data. No part can hold the bar between them."""
        return (
            f"casehub/record/1|{self.contract}|{self.record}|{self.case}|{self.kind}|{self.owner}"
            f"|{self.version}|{self.revision}|{self.author}"
        ).encode()


@dataclass(frozen=True)
class SealedRecord:
    """What is stored: the body, and its content key wrapped for the case and for its author.

    `own_wrap` is None for a record that lies under the author's own key anyway.
    """

    body: bytes = field(repr=False)
    wrap: bytes = field(repr=False)
    own_wrap: bytes | None = field(repr=False)


def seal_record(
    address: RecordAddress, padded: bytes, key: CaseKey, own_key: CaseKey | None
) -> SealedRecord:
    """Seal padded bytes at their address, under the case's key and the author's own."""
    content_key = secrets.token_bytes(_KEY_BYTES)
    nonce = secrets.token_bytes(_NONCE_BYTES)
    head = bytes([_FORMAT]) + derive(content_key, CONTENT_COMMITMENT) + nonce
    cipher = AESGCM(derive(content_key, CONTENT_BODY))
    return SealedRecord(
        body=head + cipher.encrypt(nonce, padded, address.associated),
        wrap=key.wrap(content_key, address.associated),
        own_wrap=None if own_key is None else own_key.wrap(content_key, address.associated),
    )


def _signed_input(address: RecordAddress, body: bytes) -> bytes:
    parts = hashlib.sha256(address.associated).digest() + hashlib.sha256(body).digest()
    return b"casehub/record-signed/1\x00" + parts


def sign_record(address: RecordAddress, body: bytes, author: SigningKey) -> bytes:
    """Sign what was sealed, where it belongs: the author agency answers for its words.

    Whoever holds a key of the case could otherwise seal words of their own in another's name.
    """
    return author.sign(_signed_input(address, body))


def check_record(address: RecordAddress, body: bytes, mark: bytes, author: VerifyKey) -> None:
    """Raise Tampered unless the author agency signed this body at this address."""
    author.check(mark, _signed_input(address, body))


def open_record(address: RecordAddress, body: bytes, wrap: bytes, key: CaseKey) -> bytes:
    """Open a body with either of its wraps and that wrap's key; return the padded bytes.

    Raises Tampered if anything is not what was sealed at this address, TooNew for a later format.
    """
    if len(body) <= _HEAD_BYTES:
        raise Tampered(N_("A sealed document has no end."))
    if body[0] != _FORMAT:
        raise TooNew(N_("A record has format {format}."), format=body[0])
    content_key = key.unwrap(wrap, address.associated)
    commitment = body[1 : 1 + _COMMITMENT_BYTES]
    if not hmac.compare_digest(derive(content_key, CONTENT_COMMITMENT), commitment):
        raise Tampered(N_("A record was not sealed with the key that is wrapped beside it."))
    nonce = body[1 + _COMMITMENT_BYTES : _HEAD_BYTES]
    try:
        return AESGCM(derive(content_key, CONTENT_BODY)).decrypt(
            nonce, body[_HEAD_BYTES:], address.associated
        )
    except InvalidTag as error:
        raise Tampered(N_("A record does not open under this key.")) from error
