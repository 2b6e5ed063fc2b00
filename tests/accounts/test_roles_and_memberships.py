"""Roles are signed into the membership: a service signs it anew, anything else shuts it."""

import pytest
from sqlalchemy import select

from casehub import clock
from casehub.accounts.models import AccountKey, AccountRole, Membership
from casehub.accounts.roles import end_role, propose_role, second_role
from casehub.accounts.service import live_roles
from casehub.audit import changing
from casehub.demo.world import account_of, invite
from casehub.errors import Invalid, Refused, Stale, Tampered, Unfinished
from casehub.policy import Permission, Role
from casehub.store import Sealed, db, reading
from casehub.vault import Membership as Statement
from casehub.vault import PrivateKey
from tests.builders import (
    at_once,
    attack,
    attack_insert,
    entries,
    findings,
    flipped,
    own_secret,
    refer,
    rotate,
    write,
)


def propose(person, subject, role):
    actor = person.actor()
    with changing():
        return propose_role(actor, account_of(subject), role)


def second(person, proposed):
    actor = person.actor()
    with changing():
        second_role(actor, proposed)


def end_of(person, held):
    actor = person.actor()
    with changing():
        end_role(actor, held)


def role_of(person, role):
    with reading():
        return next(held for held in live_roles(person.account) if held.role is role)


def membership_of(person):
    with reading():
        return db.session.scalar(
            select(Membership).join(AccountKey).where(AccountKey.account_id == person.account)
        )


def signed_roles(person):
    return set(Statement.decode(membership_of(person).statement).roles)


def opens(person, permission=Permission.CASE_REFER):
    return bool(own_secret(person.actor(), permission))


class TestRoles:
    @pytest.mark.database
    def test_a_role_is_signed_into_the_membership_once_somebody_agreed(self, world):
        priya = world["Priya Nair"]
        proposed = propose(world["Ana Duarte"], priya, Role.SUPERVISOR)
        assert priya.actor().roles == {Role.CASEWORKER}
        assert signed_roles(priya) == {"caseworker"}
        second(world["Lev Marchenko"], proposed)
        assert priya.actor().roles == {Role.CASEWORKER, Role.SUPERVISOR}
        assert signed_roles(priya) == {"caseworker", "supervisor"}
        assert opens(priya)
        assert findings(world) == []

    @pytest.mark.database
    def test_a_role_that_ended_is_signed_out_of_it(self, world):
        priya = world["Priya Nair"]
        proposed = propose(world["Ana Duarte"], priya, Role.SUPERVISOR)
        second(world["Lev Marchenko"], proposed)
        end_of(world["Ana Duarte"], role_of(priya, Role.CASEWORKER))
        assert signed_roles(priya) == {"supervisor"}
        assert opens(priya)
        assert findings(world) == []

    def test_whoever_proposed_it_does_not_agree_to_it(self, world):
        proposed = propose(world["Ana Duarte"], world["Priya Nair"], Role.SUPERVISOR)
        with pytest.raises(Refused):
            second(world["Ana Duarte"], proposed)

    def test_whoever_gets_it_does_not_agree_to_it(self, world):
        proposed = propose(world["Ana Duarte"], world["Lev Marchenko"], Role.ANALYST)
        with pytest.raises(Refused):
            second(world["Lev Marchenko"], proposed)

    def test_nobody_proposes_a_role_for_themselves_nor_for_another_agency(self, world):
        for subject in ("Ana Duarte", "Omar Haddad"):
            with pytest.raises(Refused):
                propose(world["Ana Duarte"], world[subject], Role.SUPERVISOR)

    @pytest.mark.parametrize("seconder", ["Priya Nair", "Bo Lindqvist"])
    def test_neither_a_caseworker_nor_another_agency_agrees(self, world, seconder):
        proposed = propose(world["Ana Duarte"], world["Priya Nair"], Role.SUPERVISOR)
        with pytest.raises(Refused):
            second(world[seconder], proposed)

    def test_a_role_that_is_held_or_proposed_is_not_proposed_again(self, world):
        propose(world["Ana Duarte"], world["Priya Nair"], Role.SUPERVISOR)
        for role in (Role.SUPERVISOR, Role.CASEWORKER):
            with pytest.raises(Invalid):
                propose(world["Ana Duarte"], world["Priya Nair"], role)

    def test_a_role_is_agreed_to_once_and_ended_once(self, world):
        proposed = propose(world["Ana Duarte"], world["Priya Nair"], Role.SUPERVISOR)
        second(world["Lev Marchenko"], proposed)
        with pytest.raises(Stale):
            second(world["Lev Marchenko"], proposed)
        end_of(world["Ana Duarte"], proposed)
        for again in (end_of, second):
            with pytest.raises(Stale):
                again(world["Lev Marchenko"], proposed)

    def test_a_role_is_ended_by_a_custodian_of_the_agency(self, world):
        held = role_of(world["Priya Nair"], Role.CASEWORKER)
        for name in ("Bo Lindqvist", "Priya Nair"):
            with pytest.raises(Refused):
                end_of(world[name], held)

    def test_an_account_whose_last_opening_role_ended_has_no_membership(self, world):
        priya = world["Priya Nair"]
        second(world["Lev Marchenko"], propose(world["Ana Duarte"], priya, Role.ANALYST))
        end_of(world["Ana Duarte"], role_of(priya, Role.CASEWORKER))
        assert membership_of(priya) is None
        assert priya.actor().roles == {Role.ANALYST}
        assert findings(world) == []

    def test_an_account_gets_one_with_its_first_opening_role(self, world):
        kit = invite(world, "Ana Duarte", "Lev Marchenko", "Kit Sand", [Role.ANALYST])
        second(world["Lev Marchenko"], propose(world["Ana Duarte"], kit, Role.CASEWORKER))
        assert signed_roles(kit) == {"analyst", "caseworker"}
        assert opens(kit)

    @pytest.mark.database
    def test_two_roles_agreed_to_at_once_are_both_signed(self, place):
        priya = place.world["Priya Nair"]
        invite(place.world, "Ana Duarte", "Lev Marchenko", "Sam Whitefeather", [Role.SUPERVISOR])
        wanted = (Role.SUPERVISOR, Role.COORDINATOR)
        proposed = [propose(place.world["Ana Duarte"], priya, role).id for role in wanted]

        def by(name, row):
            def act(mine):
                second(mine[name], db.session.get_one(AccountRole, row))

            return act

        acts = [by("Lev Marchenko", proposed[0]), by("Sam Whitefeather", proposed[1])]
        assert at_once(place.app, place.world, *acts) == [None, None]
        assert signed_roles(priya) == {"caseworker", "supervisor", "coordinator"}
        assert opens(priya)
        assert findings(place.world) == []


