"""A case begins with its keys, its team and one agency, and nobody else learns that it is there."""

import pytest
from sqlalchemy import select

from casehub import references
from casehub.audit import changing, viewing
from casehub.cases import contracts
from casehub.cases.keys import MADE_IT
from casehub.cases.models import (
    Assignment,
    Case,
    CaseAgency,
    CaseKeyRow,
    Grant,
    Place,
    Record,
    Release,
)
from casehub.cases.queries import case_for, cases_known_to, cases_open_to
from casehub.cases.service import NewRecord, write_record
from casehub.clock import FOREVER
from casehub.errors import NotThere, Refused
from casehub.policy import Permission
from casehub.references import is_case_reference
from casehub.store import db, reading
from casehub.vault import KeyKind
from tests.builders import entries, findings, refer, statements

OPEN = Permission.SYNOPSIS_OPEN


def known(person):
    actor = person.actor()
    with viewing():
        return [case.reference for case, _ in cases_known_to(actor)]


def open_to(person, permission=Permission.SYNOPSIS_OPEN):
    actor = person.actor()
    with viewing():
        return [case.reference for case, _ in cases_open_to(actor, permission)]


def look_for(person, reference, permission=Permission.CASE_KNOW):
    actor = person.actor()
    with viewing():
        return case_for(actor, reference, permission)


@pytest.mark.database
def test_every_kind_of_key_is_made_and_given_to_the_own_agency_alone(world):
    case = refer(world["Priya Nair"])
    police = world["Priya Nair"].agency
    with reading():
        keys = db.session.scalars(select(CaseKeyRow).where(CaseKeyRow.case_id == case.id)).all()
        assert {key.kind for key in keys} == set(KeyKind)
        assert len(keys) == len(KeyKind)
        releases = db.session.scalars(select(Release)).all()
        assert {(item.giver_agency_id, item.receiver_agency_id) for item in releases} == {
            (police, police)
        }
        assert {(item.ground, item.until) for item in releases} == {(MADE_IT, FOREVER)}
        assert len(db.session.scalars(select(Grant)).all()) == len(KeyKind)
    assert findings(world) == []


def test_the_one_who_refers_is_the_team_and_the_agency_speaks_for_the_survivor(world):
    case = refer(world["Priya Nair"])
    with reading():
        place = db.session.scalars(select(CaseAgency).where(CaseAgency.case_id == case.id)).one()
        assert (place.place, place.speaks_for_survivor) == (Place.ORIGINATING, True)
        held = {place.synopsis_until, place.identifiers_until, place.contact_until}
        assert held | {place.joint_until} == {FOREVER}
        team = db.session.scalars(select(Assignment).where(Assignment.case_id == case.id)).one()
        assert team.account_id == world["Priya Nair"].account
        assert case.stage == "screening"
        assert is_case_reference(case.reference)


@pytest.mark.parametrize("name", ["Ana Duarte"])
def test_a_custodian_alone_refers_nothing(world, name):
    with pytest.raises(Refused):
        refer(world[name])
    with reading():
        assert not db.session.scalars(select(Case)).all()


