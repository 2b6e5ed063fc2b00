"""What sealing a record and giving a key cost beside the bare cipher on the same bytes."""

import secrets
from uuid import uuid4

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from benchmarks.giving import grants, requests
from benchmarks.places import Run
from benchmarks.rows import Row
from benchmarks.timing import interleaved, processed
from casehub.vault import CaseKey, KeyKind, RecordAddress, open_record, seal_record

TITLE = "Sealing and opening"
TEXT = """A record is sealed under a fresh content key that is wrapped twice, for the case and for
its author, with commitments to both keys, so it costs several times one pass of AES-256-GCM. A
grant is a case key under HPKE, with a signed statement that is checked and compared when it opens;
beside it stands HPKE alone, in the hybrid suite that CaseHub uses and in the classical one.
Signatures are really checked each time here: the memory of signatures seen before is emptied."""

_SIZES = {"256 B": 256, "4 KB": 4096}


def measure(run: Run) -> list[Row]:
    """Measure records, then grants."""
    rounds, times = run.pick(31, 11), run.pick(200, 100)
    rows: list[Row] = []
    for name, size in _SIZES.items():
        run.say(f"records of {name}")
        rows += _record(name, size, rounds, times)
    run.say("grants")
    return [*rows, *grants(rounds, times // 4), *requests(rounds, times // 4)]


def _address() -> RecordAddress:
    return RecordAddress(
        contract="cases/note",
        record=uuid4(),
        case=uuid4(),
        kind=KeyKind.JOINT,
        owner=None,
        version=1,
        revision=1,
        author=uuid4(),
    )


def _record(name: str, size: int, rounds: int, times: int) -> list[Row]:
    address, padded = _address(), secrets.token_bytes(size)
    key, own = CaseKey.new(), CaseKey.new()
    sealed = seal_record(address, padded, key, own)
    cipher, data = AESGCM(secrets.token_bytes(32)), address.associated
    nonce = secrets.token_bytes(12)
    text = cipher.encrypt(nonce, padded, data)
    found = interleaved(
        {
            "seal": processed(lambda: seal_record(address, padded, key, own), times),
            "encrypt": processed(
                lambda: cipher.encrypt(secrets.token_bytes(12), padded, data), times
            ),
            "open": processed(lambda: open_record(address, sealed.body, sealed.wrap, key), times),
            "decrypt": processed(lambda: cipher.decrypt(nonce, text, data), times),
        },
        rounds,
    )
    raw = "AES-256-GCM of the same bytes"
    return [
        Row.compare(f"seal a record of {name}", found["seal"], raw, found["encrypt"]),
        Row.compare(f"open a record of {name}", found["open"], raw, found["decrypt"]),
    ]
