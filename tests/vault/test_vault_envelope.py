"""An envelope opens with its key under its statement, and otherwise not at all."""

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from casehub.errors import Tampered, TooNew
from casehub.vault import PrivateKey, PublicKey
from casehub.vault.envelope import open_with, seal_to

SECRET, INFO = b"a key of 32 bytes, made up here.", b'{"label":"made up"}'
MLKEM_BYTES, ENC_BYTES = 1184, 1120
LOW_ORDER = [0, 1, 2**255 - 20, 2**255 - 19]


@pytest.fixture(scope="module")
def sealed(ann):
    return seal_to(ann.public, SECRET, INFO)


@settings(max_examples=30, deadline=None)
@given(secret=st.binary(max_size=200), info=st.binary(max_size=200))
def test_an_envelope_opens_to_what_was_sealed(ann, secret, info):
    sealed = seal_to(ann.public, secret, info)
    assert open_with(ann, sealed, info) == secret
    assert len(sealed) == len(secret) + 1137


def test_no_two_envelopes_are_alike(ann, sealed):
    assert seal_to(ann.public, SECRET, INFO) != sealed


@settings(max_examples=300, deadline=None)
@given(bit=st.integers(min_value=8))
def test_an_envelope_with_one_bit_changed_is_tampered(ann, sealed, flip, bit):
    assume(bit // 8 % len(sealed) > 0)
    with pytest.raises(Tampered):
        open_with(ann, flip(sealed, bit), INFO)


@pytest.mark.parametrize("at", [1, ENC_BYTES - 31, ENC_BYTES, ENC_BYTES + 1])
def test_every_bit_at_the_seams_of_an_envelope_counts(ann, sealed, flip, at):
    for bit in range(at * 8, at * 8 + 8):
        with pytest.raises(Tampered):
            open_with(ann, flip(sealed, bit), INFO)


@settings(max_examples=100, deadline=None)
@given(length=st.integers(min_value=0, max_value=1137 + len(SECRET) - 1))
def test_an_envelope_cut_off_at_any_length_is_tampered(ann, sealed, length):
    with pytest.raises(Tampered):
        open_with(ann, sealed[:length], INFO)


@pytest.mark.parametrize("length", [0, 1, 2, 1088, 1089, ENC_BYTES, ENC_BYTES + 1, 1136, 1137])
def test_an_envelope_cut_off_at_its_seams_is_tampered(ann, sealed, length):
    with pytest.raises(Tampered):
        open_with(ann, sealed[:length], INFO)


def test_an_envelope_with_something_after_it_is_tampered(ann, sealed):
    with pytest.raises(Tampered):
        open_with(ann, sealed + b"\x00", INFO)


@pytest.mark.parametrize("point", LOW_ORDER)
def test_an_envelope_with_a_share_of_low_order_is_tampered(ann, sealed, point):
    changed = sealed[: 1 + ENC_BYTES - 32] + point.to_bytes(32, "little") + sealed[1 + ENC_BYTES :]
    with pytest.raises(Tampered):
        open_with(ann, changed, INFO)


@settings(max_examples=60, deadline=None)
@given(content=st.binary(max_size=1300))
def test_made_up_bytes_of_this_suite_are_tampered(ann, content):
    with pytest.raises(Tampered):
        open_with(ann, b"\x01" + content, INFO)


@pytest.mark.parametrize("suite", [0, 2, 255])
def test_another_suite_is_too_new_and_says_which(ann, sealed, suite):
    with pytest.raises(TooNew, match=f"suite {suite}"):
        open_with(ann, bytes([suite]) + sealed[1:], INFO)


@settings(max_examples=60, deadline=None)
@given(info=st.binary(max_size=40))
def test_an_envelope_under_another_statement_is_tampered(ann, sealed, info):
    assume(info != INFO)
    with pytest.raises(Tampered):
        open_with(ann, sealed, info)


def test_an_envelope_with_another_key_is_tampered(sealed):
    with pytest.raises(Tampered):
        open_with(PrivateKey.new(), sealed, INFO)


@pytest.mark.parametrize("half", [slice(0, 1 + 1088), slice(1 + 1088, 1 + ENC_BYTES)])
def test_half_an_encapsulation_of_another_envelope_does_not_do(ann, sealed, half):
    other = bytearray(seal_to(ann.public, SECRET, INFO))
    other[half] = sealed[half]
    with pytest.raises(Tampered):
        open_with(ann, bytes(other), INFO)


@pytest.mark.parametrize("point", LOW_ORDER)
def test_nothing_is_sealed_to_a_key_of_low_order(ann, point):
    weak = PublicKey(ann.public.content[:MLKEM_BYTES] + point.to_bytes(32, "little"))
    with pytest.raises(Tampered):
        seal_to(weak, SECRET, INFO)
