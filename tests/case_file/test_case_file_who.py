"""Who can see a case, who is on its team, and what of it may be given."""

from dataclasses import replace
from datetime import timedelta

import pytest

from casehub.case_file.queries import (
    agencies_to_give,
    brought_by,
    colleagues_to_add,
    frame_of,
    kinds_to_give,
    release_to_end,
    stages_of,
    team_on,
    who_can_see,
)
from casehub.cases.models import AssignmentReason, EndCode
from casehub.cases.queries import case_for
from casehub.demo.world import invite
from casehub.errors import NotThere
from casehub.policy import Role
from casehub.store import reading
from casehub.vault import KeyKind
from tests.builders import MORNING, end, release, share, statements, take_on, write


def framed(person, case):
    actor = person.actor()
    with reading():
        return actor, frame_of(actor, case_for(actor, case.reference))


def seen(person, case):
    actor, frame = framed(person, case)
    with reading():
        return who_can_see(actor, frame)


@pytest.mark.database
class TestWhoCanSee:
    def test_nobody_at_first_but_who_brought_it(self, world, case):
        assert seen(world["Priya Nair"], case) == []
        with reading():
            assert brought_by(case) == "Rivermouth Police"

    def test_what_to_whom_since_when_on_what_ground(self, world, case):
        until = MORNING + timedelta(days=2)
        share(world["Priya Nair"], world["Omar Haddad"], case, until=until)
        (row,) = seen(world["Priya Nair"], case)
        assert (row.kind, row.receiver, row.giver, row.by) == (
            KeyKind.SYNOPSIS,
            "Harbour House",
            "Rivermouth Police",
            "Priya Nair",
        )
        assert (row.since, row.until, row.endless) == (MORNING, until, False)
        assert row.ground.text.en == "To reduce the risk of domestic violence"
        assert (row.holds, row.can_end) == (True, True)

    def test_what_is_over_stays_in_the_list(self, world, case, later):
        until = MORNING + timedelta(hours=1)
        given = share(world["Priya Nair"], world["Omar Haddad"], case)
        end(world["Priya Nair"], given, EndCode.MISTAKE)
        later(minutes=1)
        release(world["Priya Nair"], case, world.agencies["Rivermouth Housing"], until=until)
        later(hours=2)
        ended, expired = seen(world["Priya Nair"], case)
        assert (ended.holds, ended.end_code, ended.ended_at) == (False, EndCode.MISTAKE, MORNING)
        assert (expired.holds, expired.can_end) == (False, False)

    def test_another_agency_sees_what_it_was_given_and_of_no_third(self, world, case):
        share(world["Priya Nair"], world["Omar Haddad"], case)
        release(world["Priya Nair"], case, world.agencies["Rivermouth Housing"])
        assert [row.receiver for row in seen(world["Omar Haddad"], case)] == ["Harbour House"]
        assert not any(row.can_end for row in seen(world["Omar Haddad"], case))

    def test_that_another_agency_wrote_something_is_not_told(self, world, case):
        share(world["Priya Nair"], world["Omar Haddad"], case)
        write(world["Omar Haddad"], case, KeyKind.PART)
        assert len(seen(world["Priya Nair"], case)) == 1


class TestEnding:
    def test_who_gave_it_finds_it(self, world, case):
        given = share(world["Priya Nair"], world["Omar Haddad"], case)
        actor, frame = framed(world["Priya Nair"], case)
        with reading():
            assert release_to_end(actor, frame.case, given.id).id == given.id

    def test_who_received_it_does_not(self, world, case):
        given = share(world["Priya Nair"], world["Omar Haddad"], case)
        actor, frame = framed(world["Omar Haddad"], case)
        with reading(), pytest.raises(NotThere):
            release_to_end(actor, frame.case, given.id)

    def test_nor_is_it_found_through_another_case(self, world, case):
        from tests.case_file.conftest import refer_her  # noqa: PLC0415

        given = share(world["Priya Nair"], world["Omar Haddad"], case)
        actor, frame = framed(world["Priya Nair"], refer_her(world["Priya Nair"]))
        with reading(), pytest.raises(NotThere):
            release_to_end(actor, frame.case, given.id)


@pytest.mark.database
class TestTheTeam:
    def test_who_referred_is_its_first(self, world, case):
        actor, frame = framed(world["Priya Nair"], case)
        with reading():
            (member,) = team_on(actor, frame.case)
        assert (member.name, member.reason) == ("Priya Nair", AssignmentReason.CASEWORKER)

    def test_a_colleague_who_opens_cases_can_be_put_on_it(self, world, case):
        invite(world, "Ana Duarte", "Lev Marchenko", "Nora Quist", [Role.PRIVACY_OFFICER])
        actor, frame = framed(world["Priya Nair"], case)
        with reading():
            found = colleagues_to_add(actor, team_on(actor, frame.case))
        assert [account.name for account in found] == ["Lev Marchenko"]

    def test_another_agency_sees_its_own_team_alone(self, world, case):
        share(world["Priya Nair"], world["Omar Haddad"], case)
        actor, frame = framed(world["Omar Haddad"], case)
        with reading():
            assert [member.name for member in team_on(actor, frame.case)] == ["Omar Haddad"]

    def test_who_received_a_case_may_take_it_on_and_open_nothing_before(self, world, case):
        release(world["Priya Nair"], case, world.agencies["Harbour House"])
        _, frame = framed(world["Omar Haddad"], case)
        assert (frame.may_assign, frame.may_release) == (True, False)
        take_on(world["Omar Haddad"], case)


class TestWhatMayBeGiven:
    def test_what_the_agency_made(self, world, case):
        actor, frame = framed(world["Priya Nair"], case)
        with reading():
            assert kinds_to_give(actor, frame.case) == [
                KeyKind.SYNOPSIS,
                KeyKind.IDENTIFIERS,
                KeyKind.PART,
            ]

    def test_what_was_received_is_not_offered(self, world, case):
        share(world["Priya Nair"], world["Omar Haddad"], case)
        actor, frame = framed(world["Omar Haddad"], case)
        with reading():
            assert kinds_to_give(actor, frame.case) == []

    def test_to_every_other_agency_that_has_begun(self, world, case):
        actor = world["Priya Nair"].actor()
        with reading():
            names = [agency.name for agency in agencies_to_give(actor)]
        assert names == ["Harbour House", "Rivermouth Housing"]


def test_a_frame_says_the_stage_in_the_protocol_s_words(world, case):
    _, frame = framed(world["Priya Nair"], case)
    assert frame.stage.en == "Screening"
    assert frame.ours
    with reading():
        assert stages_of([case])[case.id].fr == "Examen préalable"


def test_a_wall_hides_the_case(world, case):
    actor = replace(world["Priya Nair"].actor(), walled=frozenset({case.id}))
    with reading(), pytest.raises(NotThere):
        case_for(actor, case.reference)


def test_the_page_takes_as_many_statements_however_much_was_given(world, case):
    def count():
        actor, frame = framed(world["Priya Nair"], case)
        with statements() as said, reading():
            who_can_see(actor, frame)
        return len(said)

    release(world["Priya Nair"], case, world.agencies["Harbour House"])
    one = count()
    release(world["Priya Nair"], case, world.agencies["Rivermouth Housing"])
    release(world["Priya Nair"], case, world.agencies["Harbour House"], KeyKind.IDENTIFIERS)
    assert count() == one
