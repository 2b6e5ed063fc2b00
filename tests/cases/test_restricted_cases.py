"""A restricted case is sealed to named people: the agency's own key opens nothing of it.

No service restricts a case yet; these tests do what one will have to do, with the kernel's own
`give`, and see that nothing else lets a colleague in.
"""

import pytest
from sqlalchemy import select

from casehub.accounts.codes import issue_reset, use_code
from casehub.accounts.keys import current_account_key, held_agency_key
from casehub.accounts.models import AccountKey, AccountKeyState
from casehub.accounts.resets import propose_reset, second_reset
from casehub.audit import changing, record
from casehub.cases import acts
from casehub.cases.facts import facts_about
from casehub.cases.keys import MADE_IT, Giver, Receiver, Terms, give
from casehub.cases.leavers import end_grants_of_old_key, remove_leaver
from casehub.cases.models import Grant, Release, ReleaseState
from casehub.cases.opening import unlock
from casehub.demo.world import Person, account_of, invite
from casehub.errors import Invalid, NotThere, Refused, Tampered, Unfinished
from casehub.policy import Permission, Role, may
from casehub.store import db, reading
from casehub.vault import KeyKind, PrivateKey
from casehub.vault import Release as Statement
from tests.builders import (
    WORDS,
    attack,
    end,
    entries,
    findings,
    read,
    refer,
    release,
    rotate,
    take_on,
    write,
)

HARBOUR = "Harbour House"


def restrict(person, case):
    """Seal every key of a case to one person instead of the agency, as a service will."""
    actor = person.actor()
    with changing():
        facts = facts_about(actor, case.id)
        kinds = [(kind, actor.agency if kind.has_owner else None) for kind in KeyKind]
        permits = [may(actor, Permission.RECORD_WRITE, facts.asking(*item)) for item in kinds]
        keys = unlock(actor, case, permits)
        giver = Giver(actor, *held_agency_key(permits[0]))
        own = current_account_key(person.account)
        to = Receiver(actor.agency, account_key=own)
        made = [row for item in kinds for row in give(giver, case, keys[item], to, Terms(MADE_IT))]
        old = db.session.scalars(
            select(Grant)
            .join(Release)
            .where(Release.case_id == case.id, Release.receiver_account_id.is_(None))
        ).all()
        made += [grant.release for grant in old] + list(old)
        for grant in old:
            grant.release.state, grant.release.ended_at = ReleaseState.ENDED, actor.at
            db.session.delete(grant)
        case.restricted = True
        db.session.flush()
        record(
            acts.CASE_REFERRED, by=actor, case=case.id, things=[case, *made], kinds=list(KeyKind)
        )


def key_of(person):
    with reading():
        return current_account_key(person.account)


def give_to(giver, case, person, world, kind=KeyKind.SYNOPSIS):
    agency = next(item for item in world.agencies.values() if item.id == person.agency)
    return release(giver, case, agency, kind, to_account=key_of(person))


@pytest.fixture
def case(world):
    made = refer(world["Priya Nair"])
    restrict(world["Priya Nair"], made)
    made.synopsis = write(world["Priya Nair"], made)
    return made


@pytest.fixture
def sam(world):
    """A colleague of Priya's whom she put on the team, and who was given no key."""
    return invite(world, "Ana Duarte", "Lev Marchenko", "Sam Whitefeather", [Role.CASEWORKER])


@pytest.mark.database
def test_whoever_was_named_writes_and_reads_every_kind(world, case):
    for kind in KeyKind:
        row = write(world["Priya Nair"], case, kind)
        assert read(world["Priya Nair"], case, row) == WORDS
    assert findings(world) == []


@pytest.mark.database
def test_a_colleague_on_the_team_without_a_grant_opens_nothing(world, case, sam):
    take_on(world["Priya Nair"], case, sam)
    for by in (None, KeyKind.OWN):
        with pytest.raises((Unfinished, Refused)):
            read(sam, case, case.synopsis, by=by)
    assert entries("alarm:raised") == [], "nobody tampered with anything"


def test_nor_does_such_a_colleague_write_or_release(world, case, sam):
    take_on(world["Priya Nair"], case, sam)
    with pytest.raises((Unfinished, Refused)):
        write(sam, case)
    with pytest.raises((Unfinished, Refused)):
        release(sam, case, world.agencies[HARBOUR], to_account=key_of(world["Omar Haddad"]))


def test_a_colleague_off_the_team_is_refused(world, case):
    with pytest.raises(Refused):
        read(world["Lev Marchenko"], case, case.synopsis)


@pytest.mark.database
def test_a_person_of_another_agency_opens_what_was_given_to_them_alone(world, case):
    omar = world["Omar Haddad"]
    given = give_to(world["Priya Nair"], case, omar, world)
    said = Statement.decode(given.statement)
    assert (said.account, said.receiver_epoch) == (omar.account, 0)
    assert said.to_key == omar.key.public.digest
    take_on(omar, case)
    assert read(omar, case, case.synopsis) == WORDS
    with pytest.raises((Unfinished, Refused)):
        read(world["Bo Lindqvist"], case, case.synopsis)
    assert findings(world) == []


