"""Long content, sealed in chunks as it arrives, so that no plain text is ever spooled.

The STREAM construction (Hoang, Reyhanitabar, Rogaway, Vizár 2015): each chunk has its number in the
nonce, and the last one is marked. Left out, doubled, swapped or cut off chunks do not open.
"""

import secrets
from collections.abc import Iterable, Iterator

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from casehub.errors import Tampered
from casehub.texts import N_

CHUNK_BYTES = 64 * 1024
_KEY_BYTES, _COUNTER_BYTES = 32, 11


def new_stream_key() -> bytes:
    """Make a key for one stream. A key seals one stream, since nonces are counted from zero."""
    return secrets.token_bytes(_KEY_BYTES)


def _nonce(number: int, last: bool) -> bytes:
    return number.to_bytes(_COUNTER_BYTES) + (b"\x01" if last else b"\x00")


def _associated(address: str) -> bytes:
    return b"casehub/stream/1|" + address.encode()


def _in_chunks(pieces: Iterable[bytes]) -> Iterator[bytes]:
    waiting = bytearray()
    for piece in pieces:
        waiting += piece
        while len(waiting) > CHUNK_BYTES:
            yield bytes(waiting[:CHUNK_BYTES])
            del waiting[:CHUNK_BYTES]
    yield bytes(waiting)


def seal_stream(key: bytes, address: str, pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Seal pieces of any size as chunks of 64 KiB (and 16 bytes each), the last one marked."""
    cipher, associated = AESGCM(key), _associated(address)
    chunks = _in_chunks(pieces)
    number, chunk = 0, next(chunks)
    for following in chunks:
        yield cipher.encrypt(_nonce(number, last=False), chunk, associated)
        number, chunk = number + 1, following
    yield cipher.encrypt(_nonce(number, last=True), chunk, associated)


def open_stream(key: bytes, address: str, chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Open sealed chunks in order.

    Each chunk given out is genuine, but only the end of the iteration says that the stream is
    whole: Tampered is raised where it was cut, reordered or changed, so nothing may be shown as
    complete before.
    """
    iterator = iter(chunks)
    sealed = next(iterator, None)
    number = 0
    try:
        cipher, associated = AESGCM(key), _associated(address)
        while sealed is not None:
            following = next(iterator, None)
            yield cipher.decrypt(_nonce(number, last=following is None), sealed, associated)
            sealed, number = following, number + 1
    except (InvalidTag, ValueError) as error:
        raise Tampered(N_("A sealed file is cut off or changed.")) from error
    if number == 0:
        raise Tampered(N_("A sealed file is cut off or changed."))
