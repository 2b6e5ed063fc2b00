"""Freeze one of everything that version 1 seals, so that a test can open it for ever.

Run once, from the top of the project, when version 1 was finished:

    PYTHONPATH=. python tests/vectors/freeze_version1.py

It refuses to overwrite what it made. Bytes that people have stored cannot be made again, and a test
whose vectors follow the code proves nothing. A later version freezes a file of its own.

The keys are public by design: each is SHA-256 of a sentence that stands here and in the test, made
for this purpose and used for no other. So no secret lies in the repository, sealed or not.
"""

import hashlib
import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from casehub.vault import (
    AgencySecret,
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
    SealedRecord,
    SecretName,
    ServerSecret,
    SigningKey,
    Succession,
    Vouch,
    VouchKind,
    digest,
    give_case_key,
    give_membership,
    joint_token,
    reseal_case_key,
    seal_record,
    seal_stream,
    succeed,
)
from casehub.vault.envelope import seal_to

PLACE = Path(__file__).with_name("version1.json")
HUB, NORTH, SOUTH, CASE, ACCOUNT, RELEASE, RECORD = map(UUID, (f"{n:032x}" for n in range(1, 8)))
AT, UNTIL = datetime(2026, 3, 29, 1, 0, 0, 5, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC)
TEXT = "Зоя O'Brien said: “he knows where I am”"


def frozen_key(name: str) -> bytes:
    """Give the public 32 bytes that stand for a key here."""
    return hashlib.sha256(f"casehub frozen test key: {name}".encode()).digest()


def agency(name: str) -> AgencySecret:
    return AgencySecret(
        PrivateKey(frozen_key(f"{name} seal")), SigningKey(frozen_key(f"{name} sign"))
    )


ANN = PrivateKey(frozen_key("account"))
NORTH_KEY, SOUTH_KEY, SOUTH_NEXT = agency("north"), agency("south"), agency("south next")
CASE_KEY, OWN_KEY = CaseKey(frozen_key("case key")), CaseKey(frozen_key("own key"))


def in_hex(given: Given | SealedRecord) -> dict[str, str | None]:
    return {name: part and part.hex() for name, part in vars(given).items()}


def membership() -> Given:
    key = ANN.public.digest
    roles = ("advocate", "custodian")
    statement = Membership(HUB, NORTH, 1, ACCOUNT, key, roles, Holder.PERSON)
    return give_membership(statement, NORTH_KEY, ANN.public)


def release() -> Given:
    statement = Release(
        release=RELEASE,
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
        to_key=SOUTH_KEY.public.seal.digest,
        ground="consent",
        consent=RECORD,
        at=AT,
        until=UNTIL,
        commitment=CASE_KEY.commitment,
    )
    return give_case_key(statement, CASE_KEY, SOUTH_KEY.public.seal, NORTH_KEY.sign)


def carried(released: Given) -> dict[str, Any]:
    return {
        "release": released.statement.hex(),
        "first_sealed_digest": released.sealed_digest.hex(),
        "release_signature": released.signature.hex(),
        "reseal": in_hex(reseal_case_key(released.statement, CASE_KEY, SOUTH_NEXT, 2)),
    }


def succession() -> Given:
    key = SOUTH_NEXT.public
    statement = Succession(HUB, SOUTH, 2, key.seal.digest, digest(key.sign.content), True, AT)
    return succeed(statement, SOUTH_KEY, SOUTH_NEXT)


def vouch() -> dict[str, str]:
    key = SOUTH_KEY.public
    names = key.seal.digest, digest(key.sign.content)
    statement = Vouch(HUB, NORTH, 1, SOUTH, 1, *names, VouchKind.COMPARED, AT)
    return {
        "statement": statement.encode().hex(),
        "signature": statement.signed_by(NORTH_KEY.sign).hex(),
    }


def record(kind: KeyKind, key: CaseKey, own_key: CaseKey | None) -> dict[str, str | None]:
    owner = NORTH if kind.has_owner else None
    address = RecordAddress("frozen/document", RECORD, CASE, kind, owner, 1, 3, NORTH)
    padded = Contract("frozen/document", frozenset({kind})).write({"text": TEXT, "level": 2})
    return in_hex(seal_record(address, padded, key, own_key))


def everything() -> dict[str, Any]:
    released = release()
    secret = ServerSecret(SecretName.MATCH_HALF, "0123456789abcdef", frozen_key("match half"))
    chunks = seal_stream(frozen_key("stream"), "frozen/stream", [TEXT.encode() * 20])
    return {
        "about": "made once by freeze_version1.py; its keys are public by design",
        "envelope": seal_to(ANN.public, TEXT.encode(), b"a frozen statement").hex(),
        "membership": in_hex(membership()),
        "release": in_hex(released),
        "carried": carried(released),
        "succession": in_hex(succession()),
        "vouch": vouch(),
        "joint_record": record(KeyKind.JOINT, CASE_KEY, OWN_KEY),
        "own_record": record(KeyKind.OWN, OWN_KEY, None),
        "stream": [chunk.hex() for chunk in chunks],
        "token": joint_token(secret.value, frozen_key("hub match key"), ("Зоя", "1987")).hex(),
        "code_wrap": Code(frozen_key("code")[:16]).wrap(ANN, "frozen/code").hex(),
        "server_secret_check": secret.check,
        "fingerprint": NORTH_KEY.public.fingerprint,
    }


if __name__ == "__main__":
    if PLACE.exists():
        sys.exit(f"{PLACE.name} was frozen once and stays as it is.")
    PLACE.write_text(json.dumps(everything(), indent=1, ensure_ascii=False) + "\n")