class TestAttacksOnRoles:
    def shut(self, world, person):
        before = len(entries("alarm:raised"))
        with pytest.raises(Tampered):
            opens(person)
        alarms = entries("alarm:raised")
        assert [alarm["facts"]["code"] for alarm in alarms[before:]] == ["tampered"]
        assert findings(world)

    @pytest.mark.database
    def test_a_role_that_was_changed_shuts_the_membership(self, world):
        attack(role_of(world["Priya Nair"], Role.CASEWORKER), role=Role.SUPERVISOR)
        self.shut(world, world["Priya Nair"])

    def test_so_does_one_that_was_put_in(self, world):
        priya = account_of(world["Priya Nair"])
        own = {"hub_id": priya.hub_id, "account_id": priya.id, "from_at": clock.now()}
        attack_insert(AccountRole, id=priya.hub_id, role=Role.CUSTODIAN, **own)
        self.shut(world, world["Priya Nair"])

    def test_and_one_that_was_ended(self, world):
        lev = world["Lev Marchenko"]
        attack(role_of(lev, Role.CUSTODIAN), ended_at=clock.now())
        self.shut(world, lev)

    def test_and_one_that_was_agreed_to_behind_everybody_s_back(self, world):
        proposed = propose(world["Ana Duarte"], world["Priya Nair"], Role.SUPERVISOR)
        attack(proposed, from_at=clock.now(), seconded_by=world["Lev Marchenko"].account)
        self.shut(world, world["Priya Nair"])

    def test_a_role_put_in_is_not_made_true_by_the_next_change(self, world):
        priya = account_of(world["Priya Nair"])
        own = {"hub_id": priya.hub_id, "account_id": priya.id, "from_at": clock.now()}
        attack_insert(AccountRole, id=priya.hub_id, role=Role.CUSTODIAN, **own)
        proposed = propose(world["Ana Duarte"], world["Priya Nair"], Role.SUPERVISOR)
        with pytest.raises(Tampered):
            second(world["Lev Marchenko"], proposed)
        with pytest.raises(Tampered):
            end_of(world["Ana Duarte"], role_of(world["Priya Nair"], Role.CASEWORKER))
        assert signed_roles(world["Priya Nair"]) == {"caseworker"}

    def test_a_proposal_put_in_as_somebody_elses_is_not_agreed_to(self, world):
        priya = account_of(world["Priya Nair"])
        own = {
            "hub_id": priya.hub_id,
            "account_id": priya.id,
            "given_by": world["Ana Duarte"].account,
        }
        attack_insert(AccountRole, id=priya.hub_id, role=Role.CUSTODIAN, **own)
        with reading():
            proposed = db.session.get_one(AccountRole, priya.hub_id)
        with pytest.raises(Tampered):
            second(world["Lev Marchenko"], proposed)


