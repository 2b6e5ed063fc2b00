"""What an account keeps under its own key."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casehub.errors import Tampered
from casehub.vault import DIGEST_BYTES, PrivateKey, open_own, own_code_digest, seal_own

KEY = PrivateKey.new()


@given(st.binary(max_size=200), st.text(max_size=20))
def test_it_opens_with_the_key_at_its_address(content, address):
    assert open_own(KEY, seal_own(KEY, content, address), address) == content


def test_neither_another_key_nor_another_address_opens_it():
    sealed = seal_own(KEY, b"secret", "here")
    for key, address in ((PrivateKey.new(), "here"), (KEY, "there")):
        with pytest.raises(Tampered):
            open_own(key, sealed, address)


@given(st.integers(0, 33))
def test_no_changed_byte_goes_unnoticed(place):
    sealed = bytearray(seal_own(KEY, b"secret", "here"))
    sealed[place] ^= 1
    with pytest.raises(Tampered):
        open_own(KEY, bytes(sealed), "here")


@pytest.mark.parametrize("cut", [b"", b"short", bytes(12)])
def test_what_is_cut_off_is_no_seal(cut):
    with pytest.raises(Tampered):
        open_own(KEY, cut, "here")


def test_a_code_is_known_by_key_address_and_letters():
    known = own_code_digest(KEY, "7KQ2M4XW", "card")
    assert len(known) == DIGEST_BYTES
    assert known == own_code_digest(KEY, "7KQ2M4XW", "card")
    others = {
        own_code_digest(KEY, "7KQ2M4XX", "card"),
        own_code_digest(KEY, "7KQ2M4XW", "recovery"),
        own_code_digest(PrivateKey.new(), "7KQ2M4XW", "card"),
    }
    assert known not in others
