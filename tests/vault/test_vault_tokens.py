"""Tokens: equal inputs give equal tokens, and everything that goes in matters."""

import hmac

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from casehub.vault import joint_token

PARTS = st.lists(st.text(max_size=6), max_size=4)
SERVER, HUB = bytes(range(32)), bytes(range(32, 64))


@settings(max_examples=200, deadline=None)
@given(PARTS, PARTS)
def test_tokens_are_equal_just_where_the_parts_are(one, other):
    same = joint_token(SERVER, HUB, one) == joint_token(SERVER, HUB, other)
    assert same == (one == other)


@settings(max_examples=80, deadline=None)
@given(PARTS, st.randoms(use_true_random=False))
def test_the_order_of_the_parts_matters(parts, random):
    mixed = random.sample(parts, len(parts))
    assume(mixed != parts)
    assert joint_token(SERVER, HUB, mixed) != joint_token(SERVER, HUB, parts)


@settings(max_examples=80, deadline=None)
@given(st.text(min_size=1, max_size=8), st.integers(0, 8), st.integers(0, 8))
def test_the_boundaries_between_the_parts_matter(text, one, other):
    assume(min(one, len(text)) != min(other, len(text)))
    cuts = ([text[:at], text[at:]] for at in (one, other))
    first, second = (joint_token(SERVER, HUB, parts) for parts in cuts)
    assert first != second


def test_an_empty_part_is_not_no_part():
    tokens = [joint_token(SERVER, HUB, parts) for parts in ([], [""], ["", ""], ["\x00"])]
    assert len(set(tokens)) == len(tokens)


@settings(max_examples=80, deadline=None)
@given(st.binary(min_size=32, max_size=32), st.binary(min_size=32, max_size=32), PARTS)
def test_both_halves_matter_and_are_not_each_others(server, hub, parts):
    token = joint_token(server, hub, parts)
    assert joint_token(server, bytes(32), parts) != token or hub == bytes(32)
    assert joint_token(bytes(32), hub, parts) != token or server == bytes(32)
    assert joint_token(hub, server, parts) != token or hub == server


def test_a_token_is_one_hmac_within_another():
    content = b"\x00\x00\x00\x06" + "Зоя".encode() + b"\x00\x00\x00\x041987"
    inner = hmac.digest(HUB, b"casehub/token/1/hub\x00" + content, "sha256")
    token = hmac.digest(SERVER, b"casehub/token/1/server\x00" + inner, "sha256")
    assert joint_token(SERVER, HUB, ("Зоя", "1987")) == token
