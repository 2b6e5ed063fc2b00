"""What version 1 sealed opens for ever.

The bytes were made once, by `tests/vectors/freeze_version1.py`. The keys are public by design: each
is SHA-256 of a sentence that stands here, made for this purpose and used for no other.
"""

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest

from casehub.vault import (
    AgencySecret,
    Carried,
    CaseKey,
    Code,
    Contract,
    Given,
    Holder,
    KeyKind,
    Membership,
    PrivateKey,
    RecordAddress,
    Release,
    Reseal,
    SecretName,
    ServerSecret,
    SigningKey,
    Succession,
    Vouch,
    VouchKind,
    check_signature,
    digest,
    joint_token,
    names_key,
    open_carried_key,
    open_case_key,
    open_membership,
    open_predecessor,
    open_record,
    open_stream,
)
from casehub.vault.envelope import open_with

FROZEN = json.loads((Path(__file__).parents[1] / "vectors/version1.json").read_text("utf-8"))
HUB, NORTH, SOUTH, CASE, ACCOUNT, RELEASE, RECORD = map(UUID, (f"{n:032x}" for n in range(1, 8)))
AT, UNTIL = datetime(2026, 3, 29, 1, 0, 0, 5, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC)
TEXT = "Зоя O'Brien said: “he knows where I am”"


def frozen_key(name):
    return hashlib.sha256(f"casehub frozen test key: {name}".encode()).digest()


def agency_of(name):
    return AgencySecret(
        PrivateKey(frozen_key(f"{name} seal")), SigningKey(frozen_key(f"{name} sign"))
    )


def given_of(parts):
    return Given(**{name: bytes.fromhex(part) for name, part in parts.items()})


ANN = PrivateKey(frozen_key("account"))
NORTH_KEY, SOUTH_KEY, SOUTH_NEXT = map(agency_of, ("north", "south", "south next"))
CASE_KEY, OWN_KEY = CaseKey(frozen_key("case key")), CaseKey(frozen_key("own key"))
ROLES = ("advocate", "custodian")
MEMBERSHIP = Membership(HUB, NORTH, 1, ACCOUNT, ANN.public.digest, ROLES, Holder.PERSON)
RELEASED = Release(
    *(RELEASE, HUB, CASE, KeyKind.JOINT, None, 1, NORTH, 1, SOUTH, 1, None),
    *(SOUTH_KEY.public.seal.digest, "consent", RECORD, AT, UNTIL, CASE_KEY.commitment),
)
RESEALED = Reseal(RELEASE, digest(RELEASED.encode()), SOUTH, 2, SOUTH_NEXT.public.seal.digest)
SUCCESSION = Succession(
    *(HUB, SOUTH, 2, SOUTH_NEXT.public.seal.digest),
    *(digest(SOUTH_NEXT.public.sign.content), True, AT),
)
VOUCH = Vouch(
    *(HUB, NORTH, 1, SOUTH, 1, SOUTH_KEY.public.seal.digest),
    *(digest(SOUTH_KEY.public.sign.content), VouchKind.COMPARED, AT),
)
STATEMENTS = [
    (MEMBERSHIP, FROZEN["membership"]),
    (RELEASED, FROZEN["release"]),
    (RESEALED, FROZEN["carried"]["reseal"]),
    (SUCCESSION, FROZEN["succession"]),
    (VOUCH, FROZEN["vouch"]),
]


def test_the_frozen_envelope_opens():
    sealed = bytes.fromhex(FROZEN["envelope"])
    assert open_with(ANN, sealed, b"a frozen statement").decode() == TEXT


@pytest.mark.parametrize(
    ("statement", "frozen"), STATEMENTS, ids=[type(one).__name__ for one, _ in STATEMENTS]
)
def test_the_frozen_statements_say_what_they_said(statement, frozen):
    content = bytes.fromhex(frozen["statement"])
    assert type(statement).decode(content) == statement
    assert type(statement).decode(content).encode() == content
    assert statement.encode() == content


def test_the_frozen_membership_opens():
    given = given_of(FROZEN["membership"])
    assert open_membership(given, MEMBERSHIP, ANN, NORTH_KEY.public) == NORTH_KEY


def test_the_frozen_release_opens():
    given = given_of(FROZEN["release"])
    opened = open_case_key(given, SOUTH_KEY.seal, NORTH_KEY.public.sign)
    assert opened == (RELEASED, CASE_KEY)


def test_the_frozen_carried_key_opens():
    parts = dict(FROZEN["carried"])
    reseal = given_of(parts.pop("reseal"))
    carried = Carried(**{name: bytes.fromhex(part) for name, part in parts.items()}, reseal=reseal)
    opened = open_carried_key(carried, SOUTH_NEXT, NORTH_KEY.public.sign)
    assert opened == (RELEASED, CASE_KEY)
    assert carried.first_sealed_digest == given_of(FROZEN["release"]).sealed_digest


def test_the_frozen_succession_opens():
    given = given_of(FROZEN["succession"])
    assert open_predecessor(given, SOUTH_NEXT, SOUTH_KEY.public) == SOUTH_KEY
    assert names_key(SUCCESSION, SOUTH_NEXT.public)


def test_the_frozen_vouch_is_still_signed():
    statement, signature = (bytes.fromhex(FROZEN["vouch"][part]) for part in FROZEN["vouch"])
    nothing = hashlib.sha256().digest()
    check_signature(NORTH_KEY.public.sign, statement, nothing, signature)
    assert VOUCH.signed_by(NORTH_KEY.sign) == signature
    assert names_key(VOUCH, SOUTH_KEY.public)


@pytest.mark.parametrize(
    ("name", "kind", "owner", "wraps"),
    [
        ("joint_record", KeyKind.JOINT, None, {"wrap": CASE_KEY, "own_wrap": OWN_KEY}),
        ("own_record", KeyKind.OWN, NORTH, {"wrap": OWN_KEY}),
    ],
)
def test_the_frozen_records_open_with_each_of_their_keys(name, kind, owner, wraps):
    frozen = FROZEN[name]
    address = RecordAddress("frozen/document", RECORD, CASE, kind, owner, 1, 3, NORTH)
    assert {part for part in ("wrap", "own_wrap") if frozen[part] is not None} == set(wraps)
    for part, key in wraps.items():
        body, wrap = bytes.fromhex(frozen["body"]), bytes.fromhex(frozen[part])
        padded = open_record(address, body, wrap, key)
        document = Contract("frozen/document", frozenset({kind})).read(padded)
        assert document == {"text": TEXT, "level": 2}


def test_the_frozen_stream_opens():
    chunks = [bytes.fromhex(chunk) for chunk in FROZEN["stream"]]
    opened = b"".join(open_stream(frozen_key("stream"), "frozen/stream", chunks))
    assert opened.decode() == TEXT * 20


def test_the_frozen_code_opens():
    wrapped = bytes.fromhex(FROZEN["code_wrap"])
    assert Code(frozen_key("code")[:16]).unwrap(wrapped, "frozen/code") == ANN


def test_what_is_compared_and_not_opened_is_still_the_same():
    match_half = frozen_key("match half")
    secret = ServerSecret(SecretName.MATCH_HALF, "0123456789abcdef", match_half)
    token = joint_token(match_half, frozen_key("hub match key"), ("Зоя", "1987"))
    assert token.hex() == FROZEN["token"]
    assert secret.check == FROZEN["server_secret_check"]
    assert NORTH_KEY.public.fingerprint == FROZEN["fingerprint"]
