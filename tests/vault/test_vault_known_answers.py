"""The published vectors: what the vault opens is what the standards say.

The key schedule here is written from RFC 9180 alone, so that it vouches for the library's and, by
way of the published X-Wing vector, for the whole path by which the vault opens an envelope.
"""

import hashlib
import hmac
import json
from pathlib import Path

import pytest
from cryptography.hazmat.bindings._rust import openssl
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, ChaCha20Poly1305
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from casehub.errors import Tampered
from casehub.vault import PrivateKey
from casehub.vault.envelope import open_with

VECTORS = json.loads((Path(__file__).parents[1] / "vectors/hpke.json").read_text())
MLKEM_CIPHERTEXT_BYTES = 1088
XWING_LABEL = bytes.fromhex("5c2e2f2f5e5c")
HYBRID_KEM, HKDF_SHA256, AES_256_GCM = 0x647A, 0x0001, 0x0002


def vector(name):
    return {
        key: bytes.fromhex(value) if isinstance(value, str) else value
        for key, value in VECTORS[name].items()
    }


def suite_id(kem, kdf, aead):
    return b"HPKE" + kem.to_bytes(2) + kdf.to_bytes(2) + aead.to_bytes(2)


def labeled_extract(suite, salt, label, content):
    """RFC 9180 section 4, over HKDF-Extract of RFC 5869 section 2.2."""
    return hmac.digest(salt or bytes(32), b"HPKE-v1" + suite + label + content, "sha256")


def labeled_expand(suite, key, label, info, length):
    """RFC 9180 section 4, over HKDF-Expand of RFC 5869 section 2.3."""
    info = length.to_bytes(2) + b"HPKE-v1" + suite + label + info
    block, whole, count = b"", b"", 0
    while len(whole) < length:
        count += 1
        block = hmac.digest(key, block + info + bytes([count]), "sha256")
        whole += block
    return whole[:length]


def key_schedule(suite, shared_secret, info):
    """RFC 9180 section 5.1, base mode: the key and the base nonce of the first message."""
    context = b"\x00" + b"".join(
        labeled_extract(suite, b"", label, content)
        for label, content in ((b"psk_id_hash", b""), (b"info_hash", info))
    )
    secret = labeled_extract(suite, shared_secret, b"secret", b"")
    return (
        labeled_expand(suite, secret, b"key", context, 32),
        labeled_expand(suite, secret, b"base_nonce", context, 12),
    )


def decapsulate(seed, enc):
    """Decapsulate as draft-connolly-cfrg-xwing-kem sections 5.2 to 5.4 say, from raw parts."""
    expanded = hashlib.shake_256(seed).digest(96)
    mlkem = MLKEM768PrivateKey.from_seed_bytes(expanded[:64])
    x25519 = X25519PrivateKey.from_private_bytes(expanded[64:])
    ct_mlkem, ct_x25519 = enc[:MLKEM_CIPHERTEXT_BYTES], enc[MLKEM_CIPHERTEXT_BYTES:]
    parts = (
        mlkem.decapsulate(ct_mlkem),
        x25519.exchange(X25519PublicKey.from_public_bytes(ct_x25519)),
        ct_x25519,
        x25519.public_key().public_bytes_raw(),
        XWING_LABEL,
    )
    return hashlib.sha3_256(b"".join(parts)).digest()


def our_envelope(shared_secret, enc, info, plain):
    suite = suite_id(HYBRID_KEM, HKDF_SHA256, AES_256_GCM)
    key, nonce = key_schedule(suite, shared_secret, info)
    return b"\x01" + enc + AESGCM(key).encrypt(nonce, plain, b"")


@pytest.mark.parametrize("name", ["rfc9180", "xwing"])
def test_an_independent_key_schedule_gives_the_published_keys(name):
    known = vector(name)
    suite = suite_id(known["kem_id"], known["kdf_id"], known["aead_id"])
    key, nonce = key_schedule(suite, known["shared_secret"], known["info"])
    assert (key, nonce) == (known["key"], known["base_nonce"])


@pytest.mark.parametrize(("name", "cipher"), [("rfc9180", AESGCM), ("xwing", ChaCha20Poly1305)])
def test_the_published_keys_open_the_published_messages(name, cipher):
    known = vector(name)
    opened = cipher(known["key"]).decrypt(known["base_nonce"], known["ct"], known["aad"])
    assert opened == known["pt"]


def test_the_library_opens_the_vector_of_rfc_9180():
    known = vector("rfc9180")
    private = X25519PrivateKey.from_private_bytes(known["skRm"])
    assert private.public_key().public_bytes_raw() == known["pkRm"]
    suite = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
    opened = openssl.hpke._decrypt_with_aad(
        suite, known["enc"] + known["ct"], private, known["info"], known["aad"]
    )
    assert opened == known["pt"]


def test_a_seed_gives_the_published_public_key():
    known = vector("xwing")
    assert PrivateKey(seed=known["skRm"]).public.content == known["pkRm"]


def test_the_published_encapsulation_gives_the_published_secret():
    known = vector("xwing")
    assert decapsulate(known["skRm"], known["enc"]) == known["shared_secret"]


@pytest.mark.parametrize("plain", [b"", b"Beauty is truth, truth beauty", bytes(64)])
def test_an_envelope_made_by_hand_from_the_published_secret_opens(plain):
    known = vector("xwing")
    sealed = our_envelope(known["shared_secret"], known["enc"], b"a statement", plain)
    assert open_with(PrivateKey(known["skRm"]), sealed, b"a statement") == plain


def test_an_envelope_made_by_hand_from_another_secret_does_not_open():
    known = vector("xwing")
    sealed = our_envelope(bytes(32), known["enc"], b"a statement", b"text")
    with pytest.raises(Tampered):
        open_with(PrivateKey(known["skRm"]), sealed, b"a statement")
