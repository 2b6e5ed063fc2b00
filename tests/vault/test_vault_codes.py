"""Codes are read as people type them, and a wrong one opens nothing."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casehub.errors import Invalid, Tampered
from casehub.references import ALPHABET
from casehub.vault import Code, PrivateKey

CODES = st.binary(min_size=16, max_size=16).map(Code)
BETWEEN = st.text(alphabet=" -\u2010\u2013\u2014\u2212\t", max_size=2)
FOREIGN = "0O1ILUoilu!#?.,_яßé\u0660\u0967\u202e"
ADDRESS = "casehub/invitation/1"


@pytest.fixture(scope="module")
def code():
    return Code.new()


@pytest.fixture(scope="module")
def wrapped(code, ann):
    return code.wrap(ann, ADDRESS)


@settings(max_examples=150, deadline=None)
@given(CODES)
def test_a_code_is_read_as_it_was_written(code):
    assert re.fullmatch(rf"([{ALPHABET}]{{4}}-){{6}}[{ALPHABET}]{{3}}", code.text)
    assert Code.read(code.text) == code


@settings(max_examples=150, deadline=None)
@given(CODES, st.data())
def test_a_code_is_read_in_any_case_with_any_spaces_and_dashes(code, data):
    typed = data.draw(BETWEEN)
    for letter in code.text.replace("-", ""):
        typed += data.draw(st.sampled_from([letter, letter.lower()])) + data.draw(BETWEEN)
    assert Code.read(typed) == code


@pytest.mark.parametrize("content", [bytes(16), b"\xff" * 16, bytes(15) + b"\x01"])
def test_the_smallest_and_the_largest_code_have_their_place(content):
    assert Code.read(Code(content).text) == Code(content)


@settings(max_examples=100, deadline=None)
@given(CODES, st.integers(0, 32), st.sampled_from(FOREIGN))
def test_a_foreign_letter_is_invalid(code, at, letter):
    with pytest.raises(Invalid) as refused:
        Code.read(code.text[:at] + letter + code.text[at + 1 :])
    assert refused.value.place == "code"


@settings(max_examples=150, deadline=None)
@given(code=CODES, at=st.integers(0, 26), letter=st.sampled_from(ALPHABET))
def test_a_wrong_letter_is_invalid_or_gives_a_code_that_opens_nothing(ann, code, at, letter):
    letters = code.text.replace("-", "")
    typed = letters[:at] + letter + letters[at + 1 :]
    try:
        read = Code.read(typed)
    except Invalid:
        assert typed != letters
        return
    assert (read == code) == (typed == letters)
    if read != code:
        with pytest.raises(Tampered):
            read.unwrap(code.wrap(ann, ADDRESS), ADDRESS)


def test_thirteen_of_fourteen_single_wrong_letters_are_found():
    tried = missed = 0
    for code in (Code.new() for _ in range(8)):
        letters = code.text.replace("-", "")
        for at in range(27):
            for letter in ALPHABET.replace(letters[at], ""):
                tried += 1
                try:
                    assert Code.read(letters[:at] + letter + letters[at + 1 :]) != code
                except Invalid:
                    continue
                missed += 1
    assert missed * 14 < tried


@settings(max_examples=60, deadline=None)
@given(CODES, st.integers(0, 26), st.sampled_from(ALPHABET))
def test_a_letter_missing_or_too_many_is_invalid(code, at, letter):
    letters = code.text.replace("-", "")
    for typed in (letters[:at], letters[:at] + letters[at + 1 :], letters + letter):
        with pytest.raises(Invalid):
            Code.read(typed)
    with pytest.raises(Invalid):
        Code.read(letters[:at] + letter + letters[at:])


@pytest.mark.parametrize("typed", ["", " - ", ALPHABET[-1] * 27, ALPHABET[0] * 28, "2"])
def test_what_is_no_code_is_invalid(typed):
    with pytest.raises(Invalid, match="not a whole code"):
        Code.read(typed)


def test_a_text_of_ten_million_letters_is_invalid_at_once():
    with pytest.raises(Invalid, match="not a whole code"):
        Code.read("Z" * 10_000_000)


def test_new_codes_are_128_bits_and_never_alike():
    assert len(Code.new().content) == 16
    assert Code.new() != Code.new()


def test_a_code_opens_the_stand_in_that_it_wrapped(code, wrapped, ann):
    assert Code.read(code.text.lower()).unwrap(wrapped, ADDRESS) == ann
    assert code.wrap(ann, ADDRESS) != wrapped
    assert len(wrapped) == 12 + 32 + 16


@settings(max_examples=60, deadline=None)
@given(other=CODES)
def test_another_code_opens_nothing(code, wrapped, other):
    if other != code:
        with pytest.raises(Tampered):
            other.unwrap(wrapped, ADDRESS)


@pytest.mark.parametrize("address", ["", "casehub/invitation/2", "casehub/reset/1", "Зоя"])
def test_a_code_opens_nothing_at_another_address(code, wrapped, address):
    with pytest.raises(Tampered):
        code.unwrap(wrapped, address)


def test_a_wrapped_stand_in_with_any_bit_changed_or_cut_off_is_tampered(code, wrapped, flip):
    for bit in range(len(wrapped) * 8):
        with pytest.raises(Tampered):
            code.unwrap(flip(wrapped, bit), ADDRESS)
    for length in range(len(wrapped)):
        with pytest.raises(Tampered):
            code.unwrap(wrapped[:length], ADDRESS)


@pytest.mark.parametrize("size", [0, 31, 33])
def test_what_is_wrapped_but_no_key_is_tampered(code, size):
    posing = object.__new__(PrivateKey)
    object.__setattr__(posing, "seed", bytes(size))
    with pytest.raises(Tampered):
        code.unwrap(code.wrap(posing, ADDRESS), ADDRESS)
