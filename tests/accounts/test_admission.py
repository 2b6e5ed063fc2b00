"""Nobody lets somebody in alone: one proposes, another agrees. The code comes after that."""

import pytest

from casehub.accounts.models import Account, AccountState
from casehub.accounts.roles import propose_role
from casehub.accounts.service import NewAccount, live_roles, propose_account
from casehub.audit import changing
from casehub.demo.world import account_of, begin, invite
from casehub.errors import Invalid, Refused, Stale
from casehub.policy import Role
from casehub.store import db
from tests.builders import (
    at_once,
    end_colleague,
    findings,
    propose_colleague,
    second_colleague,
)


class TestProposing:
    def test_a_custodian_proposes_for_the_own_agency(self, world):
        account = propose_colleague(world["Ana Duarte"])
        assert account.agency_id == world["Ana Duarte"].agency
        assert account.proposed_by == world["Ana Duarte"].account
        assert account.state is AccountState.INVITED

    @pytest.mark.parametrize("name", ["Priya Nair", "Omar Haddad"])
    def test_nobody_else_does(self, world, name):
        with pytest.raises(Refused):
            propose_colleague(world[name])

    def test_an_account_without_a_role_makes_no_sense(self, world):
        actor = world["Ana Duarte"].actor()
        with pytest.raises(Invalid), changing():
            propose_account(actor, NewAccount("Tess", "t@x.example", "en", frozenset()))


class TestSeconding:
    def test_the_proposer_does_not_agree_to_the_own_proposal(self, world):
        account = propose_colleague(world["Ana Duarte"])
        with pytest.raises(Refused):
            second_colleague(world["Ana Duarte"], account)

    def test_nobody_agrees_to_the_own_account(self, world):
        lev = account_of(world["Lev Marchenko"])
        with pytest.raises(Refused):
            second_colleague(world["Lev Marchenko"], lev)

    @pytest.mark.parametrize("name", ["Priya Nair", "Bo Lindqvist", "Omar Haddad"])
    def test_neither_a_caseworker_nor_another_agency_agrees(self, world, name):
        account = propose_colleague(world["Ana Duarte"])
        with pytest.raises(Refused):
            second_colleague(world[name], account)

    @pytest.mark.database
    def test_a_second_custodian_agrees_once(self, world):
        account = propose_colleague(world["Ana Duarte"])
        second_colleague(world["Lev Marchenko"], account)
        assert account.seconded_by == world["Lev Marchenko"].account
        assert all(role.from_at and role.seconded_by for role in live_roles(account.id))
        with pytest.raises(Stale):
            second_colleague(world["Lev Marchenko"], account)
        assert findings(world) == []

    def test_an_account_that_ended_is_agreed_to_no_more(self, world):
        account = propose_colleague(world["Ana Duarte"])
        end_colleague(world["Ana Duarte"], account)
        with pytest.raises(Stale):
            second_colleague(world["Lev Marchenko"], account)

    def test_no_role_is_added_to_an_account_that_waits_to_be_agreed_to(self, world):
        account = propose_colleague(world["Ana Duarte"])
        for name in ("Lev Marchenko", "Ana Duarte"):
            actor = world[name].actor()
            with pytest.raises(Invalid), changing():
                propose_role(actor, account, Role.SUPERVISOR)
        second_colleague(world["Lev Marchenko"], account)
        assert {role.role for role in live_roles(account.id)} == {Role.CASEWORKER}

    @pytest.mark.database
    def test_two_who_agree_at_once_are_not_both_the_second_person(self, place):
        invite(place.world, "Ana Duarte", "Lev Marchenko", "Sam Whitefeather", [Role.SUPERVISOR])
        proposed = propose_colleague(place.world["Ana Duarte"]).id

        def by(name):
            def act(mine):
                second_colleague(mine[name], db.session.get_one(Account, proposed))

            return act

        results = at_once(place.app, place.world, by("Lev Marchenko"), by("Sam Whitefeather"))
        assert [type(result) for result in results if result] == [Stale]
        assert findings(place.world) == []


class TestAnAgencyThatIsAlone:
    def test_the_coordinating_agency_s_custodian_is_the_second_person(self, world):
        begin(world, "North Shelter", "shelter", "Nia Brook")
        account = propose_colleague(world["Nia Brook"])
        second_colleague(world["Ana Duarte"], account)
        assert account.seconded_by == world["Ana Duarte"].account

    @pytest.mark.parametrize("name", ["Bo Lindqvist", "Priya Nair"])
    def test_but_no_other_agency_s_custodian_nor_somebody_else_of_it(self, world, name):
        begin(world, "North Shelter", "shelter", "Nia Brook")
        account = propose_colleague(world["Nia Brook"])
        with pytest.raises(Refused):
            second_colleague(world[name], account)

    def test_it_is_so_while_nobody_else_there_may_be_a_second_person(self, world):
        account = propose_colleague(world["Bo Lindqvist"])
        second_colleague(world["Ana Duarte"], account)
        assert account.seconded_by == world["Ana Duarte"].account

    def test_from_two_who_may_on_it_is_the_agency_s_own_affair(self, world):
        invite(world, "Bo Lindqvist", "Ana Duarte", "Uli Falk", [Role.SUPERVISOR])
        account = propose_colleague(world["Bo Lindqvist"])
        with pytest.raises(Refused):
            second_colleague(world["Ana Duarte"], account)
        second_colleague(world["Uli Falk"], account)

    def test_an_agency_whose_second_person_left_is_not_stuck(self, world):
        invite(world, "Bo Lindqvist", "Ana Duarte", "Uli Falk", [Role.SUPERVISOR])
        end_colleague(world["Bo Lindqvist"], account_of(world["Uli Falk"]))
        second_colleague(world["Ana Duarte"], propose_colleague(world["Bo Lindqvist"]))

    def test_the_coordinating_agency_is_not_alone_again_when_everybody_left(self, world):
        for name in ("Lev Marchenko", "Priya Nair"):
            end_colleague(world["Ana Duarte"], account_of(world[name]))
        with pytest.raises(Refused):
            second_colleague(world["Ana Duarte"], propose_colleague(world["Ana Duarte"]))

    def test_one_whose_invitation_ended_unused_does_not_count(self, world):
        begin(world, "North Shelter", "shelter", "Nia Brook")
        account = propose_colleague(world["Nia Brook"])
        second_colleague(world["Ana Duarte"], account)
        end_colleague(world["Nia Brook"], account)
        second_colleague(
            world["Ana Duarte"], propose_colleague(world["Nia Brook"], name="Uli Falk")
        )

    def test_the_coordinating_agency_s_own_first_invitation_stands_alone(self, world):
        lev = account_of(world["Lev Marchenko"])
        assert lev.proposed_by == lev.seconded_by == world["Ana Duarte"].account

    def test_and_no_later_one_does(self, world):
        with pytest.raises(Refused):
            second_colleague(world["Ana Duarte"], propose_colleague(world["Ana Duarte"]))
