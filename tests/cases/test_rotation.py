"""A new epoch of an agency's keys: nobody is shut out, nothing withdrawn comes back."""

import pytest
from sqlalchemy import select

from casehub.accounts.models import AccountKey, Membership
from casehub.audit import changing
from casehub.cases import rotation
from casehub.cases.models import Grant, Release, ReleaseState
from casehub.cases.rotation import (
    begin_epoch,
    carry_batch,
    finish_rotation,
    left_behind,
    retire_epochs,
)
from casehub.demo.world import account_of, invite, vouch
from casehub.errors import Refused, Stale, Tampered, Unfinished
from casehub.hubs.keys import current_key, key_of_epoch, succeed_key
from casehub.hubs.models import AgencyKey, KeyState, Vouching
from casehub.hubs.service import withdraw_vouch
from casehub.policy import Permission, Role
from casehub.store import Sealed, db, reading
from casehub.vault import KeyKind
from tests.builders import (
    MORNING,
    WORDS,
    attack,
    end,
    end_colleague,
    entries,
    findings,
    flipped,
    grant_of,
    own_secret,
    read,
    refer,
    release,
    rotate,
    share,
    write,
)

POLICE, HARBOUR = "Rivermouth Police", "Harbour House"


@pytest.fixture
def case(world):
    """A case with a record of each kind, of which Harbour House holds the synopsis."""
    made = refer(world["Priya Nair"])
    made.rows = [write(world["Priya Nair"], made, kind) for kind in KeyKind]
    made.given = share(world["Priya Nair"], world["Omar Haddad"], made)
    made.theirs = write(world["Omar Haddad"], made, KeyKind.PART)
    return made


def begin_new(person, **how):
    actor = person.actor()
    with changing():
        return begin_epoch(actor, **how)


def carry(person, batch):
    actor = person.actor()
    with changing():
        return carry_batch(actor, batch)


def left(person):
    actor = person.actor()
    with reading():
        return left_behind(actor)


def states(agency):
    with reading():
        rows = db.session.execute(
            select(AgencyKey.epoch, AgencyKey.state, AgencyKey.sealed_predecessor)
            .where(AgencyKey.agency_id == agency)
            .order_by(AgencyKey.epoch)
        )
        return [(epoch, state, kept is not None) for epoch, state, kept in rows]


def everything_opens(world, case):
    for row in case.rows:
        assert read(world["Priya Nair"], case, row) == WORDS
    assert read(world["Omar Haddad"], case, case.rows[0]) == WORDS
    assert read(world["Omar Haddad"], case, case.theirs) == WORDS


@pytest.mark.database
@pytest.mark.parametrize("custodian", ["Ana Duarte", "Bo Lindqvist"])
@pytest.mark.parametrize("routine", [True, False])
def test_everything_that_opened_before_opens_after(world, case, custodian, routine):
    rotate(world[custodian], routine=routine)
    everything_opens(world, case)
    assert left(world[custodian]) == 0
    assert states(world[custodian].agency) == [
        (1, KeyState.GONE, False),
        (2, KeyState.CURRENT, False),
    ]
    assert findings(world) == []


def test_it_may_be_done_again_and_again(world, case):
    for _ in range(3):
        rotate(world["Ana Duarte"])
    everything_opens(world, case)
    assert [state for _, state, _ in states(world["Ana Duarte"].agency)] == [
        KeyState.GONE,
        KeyState.GONE,
        KeyState.GONE,
        KeyState.CURRENT,
    ]


@pytest.mark.parametrize("name", ["Priya Nair", "Omar Haddad"])
def test_only_a_custodian_does_it(world, name):
    with pytest.raises(Refused):
        begin_new(world[name])


@pytest.mark.database
def test_between_begin_and_end_both_epochs_open(world, case):
    begin_new(world["Ana Duarte"])
    everything_opens(world, case)
    assert states(world["Ana Duarte"].agency) == [
        (1, KeyState.PAST, False),
        (2, KeyState.CURRENT, True),
    ]
    total = left(world["Ana Duarte"])
    assert carry(world["Ana Duarte"], 2) == total - 2
    everything_opens(world, case)
    rows = write(world["Priya Nair"], case)
    assert read(world["Priya Nair"], case, rows) == WORDS


@pytest.mark.database
def test_what_is_stopped_after_a_batch_goes_on_where_it_stopped(world, case):
    begin_new(world["Ana Duarte"])
    carry(world["Ana Duarte"], 1)
    said = []
    actor = world["Ana Duarte"].actor()
    total = left(world["Ana Duarte"])
    finish_rotation(actor, lambda done, of: said.append((done, of)))
    assert said == [(total, total)]
    everything_opens(world, case)
    assert states(world["Ana Duarte"].agency)[0] == (1, KeyState.GONE, False)
    assert findings(world) == []


