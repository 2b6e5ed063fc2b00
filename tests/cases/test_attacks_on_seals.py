"""Whoever can write the database, and holds no key, gains no word by it: Tampered, or nothing.

Each attack begins where Omar of Harbour House reads the police's synopsis under a live release, and
changes one thing behind the application's back. Here: grants and records.
"""

import pytest
from sqlalchemy import select

from casehub.cases.models import Grant, Release
from casehub.errors import Refused, Tampered, TooNew, Unfinished
from casehub.hubs.models import AgencyKey
from casehub.store import Sealed, db, reading
from casehub.vault import KeyKind
from tests.builders import (
    WORDS,
    attack,
    attack_delete,
    case_key,
    flipped,
    grant_of,
    read,
    refer,
    release,
    rotate,
    share,
    told_tampered,
    write,
)

POLICE, HARBOUR, HOUSING = "Rivermouth Police", "Harbour House", "Rivermouth Housing"
SHUT = (Tampered, Refused, Unfinished)
"""What may be met instead of a text. NotThere is a kind of Refused."""


@pytest.fixture
def case(shared):
    return shared


def grant_of_key(world):
    return (
        select(AgencyKey.id)
        .where(AgencyKey.agency_id == world.agencies[HARBOUR].id, AgencyKey.epoch == 1)
        .scalar_subquery()
    )


class TestGrants:
    @pytest.mark.database
    @pytest.mark.parametrize("at", [0, 40, 1_150, -1])
    def test_its_bytes_are_altered(self, world, case, at):
        grant = grant_of(case.given)
        attack(grant, sealed=flipped(grant.sealed, at))
        told_tampered(world, case, case.synopsis)

    def test_its_bytes_are_cut_off(self, world, case):
        attack(grant_of(case.given), sealed=Sealed(b""))
        told_tampered(world, case, case.synopsis)

    @pytest.mark.database
    def test_two_of_one_case_are_swapped(self, world, case):
        other = release(world["Priya Nair"], case, world.agencies[HARBOUR], KeyKind.JOINT)
        mine, theirs = grant_of(case.given), grant_of(other)
        sealed = Sealed(mine.sealed), Sealed(theirs.sealed)
        attack(mine, sealed=sealed[1])
        attack(theirs, sealed=sealed[0])
        plan = write(world["Priya Nair"], case, KeyKind.JOINT)
        told_tampered(world, case, case.synopsis)
        told_tampered(world, case, plan)

    @pytest.mark.database
    def test_two_of_two_cases_are_swapped(self, world, case):
        other = refer(world["Priya Nair"])
        theirs = share(world["Priya Nair"], world["Omar Haddad"], other)
        grants = grant_of(case.given), grant_of(theirs)
        spare = Sealed(grants[0].sealed)
        attack(grants[0], sealed=Sealed(grants[1].sealed))
        attack(grants[1], sealed=spare)
        told_tampered(world, case, case.synopsis)

    def test_it_lies_under_another_release(self, world, case):
        other = release(world["Priya Nair"], case, world.agencies[HARBOUR], KeyKind.JOINT)
        attack_delete(grant_of(case.given))
        attack(grant_of(other), release_id=case.given.id)
        told_tampered(world, case, case.synopsis)

    def test_it_is_gone_while_its_release_lives(self, world, case):
        attack_delete(grant_of(case.given))
        told_tampered(world, case, case.synopsis)

    def test_a_writer_whose_grant_is_gone_is_told(self, world, case):
        key = case_key(case, KeyKind.JOINT).id
        with reading():
            own = db.session.scalars(
                select(Grant).join(Release).where(Release.case_key_id == key)
            ).one()
        attack_delete(own)
        with pytest.raises(Tampered):
            write(world["Priya Nair"], case, KeyKind.JOINT)
        with pytest.raises(Tampered):
            release(world["Priya Nair"], case, world.agencies[HARBOUR], KeyKind.JOINT)

    def test_a_re_seal_of_nothing_is_put_beside_it(self, world, case):
        attack(grant_of(case.given), reseal=b"{}", reseal_signature=b"x" * 64)
        told_tampered(world, case, case.synopsis)

    def test_it_is_said_to_lie_under_an_epoch_to_come(self, world, case):
        rotate(world["Bo Lindqvist"])
        with reading():
            old = db.session.scalars(
                select(AgencyKey).where(AgencyKey.id == grant_of_key(world), AgencyKey.epoch == 1)
            ).one()
        attack(grant_of(case.given), agency_key_id=old.id)
        told_tampered(world, case, case.synopsis)

    @pytest.mark.parametrize("column", ["reseal", "reseal_signature", "sealed"])
    def test_what_was_carried_over_is_altered(self, world, case, column):
        rotate(world["Bo Lindqvist"])
        grant = grant_of(case.given)
        attack(grant, **{column: flipped(getattr(grant, column))})
        told_tampered(world, case, case.synopsis)

    def test_what_was_carried_over_lies_under_another_release(self, world, case):
        other = release(world["Priya Nair"], case, world.agencies[HARBOUR], KeyKind.JOINT)
        rotate(world["Bo Lindqvist"])
        names = ("reseal", "reseal_signature", "sealed")
        theirs = grant_of(other)
        attack(grant_of(case.given), **{name: getattr(theirs, name) for name in names})
        told_tampered(world, case, case.synopsis)


