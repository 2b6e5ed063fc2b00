"""A lost passphrase: two people agree, a code is made, and the key that was lost opens nothing."""

import pytest

from casehub.accounts.code_models import CodeRow
from casehub.accounts.codes import issue_reset, live_reset, withdraw_code
from casehub.accounts.models import AccountKeyState
from casehub.accounts.resets import propose_reset, second_reset
from casehub.accounts.roles import propose_role, second_role
from casehub.audit import changing
from casehub.demo.world import account_of, invite
from casehub.errors import Refused, Stale, Tampered, Unfinished
from casehub.policy import Role
from casehub.store import db, reading
from tests.builders import (
    attack,
    end_colleague,
    entries,
    findings,
    memberships_of,
    own_secret,
    take_up,
)


def propose(person, subject):
    actor = person.actor()
    with changing():
        return propose_reset(actor, account_of(subject))


def second(person, row):
    actor = person.actor()
    with changing():
        second_reset(actor, db.session.get_one(CodeRow, row.id))


def issue(person, row):
    actor = person.actor()
    with changing():
        return issue_reset(actor, db.session.get_one(CodeRow, row.id))


@pytest.fixture
def agreed(world):
    row = propose(world["Ana Duarte"], world["Priya Nair"])
    second(world["Lev Marchenko"], row)
    return row


class TestTwoPeople:
    def test_only_a_custodian_of_the_agency_proposes_and_not_for_themselves(self, world):
        for name, subject in (
            ("Priya Nair", "Lev Marchenko"),
            ("Bo Lindqvist", "Priya Nair"),
            ("Ana Duarte", "Ana Duarte"),
        ):
            with pytest.raises(Refused):
                propose(world[name], world[subject])

    def test_neither_the_proposer_nor_the_subject_agrees(self, world):
        row = propose(world["Ana Duarte"], world["Lev Marchenko"])
        for name in ("Ana Duarte", "Lev Marchenko", "Priya Nair"):
            with pytest.raises(Refused):
                second(world[name], row)

    def test_no_code_is_made_before(self, world):
        row = propose(world["Ana Duarte"], world["Priya Nair"])
        with pytest.raises(Refused):
            issue(world["Lev Marchenko"], row)

    def test_nor_by_somebody_about_themselves_nor_of_another_agency(self, world, agreed):
        for name in ("Priya Nair", "Bo Lindqvist"):
            with pytest.raises(Refused):
                issue(world[name], agreed)

    def test_one_at_a_time_and_once_each(self, world, agreed):
        with pytest.raises(Stale):
            propose(world["Lev Marchenko"], world["Priya Nair"])
        with pytest.raises(Stale):
            second(world["Lev Marchenko"], agreed)

    def test_where_the_only_other_one_lost_the_passphrase_the_coordinating_agency_agrees(
        self, world
    ):
        invite(world, "Bo Lindqvist", "Ana Duarte", "Uli Falk", [Role.SUPERVISOR])
        row = propose(world["Bo Lindqvist"], world["Uli Falk"])
        for name in ("Bo Lindqvist", "Chantal Roy", "Priya Nair"):
            with pytest.raises(Refused):
                second(world[name], row)
        second(world["Ana Duarte"], row)
        assert own_secret(take_up(issue(world["Bo Lindqvist"], row)).actor())
        assert findings(world) == []

    def test_where_the_agency_has_somebody_else_it_does_not(self, world):
        invite(world, "Bo Lindqvist", "Ana Duarte", "Uli Falk", [Role.SUPERVISOR])
        row = propose(world["Bo Lindqvist"], world["Omar Haddad"])
        with pytest.raises(Refused):
            second(world["Ana Duarte"], row)