class TestNobodyElseLearns:
    """A draft is a case in screening: others of the agency know of it, no other agency does."""

    @pytest.fixture
    def case(self, world):
        return refer(world["Priya Nair"])

    @pytest.mark.parametrize("name", ["Omar Haddad", "Ines Prado", "Bo Lindqvist", "Ana Duarte"])
    @pytest.mark.parametrize(
        "permission", [Permission.CASE_KNOW, Permission.SYNOPSIS_OPEN, Permission.OWN_OPEN]
    )
    def test_it_is_not_there_and_in_no_list(self, world, case, name, permission):
        with pytest.raises(NotThere):
            look_for(world[name], case.reference, permission)
        assert known(world[name]) == open_to(world[name]) == []

    def test_a_colleague_knows_of_it_and_opens_nothing(self, world, case):
        lev = world["Lev Marchenko"]
        assert known(lev) == [case.reference]
        assert open_to(lev) == []
        assert look_for(lev, case.reference).id == case.id
        with pytest.raises(NotThere):
            look_for(lev, case.reference, Permission.SYNOPSIS_OPEN)

    def test_the_team_knows_and_opens_it(self, world, case):
        assert known(world["Priya Nair"]) == open_to(world["Priya Nair"]) == [case.reference]

    def test_nobody_else_writes_into_it(self, world, case):
        for name in ("Omar Haddad", "Lev Marchenko"):
            actor = world[name].actor()
            for kind in KeyKind:
                command = NewRecord(contracts.NOTE, kind, {"text": "x"})
                with pytest.raises(Refused), changing():
                    write_record(actor, case, command)
        with reading():
            assert not db.session.scalars(select(Record)).all()


class TestPages:
    @pytest.mark.database
    def test_a_long_list_comes_in_pages_last_moved_first(self, world, later, monkeypatch):
        monkeypatch.setattr("casehub.cases.queries.PAGE", 2)
        made = []
        for _ in range(5):
            made.append(refer(world["Priya Nair"]).reference)
            later(minutes=1)
        priya = world["Priya Nair"].actor()
        with viewing():
            for pages in (cases_known_to, lambda *how: cases_open_to(*how[:1], OPEN, *how[1:])):
                found, after = [], None
                while page := pages(priya, after):
                    assert len(page) <= 2
                    found += [case.reference for case, _ in page]
                    after = page[-1][1]
                assert found == made[::-1]


class TestSilence:
    """From outside nobody can tell what may not be seen from what does not exist."""

    def ask(self, person, reference, permission):
        """Look for a case as a fresh request does; return all that could be observed."""
        actor = person.actor()
        db.session.remove()
        with statements() as said, pytest.raises(NotThere) as refused, viewing():
            case_for(actor, reference, permission)
        # How many nodes of the tree an entry completes depends on its number alone.
        seen = [text for text in said if "INTO audit_nodes" not in text]
        return type(refused.value), str(refused.value), refused.value.remedy, seen

    @pytest.mark.database
    @pytest.mark.parametrize("permission", [Permission.CASE_KNOW, Permission.PART_OPEN])
    def test_there_but_not_for_you_looks_exactly_like_not_there(self, world, permission):
        case = refer(world["Priya Nair"])
        real, made_up = case.reference, references.new_case_reference()
        for name in ("Omar Haddad", "Ana Duarte", "Lev Marchenko"):
            if (name, permission) == ("Lev Marchenko", Permission.CASE_KNOW):
                continue
            for _ in range(2):  # the second time nothing is new to the process any more
                answers = [self.ask(world[name], item, permission) for item in (real, made_up)]
                assert answers[0] == answers[1]
                assert len(answers[0][-1]) > 3

    @pytest.mark.database
    def test_each_refusal_is_one_entry_and_only_the_log_knows_the_case(self, world):
        case = refer(world["Priya Nair"])
        real, ident, omar = case.reference, str(case.id), world["Omar Haddad"]
        before = len(entries())
        for reference in (real, references.new_case_reference()):
            self.ask(omar, reference, Permission.CASE_KNOW)
        new = [item for item in entries("access:refused") if item["account"] == str(omar.account)]
        assert len(entries()) == before + 2
        assert [item["case"] for item in new] == [ident, None]
        for item in new:
            assert (item["outcome"], item["rule"]) == ("refused", "no-rule")
            assert item["facts"] == {"permission": "case:know", "target": None}

    def test_a_colleague_on_no_team_is_told_the_same(self, world):
        case = refer(world["Priya Nair"])
        lev, reference = world["Lev Marchenko"], case.reference
        real = self.ask(lev, reference, Permission.SYNOPSIS_OPEN)
        assert real == self.ask(lev, references.new_case_reference(), Permission.SYNOPSIS_OPEN)
