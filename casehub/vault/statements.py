"""Signed statements: who is a member, who was given which key and why, whose key is whose.

A statement is canonical JSON with a label that names its kind and version. It serves as HPKE `info`
(so a sealed key opens under this statement alone) and is signed together with SHA-256 of what was
sealed under it. It holds ids, codes and moments: nothing that describes a person.
"""

import hashlib
import json
from dataclasses import dataclass, fields
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, Self, get_type_hints
from uuid import UUID

from casehub.clock import parse_timestamp, timestamp
from casehub.errors import Tampered
from casehub.texts import N_
from casehub.vault.canonical import canonical
from casehub.vault.keys import SigningKey, VerifyKey
from casehub.vault.kinds import KeyKind

_UNREADABLE = (
    *(ValueError, TypeError, KeyError, AttributeError),  # another form, or a field of another kind
    OverflowError,  # a moment outside the calendar
    RecursionError,  # lists within lists without end
)


class Holder(StrEnum):
    """What a membership was made for."""

    PERSON = "person"
    STAND_IN = "stand-in"
    RECOVERY_SHEET = "recovery-sheet"


class VouchKind(StrEnum):
    """How an agency came to trust another's key."""

    COMPARED = "compared"
    INTRODUCED = "introduced"


def _write(value: Any) -> Any:
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, datetime):
        return timestamp(value)
    if isinstance(value, tuple):
        return list(value)
    return value


def _read(kind: Any, value: Any) -> Any:
    if value is None and kind == UUID | None:
        return None
    if kind in (UUID, UUID | None):
        return UUID(value)
    if kind is datetime:
        return parse_timestamp(value)
    if kind == tuple[str, ...]:
        return tuple(_read(str, item) for item in value)
    if issubclass(kind, StrEnum):
        return kind(value)
    if type(value) is not kind:
        raise TypeError(f"a {type(value).__name__} is no {kind.__name__}")
    return value


@dataclass(frozen=True)
class Statement:
    """The base of all statements; subclasses are frozen dataclasses of plain fields."""

    LABEL: ClassVar[str]
    _kinds: ClassVar[dict[str, Any]]

    def __init_subclass__(cls) -> None:
        cls._kinds = get_type_hints(cls)

    def encode(self) -> bytes:
        """Return the canonical bytes that are signed and used as HPKE info."""
        content = {item.name: _write(getattr(self, item.name)) for item in fields(self)}
        return canonical(content | {"label": self.LABEL})

    @classmethod
    def decode(cls, content: bytes) -> Self:
        """Read what `encode` wrote; raise Tampered for anything else, however near."""
        try:
            values = json.loads(content)
            label = values.pop("label")
            statement = cls(**{name: _read(cls._kinds[name], was) for name, was in values.items()})
            again = statement.encode()
        except _UNREADABLE as error:
            raise Tampered(N_("A statement cannot be read.")) from error
        if label != cls.LABEL or again != content:
            raise Tampered(N_("A statement is not of the kind it stands for."))
        return statement

    def signed_by(self, key: SigningKey, sealed: bytes = b"") -> bytes:
        """Sign the statement together with what was sealed under it."""
        return key.sign(signing_input(self.encode(), hashlib.sha256(sealed).digest()))


def signing_input(statement: bytes, sealed_digest: bytes) -> bytes:
    """Return the message of a signature: the statement and SHA-256 of what was sealed under it."""
    return b"casehub/signed/1\x00" + sealed_digest + statement


def check_signature(key: VerifyKey, statement: bytes, sealed_digest: bytes, mark: bytes) -> None:
    """Raise Tampered unless `key` signed the statement with what was sealed under it."""
    key.check(mark, signing_input(statement, sealed_digest))


@dataclass(frozen=True)
class Membership(Statement):
    """An agency says: this account's key may hold our private keys, in these roles."""

    LABEL: ClassVar[str] = "casehub/membership/1"

    hub: UUID
    agency: UUID
    epoch: int
    account: UUID
    key: str
    roles: tuple[str, ...]
    holder: Holder


@dataclass(frozen=True)
class Release(Statement):
    """An agency says: I give this key of this case to that receiver, on this ground, until then.

    `account` is set where the case is restricted and the receiver is a named account; `to_key` is
    SHA-256 of the receiving public key either way. `giver` equal to `receiver` says who made the
    key.
    """

    LABEL: ClassVar[str] = "casehub/release/1"

    release: UUID
    hub: UUID
    case: UUID
    kind: KeyKind
    owner: UUID | None
    version: int
    giver: UUID
    giver_epoch: int
    receiver: UUID
    receiver_epoch: int
    account: UUID | None
    to_key: str
    ground: str
    consent: UUID | None
    at: datetime
    until: datetime
    commitment: str


@dataclass(frozen=True)
class Reseal(Statement):
    """A receiver says: I carried this key over to my next epoch; the release is unchanged."""

    LABEL: ClassVar[str] = "casehub/reseal/1"

    release: UUID
    release_digest: str
    receiver: UUID
    receiver_epoch: int
    to_key: str


@dataclass(frozen=True)
class Vouch(Statement):
    """An agency says: this key is really that agency's."""

    LABEL: ClassVar[str] = "casehub/vouch/1"

    hub: UUID
    by: UUID
    by_epoch: int
    agency: UUID
    epoch: int
    seal_key: str
    sign_key: str
    kind: VouchKind
    at: datetime


@dataclass(frozen=True)
class Succession(Statement):
    """An agency says, with its old key: this is my next key.

    `routine` is false after a suspected compromise: then it proves nothing and the new key must be
    compared again.
    """

    LABEL: ClassVar[str] = "casehub/succession/1"

    hub: UUID
    agency: UUID
    epoch: int
    seal_key: str
    sign_key: str
    routine: bool
    at: datetime
