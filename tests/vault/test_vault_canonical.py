"""Canonical JSON is RFC 8785's, and nothing that has two forms is admitted."""

import hashlib
import math
from decimal import Decimal
from uuid import UUID

import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

from casehub.vault import canonical, digest

LARGEST = 2**53 - 1
KEYS = st.text(st.characters(max_codepoint=127), max_size=8)
LEAVES = st.none() | st.booleans() | st.integers(-LARGEST, LARGEST) | st.text(max_size=12)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=12,
)
NO_FORM = [
    1.0,
    math.nan,
    math.inf,
    2**53,
    -(2**53),
    b"text",
    bytearray(b"text"),
    {"Зоя": 1},
    {"é": 1},
    {1: "one"},
    {None: "none"},
    {"a"},
    Decimal(1),
    UUID(int=1),
    1j,
]


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(KEYS, VALUES, max_size=6))
def test_the_canonical_form_is_that_of_an_independent_implementation(value):
    assert canonical(value) == rfc8785.dumps(value)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=40))
def test_every_character_is_escaped_as_the_standard_says(text):
    value = {"text": text, "awkward": '\x00\x1f\x7f\u2028"\\/\b\f\n\r\té\U0001f600\u202e'}
    assert canonical(value) == rfc8785.dumps(value)


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(KEYS, LEAVES, max_size=6))
def test_the_order_in_which_fields_were_set_makes_no_difference(value):
    assert canonical(dict(reversed(value.items()))) == canonical(value)


def test_a_tuple_is_written_as_a_list():
    assert canonical({"a": ("b", (1,))}) == canonical({"a": ["b", [1]]}) == b'{"a":["b",[1]]}'


@pytest.mark.parametrize("number", [LARGEST, -LARGEST, 0])
def test_whole_numbers_are_admitted_up_to_the_largest_that_all_readers_share(number):
    assert canonical({"number": number}) == rfc8785.dumps({"number": number})


@pytest.mark.parametrize("wrong", NO_FORM, ids=repr)
def test_what_has_no_one_form_is_refused_however_deep_it_lies(wrong):
    for value in ({"a": wrong}, {"a": [wrong]}, {"a": ("b", {"c": [wrong]})}):
        with pytest.raises(TypeError):
            canonical(value)


def test_an_object_that_is_no_object_is_refused():
    with pytest.raises(TypeError):
        canonical({"Зоя": "Anna"})
    with pytest.raises(TypeError):
        canonical({1: "one"})


def test_half_a_character_is_refused():
    with pytest.raises(UnicodeEncodeError):
        canonical({"a": "\ud800"})


def test_a_digest_is_sha_256_in_hexadecimal():
    assert digest(b"abc") == hashlib.sha256(b"abc").hexdigest()
    assert digest(b"abc").startswith("ba7816bf")
