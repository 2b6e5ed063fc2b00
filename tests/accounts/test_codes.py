"""A code stands in for somebody until they come with it, once, by its own link, in its own time."""

import pytest
from sqlalchemy import select

from casehub.accounts.code_models import CodeRow
from casehub.accounts.codes import check_code, issue_invitation, withdraw_code
from casehub.accounts.keys import members_of
from casehub.accounts.models import Account, AccountKey, AccountState
from casehub.audit import changing
from casehub.demo.world import account_of, invite
from casehub.errors import Invalid, Refused, Stale, Tampered, Unfinished
from casehub.hubs.keys import current_key
from casehub.policy import Role
from casehub.store import db, reading
from casehub.vault import Code, Holder
from tests.builders import (
    at_once,
    end_colleague,
    entries,
    findings,
    invitation_for,
    memberships_of,
    own_secret,
    propose_colleague,
    rotate,
    second_colleague,
    take_up,
)


@pytest.fixture
def account(world):
    account = propose_colleague(world["Ana Duarte"])
    second_colleague(world["Lev Marchenko"], account)
    return account


@pytest.fixture
def issued(world, account):
    return invitation_for(world["Ana Duarte"], account)


def keys_of(account):
    with reading():
        return db.session.scalars(
            select(AccountKey).where(AccountKey.account_id == account.id)
        ).all()


class TestMaking:
    def test_not_before_a_second_person_agreed(self, world):
        account = propose_colleague(world["Ana Duarte"])
        with pytest.raises(Refused):
            invitation_for(world["Ana Duarte"], account)
        assert memberships_of(account.id) == []

    @pytest.mark.parametrize("name", ["Priya Nair", "Bo Lindqvist", "Omar Haddad"])
    def test_only_by_a_custodian_of_the_agency(self, world, account, name):
        with pytest.raises(Refused):
            invitation_for(world[name], account)

    def test_not_for_somebody_admitted_nor_for_one_who_ended(self, world, account):
        with pytest.raises(Stale):
            invitation_for(world["Ana Duarte"], account_of(world["Priya Nair"]))
        end_colleague(world["Ana Duarte"], account)
        with pytest.raises(Stale):
            invitation_for(world["Ana Duarte"], account)

    def test_the_code_is_nowhere_in_the_database(self, issued):
        with reading():
            row = db.session.get_one(CodeRow, issued.row.id)
            stored = [repr(getattr(row, column.key)) for column in CodeRow.__table__.columns]
        assert not any(issued.code.text in text for text in stored)
        assert not any(issued.code.content in bytes(row.wrapped) for _ in stored)
        assert issued.code.text not in str(entries())
        assert issued.code.text not in repr(issued)

    def test_a_stand_in_is_a_member_as_such(self, world, account, issued):
        with reading():
            key = current_key(world["Ana Duarte"].agency)
            holders = [row.account_key.holder for row in members_of(key)]
        assert sorted(holders) == [
            *[Holder.PERSON] * 3,
            Holder.RECOVERY_SHEET,
            Holder.STAND_IN,
        ]

    @pytest.mark.parametrize("role", [Role.ANALYST, Role.PRIVACY_OFFICER])
    def test_one_whose_roles_open_nothing_gets_a_code_without_keys(self, world, role):
        invite(world, "Ana Duarte", "Lev Marchenko", "Kit Sand", [role])
        assert account_of(world["Kit Sand"]).state is AccountState.ADMITTED
        assert memberships_of(world["Kit Sand"].account) == []

    def test_a_newer_one_ends_the_one_before(self, world, account, issued):
        newer = invitation_for(world["Lev Marchenko"], account)
        with pytest.raises(Stale, match="withdrawn or replaced"):
            take_up(issued)
        assert own_secret(take_up(newer).actor())
        assert findings(world) == []


