"""What forms carry: bound to what they are for, and sealed."""

import pytest

from casehub.errors import Tampered
from casehub.vault import FormKey

KEY, OTHER = FormKey(bytes(32)), FormKey(bytes([1]) * 32)


class TestBinding:
    def test_holds_for_its_parts_under_its_key_alone(self):
        binding = KEY.bind("id", "account")
        assert KEY.is_bound(binding, "id", "account")
        for other in (("id", "other"), ("ida", "ccount"), ("id",), ("account", "id")):
            assert not KEY.is_bound(binding, *other)
        assert not OTHER.is_bound(binding, "id", "account")

    @pytest.mark.parametrize("text", ["", "x", "é", "0" * 32])
    def test_what_nobody_bound_does_not_hold(self, text):
        assert not KEY.is_bound(text, "id", "account")


class TestKeeping:
    def test_opens_what_it_sealed_and_shows_nothing_of_it(self):
        kept = KEY.keep("Вона".encode())
        assert KEY.open_kept(kept) == "Вона".encode()
        assert kept.isascii()
        assert KEY.keep(b"same") != KEY.keep(b"same")

    @pytest.mark.parametrize("kept", ["", "x", "AAAA", "é"])
    def test_anything_else_is_tampered_with(self, kept):
        with pytest.raises(Tampered):
            KEY.open_kept(kept)

    def test_so_is_what_was_changed_at_its_end(self):
        with pytest.raises(Tampered):
            KEY.open_kept(KEY.keep(b"words")[:-4] + "AAAA")

    def test_so_is_what_another_key_sealed(self):
        with pytest.raises(Tampered):
            KEY.open_kept(OTHER.keep(b"words"))


def test_its_secrets_differ_and_it_prints_none():
    assert KEY.cookie_secret != OTHER.cookie_secret
    assert KEY.value not in KEY.cookie_secret
    assert repr(KEY) == "FormKey()"