def test_a_batch_that_breaks_off_is_not_half_done(world, case, monkeypatch):
    begin_new(world["Ana Duarte"])
    total, inner, calls = left(world["Ana Duarte"]), rotation.reseal_case_key, []

    def breaks(*args):
        calls.append(args)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return inner(*args)

    monkeypatch.setattr(rotation, "reseal_case_key", breaks)
    with pytest.raises(KeyboardInterrupt):
        carry(world["Ana Duarte"], 5)
    assert left(world["Ana Duarte"]) == total
    monkeypatch.undo()
    finish_rotation(world["Ana Duarte"].actor())
    everything_opens(world, case)
    assert findings(world) == []


@pytest.mark.database
def test_a_second_one_begun_before_the_first_is_done_carries_both(world, case):
    begin_new(world["Ana Duarte"])
    carry(world["Ana Duarte"], 2)
    begin_new(world["Ana Duarte"])
    everything_opens(world, case)
    finish_rotation(world["Ana Duarte"].actor())
    everything_opens(world, case)
    assert states(world["Ana Duarte"].agency) == [
        (1, KeyState.GONE, False),
        (2, KeyState.GONE, False),
        (3, KeyState.CURRENT, False),
    ]


def test_a_private_half_between_two_that_are_needed_is_kept(world, case):
    """Each epoch's private half lies under the next: without the second the first were lost."""
    for _ in range(2):
        begin_new(world["Ana Duarte"])
    ana = world["Ana Duarte"].actor()
    with changing():
        assert retire_epochs(ana) == []
    everything_opens(world, case)


def test_a_private_half_is_kept_while_a_grant_names_it(world, case):
    begin_new(world["Ana Duarte"])
    ana = world["Ana Duarte"].actor()
    with changing():
        assert retire_epochs(ana) == []
    assert states(world["Ana Duarte"].agency)[1] == (2, KeyState.CURRENT, True)
    everything_opens(world, case)


class TestWhatGoesMeanwhile:
    @pytest.mark.database
    def test_a_grant_that_was_withdrawn_is_not_made_again(self, world, case):
        begin_new(world["Bo Lindqvist"])
        end(world["Priya Nair"], case.given)
        finish_rotation(world["Bo Lindqvist"].actor())
        assert grant_of(case.given) is None
        with pytest.raises(Refused):
            read(world["Omar Haddad"], case, case.rows[0])
        assert findings(world) == []

    def test_one_that_was_carried_over_is_withdrawn_like_any_other(self, world, case):
        rotate(world["Bo Lindqvist"])
        end(world["Priya Nair"], case.given)
        assert grant_of(case.given) is None

    @pytest.mark.database
    def test_one_that_was_given_meanwhile_lies_under_the_new_epoch(self, world, case):
        key = begin_new(world["Bo Lindqvist"])
        given = release(world["Priya Nair"], case, world.agencies[HARBOUR], KeyKind.JOINT)
        assert grant_of(given).agency_key_id == key.id
        finish_rotation(world["Bo Lindqvist"].actor())
        assert grant_of(given).reseal is None
        assert read(world["Omar Haddad"], case, case.rows[3]) == WORDS

    def test_an_expired_one_is_carried_over_and_stays_shut(self, world, case, later):
        until = MORNING.replace(hour=10)
        release(world["Priya Nair"], case, world.agencies[HARBOUR], KeyKind.JOINT, until=until)
        later(hours=2)
        rotate(world["Bo Lindqvist"])
        with pytest.raises(Refused):
            read(world["Omar Haddad"], case, case.rows[3])
        assert left(world["Bo Lindqvist"]) == 0