class TestUsing:
    @pytest.mark.database
    def test_the_old_key_opens_nothing_and_the_new_one_does(self, world, agreed):
        before = world["Priya Nair"]
        back = take_up(issue(world["Ana Duarte"], agreed))
        assert back.account == before.account
        assert own_secret(back.actor())
        with pytest.raises(Tampered):
            own_secret(before.actor())
        assert len(memberships_of(before.account)) == 1
        assert findings(world) == []

    def test_the_roles_stay_as_they_were(self, world, agreed):
        back = take_up(issue(world["Ana Duarte"], agreed))
        assert back.actor().roles == {Role.CASEWORKER}

    def test_until_it_is_used_the_old_passphrase_works(self, world, agreed):
        issue(world["Ana Duarte"], agreed)
        assert own_secret(world["Priya Nair"].actor())

    def test_a_role_given_meanwhile_goes_along(self, world, agreed):
        issued = issue(world["Ana Duarte"], agreed)
        actor = world["Ana Duarte"].actor()
        with changing():
            role = propose_role(actor, account_of(world["Priya Nair"]), Role.SUPERVISOR)
        actor = world["Lev Marchenko"].actor()
        with changing():
            second_role(actor, role)
        assert own_secret(world["Priya Nair"].actor())
        back = take_up(issued)
        assert back.actor().roles == {Role.CASEWORKER, Role.SUPERVISOR}
        assert own_secret(back.actor())
        assert findings(world) == []

    def test_one_withdrawn_leaves_everything_as_it_was(self, world, agreed):
        issued = issue(world["Ana Duarte"], agreed)
        actor = world["Ana Duarte"].actor()
        with changing():
            withdraw_code(actor, db.session.get_one(CodeRow, issued.row.id))
        with pytest.raises(Stale):
            take_up(issued)
        assert own_secret(world["Priya Nair"].actor())
        with reading():
            assert live_reset(account_of(world["Priya Nair"])) is None
        assert findings(world) == []

    def test_a_second_code_for_the_same_reset_ends_the_first(self, world, agreed):
        first = issue(world["Ana Duarte"], agreed)
        with pytest.raises(Stale):
            issue(world["Lev Marchenko"], agreed)
        again = issue(world["Lev Marchenko"], first.row)
        with pytest.raises(Stale, match="replaced by a newer one"):
            take_up(first)
        assert own_secret(take_up(again).actor())
        assert findings(world) == []

    def test_a_leaver_in_between_does_not_come_back(self, world, agreed):
        issued = issue(world["Ana Duarte"], agreed)
        end_colleague(world["Ana Duarte"], account_of(world["Priya Nair"]))
        with pytest.raises(Stale):
            take_up(issued)
        assert memberships_of(world["Priya Nair"].account) == []


class TestAnAgreementGrowsOld:
    def test_after_a_week_nobody_makes_a_code_of_it(self, world, agreed, later):
        later(days=7)
        issued = issue(world["Ana Duarte"], agreed)
        later(seconds=1)
        for row in (agreed, issued.row):
            with pytest.raises((Unfinished, Stale)):
                issue(world["Ana Duarte"], row)
        assert own_secret(world["Priya Nair"].actor())

    def test_nor_agrees_to_what_was_proposed_before(self, world, later):
        row = propose(world["Ana Duarte"], world["Priya Nair"])
        later(days=8)
        with pytest.raises(Unfinished, match="holds for 7 days"):
            second(world["Lev Marchenko"], row)

    def test_it_is_withdrawn_and_proposed_again(self, world, agreed, later):
        later(days=8)
        actor = world["Ana Duarte"].actor()
        with changing():
            withdraw_code(actor, db.session.get_one(CodeRow, agreed.id))
        row = propose(world["Ana Duarte"], world["Priya Nair"])
        second(world["Lev Marchenko"], row)
        assert own_secret(take_up(issue(world["Ana Duarte"], row)).actor())


class TestAttacks:
    def test_a_second_person_who_was_put_in_counts_for_nothing(self, world):
        row = propose(world["Ana Duarte"], world["Priya Nair"])
        attack(row, seconded_by=world["Lev Marchenko"].account)
        with pytest.raises(Tampered):
            issue(world["Ana Duarte"], row)
        assert entries("alarm:raised")[-1]["facts"]["code"] == "tampered"

    def test_nor_a_proposer_who_was_put_in(self, world):
        row = propose(world["Lev Marchenko"], world["Priya Nair"])
        attack(row, proposed_by=world["Ana Duarte"].account)
        with pytest.raises(Tampered):
            second(world["Lev Marchenko"], row)

    def test_a_reset_turned_to_somebody_else_gives_nothing(self, world, agreed):
        issued = issue(world["Ana Duarte"], agreed)
        attack(issued.row, account_id=world["Lev Marchenko"].account)
        with pytest.raises(Tampered):
            take_up(issued)
        assert own_secret(world["Lev Marchenko"].actor())


def test_a_code_not_yet_made_is_told_as_such(world, agreed):
    issued = issue(world["Ana Duarte"], agreed)
    attack(issued.row, until=None)
    with pytest.raises(Unfinished, match="no code for this yet"):
        take_up(issued)


def test_the_key_that_was_lost_is_a_past_one(world, agreed):
    take_up(issue(world["Ana Duarte"], agreed))
    kept = memberships_of(world["Priya Nair"].account)
    assert [row.account_key.state for row in kept] == [AccountKeyState.CURRENT]
