"""Canonical JSON (RFC 8785), for what is signed, hashed or used as associated data.

Only texts, whole numbers, true, false, null, lists and objects with ASCII keys are admitted. Within
that the standard library's sorted, compact form *is* the RFC's form (a property test compares it
with an independent implementation), and it is twenty times faster than one written in Python.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

_LARGEST = 2**53 - 1


def _check(value: Any) -> None:
    if isinstance(value, str) or value is None or isinstance(value, bool):
        return
    if isinstance(value, int) and abs(value) <= _LARGEST:
        return
    if isinstance(value, list | tuple):
        for item in value:
            _check(item)
        return
    if isinstance(value, dict) and all(isinstance(key, str) and key.isascii() for key in value):
        for item in value.values():
            _check(item)
        return
    raise TypeError(f"no canonical form for a {type(value).__name__}")


def canonical(value: Mapping[str, Any]) -> bytes:
    """Write an object in its one canonical form.

    Raises TypeError for a float, a number beyond 2^53-1, bytes or a key outside ASCII, and
    UnicodeEncodeError (a ValueError) for a lone surrogate.

    >>> canonical({"b": [1, None], "a": "Зоя"}).decode()
    '{"a":"Зоя","b":[1,null]}'
    """
    _check(value)
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def digest(content: bytes) -> str:
    """Return SHA-256 of some bytes as hexadecimal."""
    return hashlib.sha256(content).hexdigest()
