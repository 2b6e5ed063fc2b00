"""A permit is made by the oracle or not at all, and opens the keyring of its own actor only."""

import dataclasses
from uuid import uuid4

import pytest

from casehub.errors import Unfinished
from casehub.policy import Keyring, Permission, Permit, Role, may
from casehub.vault import AgencySecret, PrivateKey
from tests.policy.small_book import ROWS, decided_by, rule, somebody

RED = next(row for row in ROWS if row.red)
OTHER = next(row for row in ROWS if not row.red)
KNOW = Permission.CASE_KNOW


@pytest.fixture
def permit():
    with decided_by(rule(id="red-ones")):
        yield may(somebody(), KNOW, RED)


def with_key(actor, key=None):
    return dataclasses.replace(actor, keyring=Keyring(key))


class TestMaking:
    def test_it_says_who_may_do_what_with_which_and_by_which_rule(self, permit):
        assert permit.actor.account == somebody().account
        assert (permit.permission, permit.facts, permit.rule) == (KNOW, RED, "red-ones")

    @pytest.mark.parametrize("mint", [None, True, object(), KNOW])
    def test_nobody_makes_one_by_hand(self, mint):
        with pytest.raises(PermissionError, match=r"only may\(\) makes a permit"):
            Permit(somebody(), KNOW, RED, "red-ones", mint)

    def test_a_permit_is_no_mould_for_another(self, permit):
        # What a permit carries must not be enough to make the next one, about another case.
        for change in ({"facts": OTHER}, {"actor": somebody(number=2)}, {"rule": "mine"}):
            with pytest.raises((PermissionError, ValueError)):
                dataclasses.replace(permit, **change)
        for value in vars(permit).values():
            with pytest.raises(PermissionError):
                Permit(permit.actor, KNOW, OTHER, "red-ones", value)

    def test_it_cannot_be_changed(self, permit):
        with pytest.raises(dataclasses.FrozenInstanceError):
            permit.facts = OTHER
        with pytest.raises(dataclasses.FrozenInstanceError):
            permit.actor.roles = frozenset(Role)


class TestTheKeyring:
    def test_it_opens_with_a_permit_of_its_own_actor(self):
        key = PrivateKey.new()
        actor = with_key(somebody(), key)
        with decided_by(rule()):
            permit = may(actor, KNOW, RED)
        assert actor.keyring.account_key(permit) is key
        assert actor.keyring.opened(permit, 1) is None
        secret = AgencySecret.new()
        actor.keyring.keep(permit, 1, secret)
        assert actor.keyring.opened(permit, 1) is secret
        assert actor.keyring.opened(permit, 2) is None

    @pytest.mark.parametrize("number", [1, 2], ids=["a later request", "somebody else"])
    def test_another_actor_s_permit_opens_nothing(self, number):
        mine, other = with_key(somebody(), PrivateKey.new()), with_key(somebody(number=number))
        with decided_by(rule()):
            permit = may(other, KNOW, RED)
        for act in (
            lambda: mine.keyring.account_key(permit),
            lambda: mine.keyring.opened(permit, 1),
            lambda: mine.keyring.keep(permit, 1, AgencySecret.new()),
        ):
            with pytest.raises(PermissionError, match="another request opens nothing"):
                act()

    def test_without_a_key_it_says_who_can_do_it(self, permit):
        with pytest.raises(Unfinished, match="signed in with their own key") as unfinished:
            permit.actor.keyring.account_key(permit)
        assert "Sign in" in unfinished.value.remedy

    def test_it_prints_nothing(self):
        actor = with_key(somebody(), PrivateKey.new())
        with decided_by(rule()):
            permit = may(actor, KNOW, RED)
        actor.keyring.keep(permit, 1, AgencySecret.new())
        assert repr(actor.keyring) == str(actor.keyring) == "<keyring>"
        for printed in (repr(actor), repr(permit)):
            assert "Key" not in printed.replace("keyring", "")
            assert "object" not in printed

    def test_walled_cases_are_not_printed(self):
        case = uuid4()
        assert str(case) not in repr(dataclasses.replace(somebody(), walled=frozenset({case})))
