"""Whoever can write the database, and holds no key, gains no word by it: Tampered, or nothing.

Each attack begins where Omar of Harbour House reads the police's synopsis under a live release, and
changes one thing behind the application's back. Here: releases, case keys, teams.
"""

import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from casehub import references
from casehub.accounts.models import AccountState
from casehub.cases.models import (
    Assignment,
    AssignmentReason,
    CaseAgency,
    Grant,
    Place,
    Record,
    Release,
    ReleaseState,
)
from casehub.clock import FOREVER
from casehub.demo.world import account_of
from casehub.errors import Refused, Tampered, Unfinished
from casehub.hubs.keys import current_key
from casehub.store import Sealed, db, reading
from casehub.vault import CaseKey, KeyKind, canonical
from tests.builders import (
    MORNING,
    agency_place,
    attack,
    attack_delete,
    attack_insert,
    case_key,
    end,
    end_colleague,
    findings,
    flipped,
    grant_of,
    read,
    refer,
    share,
    take_on,
    told_tampered,
    with_mark,
    write,
)

POLICE, HARBOUR, HOUSING = "Rivermouth Police", "Harbour House", "Rivermouth Housing"
SHUT = (Tampered, Refused, Unfinished)
"""What may be met instead of a text. NotThere is a kind of Refused."""


@pytest.fixture
def case(shared):
    return shared


def assignment_of(case, person):
    """The row that puts somebody on the case's team."""
    with reading():
        return db.session.scalars(
            select(Assignment).where(
                Assignment.case_id == case.id, Assignment.account_id == person.account
            )
        ).one()


def let_in(world, case, name):
    """Write a place and a team for an agency that was given nothing."""
    person = world[name]
    hub = {"hub_id": case.hub_id, "case_id": case.id}
    attack_insert(
        CaseAgency,
        id=references.new_id(),
        agency_id=person.agency,
        place=Place.TABLE,
        speaks_for_survivor=False,
        moved_at=MORNING,
        synopsis_until=FOREVER,
        **hub,
    )
    values = with_mark(
        Assignment,
        id=references.new_id(),
        account_id=person.account,
        reason=AssignmentReason.CASEWORKER,
        from_at=MORNING,
        until=FOREVER,
        by_account=person.account,
        **hub,
    )
    attack_insert(Assignment, **values)


class TestReleases:
    @pytest.mark.database
    @pytest.mark.parametrize("column", ["statement", "signature", "sealed_digest"])
    def test_what_was_signed_is_altered(self, world, case, column):
        attack(case.given, **{column: flipped(getattr(case.given, column))})
        told_tampered(world, case, case.synopsis)

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("ground", "ca-bc/consent"),
            ("until", "9999-12-31T00:00:00.000000Z"),
            ("kind", "identifiers"),
            ("receiver", "00000000-0000-4000-8000-0000000000aa"),
            ("giver_epoch", 2),
            ("commitment", "00" * 32),
        ],
    )
    def test_a_field_of_the_statement_is_altered(self, world, case, field, value):
        said = json.loads(case.given.statement) | {field: value}
        attack(case.given, statement=canonical(said))
        told_tampered(world, case, case.synopsis)

    @pytest.mark.parametrize("column", ["statement", "signature", "sealed_digest"])
    def test_what_was_signed_is_gone(self, world, case, column):
        attack(case.given, **{column: None})
        told_tampered(world, case, case.synopsis)

    @pytest.mark.parametrize(
        "values",
        [
            {"ground": "ca-bc/consent"},
            {"until": FOREVER},
            {"until": MORNING + timedelta(hours=2)},
            {"giver_epoch": 2},
        ],
        ids="-".join,
    )
    def test_the_row_says_something_else_than_what_was_signed(self, world, case, values):
        attack(case.given, **values)
        told_tampered(world, case, case.synopsis)

    def test_the_row_names_another_giver(self, world, case):
        attack(case.given, giver_agency_id=world.agencies[HOUSING].id)
        told_tampered(world, case, case.synopsis)

    def test_the_row_names_the_receiver_as_its_own_giver(self, world, case):
        attack(case.given, giver_agency_id=world.agencies[HARBOUR].id)
        told_tampered(world, case, case.synopsis)

    def test_the_row_names_an_account(self, world, case):
        attack(case.given, receiver_account_id=world["Omar Haddad"].account)
        with pytest.raises(SHUT):
            read(world["Omar Haddad"], case, case.synopsis)

    @pytest.mark.database
    def test_the_row_names_a_third_agency_as_receiver(self, world, case):
        housing = world.agencies[HOUSING]
        attack(case.given, receiver_agency_id=housing.id)
        let_in(world, case, "Ines Prado")
        with pytest.raises(Tampered):
            read(world["Ines Prado"], case, case.synopsis)

    @pytest.mark.database
    def test_a_place_and_a_team_without_a_release_open_nothing(self, world, case):
        let_in(world, case, "Ines Prado")
        with pytest.raises(Tampered):
            read(world["Ines Prado"], case, case.synopsis)
        assert findings(world)

    def test_a_release_copied_for_a_third_agency_opens_nothing(self, world, case):
        ines, given = world["Ines Prado"], case.given
        grant = grant_of(given)
        columns = given.__table__.columns
        values = {name.key: getattr(given, name.key) for name in columns} | {
            "id": references.new_id(),
            "receiver_agency_id": ines.agency,
        }
        attack_insert(Release, **values)
        attack_insert(
            Grant,
            id=references.new_id(),
            hub_id=case.hub_id,
            release_id=values["id"],
            agency_key_id=current_key(world.agencies[HOUSING].id).id,
            sealed=Sealed(grant.sealed),
        )
        let_in(world, case, "Ines Prado")
        with pytest.raises(Tampered):
            read(ines, case, case.synopsis)

    @pytest.mark.database
    def test_it_is_kept_in_force_beyond_its_end(self, world, case, later):
        attack(case.given, until=FOREVER)
        attack(agency_place(case, world.agencies[HARBOUR].id), synopsis_until=FOREVER)
        later(days=2)
        told_tampered(world, case, case.synopsis)

    def test_lists_alone_keep_nothing_in_force(self, world, case, later):
        attack(agency_place(case, world.agencies[HARBOUR].id), synopsis_until=FOREVER)
        later(days=2)
        told_tampered(world, case, case.synopsis)

    @pytest.mark.database
    def test_an_ended_one_is_put_back(self, world, case):
        grant = grant_of(case.given)
        columns = grant.__table__.columns
        values = {name.key: getattr(grant, name.key) for name in columns}
        place = agency_place(case, world.agencies[HARBOUR].id)
        end(world["Priya Nair"], case.given)
        attack(case.given, state=ReleaseState.LIVE)
        attack(place, synopsis_until=FOREVER)
        take_on(world["Omar Haddad"], case)
        with pytest.raises(Tampered):
            read(world["Omar Haddad"], case, case.synopsis)
        attack_insert(Grant, **values)
        assert any("is gone" in sentence for sentence in findings(world))

    def test_it_points_to_another_key_of_the_case(self, world, case):
        identity = write(world["Priya Nair"], case, KeyKind.IDENTIFIERS)
        attack(case.given, case_key_id=case_key(case, KeyKind.IDENTIFIERS).id)
        attack(agency_place(case, world.agencies[HARBOUR].id), identifiers_until=FOREVER)
        told_tampered(world, case, identity)

    def test_it_points_to_another_case(self, world, case):
        other = refer(world["Priya Nair"])
        theirs = write(world["Priya Nair"], other)
        share(world["Priya Nair"], world["Omar Haddad"], other)
        attack(case.given, case_id=other.id, case_key_id=case_key(other, KeyKind.SYNOPSIS).id)
        told_tampered(world, other, theirs)


