"""One cast for all tests of the vault, with keys made when they run.

North and South are agencies of one hub. North releases a case key to South; South carries it over
to its next epoch. Ann is a member of North.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

import pytest

from casehub.vault import (
    AgencySecret,
    Carried,
    CaseKey,
    Given,
    Holder,
    KeyKind,
    Membership,
    PrivateKey,
    RecordAddress,
    Release,
    SealedRecord,
    Succession,
    Vouch,
    VouchKind,
    digest,
    give_case_key,
    give_membership,
    reseal_case_key,
    seal_record,
    succeed,
)
from casehub.vault.padding import pad

HUB, NORTH, SOUTH, CASE = uuid4(), uuid4(), uuid4(), uuid4()
MOMENT = datetime(2026, 3, 29, 1, 0, 0, 5, tzinfo=UTC)


def _flip(content: bytes, bit: int) -> bytes:
    changed = bytearray(content)
    changed[bit // 8 % len(content)] ^= 1 << bit % 8
    return bytes(changed)


def _another(value: Any) -> Any:
    match value:
        case None | UUID():
            other: Any = uuid4()
        case bool():
            other = not value
        case int():
            other = value + 1
        case datetime():
            other = value + timedelta(microseconds=1)
        case StrEnum():
            other = next(member for member in type(value) if member is not value)
        case str():
            other = value[:-1] + ("0" if value[-1] != "0" else "1")
        case _:
            other = (*value, "supervisor")
    return other


@pytest.fixture(scope="session")
def flip() -> Callable[[bytes, int], bytes]:
    """Change one bit, counted round and round."""
    return _flip


@pytest.fixture(scope="session")
def another() -> Callable[[Any], Any]:
    """Give another value of the same kind, as near as there is one."""
    return _another


@pytest.fixture(scope="session")
def with_another() -> Callable[[Any, str], Any]:
    """Change one field of a dataclass to another value of its kind."""
    return lambda whole, field: replace(whole, **{field: _another(getattr(whole, field))})


@pytest.fixture(scope="session")
def north() -> AgencySecret:
    return AgencySecret.new()


@pytest.fixture(scope="session")
def south() -> AgencySecret:
    return AgencySecret.new()


@pytest.fixture(scope="session")
def south_next() -> AgencySecret:
    return AgencySecret.new()


@pytest.fixture(scope="session")
def ann() -> PrivateKey:
    return PrivateKey.new()


@pytest.fixture(scope="session")
def case_key() -> CaseKey:
    return CaseKey.new()


@pytest.fixture(scope="session")
def own_key() -> CaseKey:
    return CaseKey.new()


@pytest.fixture(scope="session")
def membership(ann: PrivateKey) -> Membership:
    roles = ("advocate", "custodian")
    return Membership(HUB, NORTH, 1, uuid4(), ann.public.digest, roles, Holder.PERSON)


@pytest.fixture(scope="session")
def admitted(membership: Membership, north: AgencySecret, ann: PrivateKey) -> Given:
    return give_membership(membership, north, ann.public)


@pytest.fixture(scope="session")
def release(south: AgencySecret, case_key: CaseKey) -> Release:
    return Release(
        release=uuid4(),
        hub=HUB,
        case=CASE,
        kind=KeyKind.JOINT,
        owner=None,
        version=1,
        giver=NORTH,
        giver_epoch=1,
        receiver=SOUTH,
        receiver_epoch=1,
        account=None,
        to_key=south.public.seal.digest,
        ground="consent",
        consent=uuid4(),
        at=MOMENT,
        until=MOMENT + timedelta(days=90),
        commitment=case_key.commitment,
    )


@pytest.fixture(scope="session")
def released(
    release: Release, case_key: CaseKey, north: AgencySecret, south: AgencySecret
) -> Given:
    return give_case_key(release, case_key, south.public.seal, north.sign)


@pytest.fixture(scope="session")
def carried(released: Given, case_key: CaseKey, south_next: AgencySecret) -> Carried:
    return Carried(
        released.statement,
        released.sealed_digest,
        released.signature,
        reseal_case_key(released.statement, case_key, south_next, 2),
    )


@pytest.fixture(scope="session")
def succession(south_next: AgencySecret) -> Succession:
    sign_key = digest(south_next.public.sign.content)
    return Succession(HUB, SOUTH, 2, south_next.public.seal.digest, sign_key, True, MOMENT)


@pytest.fixture(scope="session")
def succeeded(succession: Succession, south: AgencySecret, south_next: AgencySecret) -> Given:
    return succeed(succession, south, south_next)


@pytest.fixture(scope="session")
def vouch(south: AgencySecret) -> Vouch:
    seal_key, sign_key = south.public.seal.digest, digest(south.public.sign.content)
    return Vouch(HUB, NORTH, 1, SOUTH, 1, seal_key, sign_key, VouchKind.COMPARED, MOMENT)


@pytest.fixture(scope="session")
def address() -> RecordAddress:
    return RecordAddress("risk/assessment", uuid4(), CASE, KeyKind.PART, NORTH, 1, 1, NORTH)


@pytest.fixture(scope="session")
def padded() -> bytes:
    return pad("Зоя O'Brien said: “he knows where I am”".encode())


@pytest.fixture(scope="session")
def record(
    address: RecordAddress, padded: bytes, case_key: CaseKey, own_key: CaseKey
) -> SealedRecord:
    return seal_record(address, padded, case_key, own_key)
