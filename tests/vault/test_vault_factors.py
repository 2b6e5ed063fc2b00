"""One-time passwords as every telephone's app makes them, and codes printed on a card."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casehub.errors import Invalid
from casehub.references import ALPHABET
from casehub.vault import FactorSecret, random_codes

NOON = datetime(2031, 3, 14, 12, tzinfo=UTC)
APART = timedelta(seconds=40)
KNOWN = FactorSecret(b"12345678901234567890")
"""The secret of RFC 6238 appendix B."""


@pytest.mark.parametrize(
    ("second", "code"),
    [(59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (20000000000, "353130")],
)
def test_the_known_answers_of_the_standard(second, code):
    assert KNOWN.code_at(datetime.fromtimestamp(second, UTC)) == code


@given(st.integers(-40, 40), st.integers(0, 29))
def test_a_clock_that_is_forty_seconds_off_is_near_enough(off, within):
    moment = NOON + timedelta(seconds=within)
    code = KNOWN.code_at(moment + timedelta(seconds=off))
    assert KNOWN.step_of(code, moment, APART) is not None


@given(st.integers(71, 100_000))
def test_a_code_of_long_ago_or_of_later_is_none(off):
    for moment in (NOON - timedelta(seconds=off), NOON + timedelta(seconds=off)):
        far = KNOWN.code_at(moment)
        near = {KNOWN.code_at(NOON + timedelta(seconds=30 * step)) for step in range(-2, 3)}
        assert far in near or KNOWN.step_of(far, NOON, APART) is None


@given(st.text(max_size=12))
def test_anything_else_is_no_code_and_no_fault(typed):
    near = {KNOWN.code_at(NOON + timedelta(seconds=30 * step)) for step in range(-2, 3)}
    assert typed in near or KNOWN.step_of(typed, NOON, APART) is None


def test_a_later_step_has_a_greater_number():
    first = KNOWN.step_of(KNOWN.code_at(NOON), NOON, APART)
    later = NOON + timedelta(seconds=30)
    assert KNOWN.step_of(KNOWN.code_at(later), later, APART) == first + 1


def test_it_is_read_back_as_it_was_written():
    secret = FactorSecret.new()
    assert FactorSecret.read(secret.text) == secret
    assert len(secret.text) == 32


@given(st.text(max_size=31))
def test_what_is_no_secret_is_told_so(text):
    with pytest.raises(Invalid) as told:
        FactorSecret.read(text)
    assert told.value.place == "offer"


def test_what_an_app_reads_names_the_installation_and_the_person():
    uri = KNOWN.uri("priya.nair", "Hub of Rivermouth")
    assert uri.startswith("otpauth://totp/Hub%20of%20Rivermouth:priya.nair?")
    assert f"secret={KNOWN.text}" in uri


def test_a_card_s_codes_are_fifty_different_ones_and_always_the_same():
    codes = KNOWN.printed(50, 8)
    assert len(set(codes)) == 50
    assert codes == KNOWN.printed(50, 8)
    assert not set(codes) & set(FactorSecret.new().printed(50, 8))
    assert all(len(code) == 8 and set(code) <= set(ALPHABET) for code in codes)


def test_random_codes_are_never_the_same():
    codes = random_codes(10, 10)
    assert len(set(codes)) == 10
    assert not set(codes) & set(random_codes(10, 10))


def test_nothing_prints_the_secret():
    assert KNOWN.text not in repr(KNOWN)
    assert "12345678901234567890" not in f"{KNOWN} {[KNOWN]}"
