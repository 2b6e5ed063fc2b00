"""A rotation while others release, end, refer and leave: as if one had followed the other."""

import threading

import pytest
from sqlalchemy import select

from casehub.accounts.models import AccountKey, Membership
from casehub.audit import changing
from casehub.cases import rotation, service
from casehub.cases.models import Case, Grant, Release, ReleaseState
from casehub.cases.queries import records_of
from casehub.cases.rotation import begin_epoch, retire_epochs
from casehub.demo.world import account_of
from casehub.errors import Busy, Stale
from casehub.hubs.models import AgencyKey, KeyState
from casehub.store import db, reading
from casehub.vault import KeyKind
from tests.builders import (
    WORDS,
    at_once,
    end,
    end_colleague,
    findings,
    own_secret,
    read,
    refer,
    release,
    rotate,
    share,
    write,
)

pytestmark = pytest.mark.database

HARBOUR = "Harbour House"
ROUNDS = 8


@pytest.fixture
def case(world):
    made = refer(world["Priya Nair"])
    made.synopsis = write(world["Priya Nair"], made)
    made.given = share(world["Priya Nair"], world["Omar Haddad"], made)
    return made


def again(act):
    """Do something until nobody was quicker, as people do who are told so."""
    for _ in range(20):
        try:
            return act()
        except (Stale, Busy):
            continue
    raise AssertionError("somebody else was quicker twenty times")


def come_and_go(case_id):
    """Release eight times, and end every second release."""

    def act(mine):
        for number in range(ROUNDS):
            found = db.session.get_one(Case, case_id)
            given = again(lambda at=found: release(mine["Priya Nair"], at, mine.agencies[HARBOUR]))
            if number % 2:
                row = given.id
                again(lambda at=row: end(mine["Priya Nair"], db.session.get_one(Release, at)))

    return act


def twice(custodian):
    def act(mine):
        for _ in range(2):
            again(lambda: rotate(mine[custodian]))

    return act


@pytest.mark.parametrize("custodian", ["Bo Lindqvist", "Ana Duarte"])
def test_while_releases_come_and_go(place, case, custodian):
    world = place.world
    assert at_once(place.app, world, come_and_go(case.id), twice(custodian)) == [None, None]
    with reading():
        rows = db.session.execute(select(Release.id, Release.state))
        state = {row.id: row.state for row in rows}
        granted = set(db.session.scalars(select(Grant.release_id)))
    assert granted == {key for key, now in state.items() if now is ReleaseState.LIVE}
    assert list(state.values()).count(ReleaseState.ENDED) == ROUNDS // 2
    assert read(world["Omar Haddad"], case, case.synopsis) == WORDS
    assert findings(world) == []
    every_live_release_opens(world, case)


def every_live_release_opens(world, case):
    """End them one after the other: the last one alone must still open the synopsis."""
    with reading():
        live = db.session.scalars(
            select(Release).where(
                Release.receiver_agency_id == world.agencies[HARBOUR].id,
                Release.giver_agency_id != Release.receiver_agency_id,
                Release.state == ReleaseState.LIVE,
            )
        ).all()
    for given in live[:-1]:
        assert read(world["Omar Haddad"], case, case.synopsis) == WORDS
        end(world["Priya Nair"], given)
    assert read(world["Omar Haddad"], case, case.synopsis) == WORDS


def test_while_somebody_refers_a_case(place, monkeypatch):
    """The new case's keys are sealed to an epoch; its private half must not go underneath."""
    world, inside, inner = place.world, threading.Event(), service._new_case

    def slowly(*args):
        inside.set()
        begun.wait(0.7)
        return inner(*args)

    begun = threading.Event()
    monkeypatch.setattr(service, "_new_case", slowly)

    def bring(mine):
        case = again(lambda: refer(mine["Priya Nair"])).id
        again(lambda: write(mine["Priya Nair"], db.session.get_one(Case, case), KeyKind.JOINT))

    def change(mine):
        inside.wait(5)
        again(lambda: rotate(mine["Ana Duarte"]))
        begun.set()

    assert at_once(place.app, world, bring, change) == [None, None]
    with reading():
        case = db.session.scalars(select(Case)).one()
        row = records_of(case)[0]
    assert read(world["Priya Nair"], case, row) == WORDS
    assert findings(world) == []


def test_while_somebody_leaves(place):
    """Who was quicker decides nothing: a leaver ends without a key to any epoch."""
    world = place.world
    priya = world["Priya Nair"].account

    def leave(mine):
        again(lambda: end_colleague(mine["Lev Marchenko"], account_of(mine["Priya Nair"])))

    def change(mine):
        again(lambda: rotate(mine["Ana Duarte"]))

    assert at_once(place.app, world, leave, change) == [None, None]
    with reading():
        keys = select(AccountKey.id).where(AccountKey.account_id == priya)
        assert not db.session.scalars(
            select(Membership).where(Membership.account_key_id.in_(keys))
        ).all()
    assert findings(world) == []


def test_while_another_custodian_finishes_one_and_begins_the_next(place, case):
    world = place.world
    acts = [twice("Ana Duarte"), twice("Lev Marchenko"), come_and_go(case.id)]
    assert at_once(place.app, world, *acts) == [None, None, None]
    rotate(world["Ana Duarte"])
    with reading():
        states = db.session.scalars(
            select(AgencyKey.state)
            .where(AgencyKey.agency_id == world["Ana Duarte"].agency)
            .order_by(AgencyKey.epoch)
        ).all()
    assert set(states[:-1]) == {KeyState.GONE}
    assert read(world["Priya Nair"], case, case.synopsis) == WORDS
    assert findings(world) == []


def test_while_the_one_before_is_retired(place, monkeypatch):
    """Who retires an epoch changes the row of the next one, which a new rotation changes too."""
    world, inside, inner = place.world, threading.Event(), rotation.key_of_epoch
    ana = world["Ana Duarte"].actor()
    with changing():
        begin_epoch(ana)

    def slowly(*args):
        found = inner(*args)
        inside.set()
        threading.Event().wait(0.5)
        return found

    def retire(mine):
        actor = mine["Ana Duarte"].actor()
        with changing():
            retire_epochs(actor)

    def begin(mine):
        actor = mine["Lev Marchenko"].actor()
        inside.wait(5)
        with changing():
            begin_epoch(actor)

    monkeypatch.setattr(rotation, "key_of_epoch", slowly)
    assert at_once(place.app, world, retire, begin) == [None, None]
    assert own_secret(world["Priya Nair"].actor())
    assert findings(world) == []


def test_while_another_custodian_does_the_same(place, case):
    world = place.world

    def change(name):
        def act(mine):
            actor = mine[name].actor()
            with changing():
                begin_epoch(actor)

        return act

    results = at_once(place.app, world, change("Ana Duarte"), change("Lev Marchenko"))
    assert [type(item) for item in results if item] in ([], [Stale])
    with reading():
        epochs = db.session.scalars(
            select(AgencyKey.epoch)
            .where(AgencyKey.agency_id == world["Ana Duarte"].agency)
            .order_by(AgencyKey.epoch)
        ).all()
    assert epochs == list(range(1, len(epochs) + 1))
    assert read(world["Priya Nair"], case, case.synopsis) == WORDS
    assert own_secret(world["Priya Nair"].actor())
    assert findings(world) == []
