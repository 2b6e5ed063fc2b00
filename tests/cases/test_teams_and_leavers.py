"""A case opens for its team: who puts whom on it, and what goes with somebody who leaves."""

import pytest
from sqlalchemy import select

from casehub.accounts.models import AccountState
from casehub.accounts.service import live_roles
from casehub.audit import changing, viewing
from casehub.cases.leavers import remove_leaver
from casehub.cases.models import Assignment, AssignmentReason
from casehub.cases.queries import case_for
from casehub.cases.service import assign, unassign
from casehub.demo.world import account_of, invite
from casehub.errors import Invalid, NotThere, Refused, Stale
from casehub.policy import Permission, Role
from casehub.store import db, reading
from casehub.vault import KeyKind
from tests.builders import (
    MORNING,
    WORDS,
    at_once,
    entries,
    findings,
    memberships_of,
    propose_colleague,
    read,
    refer,
    release,
    share,
    shelter,
    take_off,
    take_on,
    write,
)

HARBOUR = "Harbour House"


@pytest.fixture
def case(world):
    made = refer(world["Priya Nair"])
    made.synopsis = write(world["Priya Nair"], made)
    return made


def team(case):
    with reading():
        return set(
            db.session.scalars(
                select(Assignment.account_id).where(
                    Assignment.case_id == case.id, Assignment.until > MORNING.replace(hour=12)
                )
            )
        )


def leave(custodian, person):
    actor = custodian.actor()
    with changing():
        return remove_leaver(actor, account_of(person))


class TestTeams:
    @pytest.mark.database
    def test_a_colleague_put_on_the_team_reads_and_one_taken_off_does_not(self, world, case, later):
        lev = world["Lev Marchenko"]
        with pytest.raises(Refused):
            read(lev, case, case.synopsis)
        take_on(world["Priya Nair"], case, lev)
        assert read(lev, case, case.synopsis) == WORDS
        later(minutes=1)
        take_off(world["Priya Nair"], case, lev)
        later(minutes=1)
        with pytest.raises(Refused):
            read(lev, case, case.synopsis)
        assert findings(world) == []

    def test_it_is_recorded_who_put_whom_on_it_as_what(self, world, case):
        take_on(world["Priya Nair"], case, world["Lev Marchenko"])
        said = entries("team:assigned")[-1]
        assert said["facts"] == {
            "subject": str(world["Lev Marchenko"].account),
            "reason": "at-the-table",
        }
        assert (said["rule"], said["case"]) == ("assign-team", str(case.id))

    def test_once_there_is_a_team_the_team_decides(self, world, case):
        release(world["Priya Nair"], case, world.agencies[HARBOUR])
        take_on(world["Omar Haddad"], case)
        with pytest.raises(Refused):
            take_on(world["Lev Marchenko"], case)

    def test_nobody_takes_a_case_on_that_was_not_released_to_the_agency(self, world, case):
        for name in ("Omar Haddad", "Ines Prado"):
            with pytest.raises(Refused):
                take_on(world[name], case)

    def test_nobody_puts_another_behind_broken_glass(self, world, case):
        actor = world["Priya Nair"].actor()
        with pytest.raises(Invalid), changing():
            assign(actor, case, account_of(world["Lev Marchenko"]), AssignmentReason.BROKEN_GLASS)

    def test_only_somebody_admitted_is_put_on_it(self, world, case):
        account = propose_colleague(world["Ana Duarte"])
        actor = world["Priya Nair"].actor()
        with pytest.raises(Invalid), changing():
            assign(actor, case, account, AssignmentReason.CASEWORKER)

    def test_who_is_not_on_it_is_not_taken_off(self, world, case):
        with pytest.raises(Stale):
            take_off(world["Priya Nair"], case, world["Lev Marchenko"])

    def test_nobody_takes_another_agency_s_people_off(self, world, case):
        share(world["Priya Nair"], world["Omar Haddad"], case)
        actor = world["Priya Nair"].actor()
        with pytest.raises(Stale), changing():
            unassign(actor, case, account_of(world["Omar Haddad"]))
        assert read(world["Omar Haddad"], case, case.synopsis) == WORDS

    @pytest.mark.database
    def test_of_two_who_take_one_off_at_once_one_is_told(self, place, case, later):
        world = place.world
        sam = invite(world, "Ana Duarte", "Lev Marchenko", "Sam Whitefeather", [Role.CASEWORKER])
        for colleague in (world["Lev Marchenko"], sam):
            take_on(world["Priya Nair"], case, colleague)
        later(minutes=1)
        case_id = case.id

        def by(name):
            def act(mine):
                found = db.session.get_one(type(case), case_id)
                take_off(mine[name], found, mine["Sam Whitefeather"])

            return act

        results = at_once(place.app, world, by("Priya Nair"), by("Lev Marchenko"))
        assert [type(item) for item in results if item] == [Stale]
        assert findings(world) == []