def test_it_is_released_to_people_only(world, case):
    with pytest.raises(Invalid) as refused:
        release(world["Priya Nair"], case, world.agencies[HARBOUR])
    assert refused.value.place == "to"


class TestToWhom:
    def refused(self, world, case, agency, key):
        with pytest.raises(Invalid):
            release(world["Priya Nair"], case, agency, to_account=key)

    def test_a_person_of_another_agency_than_named(self, world, case):
        self.refused(world, case, world.agencies[HARBOUR], key_of(world["Ines Prado"]))

    def test_a_person_who_has_left(self, world, case):
        key = key_of(world["Omar Haddad"])
        bo = world["Bo Lindqvist"].actor()
        with changing():
            remove_leaver(bo, account_of(world["Omar Haddad"]))
        self.refused(world, case, world.agencies[HARBOUR], key)

    def test_a_key_that_was_swapped(self, world, case):
        key = key_of(world["Omar Haddad"])
        attack(key, public_key=PrivateKey.new().public.content)
        with pytest.raises(Tampered):
            release(world["Priya Nair"], case, world.agencies[HARBOUR], to_account=key)

    def test_a_key_that_is_past(self, world, case):
        key = key_of(world["Omar Haddad"])
        attack(key, state=AccountKeyState.PAST)
        self.refused(world, case, world.agencies[HARBOUR], key)


@pytest.mark.database
def test_what_was_given_to_a_person_ends_as_any_release_does(world, case):
    omar = world["Omar Haddad"]
    given = give_to(world["Priya Nair"], case, omar, world)
    take_on(omar, case)
    end(world["Priya Nair"], given)
    with pytest.raises(NotThere):
        read(omar, case, case.synopsis)
    with reading():
        assert not db.session.scalars(select(Grant).where(Grant.release_id == given.id)).all()
    assert findings(world) == []


def test_a_rotation_of_the_agency_s_keys_neither_needs_nor_touches_it(world, case):
    with reading():
        before = {grant.id: bytes(grant.sealed) for grant in db.session.scalars(select(Grant))}
    rotate(world["Ana Duarte"])
    assert read(world["Priya Nair"], case, case.synopsis) == WORDS
    with reading():
        after = {grant.id: bytes(grant.sealed) for grant in db.session.scalars(select(Grant))}
    assert before == after


@pytest.mark.database
def test_a_leaver_s_keys_to_it_go_with_the_account(world, case):
    omar = world["Omar Haddad"]
    given = give_to(world["Priya Nair"], case, omar, world)
    take_on(omar, case)
    bo = world["Bo Lindqvist"].actor()
    with changing():
        assert remove_leaver(bo, account_of(omar)) == [case.id]
    with reading():
        assert db.session.get_one(Release, given.id).state is ReleaseState.ENDED
        keys = select(AccountKey.id).where(AccountKey.account_id == omar.account)
        assert not db.session.scalars(select(Grant).where(Grant.account_key_id.in_(keys))).all()
    said = entries("leaver:removed")[-1]
    assert said["facts"] == {"subject": str(omar.account), "cases": 1}
    kinds = {kind for kind, _, _ in said["things"]}
    assert {"releases", "grants", "case_agencies", "assignments"} <= kinds
    assert findings(world) == []


def test_the_case_that_is_restricted_by_plain_sql_shuts_for_its_agency(world):
    case = refer(world["Priya Nair"])
    row = write(world["Priya Nair"], case)
    attack(case, restricted=True)
    with pytest.raises((Unfinished, Refused)):
        read(world["Priya Nair"], case, row)
    assert findings(world)


def test_one_that_is_opened_by_plain_sql_does_not_open_for_colleagues(world, case, sam):
    take_on(world["Priya Nair"], case, sam)
    attack(case, restricted=False)
    with pytest.raises((Tampered, Refused)):
        read(sam, case, case.synopsis)


def reset(world, person):
    """Give somebody a new key by two people's agreement, as the page does that takes the code."""
    acting = world["Ana Duarte"].actor()
    with changing():
        row = propose_reset(acting, account_of(person))
    acting = world["Lev Marchenko"].actor()
    with changing():
        second_reset(acting, row)
    acting = world["Ana Duarte"].actor()
    with changing():
        issued = issue_reset(acting, row)
    key = PrivateKey.new()
    with changing():
        use_code(issued.row, issued.code, key.public)
        end_grants_of_old_key(account_of(person))
    return Person(person.name, person.account, person.agency, key)


@pytest.mark.database
def test_what_was_given_by_name_does_not_move_with_a_reset(world, case, sam):
    take_on(world["Priya Nair"], case, sam)
    shared = refer(world["Priya Nair"])
    open_one = write(world["Priya Nair"], shared)
    back = reset(world, world["Priya Nair"])
    with pytest.raises((Unfinished, Refused, NotThere)):
        read(back, case, case.synopsis)
    assert read(back, shared, open_one) == WORDS
    assert entries("leaver:old-key-left")[-1]["facts"]["cases"] == 1
    assert entries("alarm:raised") == [], "nobody tampered with anything"
    assert findings(world) == []
