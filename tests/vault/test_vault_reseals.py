"""A key that its receiver carried over to a later epoch still opens under its giver's release."""

from dataclasses import replace
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casehub.errors import Tampered, TooNew
from casehub.vault import (
    AgencySecret,
    Carried,
    CaseKey,
    Given,
    Reseal,
    digest,
    give_case_key,
    open_carried_key,
    reseal_case_key,
)
from casehub.vault.envelope import seal_to

OUTER = ["release", "first_sealed_digest", "release_signature"]
INNER = ["statement", "sealed", "signature"]


def changed_part(carried, part, change):
    """Change one part of what is stored, whether the giver or the receiver signed it."""
    if part in OUTER:
        return replace(carried, **{part: change(getattr(carried, part))})
    reseal = replace(carried.reseal, **{part: change(getattr(carried.reseal, part))})
    return replace(carried, reseal=reseal)


@pytest.fixture(scope="module")
def resealed_as(carried, case_key, south_next):
    """Carry the key over under a statement that South signs, with any field changed."""

    def craft(content=case_key.content, **changes):
        statement = replace(Reseal.decode(carried.reseal.statement), **changes)
        sealed = seal_to(south_next.public.seal, content, statement.encode())
        signature = statement.signed_by(south_next.sign, sealed)
        return replace(carried, reseal=Given(statement.encode(), sealed, signature))

    return craft


@pytest.fixture(scope="module")
def must_not_open(north, south_next):
    """Open a carried key as North's to South's next epoch, or as told; it must be tampered."""

    def check(carried, receiver=south_next, giver=north.public.sign):
        with pytest.raises(Tampered):
            open_carried_key(carried, receiver, giver)

    return check


@pytest.fixture(scope="module")
def another_carried(release, case_key, north, south, south_next):
    """The same key, released again for longer and carried over as well."""
    longer = replace(release, release=uuid4(), until=release.until.replace(year=2100))
    first = give_case_key(longer, case_key, south.public.seal, north.sign)
    return Carried(
        first.statement,
        first.sealed_digest,
        first.signature,
        reseal_case_key(first.statement, case_key, south_next, 2),
    )


def test_a_carried_key_opens_with_the_release_as_its_giver_signed_it(
    carried, release, case_key, south_next, north
):
    opened = open_carried_key(carried, south_next, north.public.sign)
    assert opened == (release, case_key)


def test_a_reseal_names_its_release_and_the_key_it_went_to(carried, release, south_next):
    reseal = Reseal.decode(carried.reseal.statement)
    assert reseal.release == release.release
    assert reseal.release_digest == digest(carried.release)
    assert (reseal.receiver, reseal.receiver_epoch) == (release.receiver, 2)
    assert reseal.to_key == south_next.public.seal.digest


def test_two_releases_of_one_key_are_carried_over_side_by_side(
    another_carried, release, case_key, south_next, north
):
    opened, key = open_carried_key(another_carried, south_next, north.public.sign)
    assert opened != release
    assert key == case_key


def test_a_key_is_carried_over_again_and_again(carried, release, case_key, north):
    latest = AgencySecret.new()
    again = replace(carried, reseal=reseal_case_key(carried.release, case_key, latest, 3))
    assert open_carried_key(again, latest, north.public.sign) == (release, case_key)


@pytest.mark.parametrize("part", OUTER + INNER)
@settings(max_examples=60, deadline=None)
@given(bit=st.integers(min_value=0))
def test_a_carried_key_with_one_bit_changed_is_tampered(carried, must_not_open, flip, part, bit):
    must_not_open(changed_part(carried, part, lambda whole: flip(whole, bit)))


@pytest.mark.parametrize("part", OUTER + INNER)
@settings(max_examples=30, deadline=None)
@given(length=st.integers(min_value=0))
def test_a_carried_key_cut_off_anywhere_is_tampered(carried, must_not_open, part, length):
    must_not_open(changed_part(carried, part, lambda whole: whole[: length % len(whole)]))


def test_parts_of_two_carried_keys_do_not_mix(carried, another_carried, must_not_open):
    for part in (*OUTER, "reseal"):
        must_not_open(replace(carried, **{part: getattr(another_carried, part)}))
    for part in INNER:
        swapped = replace(carried.reseal, **{part: getattr(another_carried.reseal, part)})
        must_not_open(replace(carried, reseal=swapped))


@pytest.mark.parametrize("field", ["release", "release_digest", "to_key"])
def test_a_reseal_that_names_another_release_or_key_is_tampered(
    carried, resealed_as, must_not_open, another, field
):
    was = getattr(Reseal.decode(carried.reseal.statement), field)
    must_not_open(resealed_as(**{field: another(was)}))


@pytest.mark.parametrize("field", ["release_digest", "to_key"])
@pytest.mark.parametrize("named", ["", "Зоя"])
def test_a_reseal_that_names_nonsense_is_tampered(resealed_as, must_not_open, field, named):
    must_not_open(resealed_as(**{field: named}))


def test_a_reseal_of_another_key_is_tampered(resealed_as, must_not_open):
    for content in (CaseKey.new().content, bytes(31), b""):
        must_not_open(resealed_as(content))


def test_a_reseal_by_a_later_version_is_too_new(carried, south_next, north):
    later = b"\x02" + carried.reseal.sealed[1:]
    statement = Reseal.decode(carried.reseal.statement)
    signature = statement.signed_by(south_next.sign, later)
    reseal = Given(carried.reseal.statement, later, signature)
    with pytest.raises(TooNew):
        open_carried_key(replace(carried, reseal=reseal), south_next, north.public.sign)


def test_a_carried_key_replayed_under_another_epoch_is_tampered(carried, south, must_not_open):
    for receiver in (south, AgencySecret.new()):
        must_not_open(carried, receiver)


def test_a_reseal_that_the_receiver_did_not_sign_is_tampered(carried, north, must_not_open):
    reseal = Reseal.decode(carried.reseal.statement)
    signature = reseal.signed_by(north.sign, carried.reseal.sealed)
    must_not_open(replace(carried, reseal=replace(carried.reseal, signature=signature)))


def test_a_carried_key_of_another_giver_is_tampered(carried, must_not_open):
    must_not_open(carried, giver=AgencySecret.new().public.sign)


def test_a_release_that_the_receiver_signs_itself_is_no_reseal(
    carried, release, case_key, south_next, must_not_open
):
    sealed = seal_to(south_next.public.seal, case_key.content, carried.release)
    signature = release.signed_by(south_next.sign, sealed)
    must_not_open(replace(carried, reseal=Given(carried.release, sealed, signature)))


def test_nothing_is_carried_over_under_what_is_no_release(carried, case_key, south_next):
    for content in (b"", carried.reseal.statement, carried.release[:-1]):
        with pytest.raises(Tampered):
            reseal_case_key(content, case_key, south_next, 2)