class TestLeavers:
    @pytest.mark.database
    def test_membership_roles_and_teams_go_and_the_cases_are_named(self, world, case, later):
        other = refer(world["Priya Nair"])
        later(minutes=1)
        cases = leave(world["Ana Duarte"], world["Priya Nair"])
        priya = world["Priya Nair"].account
        assert cases == sorted([case.id, other.id])
        assert team(case) == team(other) == set()
        assert list(memberships_of(priya)) == live_roles(priya) == []
        assert account_of(world["Priya Nair"]).state is AccountState.ENDED
        acts = [entry["act"] for entry in entries()]
        assert acts.count("account:ended") == acts.count("leaver:removed") == 1
        said = entries("leaver:removed")[-1]
        assert said["facts"] == {"subject": str(priya), "cases": 2}
        assert [kind for kind, _, _ in said["things"]] == ["assignments"] * 2
        assert findings(world) == []

    def test_what_they_worked_on_is_there_for_the_agency(self, world, case, later):
        later(minutes=1)
        leave(world["Ana Duarte"], world["Priya Nair"])
        take_on(world["Lev Marchenko"], case)
        assert read(world["Lev Marchenko"], case, case.synopsis) == WORDS

    def test_one_who_still_has_a_request_open_reads_nothing(self, world, case, later):
        later(minutes=1)
        priya = world["Priya Nair"].actor()
        leave(world["Ana Duarte"], world["Priya Nair"])
        with pytest.raises(NotThere), viewing():
            case_for(priya, case.reference, Permission.SYNOPSIS_OPEN)

    def test_one_on_no_team_leaves_no_case_behind(self, world, case):
        assert leave(world["Ana Duarte"], world["Lev Marchenko"]) == []

    @pytest.mark.parametrize("name", ["Priya Nair", "Bo Lindqvist"])
    def test_only_a_custodian_of_the_agency_sees_somebody_off(self, world, case, name):
        with pytest.raises(Refused):
            leave(world[name], world["Lev Marchenko"])
        assert team(case) == {world["Priya Nair"].account}

    def test_nobody_leaves_twice(self, world, case, later):
        later(minutes=1)
        leave(world["Ana Duarte"], world["Priya Nair"])
        with pytest.raises(Stale):
            leave(world["Ana Duarte"], world["Priya Nair"])

    def test_somebody_else_of_a_small_agency_takes_it_on(self, world, case, later):
        yara = shelter(world)
        share(world["Priya Nair"], yara, case)
        part = write(yara, case, KeyKind.PART)
        later(minutes=1)
        roles = [Role.HUB_MEMBER]
        uli = invite(world, "Nia Brook", "Yara Cole", "Uli Falk", roles)
        leave(world["Nia Brook"], yara)
        later(minutes=1)
        take_on(uli, case)
        assert read(uli, case, part) == read(uli, case, case.synopsis) == WORDS
