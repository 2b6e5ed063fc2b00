"""A start code begins an agency, once; an operator who uses one himself is found out."""

import pytest

from casehub.accounts.code_models import CodeRow
from casehub.accounts.service import NewAccount
from casehub.accounts.starting import new_start_code, start_agency
from casehub.audit import changing
from casehub.errors import Invalid, Stale, Tampered, Unfinished
from casehub.hubs.models import Agency, AgencyState
from casehub.hubs.service import NewAgency, name_agency
from casehub.policy import Role
from casehub.store import db, reading
from casehub.vault import Code, PrivateKey
from tests.builders import at_once, attack, entries, findings

NIA = NewAccount("Nia Brook", "nia@rivermouth.example", "en", frozenset({Role.CUSTODIAN}))


def named(world, name="North Shelter"):
    with changing():
        return name_agency(world.hub, NewAgency(name, name, "shelter", "ca-bc-public"))


def start_code(agency):
    with changing():
        return new_start_code(db.session.get_one(Agency, agency.id))


def start(issued, code=None, who=NIA):
    with changing():
        row = db.session.get_one(CodeRow, issued.row.id)
        return start_agency(row, code or issued.code, who, PrivateKey.new().public)


@pytest.fixture
def shelter(world):
    return named(world)


@pytest.fixture
def issued(shelter):
    return start_code(shelter)


@pytest.mark.database
def test_it_begins_the_agency_and_gives_a_sheet(world, shelter, issued):
    begun = start(issued)
    with reading():
        assert db.session.get_one(Agency, shelter.id).state is AgencyState.ACTIVE
    assert len(begun.sheet.code.text) == 33
    assert begun.sheet.code.text not in repr(begun)
    assert findings(world) == []


def test_no_key_stands_behind_it(issued):
    with reading():
        row = db.session.get_one(CodeRow, issued.row.id)
        assert (row.wrapped, row.account_key_id) == (None, None)
        assert row.digest == issued.code.digest
    assert issued.code.text not in str(entries())


def test_a_code_that_the_operator_used_himself_tells_its_owner_so(issued):
    start(issued, who=NewAccount("N. Brook", "x@host.example", "en", frozenset({Role.CUSTODIAN})))
    with pytest.raises(Stale, match="used already, on 2031-03-14") as told:
        start(issued)
    assert "the coordinating agency" in told.value.remedy


@pytest.mark.database
def test_of_two_who_use_it_at_once_one_succeeds(place, issued):
    def use(_world):
        start(issued)

    results = at_once(place.app, place.world, use, use)
    assert [type(result) for result in results if isinstance(result, Exception)] == [Stale]
    assert findings(place.world) == []


def test_another_code_or_another_agency_s_does_not_fit(world, issued):
    theirs = start_code(named(world, "South Clinic"))
    for code in (Code.new(), theirs.code):
        with pytest.raises(Invalid) as refused:
            start(issued, code)
        assert refused.value.place == "code"
    assert entries("alarm:raised") == []


def test_it_holds_for_fourteen_days(issued, later):
    later(days=14)
    with pytest.raises(Unfinished, match="ran out on 2031-03-28"):
        start(issued)


def test_a_new_one_ends_the_lost_one_and_is_in_the_log(world, shelter, issued):
    again = start_code(shelter)
    with pytest.raises(Stale, match="replaced"):
        start(issued)
    start(again)
    assert len(entries("code:start-issued")) == 5
    assert findings(world) == []


def test_an_agency_that_has_begun_gets_none(world):
    with pytest.raises(Stale, match="Harbour House has begun already"):
        start_code(world.agencies["Harbour House"])


def test_a_digest_put_into_the_database_begins_nothing(shelter, issued):
    code = Code.new()
    attack(issued.row, digest=code.digest)
    with pytest.raises(Tampered):
        start(issued, code)
    with reading():
        assert db.session.get_one(Agency, shelter.id).state is AgencyState.NAMED