class TestMembers:
    @pytest.mark.database
    def test_every_member_gets_the_new_epoch_and_keeps_no_old_one(self, world):
        rotate(world["Ana Duarte"])
        for name in ("Ana Duarte", "Lev Marchenko", "Priya Nair"):
            person = world[name]
            permission = (
                Permission.CASE_REFER
                if Role.CASEWORKER in person.actor().roles
                else Permission.AGENCY_KEY_ROTATE
            )
            assert own_secret(person.actor(), permission)
            assert self.epochs(person) == [2]

    def epochs(self, person):
        with reading():
            return db.session.scalars(
                select(AgencyKey.epoch)
                .join(Membership, Membership.agency_key_id == AgencyKey.id)
                .join(AccountKey)
                .where(AccountKey.account_id == person.account)
            ).all()

    def test_a_leaver_and_who_needs_none_get_nothing(self, world):
        kit = invite(world, "Ana Duarte", "Lev Marchenko", "Kit Sand", [Role.ANALYST])
        end_colleague(world["Ana Duarte"], account_of(world["Priya Nair"]))
        rotate(world["Ana Duarte"])
        assert self.epochs(world["Priya Nair"]) == self.epochs(kit) == []

    def test_somebody_admitted_later_reads_what_is_older(self, world, case):
        rotate(world["Ana Duarte"])
        sam = invite(world, "Ana Duarte", "Lev Marchenko", "Sam Whitefeather", [Role.SUPERVISOR])
        assert read(sam, case, case.rows[0], by=KeyKind.OWN) == WORDS

    def test_somebody_admitted_in_the_middle_does_too(self, world, case):
        begin_new(world["Ana Duarte"])
        sam = invite(world, "Ana Duarte", "Lev Marchenko", "Sam Whitefeather", [Role.SUPERVISOR])
        assert read(sam, case, case.rows[0], by=KeyKind.OWN) == WORDS


class TestVouches:
    def withdrawn(self, world):
        """Let Harbour House withdraw its vouch for the police."""
        actor = world["Bo Lindqvist"].actor()
        with changing():
            vouching = db.session.scalars(
                select(Vouching)
                .join(AgencyKey)
                .where(
                    Vouching.by_agency_id == actor.agency,
                    AgencyKey.agency_id == world.agencies[POLICE].id,
                )
            ).one()
            withdraw_vouch(actor, vouching)

    @pytest.mark.database
    def test_a_withdrawn_vouch_does_not_keep_an_agency_from_changing_its_keys(self, world, case):
        self.withdrawn(world)
        rotate(world["Bo Lindqvist"])
        assert left(world["Bo Lindqvist"]) == 0
        with pytest.raises(Unfinished):
            read(world["Omar Haddad"], case, case.rows[0])

    def test_what_was_carried_over_opens_once_it_vouches_again(self, world, case):
        self.withdrawn(world)
        rotate(world["Bo Lindqvist"])
        vouch(world["Bo Lindqvist"], world.agencies[POLICE].id)
        assert read(world["Omar Haddad"], case, case.rows[0]) == WORDS


class TestAttacks:
    def test_a_damaged_grant_stops_it_with_an_alarm_and_loses_nothing(self, world, case):
        grant = grant_of(case.given)
        whole = Sealed(grant.sealed)
        attack(grant, sealed=flipped(whole))
        begin_new(world["Bo Lindqvist"])
        with pytest.raises(Tampered):
            finish_rotation(world["Bo Lindqvist"].actor())
        assert entries("alarm:raised")[-1]["facts"]["code"] == "tampered"
        attack(grant, sealed=whole)
        finish_rotation(world["Bo Lindqvist"].actor())
        everything_opens(world, case)

    def test_a_hash_that_was_altered_before_is_not_carried_over(self, world, case):
        """Carried over it would shut the key for ever: the giver's signature covers it."""
        attack(case.given, sealed_digest=flipped(case.given.sealed_digest))
        with pytest.raises(Tampered):
            rotate(world["Bo Lindqvist"])

    @pytest.mark.parametrize("column", ["sealed_predecessor", "succession_signature"])
    def test_an_altered_chain_shuts_what_lies_before_it(self, world, case, column):
        begin_new(world["Ana Duarte"])
        key = current(world["Ana Duarte"])
        attack(key, **{column: flipped(getattr(key, column))})
        with pytest.raises(Tampered):
            read(world["Priya Nair"], case, case.rows[0])

    def test_a_private_half_that_is_gone_is_tampered_with(self, world, case):
        begin_new(world["Ana Duarte"])
        attack(current(world["Ana Duarte"]), sealed_predecessor=None)
        with pytest.raises(Tampered):
            read(world["Priya Nair"], case, case.rows[0])


def current(person):
    with reading():
        return current_key(person.agency)


def test_one_epoch_has_one_successor(world):
    ana = world["Ana Duarte"].actor()
    secret = own_secret(ana, Permission.AGENCY_KEY_ROTATE)
    begin_new(world["Ana Duarte"])
    with pytest.raises(Stale), changing():
        succeed_key(key_of_epoch(ana.agency, 1), secret, routine=True)
    assert [epoch for epoch, _, _ in states(ana.agency)] == [1, 2]


def test_every_release_that_lives_has_a_grant_and_no_other_has(world, case):
    end(world["Priya Nair"], case.given)
    rotate(world["Ana Duarte"])
    rotate(world["Bo Lindqvist"])
    with reading():
        live = set(db.session.scalars(select(Release.id).where(Release.state == ReleaseState.LIVE)))
        assert set(db.session.scalars(select(Grant.release_id))) == live
