"""A release that ends leaves nothing that opens: no grant, no holding, no team, no bytes."""

import sqlite3
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.engine import make_url

from casehub.audit import viewing
from casehub.cases.models import Assignment, Case, CaseAgency, EndCode, Grant, Release, ReleaseState
from casehub.cases.queries import case_for, cases_known_to, cases_open_to
from casehub.errors import NotThere, Refused, Stale
from casehub.policy import Permission
from casehub.store import db, reading
from casehub.vault import KeyKind
from tests.builders import (
    MORNING,
    WORDS,
    at_once,
    end,
    entries,
    findings,
    grant_of,
    read,
    refer,
    release,
    share,
    take_on,
    write,
)

POLICE, HARBOUR = "Rivermouth Police", "Harbour House"


@pytest.fixture
def case(world):
    made = refer(world["Priya Nair"])
    made.synopsis = write(world["Priya Nair"], made)
    return made


@pytest.fixture
def given(world, case, later):
    made = share(world["Priya Nair"], world["Omar Haddad"], case)
    later(minutes=5)
    return made


def place_of(case, agency):
    with reading():
        return db.session.scalars(
            select(CaseAgency).where(
                CaseAgency.case_id == case.id, CaseAgency.agency_id == agency.id
            )
        ).one()


def team_of(case, person):
    with reading():
        return db.session.scalars(
            select(Assignment.until).where(
                Assignment.case_id == case.id, Assignment.account_id == person.account
            )
        ).all()


@pytest.mark.database
def test_grant_holding_and_team_go_in_one_act(world, case, given):
    end(world["Priya Nair"], given, EndCode.CONSENT_WITHDRAWN)
    assert grant_of(given) is None
    assert (given.state, given.end_code) == (ReleaseState.ENDED, EndCode.CONSENT_WITHDRAWN)
    assert (given.ended_by, given.ended_at) == (
        world["Priya Nair"].account,
        MORNING + timedelta(minutes=5),
    )
    assert place_of(case, world.agencies[HARBOUR]).synopsis_until is None
    assert team_of(case, world["Omar Haddad"]) == [MORNING + timedelta(minutes=5)]
    said = entries("release:ended")[-1]
    assert said["facts"] == {
        "key": "synopsis",
        "receiver": str(world.agencies[HARBOUR].id),
        "code": "consent-withdrawn",
    }
    states = {kind: state for kind, _, state in said["things"]}
    assert set(states) == {"releases", "grants", "case_agencies", "assignments"}
    assert states["grants"] is None
    assert findings(world) == []


@pytest.mark.database
def test_the_receiver_s_lists_are_empty_and_the_case_is_not_there(world, case, given):
    end(world["Priya Nair"], given)
    omar = world["Omar Haddad"].actor()
    with viewing():
        assert cases_known_to(omar) == []
        for permission in (Permission.SYNOPSIS_OPEN, Permission.OWN_OPEN, Permission.PART_OPEN):
            assert cases_open_to(omar, permission) == []
    with pytest.raises(NotThere), viewing():
        case_for(omar, case.reference)
    with pytest.raises(NotThere):
        read(world["Omar Haddad"], case, case.synopsis)
    with pytest.raises(Refused):
        take_on(world["Omar Haddad"], case)


def test_the_giver_goes_on_as_before(world, case, given):
    end(world["Priya Nair"], given)
    assert read(world["Priya Nair"], case, case.synopsis) == WORDS
    assert read(world["Priya Nair"], case, case.synopsis, by=KeyKind.OWN) == WORDS


def test_another_release_of_the_same_key_holds_on(world, case, given):
    other = release(world["Priya Nair"], case, world.agencies[HARBOUR])
    end(world["Priya Nair"], given)
    assert read(world["Omar Haddad"], case, case.synopsis) == WORDS
    end(world["Priya Nair"], other)
    with pytest.raises(NotThere):
        read(world["Omar Haddad"], case, case.synopsis)


def test_another_kind_of_key_keeps_place_and_team(world, case, given, later):
    release(world["Priya Nair"], case, world.agencies[HARBOUR], KeyKind.JOINT)
    plan = write(world["Priya Nair"], case, KeyKind.JOINT)
    end(world["Priya Nair"], given)
    assert read(world["Omar Haddad"], case, plan) == WORDS
    with pytest.raises(NotThere):
        read(world["Omar Haddad"], case, case.synopsis)


def test_one_that_has_expired_keeps_neither(world, case, given, later):
    until = MORNING + timedelta(hours=1)
    release(world["Priya Nair"], case, world.agencies[HARBOUR], KeyKind.JOINT, until=until)
    later(hours=2)
    end(world["Priya Nair"], given)
    assert max(team_of(case, world["Omar Haddad"])) <= MORNING + timedelta(hours=2, minutes=5)


