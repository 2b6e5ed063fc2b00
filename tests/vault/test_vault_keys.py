"""Keys are made from seeds, have one form, and show as figures that can be read aloud."""

import hashlib
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casehub.errors import Tampered
from casehub.vault import (
    AgencyPublic,
    AgencySecret,
    CaseKey,
    PrivateKey,
    PublicKey,
    SigningKey,
    VerifyKey,
)

SEEDS = st.binary(min_size=32, max_size=32)
MESSAGE = b"what is signed"


@settings(max_examples=25, deadline=None)
@given(SEEDS, SEEDS)
def test_the_same_seeds_give_the_same_keys_and_other_seeds_others(one, other):
    assert PrivateKey(one).public == PrivateKey(one).public
    assert (PrivateKey(one).public == PrivateKey(other).public) == (one == other)
    assert (SigningKey(one).public == SigningKey(other).public) == (one == other)


def test_new_keys_are_never_alike():
    for kind in (PrivateKey, SigningKey, AgencySecret, CaseKey):
        assert kind.new() != kind.new()


def test_a_public_key_is_1216_bytes_and_is_named_by_its_digest(ann):
    assert len(ann.public.content) == 1216
    assert ann.public.digest == hashlib.sha256(ann.public.content).hexdigest()


@pytest.mark.parametrize("size", [0, 31, 33, 64])
@pytest.mark.parametrize("kind", [PrivateKey, SigningKey, CaseKey])
def test_a_private_key_of_another_length_is_tampered(kind, size):
    with pytest.raises(Tampered):
        kind(bytes(size))


@pytest.mark.parametrize("size", [0, 32, 1184, 1215, 1217])
def test_a_public_key_of_another_length_is_tampered(size):
    with pytest.raises(Tampered):
        PublicKey(bytes(size))


def test_a_public_key_of_the_right_length_that_is_none_is_tampered():
    with pytest.raises(Tampered):
        _ = PublicKey(b"\xff" * 1216).for_sealing


@pytest.mark.parametrize("size", [0, 31, 33])
def test_a_verify_key_of_another_length_has_signed_nothing(north, size):
    cut = VerifyKey((north.public.sign.content * 2)[:size])
    assert not cut.accepts(north.sign.sign(MESSAGE), MESSAGE)
    with pytest.raises(Tampered):
        cut.check(north.sign.sign(MESSAGE), MESSAGE)


@settings(max_examples=60, deadline=None)
@given(content=st.binary(max_size=40))
def test_a_made_up_verify_key_has_not_signed_what_another_signed(north, content):
    assert not VerifyKey(content).accepts(north.sign.sign(MESSAGE), MESSAGE)


def test_a_signature_is_accepted_by_its_key_for_its_message_alone(north, south):
    signature = north.sign.sign(MESSAGE)
    assert north.public.sign.accepts(signature, MESSAGE)
    assert not north.public.sign.accepts(signature, MESSAGE + b"\x00")
    assert not south.public.sign.accepts(signature, MESSAGE)
    north.public.sign.check(signature, MESSAGE)
    with pytest.raises(Tampered):
        south.public.sign.check(signature, MESSAGE)


def test_a_signature_with_any_bit_changed_or_cut_off_is_not_accepted(north, flip):
    signature, key = north.sign.sign(MESSAGE), north.public.sign
    assert len(signature) == 64
    assert not any(key.accepts(flip(signature, bit), MESSAGE) for bit in range(64 * 8))
    assert not any(key.accepts(signature[:length], MESSAGE) for length in range(64))
    assert not key.accepts(signature + b"\x00", MESSAGE)


def test_an_agencys_secrets_come_back_as_they_were_written(north):
    again = AgencySecret.read(north.content)
    assert again == north
    assert again.public == north.public


@pytest.mark.parametrize("size", [0, 32, 63, 65, 128])
def test_an_agencys_secrets_of_another_length_are_tampered(size):
    with pytest.raises(Tampered):
        AgencySecret.read(bytes(size))


def test_a_fingerprint_is_six_groups_of_five_digits(north):
    assert re.fullmatch(r"\d{5}( \d{5}){5}", north.public.fingerprint)


def test_a_fingerprint_is_the_end_of_a_hash_over_both_keys(north):
    content = north.public.seal.content + north.public.sign.content
    whole = int(hashlib.sha256(b"casehub/fingerprint/1" + content).hexdigest(), 16)
    assert north.public.fingerprint.replace(" ", "") == str(whole)[-30:]


def test_either_key_changes_the_fingerprint(north, south):
    mixed = [
        AgencyPublic(seal, sign)
        for seal in (north.public.seal, south.public.seal)
        for sign in (north.public.sign, south.public.sign)
    ]
    assert len({public.fingerprint for public in mixed}) == 4
