"""A stream opens whole and in order; cut, mixed or changed it never passes for whole."""

from itertools import permutations, product

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from casehub.errors import Tampered
from casehub.vault import new_stream_key, open_stream, seal_stream

CHUNK, TAG = 64 * 1024, 16
ADDRESS = "minutes/recording|1"
PATTERN = bytes(range(251)) * 1100
SIZES = [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK - 1, 2 * CHUNK, 2 * CHUNK + 1, 3 * CHUNK]


def text_of(size):
    return PATTERN[:size]


def sealed(key, text, address=ADDRESS):
    return list(seal_stream(key, address, [text]))


def collect(pieces, out):
    for piece in pieces:
        out += piece


@pytest.fixture(scope="module")
def key():
    return new_stream_key()


@pytest.fixture(scope="module")
def text():
    return text_of(3 * CHUNK + 1000)


@pytest.fixture(scope="module")
def chunks(key, text):
    return sealed(key, text)


@pytest.fixture(scope="module")
def must_not_open(key, text):
    """Open what must not open, and see that what came out before was genuine."""

    def check(changed, address=ADDRESS, key=key):
        out = bytearray()
        with pytest.raises(Tampered):
            collect(open_stream(key, address, changed), out)
        assert text.startswith(bytes(out))

    return check


@pytest.mark.parametrize("size", SIZES)
def test_a_stream_of_any_size_opens(key, size):
    chunks = sealed(key, text_of(size))
    assert b"".join(open_stream(key, ADDRESS, chunks)) == text_of(size)
    assert [len(chunk) for chunk in chunks[:-1]] == [CHUNK + TAG] * max(0, (size - 1) // CHUNK)
    assert sum(map(len, chunks)) == size + TAG * max(1, -(-size // CHUNK))


@settings(max_examples=40, deadline=None)
@given(sizes=st.lists(st.sampled_from([0, 1, 7, 1000, CHUNK - 1, CHUNK, CHUNK + 1]), max_size=4))
@example(sizes=[])
def test_the_pieces_in_which_a_stream_arrives_make_no_difference(key, sizes):
    whole = text_of(sum(sizes))
    pieces, at = [], 0
    for size in sizes:
        pieces.append(whole[at : at + size])
        at += size
    assert list(seal_stream(key, ADDRESS, pieces)) == sealed(key, whole)


def test_a_stream_is_sealed_as_it_arrives_and_opened_as_it_is_read(key, text):
    taken = []

    def pieces():
        for at in range(0, len(text), CHUNK):
            taken.append(at)
            yield text[at : at + CHUNK]

    stream = seal_stream(key, ADDRESS, pieces())
    assert taken == []
    first = next(stream)
    assert len(taken) <= 3
    assert next(open_stream(key, ADDRESS, [first, next(stream)])) == text[:CHUNK]


def test_every_choice_of_up_to_four_chunks_but_the_right_one_is_tampered(chunks, must_not_open):
    for count in range(5):
        for picks in product(range(4), repeat=count):
            if picks != (0, 1, 2, 3):
                must_not_open(chunks[pick] for pick in picks)


def test_every_other_order_and_every_doubling_is_tampered(chunks, must_not_open):
    for order in permutations(range(4)):
        if order != (0, 1, 2, 3):
            must_not_open(chunks[pick] for pick in order)
    for at in range(5):
        for again in range(4):
            must_not_open([*chunks[:at], chunks[again], *chunks[at:]])


def test_an_empty_stream_is_not_no_stream(key, must_not_open):
    assert list(open_stream(key, ADDRESS, sealed(key, b""))) == [b""]
    must_not_open([])
    must_not_open([b""])


def test_a_stream_with_nothing_between_or_after_is_tampered(chunks, must_not_open):
    for at in range(5):
        must_not_open([*chunks[:at], b"", *chunks[at:]])


@settings(max_examples=120, deadline=None)
@given(at=st.integers(0, 3), bit=st.integers(min_value=0))
def test_a_stream_with_one_bit_changed_is_tampered(chunks, must_not_open, flip, at, bit):
    must_not_open([*chunks[:at], flip(chunks[at], bit), *chunks[at + 1 :]])


@settings(max_examples=120, deadline=None)
@given(at=st.integers(0, 3), length=st.integers(min_value=0))
def test_a_stream_with_a_chunk_cut_off_anywhere_is_tampered(chunks, must_not_open, at, length):
    cut = chunks[at][: length % len(chunks[at])]
    must_not_open([*chunks[:at], cut, *chunks[at + 1 :]])
    must_not_open([*chunks[:at], cut])


@settings(max_examples=40, deadline=None)
@given(shift=st.integers(-2000, 2000))
def test_a_stream_divided_elsewhere_is_tampered(chunks, must_not_open, shift):
    assume(shift != 0)
    at, whole = len(chunks[0]) + shift, chunks[0] + chunks[1]
    must_not_open([whole[:at], whole[at:], *chunks[2:]])
    must_not_open([whole, *chunks[2:]])


def test_chunks_of_two_streams_do_not_mix(chunks, must_not_open):
    other = sealed(new_stream_key(), text_of(3 * CHUNK + 1000))
    for at in range(4):
        must_not_open([*chunks[:at], other[at], *chunks[at + 1 :]])


@settings(max_examples=40, deadline=None)
@given(address=st.text(max_size=30))
@example(address="")
@example(address=ADDRESS + "0")
def test_a_stream_at_another_address_is_tampered(chunks, must_not_open, address):
    assume(address != ADDRESS)
    must_not_open(chunks, address)


def test_another_key_does_not_open_a_stream(chunks, must_not_open):
    must_not_open(chunks, key=new_stream_key())


@pytest.mark.parametrize("size", [0, 16, 31, 33])
def test_what_is_no_key_does_not_open_a_stream(chunks, must_not_open, size):
    must_not_open(chunks, key=bytes(size))


def test_keys_of_streams_are_32_bytes_and_never_alike():
    assert len(new_stream_key()) == 32
    assert new_stream_key() != new_stream_key()


def test_a_stream_made_by_hand_opens(key, text):
    cipher, parts = AESGCM(key), [text[at : at + CHUNK] for at in range(0, len(text), CHUNK)]
    chunks = [
        cipher.encrypt(
            number.to_bytes(11) + bytes([number == len(parts) - 1]),
            part,
            b"casehub/stream/1|" + ADDRESS.encode(),
        )
        for number, part in enumerate(parts)
    ]
    assert b"".join(open_stream(key, ADDRESS, chunks)) == text
    assert chunks == sealed(key, text)