def test_a_later_release_finds_no_team_that_was_there_before(world, case, given):
    end(world["Priya Nair"], given)
    release(world["Priya Nair"], case, world.agencies[HARBOUR])
    with pytest.raises(NotThere):
        read(world["Omar Haddad"], case, case.synopsis)
    take_on(world["Omar Haddad"], case)
    assert read(world["Omar Haddad"], case, case.synopsis) == WORDS


def test_one_that_expired_can_be_ended_too(world, case, later):
    given = share(
        world["Priya Nair"], world["Omar Haddad"], case, until=MORNING + timedelta(hours=1)
    )
    later(hours=2)
    end(world["Priya Nair"], given, EndCode.EXPIRED)
    assert grant_of(given) is None


class TestWho:
    @pytest.mark.parametrize("name", ["Omar Haddad", "Bo Lindqvist", "Ines Prado", "Ana Duarte"])
    def test_only_the_giver_s_team_ends_it(self, world, case, given, name):
        with pytest.raises(Refused):
            end(world[name], given)
        assert read(world["Omar Haddad"], case, case.synopsis) == WORDS

    def test_a_release_of_the_agency_to_itself_is_not_there_to_be_ended(self, world, case):
        with reading():
            own = db.session.scalars(select(Release)).first()
        with pytest.raises(NotThere):
            end(world["Priya Nair"], own)
        assert read(world["Priya Nair"], case, case.synopsis) == WORDS

    @pytest.mark.database
    def test_it_ends_once(self, world, case, given):
        end(world["Priya Nair"], given)
        with pytest.raises(Stale):
            end(world["Priya Nair"], given)

    @pytest.mark.database
    def test_of_two_who_end_it_at_once_one_is_told(self, place, case, given):
        take_on(place.world["Priya Nair"], case, place.world["Lev Marchenko"])
        release_id = given.id

        def by(name):
            return lambda mine: end(mine[name], db.session.get_one(Release, release_id))

        results = at_once(place.app, place.world, by("Priya Nair"), by("Lev Marchenko"))
        assert [type(result) for result in results if result] == [Stale]
        assert len(entries("release:ended")) == 1
        assert findings(place.world) == []


class TestAtOnce:
    """Changes of one agency's place by several people end as if one had followed the other."""

    @pytest.mark.database
    def test_two_kinds_released_at_once_are_both_held(self, place, case):
        take_on(place.world["Priya Nair"], case, place.world["Lev Marchenko"])
        release(place.world["Priya Nair"], case, place.world.agencies[HARBOUR])
        case_id = case.id

        def give(name, kind):
            def act(mine):
                found = db.session.get_one(Case, case_id)
                release(mine[name], found, mine.agencies[HARBOUR], kind)

            return act

        acts = [give("Priya Nair", KeyKind.JOINT), give("Lev Marchenko", KeyKind.IDENTIFIERS)]
        assert at_once(place.app, place.world, *acts) == [None, None]
        held = place_of(case, place.world.agencies[HARBOUR])
        assert held.joint_until
        assert held.identifiers_until
        assert findings(place.world) == []

    @pytest.mark.database
    def test_one_ended_while_another_is_given_leaves_the_other_held(self, place, case, given):
        take_on(place.world["Priya Nair"], case, place.world["Lev Marchenko"])
        release_id, case_id = given.id, case.id

        def stop(mine):
            end(mine["Priya Nair"], db.session.get_one(Release, release_id))

        def give(mine):
            found = db.session.get_one(Case, case_id)
            release(mine["Lev Marchenko"], found, mine.agencies[HARBOUR])

        assert at_once(place.app, place.world, stop, give) == [None, None]
        assert place_of(case, place.world.agencies[HARBOUR]).synopsis_until
        assert findings(place.world) == []


class TestForgetting:
    """What was sealed is gone from the file as well, not only from the table."""

    def stored(self, place):
        url = make_url(place.settings.database_url)
        db.session.remove()
        with sqlite3.connect(url.database) as plain:
            assert plain.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0
        plain.close()
        folder = place.settings.database_url.removeprefix("sqlite:///").rpartition("/")[0]
        assert url.database.startswith(folder)
        names = [url.database, f"{url.database}-wal", f"{url.database}-shm"]
        return b"".join(open_all(names))

    def test_the_sealed_bytes_of_a_grant_leave_the_file_with_it(self, place, case, given):
        grant = bytes(grant_of(given).sealed)
        pieces = [grant[start : start + 32] for start in range(0, len(grant) - 32, 32)]
        assert all(piece in self.stored(place) for piece in pieces[:-1])
        with reading():
            ended = db.session.get_one(Release, given.id)
        end(place.world["Priya Nair"], ended)
        stored = self.stored(place)
        assert not any(piece in stored for piece in pieces)
        with reading():
            assert len(db.session.scalars(select(Grant)).all()) == len(KeyKind)


def open_all(names):
    """The content of those of the files that are there."""
    for name in names:
        try:
            with open(name, "rb") as file:  # noqa: PTH123 - names with an ending after the suffix
                yield file.read()
        except FileNotFoundError:
            continue
