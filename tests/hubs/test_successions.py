"""A routine new epoch is trusted as the one before was; after a suspected compromise it is not."""

import json

import pytest

from casehub.demo.world import vouch
from casehub.errors import Tampered, Unfinished
from casehub.hubs.keys import current_key, public_of
from casehub.store import reading
from casehub.vault import canonical
from tests.builders import (
    attack,
    findings,
    flipped,
    read,
    refer,
    release,
    rotate,
    share,
    trusted,
    write,
)

POLICE, HARBOUR = "Rivermouth Police", "Harbour House"


@pytest.fixture
def case(world):
    made = refer(world["Priya Nair"])
    made.synopsis = write(world["Priya Nair"], made)
    return made


def key_of(world, agency):
    with reading():
        return current_key(world.agencies[agency].id)


def trusts(world, custodian, of):
    found = trusted(world[custodian], world.agencies[of].id)
    assert found in (None, public_of(key_of(world, of)))
    return found is not None


@pytest.mark.database
def test_a_routine_epoch_is_sealed_to_without_comparing_again(world, case):
    rotate(world["Bo Lindqvist"])
    rotate(world["Bo Lindqvist"])
    assert key_of(world, HARBOUR).epoch == 3
    share(world["Priya Nair"], world["Omar Haddad"], case)
    assert read(world["Omar Haddad"], case, case.synopsis)
    assert findings(world) == []


@pytest.mark.database
def test_what_a_routine_epoch_released_is_opened_without_comparing_again(world, case):
    rotate(world["Ana Duarte"])
    share(world["Priya Nair"], world["Omar Haddad"], case)
    assert read(world["Omar Haddad"], case, case.synopsis)


@pytest.mark.database
def test_after_a_suspected_compromise_nothing_is_sealed_until_compared(world, case):
    rotate(world["Bo Lindqvist"], routine=False)
    assert not trusts(world, "Ana Duarte", HARBOUR)
    with pytest.raises(Unfinished):
        release(world["Priya Nair"], case, world.agencies[HARBOUR])
    vouch(world["Ana Duarte"], world.agencies[HARBOUR].id)
    assert trusts(world, "Ana Duarte", HARBOUR)
    share(world["Priya Nair"], world["Omar Haddad"], case)
    assert read(world["Omar Haddad"], case, case.synopsis)


def test_what_was_released_after_a_suspected_compromise_is_not_opened_until_compared(world, case):
    rotate(world["Ana Duarte"], routine=False)
    share(world["Priya Nair"], world["Omar Haddad"], case)
    with pytest.raises(Unfinished):
        read(world["Omar Haddad"], case, case.synopsis)
    vouch(world["Bo Lindqvist"], world.agencies[POLICE].id)
    assert read(world["Omar Haddad"], case, case.synopsis)


def test_what_was_released_before_it_still_opens(world, case):
    share(world["Priya Nair"], world["Omar Haddad"], case)
    rotate(world["Ana Duarte"], routine=False)
    assert read(world["Omar Haddad"], case, case.synopsis)


def test_a_routine_epoch_after_a_suspected_compromise_heals_nothing(world):
    rotate(world["Bo Lindqvist"], routine=False)
    rotate(world["Bo Lindqvist"])
    assert not trusts(world, "Ana Duarte", HARBOUR)
    vouch(world["Ana Duarte"], world.agencies[HARBOUR].id)
    assert trusts(world, "Ana Duarte", HARBOUR)


def test_a_comparison_in_between_is_carried_on_by_routine(world):
    rotate(world["Bo Lindqvist"], routine=False)
    vouch(world["Ana Duarte"], world.agencies[HARBOUR].id)
    rotate(world["Bo Lindqvist"])
    assert trusts(world, "Ana Duarte", HARBOUR)


class TestAttacks:
    @pytest.mark.parametrize(
        "column", ["succession", "succession_signature", "succession_sealed_digest"]
    )
    def test_an_altered_succession_is_not_followed(self, world, case, column):
        rotate(world["Bo Lindqvist"])
        key = key_of(world, HARBOUR)
        attack(key, **{column: flipped(getattr(key, column))})
        with pytest.raises(Tampered):
            release(world["Priya Nair"], case, world.agencies[HARBOUR])

    def test_a_compromise_is_not_called_routine_afterwards(self, world, case):
        rotate(world["Bo Lindqvist"], routine=False)
        key = key_of(world, HARBOUR)
        said = json.loads(key.succession) | {"routine": True}
        attack(key, succession=canonical(said))
        with pytest.raises(Tampered):
            release(world["Priya Nair"], case, world.agencies[HARBOUR])

    def test_a_succession_that_is_gone_leads_nowhere(self, world, case):
        rotate(world["Bo Lindqvist"])
        attack(key_of(world, HARBOUR), succession=None)
        with pytest.raises(Tampered):
            release(world["Priya Nair"], case, world.agencies[HARBOUR])

    def test_the_succession_of_another_agency_is_not_followed(self, world, case):
        rotate(world["Bo Lindqvist"], routine=False)
        rotate(world["Chantal Roy"])
        theirs = key_of(world, "Rivermouth Housing")
        names = ("succession", "succession_signature", "succession_sealed_digest")
        attack(key_of(world, HARBOUR), **{name: getattr(theirs, name) for name in names})
        with pytest.raises(Tampered):
            release(world["Priya Nair"], case, world.agencies[HARBOUR])

    def test_an_earlier_succession_is_not_used_for_a_later_epoch(self, world, case):
        rotate(world["Bo Lindqvist"])
        routine = key_of(world, HARBOUR)
        names = ("succession", "succession_signature", "succession_sealed_digest")
        kept = {name: getattr(routine, name) for name in names}
        rotate(world["Bo Lindqvist"], routine=False)
        attack(key_of(world, HARBOUR), **kept)
        with pytest.raises(Tampered):
            release(world["Priya Nair"], case, world.agencies[HARBOUR])
