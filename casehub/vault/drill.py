"""A test seal: proof, made on the spot, that an agency's private keys fit its public ones.

A recovery drill must open something. Nothing of a case is taken for it: what is sealed here are
random bytes that nobody needs afterwards.
"""

import secrets

from casehub.vault.envelope import open_with, seal_to
from casehub.vault.keys import AgencyPublic, AgencySecret

_LABEL = b"casehub/test-seal/1"
_BYTES = 32


def open_test_seal(public: AgencyPublic, secret: AgencySecret) -> None:
    """Seal random bytes to the public key and open them; sign and check likewise.

    Raises Tampered where the private keys are not those of the public ones.
    """
    content = secrets.token_bytes(_BYTES)
    opened = open_with(secret.seal, seal_to(public.seal, content, _LABEL), _LABEL)
    public.sign.check(secret.sign.sign(_LABEL + opened), _LABEL + content)
