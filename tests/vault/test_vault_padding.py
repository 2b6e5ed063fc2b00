"""A sealed document's length tells little, and what has no end is refused."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casehub.errors import Tampered
from casehub.vault.padding import STEP, pad, unpad

CONTENTS = st.binary(max_size=700) | st.binary(max_size=300).map(lambda text: text + bytes(9))


@settings(max_examples=200, deadline=None)
@given(CONTENTS)
def test_padding_comes_off_as_it_was_put_on(content):
    padded = pad(content)
    assert unpad(padded) == content
    assert len(padded) % STEP == 0
    assert STEP > len(padded) - len(content) > 0 or len(padded) - len(content) == STEP


@pytest.mark.parametrize("size", [0, 1, 254, 255, 256, 257, 511, 512])
def test_the_steps_are_256_bytes_wide(size):
    assert len(pad(bytes(size))) == 256 * (size // 256 + 1)


@pytest.mark.parametrize(
    "malformed",
    [b"", bytes(256), b"\x80", b"x" * 256, pad(b"x")[:-1], pad(b"x") + b"\x00", b"\x80" * 255],
    ids=["empty", "zeros", "one byte", "no mark", "cut", "too long", "no step"],
)
def test_what_has_no_end_is_tampered(malformed):
    with pytest.raises(Tampered):
        unpad(malformed)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=600))
def test_any_bytes_at_all_are_either_padded_or_tampered(content):
    try:
        unpadded = unpad(content)
    except Tampered:
        return
    assert pad(unpadded) == content


@settings(max_examples=60, deadline=None)
@given(CONTENTS, st.integers(min_value=1, max_value=STEP - 1))
def test_padding_cut_anywhere_but_at_a_step_is_tampered(content, cut):
    with pytest.raises(Tampered):
        unpad(pad(content)[:-cut])