class TestUsing:
    @pytest.mark.database
    def test_it_admits_and_opens_the_agency_without_anybody_else(self, world, account, issued):
        tess = take_up(issued)
        assert own_secret(tess.actor())
        assert account_of(tess).state is AccountState.ADMITTED
        assert findings(world) == []

    def test_nothing_of_the_stand_in_stays(self, account, issued):
        take_up(issued)
        assert [key.holder for key in keys_of(account)] == [Holder.PERSON]
        with reading():
            row = db.session.get_one(CodeRow, issued.row.id)
            assert (row.account_key_id, row.wrapped) == (None, None)
            assert row.used_at is not None

    @pytest.mark.database
    def test_an_invitation_opened_twice_is_told_so_and_gives_nothing(self, account, issued):
        take_up(issued)
        with pytest.raises(Stale, match="used already, on 2031-03-14 at 09:00") as told:
            take_up(issued)
        assert "If it was not you" in told.value.remedy
        assert len(keys_of(account)) == 1

    def test_one_that_the_operator_used_is_found_out_by_its_owner(self, account, issued):
        operator = take_up(issued)
        with pytest.raises(Stale, match="used already"), reading():
            check_code(db.session.get_one(CodeRow, issued.row.id), issued.code)
        assert entries("code:used")[-1]["facts"]["subject"] == str(operator.account)

    @pytest.mark.database
    def test_of_two_who_use_it_at_once_one_succeeds(self, place, account, issued):
        def use(_world):
            take_up(issued)

        results = at_once(place.app, place.world, use, use)
        assert [type(result) for result in results if result] == [Stale]
        assert findings(place.world) == []
        assert len(keys_of(account)) == 1

    def test_another_code_does_not_fit(self, issued):
        with pytest.raises(Invalid) as refused:
            take_up(issued, Code.new())
        assert refused.value.place == "code"
        assert entries("alarm:raised") == []

    def test_the_right_code_with_the_wrong_link_does_not_fit(self, world, issued):
        other = propose_colleague(world["Ana Duarte"], name="Uli Falk")
        second_colleague(world["Lev Marchenko"], other)
        theirs = invitation_for(world["Ana Duarte"], other)
        with pytest.raises(Invalid, match="does not fit this link"):
            take_up(issued, theirs.code)
        take_up(theirs)

    def test_after_three_days_it_has_run_out(self, issued, later):
        later(hours=71, minutes=59)
        with reading():
            check_code(db.session.get_one(CodeRow, issued.row.id), issued.code)
        later(minutes=1)
        with pytest.raises(Unfinished, match="ran out on 2031-03-17"):
            take_up(issued)

    @pytest.mark.database
    @pytest.mark.parametrize("how", ["a newer code", "a rotation"])
    def test_then_it_opens_nothing_in_a_copy_of_the_database_either(
        self, world, account, issued, later, how
    ):
        later(hours=72)
        assert len(memberships_of(account.id)) == 1
        if how == "a rotation":
            rotate(world["Lev Marchenko"])
        else:
            other = propose_colleague(world["Ana Duarte"], name="Uli Falk")
            second_colleague(world["Lev Marchenko"], other)
            invitation_for(world["Ana Duarte"], other)
        assert memberships_of(account.id) == []
        with pytest.raises(Unfinished, match="ran out"):
            take_up(issued)
        assert own_secret(take_up(invitation_for(world["Ana Duarte"], account)).actor())
        assert findings(world) == []

    def test_one_that_was_withdrawn_opens_nothing(self, world, account, issued):
        actor = world["Lev Marchenko"].actor()
        with changing():
            withdraw_code(actor, db.session.get_one(CodeRow, issued.row.id))
        with pytest.raises(Stale, match="withdrawn"):
            take_up(issued)
        assert memberships_of(account.id) == []
        with pytest.raises(Stale), changing():
            withdraw_code(actor, db.session.get_one(CodeRow, issued.row.id))
        assert findings(world) == []

    def test_nor_one_whose_account_ended(self, world, account, issued):
        end_colleague(world["Ana Duarte"], account)
        with pytest.raises(Stale):
            take_up(issued)
        assert memberships_of(account.id) == []
        assert findings(world) == []

    @pytest.mark.database
    def test_a_rotation_in_between_takes_it_along(self, world, issued):
        rotate(world["Lev Marchenko"])
        assert own_secret(take_up(issued).actor())
        assert findings(world) == []

    def test_while_it_waits_nobody_acts_with_the_account(self, world, account, issued):
        assert account.state is AccountState.INVITED
        with reading():
            assert db.session.get_one(Account, account.id).admitted_at is None


def test_a_request_that_makes_a_code_needs_the_agency_s_keys(world, account):
    signed_in = world["Lev Marchenko"].actor()
    end_colleague(world["Ana Duarte"], account_of(world["Lev Marchenko"]))
    with pytest.raises((Unfinished, Tampered)), changing():
        issue_invitation(signed_in, account)
