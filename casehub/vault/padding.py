"""Padding in steps, so that a sealed document's length tells little of its content."""

from casehub.errors import Tampered
from casehub.texts import N_

STEP = 256
_MARK = 0x80


def pad(content: bytes) -> bytes:
    """Add 0x80 and zeros (ISO/IEC 7816-4) up to the next multiple of 256 bytes.

    >>> len(pad(b"")), len(pad(b"x" * 255)), len(pad(b"x" * 256))
    (256, 256, 512)
    """
    return content + bytes([_MARK]) + bytes(-(len(content) + 1) % STEP)


def unpad(padded: bytes) -> bytes:
    """Take the padding off; raise Tampered where there is none."""
    content = padded.rstrip(b"\x00")
    if len(padded) % STEP or not content or content[-1] != _MARK:
        raise Tampered(N_("A sealed document has no end."))
    return content[:-1]