class TestAttacksOnKeysAndMemberships:
    def key_of(self, person):
        with reading():
            return db.session.scalars(
                select(AccountKey).where(AccountKey.account_id == person.account)
            ).one()

    @pytest.mark.database
    def test_a_key_swapped_before_a_change_of_roles_gets_nothing(self, world):
        before = membership_of(world["Priya Nair"]).sealed
        proposed = propose(world["Ana Duarte"], world["Priya Nair"], Role.SUPERVISOR)
        attack(self.key_of(world["Priya Nair"]), public_key=PrivateKey.new().public.content)
        with pytest.raises(Tampered):
            second(world["Lev Marchenko"], proposed)
        assert membership_of(world["Priya Nair"]).sealed == before

    @pytest.mark.database
    def test_a_key_swapped_before_a_rotation_stops_the_rotation(self, world):
        case = refer(world["Priya Nair"])
        write(world["Priya Nair"], case)
        attack(self.key_of(world["Priya Nair"]), public_key=PrivateKey.new().public.content)
        with pytest.raises(Tampered):
            rotate(world["Lev Marchenko"])
        assert entries("alarm:raised")[-1]["facts"]["code"] == "tampered"
        assert entries("agency-key:made") == []
        assert opens(world["Lev Marchenko"], Permission.AGENCY_KEY_ROTATE)

    @pytest.mark.parametrize("column", ["statement", "sealed", "signature"])
    def test_a_membership_that_was_altered_opens_nothing_and_stops_a_rotation(self, world, column):
        membership = membership_of(world["Priya Nair"])
        attack(membership, **{column: flipped(getattr(membership, column))})
        with pytest.raises(Tampered):
            opens(world["Priya Nair"])
        with pytest.raises(Tampered):
            rotate(world["Ana Duarte"])

    def test_another_person_s_membership_in_its_place_opens_nothing(self, world):
        theirs = membership_of(world["Lev Marchenko"])
        sealed = {"statement": theirs.statement, "signature": theirs.signature}
        attack(membership_of(world["Priya Nair"]), sealed=Sealed(theirs.sealed), **sealed)
        with pytest.raises(Tampered):
            opens(world["Priya Nair"])

    def test_an_account_moved_to_another_agency_opens_neither(self, world):
        omar = account_of(world["Omar Haddad"])
        attack(omar, agency_id=world.agencies["Rivermouth Police"].id)
        with pytest.raises(Unfinished):
            opens(world["Omar Haddad"])

    def test_an_older_membership_put_back_after_a_role_ended_opens_nothing(self, world, later):
        priya = world["Priya Nair"]
        second(world["Lev Marchenko"], propose(world["Ana Duarte"], priya, Role.SUPERVISOR))
        old = membership_of(priya)
        kept = {
            "statement": bytes(old.statement),
            "sealed": Sealed(old.sealed),
            "signature": bytes(old.signature),
        }
        later(hours=1)
        end_of(world["Ana Duarte"], role_of(priya, Role.SUPERVISOR))
        attack(membership_of(priya), **kept)
        with pytest.raises(Tampered):
            opens(priya)


def test_a_request_that_began_before_keeps_its_roles_but_not_its_keys(world):
    signed_in = world["Priya Nair"].actor()
    second(world["Lev Marchenko"], propose(world["Ana Duarte"], world["Priya Nair"], Role.ANALYST))
    end_of(world["Ana Duarte"], role_of(world["Priya Nair"], Role.CASEWORKER))
    with pytest.raises(Unfinished):
        own_secret(signed_in)