class TestCaseKeys:
    @pytest.mark.parametrize(
        "values",
        [{"commitment": "00" * 32}, {"version": 2}, {"countersignature": b"x" * 64}],
        ids="-".join,
    )
    def test_its_row_is_altered(self, world, case, values):
        attack(case_key(case, KeyKind.SYNOPSIS), **values)
        told_tampered(world, case, case.synopsis)

    def test_its_kind_is_altered(self, world, case):
        attack_delete(case_key(case, KeyKind.JOINT))
        attack(case_key(case, KeyKind.SYNOPSIS), kind=KeyKind.JOINT)
        attack(agency_place(case, world.agencies[HARBOUR].id), joint_until=FOREVER)
        told_tampered(world, case, case.synopsis)

    def test_a_shared_key_is_declared_somebody_s_own(self, world, case):
        harbour = world.agencies[HARBOUR]
        attack(case_key(case, KeyKind.SYNOPSIS), kind=KeyKind.PART, owner_agency_id=harbour.id)
        with pytest.raises(SHUT):
            read(world["Omar Haddad"], case, case.synopsis)

    @pytest.mark.database
    def test_a_key_of_a_stranger_s_is_put_in_for_others_to_write_under(self, world, case):
        """With a key that the stranger knows, what is written next would be the stranger's."""
        known = CaseKey.new()
        attack(case_key(case, KeyKind.JOINT), commitment=known.commitment)
        with pytest.raises(Tampered):
            write(world["Priya Nair"], case, KeyKind.JOINT)
        with reading():
            assert not db.session.scalars(
                select(Record).where(Record.contract == "cases/minute")
            ).all()


class TestTeams:
    @pytest.mark.database
    def test_a_colleague_who_was_put_on_it_opens_nothing(self, world, case):
        lev = world["Lev Marchenko"]
        own = {"hub_id": case.hub_id, "case_id": case.id, "account_id": lev.account}
        times = {"from_at": MORNING, "until": FOREVER, "by_account": lev.account}
        attack_insert(
            Assignment, id=lev.account, reason=AssignmentReason.CASEWORKER, **own, **times
        )
        with pytest.raises(Refused):
            read(lev, case, case.synopsis)

    def test_nor_one_to_whom_somebody_else_s_place_was_given(self, world, case):
        lev = world["Lev Marchenko"]
        attack(assignment_of(case, world["Priya Nair"]), account_id=lev.account)
        with pytest.raises(Refused):
            read(lev, case, case.synopsis)

    def test_a_team_that_was_taken_off_does_not_leave_the_case_to_be_taken(self, world, case):
        attack(assignment_of(case, world["Priya Nair"]), until=MORNING + timedelta(minutes=1))
        with pytest.raises(Refused):
            take_on(world["Lev Marchenko"], case)

    def test_one_who_was_put_on_the_team_of_an_agency_that_holds_nothing(self, world, case):
        let_in(world, case, "Ines Prado")
        part = write(world["Priya Nair"], case, KeyKind.PART)
        for row in (case.synopsis, part):
            with pytest.raises(SHUT):
                read(world["Ines Prado"], case, row)

    def test_an_account_ended_by_service_is_not_brought_back(self, world, case):
        omar = account_of(world["Omar Haddad"])
        end_colleague(world["Bo Lindqvist"], omar)
        attack(omar, state=AccountState.ADMITTED)
        with pytest.raises(SHUT):
            read(world["Omar Haddad"], case, case.synopsis)
