"""Keyed tokens for matching across agencies: equal inputs, equal tokens, and no way back.

Two keys make a token, one held by the server and one by the hub's agencies. A copy of the database
with the server's half is not enough to try names, nor is an agency's half alone.
"""

from collections.abc import Sequence

from casehub.vault.derive import TOKEN_HUB, TOKEN_SERVER, keyed_digest


def joint_token(match_half: bytes, hub_match_key: bytes, parts: Sequence[str]) -> bytes:
    """Return the 32-byte token of several folded values taken together, in their order.

    Lengths stand before the values, so that ("ab", "c") and ("a", "bc") differ.
    """
    encoded = [part.encode() for part in parts]
    content = b"".join(len(part).to_bytes(4) + part for part in encoded)
    inner = keyed_digest(hub_match_key, TOKEN_HUB, content)
    return keyed_digest(match_half, TOKEN_SERVER, inner)
