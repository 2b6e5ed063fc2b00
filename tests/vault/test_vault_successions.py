"""The old epoch signs for the new, and the new one opens the old."""

from dataclasses import fields, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casehub.errors import Tampered, TooNew
from casehub.vault import (
    AgencyPublic,
    AgencySecret,
    Given,
    Succession,
    digest,
    names_key,
    open_predecessor,
    succeed,
)
from casehub.vault.envelope import seal_to

FIELDS = [field.name for field in fields(Succession)]
PARTS = [field.name for field in fields(Given)]


@pytest.fixture(scope="module")
def crafted(succession, south, south_next):
    """Seal anything to the new epoch under a succession that the old one signs."""

    def craft(content=south.content, **changes):
        statement = replace(succession, **changes)
        sealed = seal_to(south_next.public.seal, content, statement.encode())
        return Given(statement.encode(), sealed, statement.signed_by(south.sign, sealed))

    return craft


@pytest.fixture(scope="module")
def must_not_open(south, south_next):
    """Open South's old epoch with its new one, or as told; it must be tampered."""

    def check(given, after=south_next, before=south.public):
        with pytest.raises(Tampered):
            open_predecessor(given, after, before)

    return check


def test_the_new_epoch_opens_the_old(succeeded, crafted, south, south_next):
    assert open_predecessor(succeeded, south_next, south.public) == south
    assert open_predecessor(crafted(), south_next, south.public) == south


@pytest.mark.parametrize("field", FIELDS)
def test_a_succession_with_a_field_changed_is_tampered(
    succeeded, succession, with_another, must_not_open, field
):
    changed = with_another(succession, field)
    must_not_open(replace(succeeded, statement=changed.encode()))


@pytest.mark.parametrize("field", FIELDS)
def test_a_changed_succession_that_is_signed_does_not_open_the_old_envelope(
    succeeded, crafted, another, must_not_open, field
):
    statement = Succession.decode(succeeded.statement)
    changed = crafted(**{field: another(getattr(statement, field))})
    must_not_open(replace(changed, sealed=succeeded.sealed))
    must_not_open(replace(succeeded, sealed=changed.sealed))


@pytest.mark.parametrize("part", PARTS)
@settings(max_examples=60, deadline=None)
@given(bit=st.integers(min_value=0))
def test_a_succession_with_one_bit_changed_is_tampered(succeeded, must_not_open, flip, part, bit):
    must_not_open(replace(succeeded, **{part: flip(getattr(succeeded, part), bit)}))


@pytest.mark.parametrize("part", PARTS)
@settings(max_examples=40, deadline=None)
@given(length=st.integers(min_value=0))
def test_a_succession_cut_off_anywhere_is_tampered(succeeded, must_not_open, part, length):
    whole = getattr(succeeded, part)
    must_not_open(replace(succeeded, **{part: whole[: length % len(whole)]}))


def test_a_succession_sealed_by_a_later_version_is_too_new(
    succeeded, succession, south, south_next
):
    later = b"\x02" + succeeded.sealed[1:]
    signed = Given(succeeded.statement, later, succession.signed_by(south.sign, later))
    with pytest.raises(TooNew):
        open_predecessor(signed, south_next, south.public)


def test_a_succession_that_another_agency_signed_is_tampered(
    succeeded, succession, north, must_not_open
):
    signature = succession.signed_by(north.sign, succeeded.sealed)
    must_not_open(replace(succeeded, signature=signature))
    must_not_open(succeeded, before=north.public)


def test_a_succession_opened_with_another_key_is_tampered(
    succeeded, south, south_next, must_not_open
):
    stranger = AgencySecret.new()
    halves = (
        AgencySecret(stranger.seal, south_next.sign),
        AgencySecret(south_next.seal, stranger.sign),
    )
    for after in (south, stranger, *halves):
        must_not_open(succeeded, after)


def test_a_succession_that_seals_other_keys_than_the_old_ones_is_tampered(
    crafted, south, must_not_open
):
    stranger = AgencySecret.new()
    halves = stranger.seal.seed + south.sign.seed, south.seal.seed + stranger.sign.seed
    for content in (stranger.content, *halves, bytes(63), b""):
        must_not_open(crafted(content))


@pytest.mark.parametrize("field", ["seal_key", "sign_key"])
@pytest.mark.parametrize("named", ["", "Зоя", "0" * 64])
class TestASuccessionThatNamesOtherKeys:
    def test_does_not_open(self, crafted, must_not_open, field, named):
        must_not_open(crafted(**{field: named}))

    def test_is_not_made(self, succession, south, south_next, field, named):
        with pytest.raises(Tampered):
            succeed(replace(succession, **{field: named}), south, south_next)


def test_nothing_is_sealed_to_an_epoch_that_the_succession_does_not_name(
    succession, south, south_next
):
    stranger = AgencySecret.new()
    for after in (
        stranger,
        AgencySecret(south_next.seal, stranger.sign),
        AgencySecret(stranger.seal, south_next.sign),
    ):
        with pytest.raises(Tampered):
            succeed(succession, south, after)


def test_a_vouch_or_a_succession_names_just_one_pair_of_keys(vouch, succession, south, south_next):
    for statement, key in ((vouch, south.public), (succession, south_next.public)):
        stranger = AgencySecret.new().public
        assert names_key(statement, key)
        assert not names_key(statement, stranger)
        assert not names_key(statement, AgencyPublic(key.seal, stranger.sign))
        assert not names_key(statement, AgencyPublic(stranger.seal, key.sign))


def test_a_statement_whose_keys_run_into_each_other_names_none(vouch, south):
    both = south.public.seal.digest + digest(south.public.sign.content)
    for at in (0, 63, 65, 128):
        assert not names_key(replace(vouch, seal_key=both[:at], sign_key=both[at:]), south.public)
    assert not names_key(replace(vouch, seal_key="Зоя"), south.public)