def read_off_key(world, case):
    """Read the synopsis as the police do who hold their own key alone."""
    return read(world["Priya Nair"], case, case.synopsis, by=KeyKind.OWN)


class TestRecords:
    SEALED = ("body", "wrap", "own_wrap")

    def contents(self, row, *names):
        return {name: Sealed(getattr(row, name)) for name in names}

    @pytest.mark.parametrize("column", SEALED[:2])
    @pytest.mark.parametrize("at", [1, 40, -1])
    def test_its_bytes_are_altered(self, world, case, column, at):
        row = case.synopsis
        attack(row, **{column: flipped(getattr(row, column), at)})
        told_tampered(world, case, case.synopsis)

    def test_its_own_wrap_is_altered(self, world, case):
        attack(case.synopsis, own_wrap=flipped(case.synopsis.own_wrap))
        assert read(world["Omar Haddad"], case, case.synopsis) == WORDS
        with pytest.raises(Tampered):
            read_off_key(world, case)

    def test_a_later_format_is_feigned(self, world, case):
        body = bytes([9]) + bytes(case.synopsis.body)[1:]
        attack(case.synopsis, body=Sealed(body))
        with pytest.raises((Tampered, TooNew)):
            read(world["Omar Haddad"], case, case.synopsis)

    @pytest.mark.database
    @pytest.mark.parametrize(
        "names", [("body",), ("wrap",), ("body", "wrap", "own_wrap", "signature")]
    )
    def test_two_rows_are_swapped(self, world, case, names):
        other = write(world["Priya Nair"], case, text="other")
        ours = {name: getattr(case.synopsis, name) for name in names}
        theirs = {name: getattr(other, name) for name in names}
        attack(case.synopsis, **theirs)
        attack(other, **ours)
        told_tampered(world, case, case.synopsis)
        told_tampered(world, case, other)

    def test_two_cases_are_swapped(self, world, case):
        other = refer(world["Priya Nair"])
        theirs = write(world["Priya Nair"], other)
        attack(case.synopsis, case_id=other.id)
        attack(theirs, case_id=case.id)
        with pytest.raises((*SHUT, PermissionError)):
            read(world["Omar Haddad"], case, theirs)

    def test_a_row_of_another_case_is_brought_here_with_its_key(self, world, case):
        other = refer(world["Priya Nair"])
        theirs = write(world["Priya Nair"], other)
        attack(theirs, case_id=case.id, case_key_id=case_key(case, KeyKind.SYNOPSIS).id)
        told_tampered(world, case, theirs)

    @pytest.mark.database
    def test_an_older_text_is_put_in_a_later_one_s_place(self, world, case):
        later_row = write(world["Priya Nair"], case, text="better", supersedes=case.synopsis)
        names = ("body", "wrap", "own_wrap", "signature")
        attack(later_row, **{name: getattr(case.synopsis, name) for name in names})
        told_tampered(world, case, later_row)

    @pytest.mark.parametrize(
        "values",
        [
            {"contract": "cases/minute"},
            {"contract": "cases/nothing"},
            {"revision": 2},
            {"author_epoch": 2},
            {"signature": b"x" * 64},
        ],
        ids="-".join,
    )
    def test_its_row_is_altered(self, world, case, values):
        attack(case.synopsis, **values)
        told_tampered(world, case, case.synopsis)

    @pytest.mark.database
    def test_its_author_is_altered(self, world, case):
        for agency in (HARBOUR, HOUSING):
            attack(case.synopsis, author_agency_id=world.agencies[agency].id)
            told_tampered(world, case, case.synopsis)

    def test_it_is_moved_under_another_key(self, world, case):
        release(world["Priya Nair"], case, world.agencies[HARBOUR], KeyKind.JOINT)
        attack(case.synopsis, case_key_id=case_key(case, KeyKind.JOINT).id)
        with pytest.raises(Tampered):
            read(world["Omar Haddad"], case, case.synopsis)

    def test_another_s_words_are_called_the_own_ones(self, world, case):
        """The own key of the reader opens no text that another agency wrote."""
        mine = write(world["Omar Haddad"], case, KeyKind.OWN, "mine")
        attack(
            case.synopsis,
            author_agency_id=world.agencies[HARBOUR].id,
            own_key_id=mine.case_key_id,
        )
        with pytest.raises(Tampered):
            read(world["Omar Haddad"], case, case.synopsis, by=KeyKind.OWN)
