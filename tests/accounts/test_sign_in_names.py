"""A name to sign in with is one person's in the whole installation, however it is typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casehub.accounts.sign_in_names import account_named, checked, fold, suggested
from casehub.errors import Invalid
from casehub.store import reading
from tests.builders import propose_colleague

AWKWARD = ["Priya Nair", "O'Neil", "Олена Ковальчук", "\ufb01ona", "x" * 200, "", "   ", "-.-"]
LETTERS = "aZ .-'_\u00e9\u041e\u043b\u0435\u043d9\ufb01\u202e\u0301\u0660"
NAMES = st.one_of(
    st.text(max_size=150), st.text(st.sampled_from(LETTERS), max_size=80), st.sampled_from(AWKWARD)
)


@given(typed=NAMES)
def test_folding_twice_changes_nothing_more(typed):
    assert fold(fold(typed)) == fold(typed)


@given(name=NAMES)
def test_what_is_suggested_is_free_and_can_be_taken(place, name):
    with reading():
        found = suggested(name)
        assert checked(found) == found


@pytest.mark.parametrize("typed", ["Priya.Nair", " PRIYA.NAIR ", "priya.nair", "ｐriya.nair"])  # noqa: RUF001
def test_one_that_is_taken_is_taken_however_it_is_typed(place, typed):
    with pytest.raises(Invalid, match="already"), reading():
        checked(typed)


@pytest.mark.parametrize(
    "typed",
    ["", " ", "x" * 61, "priya nair", "priya..nair", ".priya", "priya\u202enair", "a@b", "a\x00b"],
)
def test_one_that_makes_no_sense_is_told(place, typed):
    with pytest.raises(Invalid) as refused, reading():
        checked(typed)
    assert refused.value.place == "sign_in_name"


def test_letters_of_two_alphabets_are_not_mixed(place):
    with pytest.raises(Invalid, match="one alphabet"), reading():
        checked("tеss")  # noqa: RUF001 - the second letter is Cyrillic


def test_other_alphabets_are_as_good(place):
    with reading():
        assert checked("Олена.Ковальчук") == "олена.ковальчук"


def test_two_people_of_one_name_get_two_names(world):
    for _ in range(2):
        propose_colleague(world["Ana Duarte"], name="Priya Nair")
    with reading():
        assert account_named("priya.nair3").name == "Priya Nair"
