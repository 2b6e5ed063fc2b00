"""A record opens at its own address, under its own keys, or not at all."""

from dataclasses import fields, replace

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from casehub.errors import Tampered, TooNew
from casehub.vault import CaseKey, KeyKind, RecordAddress, open_record, seal_record
from casehub.vault.derive import CONTENT_BODY, CONTENT_COMMITMENT, derive
from casehub.vault.padding import pad, unpad

HEAD_BYTES = 1 + 32 + 12
NUMBERS = st.integers(1, 2**53 - 1)
BY_FIELD = {
    "contract": st.from_regex(r"[a-z]{1,8}(-[a-z]{1,8})?/[a-z]{1,8}", fullmatch=True),
    "record": st.uuids(),
    "case": st.uuids(),
    "kind": st.sampled_from(KeyKind),
    "owner": st.none() | st.uuids(),
    "version": NUMBERS,
    "revision": NUMBERS,
    "author": st.uuids(),
}
ADDRESSES = st.builds(RecordAddress, **BY_FIELD)
TEXTS = st.binary(max_size=600).map(pad)


def body_under(content_key, address, padded, nonce=bytes(12)):
    """Seal a body by hand, as the format says."""
    head = b"\x01" + derive(content_key, CONTENT_COMMITMENT) + nonce
    cipher = AESGCM(derive(content_key, CONTENT_BODY))
    return head + cipher.encrypt(nonce, padded, address.associated)


@pytest.fixture(scope="module")
def wraps(record, case_key, own_key):
    """Both wraps of the record, each with the key that opens it."""
    return [(record.wrap, case_key), (record.own_wrap, own_key)]


def test_every_field_of_an_address_is_tried_here():
    assert list(BY_FIELD) == [field.name for field in fields(RecordAddress)]


@settings(max_examples=60, deadline=None)
@given(address=ADDRESSES, text=TEXTS)
def test_a_record_opens_with_either_of_its_keys(address, text):
    key, own = CaseKey.new(), CaseKey.new()
    sealed = seal_record(address, text, key, own)
    assert open_record(address, sealed.body, sealed.wrap, key) == text
    assert open_record(address, sealed.body, sealed.own_wrap, own) == text
    assert unpad(text) not in sealed.body or len(unpad(text)) < 4
    assert len(sealed.body) == HEAD_BYTES + len(text) + 16
    assert len(sealed.wrap) == len(sealed.own_wrap) == 60


def test_a_record_under_its_authors_own_key_has_one_wrap(address, padded, own_key):
    sealed = seal_record(address, padded, own_key, None)
    assert sealed.own_wrap is None
    assert open_record(address, sealed.body, sealed.wrap, own_key) == padded


def test_the_same_text_is_never_sealed_alike(address, padded, case_key, own_key, record):
    again = seal_record(address, padded, case_key, own_key)
    for part in ("body", "wrap", "own_wrap"):
        assert getattr(again, part) != getattr(record, part)
    assert again.body[1:33] != record.body[1:33]


@pytest.mark.parametrize("field", BY_FIELD)
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_a_record_at_another_address_is_tampered(record, address, wraps, field, data):
    value = data.draw(BY_FIELD[field])
    assume(value != getattr(address, field))
    for wrap, key in wraps:
        with pytest.raises(Tampered):
            open_record(replace(address, **{field: value}), record.body, wrap, key)


@pytest.mark.parametrize("field", BY_FIELD)
def test_a_record_at_the_address_next_door_is_tampered(record, address, wraps, with_another, field):
    for wrap, key in wraps:
        with pytest.raises(Tampered):
            open_record(with_another(address, field), record.body, wrap, key)


@settings(max_examples=150, deadline=None)
@given(one=ADDRESSES, other=ADDRESSES, data=st.data())
def test_no_two_addresses_are_written_alike(one, other, data):
    field = data.draw(st.sampled_from(sorted(BY_FIELD)))
    near = replace(one, **{field: getattr(other, field)})
    assert (one.associated == near.associated) == (one == near)
    assert (one.associated == other.associated) == (one == other)


def test_numbers_do_not_run_into_each_other(address):
    one, other = (
        replace(address, version=version, revision=revision)
        for version, revision in ((1, 11), (11, 1))
    )
    assert one.associated != other.associated


def test_a_record_with_any_bit_of_its_body_changed_is_tampered(record, address, case_key, flip):
    for bit in range(8, len(record.body) * 8):
        with pytest.raises(Tampered):
            open_record(address, flip(record.body, bit), record.wrap, case_key)


def test_a_record_with_any_bit_of_a_wrap_changed_is_tampered(record, address, wraps, flip):
    for wrap, key in wraps:
        for bit in range(len(wrap) * 8):
            with pytest.raises(Tampered):
                open_record(address, record.body, flip(wrap, bit), key)


