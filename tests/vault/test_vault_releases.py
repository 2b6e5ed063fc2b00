"""A released case key opens for its receiver, under the release that its giver signed."""

from dataclasses import fields, replace
from itertools import product
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casehub.errors import Tampered, TooNew
from casehub.vault import CaseKey, Given, PrivateKey, Release, give_case_key, open_case_key
from casehub.vault.envelope import seal_to

FIELDS = [field.name for field in fields(Release)]
PARTS = [field.name for field in fields(Given)]


@pytest.fixture(scope="module")
def crafted(north, south, case_key):
    """Seal a key, or anything, to South under a statement that North signs."""

    def craft(statement, content=case_key.content):
        sealed = seal_to(south.public.seal, content, statement.encode())
        return Given(statement.encode(), sealed, statement.signed_by(north.sign, sealed))

    return craft


@pytest.fixture(scope="module")
def must_not_open(north, south):
    """Open a grant as North's to South, or as told; it must be tampered."""

    def check(given, receiver=south.seal, giver=north.public.sign):
        with pytest.raises(Tampered):
            open_case_key(given, receiver, giver)

    return check


@pytest.fixture(params=FIELDS)
def changed(release, with_another, request):
    return with_another(release, request.param)


def test_a_receiver_opens_the_key_with_the_release_that_was_signed(
    released, release, case_key, north, south
):
    assert open_case_key(released, south.seal, north.public.sign) == (release, case_key)


def test_a_key_may_be_released_to_one_account(release, case_key, north, ann):
    statement = replace(release, account=uuid4(), to_key=ann.public.digest)
    given_to_ann = give_case_key(statement, case_key, ann.public, north.sign)
    assert open_case_key(given_to_ann, ann, north.public.sign) == (statement, case_key)


def test_a_release_with_a_field_changed_is_tampered(released, changed, must_not_open):
    must_not_open(replace(released, statement=changed.encode()))


def test_a_changed_release_signed_by_somebody_else_is_tampered(
    released, changed, south, must_not_open
):
    signature = changed.signed_by(south.sign, released.sealed)
    must_not_open(Given(changed.encode(), released.sealed, signature))


def test_a_changed_release_signed_by_its_giver_does_not_open_the_old_envelope(
    released, changed, north, must_not_open
):
    signature = changed.signed_by(north.sign, released.sealed)
    must_not_open(Given(changed.encode(), released.sealed, signature))


def test_parts_of_two_releases_do_not_mix(released, release, north, south, must_not_open):
    other_key = CaseKey.new()
    other = replace(release, release=uuid4(), case=uuid4(), commitment=other_key.commitment)
    both = released, give_case_key(other, other_key, south.public.seal, north.sign)
    for picks in product((0, 1), repeat=len(PARTS)):
        mixed = Given(*(getattr(both[at], part) for part, at in zip(PARTS, picks, strict=True)))
        if mixed not in both:
            must_not_open(mixed)


def test_the_same_key_released_twice_does_not_open_under_the_other_release(
    released, release, north, crafted, must_not_open
):
    longer = replace(release, until=release.until.replace(year=2100))
    again = crafted(longer)
    for statement, was in ((release, again), (longer, released)):
        signature = statement.signed_by(north.sign, was.sealed)
        must_not_open(Given(statement.encode(), was.sealed, signature))


@pytest.mark.parametrize("part", PARTS)
@settings(max_examples=100, deadline=None)
@given(bit=st.integers(min_value=0))
def test_a_grant_with_one_bit_changed_is_tampered(released, must_not_open, flip, part, bit):
    must_not_open(replace(released, **{part: flip(getattr(released, part), bit)}))


@pytest.mark.parametrize("part", PARTS)
@settings(max_examples=60, deadline=None)
@given(length=st.integers(min_value=0))
def test_a_grant_cut_off_anywhere_is_tampered(released, must_not_open, part, length):
    whole = getattr(released, part)
    must_not_open(replace(released, **{part: whole[: length % len(whole)]}))


def test_a_grant_sealed_by_a_later_version_and_signed_is_too_new(released, release, north, south):
    later = b"\x02" + released.sealed[1:]
    signed = Given(released.statement, later, release.signed_by(north.sign, later))
    with pytest.raises(TooNew):
        open_case_key(signed, south.seal, north.public.sign)


def test_a_grant_replayed_under_another_receivers_key_or_a_later_epoch_is_tampered(
    released, release, north, south_next, must_not_open
):
    for receiver in (PrivateKey.new(), south_next.seal):
        must_not_open(released, receiver)
        readdressed = replace(release, to_key=receiver.public.digest, receiver_epoch=2)
        signature = readdressed.signed_by(north.sign, released.sealed)
        must_not_open(Given(readdressed.encode(), released.sealed, signature), receiver)


def test_a_grant_signed_by_another_than_its_giver_is_tampered(
    released, release, case_key, south, must_not_open
):
    must_not_open(give_case_key(release, case_key, south.public.seal, south.sign))
    must_not_open(released, giver=south.public.sign)


def test_a_grant_of_another_key_than_its_release_names_is_tampered(crafted, release, must_not_open):
    must_not_open(crafted(release, CaseKey.new().content))


@pytest.mark.parametrize("size", [0, 31, 33, 64])
def test_a_grant_of_something_that_is_no_key_is_tampered(crafted, release, must_not_open, size):
    must_not_open(crafted(release, bytes(size)))


@pytest.mark.parametrize("field", ["to_key", "commitment"])
@pytest.mark.parametrize("named", ["", "Зоя", "\x00", "0" * 64])
def test_a_signed_release_that_names_nonsense_is_tampered(
    crafted, release, must_not_open, field, named
):
    must_not_open(crafted(replace(release, **{field: named})))


def test_another_signed_statement_is_no_release(crafted, succession, vouch, must_not_open):
    for statement in (succession, vouch):
        must_not_open(crafted(statement))


def test_nothing_is_given_under_a_release_that_names_another_key(
    release, case_key, north, south, ann
):
    with pytest.raises(Tampered):
        give_case_key(release, case_key, ann.public, north.sign)
    with pytest.raises(Tampered):
        give_case_key(release, CaseKey.new(), south.public.seal, north.sign)
    for changed in (replace(release, to_key="Зоя"), replace(release, commitment="Зоя")):
        with pytest.raises(Tampered):
            give_case_key(changed, case_key, south.public.seal, north.sign)
