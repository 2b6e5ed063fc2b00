"""An agency's keys open to the members it signed for, in the roles it signed, and nobody else."""

from dataclasses import fields, replace
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casehub.errors import Tampered, TooNew
from casehub.vault import (
    Given,
    Membership,
    PrivateKey,
    check_membership,
    give_membership,
    open_membership,
)
from casehub.vault.envelope import seal_to

FIELDS = [field.name for field in fields(Membership)]
PARTS = [field.name for field in fields(Given)]


@pytest.fixture(scope="module")
def crafted(membership, ann):
    """Seal anything to Ann under her membership, signed by whoever takes part in it."""

    def craft(content, signer):
        sealed = seal_to(ann.public, content, membership.encode())
        return Given(membership.encode(), sealed, membership.signed_by(signer, sealed))

    return craft


@pytest.fixture(scope="module")
def must_not_open(membership, ann, north):
    """Open a membership as Ann's in North, or as told; it must be tampered."""

    def check(given, expected=membership, member=ann, agency=north.public):
        with pytest.raises(Tampered):
            open_membership(given, expected, member, agency)

    return check


@pytest.fixture(params=FIELDS)
def changed(membership, with_another, request):
    return with_another(membership, request.param)


def test_a_member_opens_the_agencys_keys(admitted, membership, ann, north):
    check_membership(admitted, membership, ann.public, north.public)
    assert open_membership(admitted, membership, ann, north.public) == north


def test_a_membership_whose_row_was_changed_is_tampered(
    admitted, changed, ann, north, must_not_open
):
    must_not_open(admitted, changed)
    with pytest.raises(Tampered):
        check_membership(admitted, changed, ann.public, north.public)


def test_a_membership_whose_row_and_statement_were_changed_is_tampered(
    admitted, changed, must_not_open
):
    must_not_open(replace(admitted, statement=changed.encode()), changed)


def test_a_changed_membership_that_the_agency_signs_does_not_open_the_old_envelope(
    admitted, changed, north, must_not_open
):
    signature = changed.signed_by(north.sign, admitted.sealed)
    must_not_open(Given(changed.encode(), admitted.sealed, signature), changed)


@pytest.mark.parametrize(
    "roles", [(), ("advocate",), ("custodian", "advocate"), ("advocate", "custodian", "chair")]
)
def test_roles_given_or_taken_behind_the_agencys_back_close_the_membership(
    admitted, membership, must_not_open, roles
):
    must_not_open(admitted, replace(membership, roles=roles))


def test_a_membership_signed_by_another_agency_is_tampered(
    membership, ann, north, south, must_not_open
):
    foreign = give_membership(membership, south, ann.public)
    must_not_open(foreign)
    with pytest.raises(Tampered):
        check_membership(foreign, membership, ann.public, north.public)


def test_a_membership_that_seals_another_agencys_keys_is_tampered(
    crafted, north, south, must_not_open
):
    mixed = north.seal.seed + south.sign.seed, south.seal.seed + north.sign.seed
    for content in (south.content, *mixed):
        must_not_open(crafted(content, north.sign))


@pytest.mark.parametrize("size", [0, 32, 63, 65])
def test_a_membership_that_seals_no_keys_is_tampered(crafted, north, must_not_open, size):
    must_not_open(crafted(bytes(size), north.sign))


def test_another_persons_key_does_not_open_a_membership(admitted, membership, must_not_open):
    zoe = PrivateKey.new()
    must_not_open(admitted, member=zoe)
    must_not_open(admitted, replace(membership, key=zoe.public.digest), zoe)


def test_a_key_that_the_membership_does_not_name_passes_for_no_members(admitted, membership, north):
    with pytest.raises(Tampered):
        check_membership(admitted, membership, PrivateKey.new().public, north.public)


def test_a_membership_moved_under_another_agencys_key_is_tampered(admitted, south, must_not_open):
    must_not_open(admitted, agency=south.public)


def test_parts_of_two_memberships_do_not_mix(admitted, membership, ann, north, must_not_open):
    promoted = replace(membership, roles=("chair",))
    both = admitted, give_membership(promoted, north, ann.public)
    for picks in product((0, 1), repeat=len(PARTS)):
        mixed = Given(*(getattr(both[at], part) for part, at in zip(PARTS, picks, strict=True)))
        if mixed not in both:
            must_not_open(mixed, membership)
            must_not_open(mixed, promoted)


@pytest.mark.parametrize("part", PARTS)
@settings(max_examples=80, deadline=None)
@given(bit=st.integers(min_value=0))
def test_a_membership_with_one_bit_changed_is_tampered(admitted, must_not_open, flip, part, bit):
    must_not_open(replace(admitted, **{part: flip(getattr(admitted, part), bit)}))


@pytest.mark.parametrize("part", PARTS)
@settings(max_examples=40, deadline=None)
@given(length=st.integers(min_value=0))
def test_a_membership_cut_off_anywhere_is_tampered(admitted, must_not_open, part, length):
    whole = getattr(admitted, part)
    must_not_open(replace(admitted, **{part: whole[: length % len(whole)]}))


def test_a_membership_sealed_by_a_later_version_and_signed_is_too_new(
    admitted, membership, ann, north
):
    later = b"\x02" + admitted.sealed[1:]
    given_later = Given(admitted.statement, later, membership.signed_by(north.sign, later))
    with pytest.raises(TooNew):
        open_membership(given_later, membership, ann, north.public)


@pytest.mark.parametrize("named", ["", "Зоя", "0" * 64])
def test_nothing_is_given_under_a_statement_that_names_another_key(membership, north, ann, named):
    with pytest.raises(Tampered):
        give_membership(replace(membership, key=named), north, ann.public)
    with pytest.raises(Tampered):
        give_membership(membership, north, PrivateKey.new().public)