def test_a_record_cut_off_at_any_length_is_tampered(record, address, wraps):
    for wrap, key in wraps:
        for length in range(len(record.body)):
            with pytest.raises(Tampered):
                open_record(address, record.body[:length], wrap, key)
        for length in range(len(wrap)):
            with pytest.raises(Tampered):
                open_record(address, record.body, wrap[:length], key)


def test_a_record_with_something_after_it_is_tampered(record, address, case_key):
    with pytest.raises(Tampered):
        open_record(address, record.body + b"\x00", record.wrap, case_key)
    with pytest.raises(Tampered):
        open_record(address, record.body, record.wrap + b"\x00", case_key)


@settings(max_examples=100, deadline=None)
@given(body=st.binary(max_size=120), wrap=st.binary(max_size=80))
def test_made_up_bytes_of_this_format_are_tampered(record, address, case_key, body, wrap):
    with pytest.raises(Tampered):
        open_record(address, b"\x01" + body, wrap, case_key)
    with pytest.raises(Tampered):
        open_record(address, record.body, wrap, case_key)
    with pytest.raises(Tampered):
        open_record(address, b"\x01" + body, record.wrap, case_key)


@pytest.mark.parametrize("version", [0, 2, 255])
def test_another_format_is_too_new_and_says_which(record, address, case_key, version):
    later = bytes([version]) + record.body[1:]
    with pytest.raises(TooNew, match=f"format {version}"):
        open_record(address, later, record.wrap, case_key)


def test_another_key_does_not_open_a_record(record, address, case_key, own_key):
    for wrap, key in (
        (record.wrap, CaseKey.new()),
        (record.wrap, own_key),
        (record.own_wrap, case_key),
    ):
        with pytest.raises(Tampered):
            open_record(address, record.body, wrap, key)


def test_bodies_and_wraps_of_two_records_at_one_address_do_not_mix(
    record, address, padded, case_key, own_key
):
    other = seal_record(address, padded, case_key, own_key)
    for body, wraps in ((record.body, other), (other.body, record)):
        with pytest.raises(Tampered):
            open_record(address, body, wraps.wrap, case_key)
        with pytest.raises(Tampered):
            open_record(address, body, wraps.own_wrap, own_key)


def test_heads_and_bodies_of_two_records_do_not_mix(record, address, padded, case_key, own_key):
    other = seal_record(address, padded, case_key, own_key)
    for at in (33, HEAD_BYTES):
        mixed = record.body[:at] + other.body[at:]
        for wraps in (record, other):
            with pytest.raises(Tampered):
                open_record(address, mixed, wraps.wrap, case_key)


def test_a_body_made_by_hand_opens(address, padded, case_key):
    content_key = bytes(range(32))
    body = body_under(content_key, address, padded)
    wrap = case_key.wrap(content_key, address.associated)
    assert open_record(address, body, wrap, case_key) == padded


@pytest.mark.parametrize("size", [16, 31, 32, 64])
def test_two_keys_do_not_open_one_body_to_two_texts(address, padded, case_key, own_key, size):
    content_key, another_key = bytes(range(32)), bytes(range(100, 100 + size))
    body = body_under(content_key, address, padded)
    wrap = case_key.wrap(content_key, address.associated)
    own_wrap = own_key.wrap(another_key, address.associated)
    assert open_record(address, body, wrap, case_key) == padded
    with pytest.raises(Tampered):
        open_record(address, body, own_wrap, own_key)


def test_a_body_that_commits_to_another_key_than_it_was_sealed_with_is_tampered(
    address, padded, case_key
):
    content_key, another_key = bytes(range(32)), bytes(range(1, 33))
    body, other = (body_under(key, address, padded) for key in (content_key, another_key))
    posing = other[:33] + body[33:]
    for key in (content_key, another_key):
        with pytest.raises(Tampered):
            open_record(address, posing, case_key.wrap(key, address.associated), case_key)


def test_a_wrap_is_no_body_and_a_body_no_wrap(address, case_key, record):
    content_key = case_key.unwrap(record.wrap, address.associated)
    with pytest.raises(Tampered):
        open_record(address, b"\x01" + record.wrap, record.wrap, case_key)
    for key in (case_key, CaseKey(content_key)):
        for posing in (record.body, record.body[33:]):
            with pytest.raises(Tampered):
                key.unwrap(posing, address.associated)


def test_the_commitment_of_a_key_is_its_own_and_not_the_key(case_key, own_key):
    assert case_key.commitment != own_key.commitment
    assert case_key.commitment == CaseKey(case_key.content).commitment
    assert bytes.fromhex(case_key.commitment) != case_key.content
