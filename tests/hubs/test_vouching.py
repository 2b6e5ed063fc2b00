"""An agency seals to, and believes, only the keys that it vouched for itself."""

import pytest
from sqlalchemy import select

from casehub import clock
from casehub.audit import changing
from casehub.demo.world import begin, vouch
from casehub.errors import Invalid, NotThere, Refused, Tampered, Unfinished
from casehub.hubs.keys import current_key, new_epoch, public_of
from casehub.hubs.models import Agency, AgencyKey, Vouching
from casehub.hubs.service import Voucher, vouch_for, withdraw_vouch
from casehub.store import db, reading
from casehub.vault import AgencySecret, Vouch, VouchKind, digest
from tests.builders import (
    at_once,
    attack,
    attack_insert,
    entries,
    findings,
    flipped,
    own_secret,
    read,
    refer,
    release,
    rotate,
    share,
    shelter,
    trusted,
    write,
)

POLICE, HARBOUR = "Rivermouth Police", "Harbour House"


def vouching_of(world, by, of):
    with reading():
        return db.session.scalars(
            select(Vouching)
            .join(AgencyKey)
            .where(
                Vouching.by_agency_id == world.agencies[by].id,
                AgencyKey.agency_id == world.agencies[of].id,
            )
        ).one()


def withdraw(person, vouching):
    actor = person.actor()
    with changing():
        withdraw_vouch(actor, vouching)


def key_of(world, agency):
    with reading():
        return current_key(world.agencies[agency].id)


@pytest.fixture
def case(world):
    made = refer(world["Priya Nair"])
    made.synopsis = write(world["Priya Nair"], made)
    return made


class TestGivingIt:
    @pytest.fixture
    def theirs(self, world):
        """A case of Harbour House, which has compared nothing with North Shelter."""
        shelter(world)
        return refer(world["Omar Haddad"])

    @pytest.mark.parametrize("kind", VouchKind)
    def test_compared_and_introduced_are_both_a_vouch(self, world, theirs, kind):
        vouch(world["Bo Lindqvist"], world["Nia Brook"].agency, kind)
        release(world["Omar Haddad"], theirs, world.agencies["North Shelter"])
        said = entries("agency-key:vouched")[-1]["facts"]
        assert (said["kind"], said["epoch"]) == (kind.value, 1)
        assert findings(world) == []

    def test_nobody_vouches_for_the_own_key(self, world):
        with pytest.raises(Invalid):
            vouch(world["Ana Duarte"], world["Ana Duarte"].agency)

    def test_a_custodian_does_it_and_nobody_else(self, world):
        actor = world["Priya Nair"].actor()
        own = Voucher(key_of(world, POLICE), own_secret(actor))
        other = key_of(world, HARBOUR)
        with pytest.raises(Refused), changing():
            vouch_for(actor, own, other, VouchKind.COMPARED)

    def test_a_key_that_the_server_did_not_make_is_not_vouched_for(self, world):
        stranger = AgencySecret.new().public
        attack(key_of(world, HARBOUR), seal_public=stranger.seal.content)
        with pytest.raises(Tampered):
            vouch(world["Ana Duarte"], world.agencies[HARBOUR].id)

    @pytest.mark.database
    def test_nothing_is_released_to_a_key_without_one(self, world, theirs):
        with pytest.raises(Unfinished) as waiting:
            release(world["Omar Haddad"], theirs, world.agencies["North Shelter"])
        assert "has not vouched for the key of North Shelter" in str(waiting.value)
        vouch(world["Bo Lindqvist"], world["Nia Brook"].agency)
        release(world["Omar Haddad"], theirs, world.agencies["North Shelter"])

    def test_another_agency_s_vouch_is_not_the_own_one(self, world, theirs):
        vouch(world["Chantal Roy"], world["Nia Brook"].agency)
        with pytest.raises(Unfinished, match="has not vouched"):
            release(world["Omar Haddad"], theirs, world.agencies["North Shelter"])

    def test_it_outlives_the_epoch_that_signed_it(self, world, case):
        rotate(world["Ana Duarte"])
        release(world["Priya Nair"], case, world.agencies[HARBOUR])


class TestWithdrawingIt:
    @pytest.mark.database
    def test_it_stops_sealing_to_that_key(self, world, case):
        withdraw(world["Ana Duarte"], vouching_of(world, POLICE, HARBOUR))
        with pytest.raises(Unfinished):
            release(world["Priya Nair"], case, world.agencies[HARBOUR])
        vouch(world["Ana Duarte"], world.agencies[HARBOUR].id)
        release(world["Priya Nair"], case, world.agencies[HARBOUR])
        assert findings(world) == []

    @pytest.mark.database
    def test_it_stops_opening_what_that_key_released(self, world, case):
        share(world["Priya Nair"], world["Omar Haddad"], case)
        assert read(world["Omar Haddad"], case, case.synopsis)
        withdraw(world["Bo Lindqvist"], vouching_of(world, HARBOUR, POLICE))
        with pytest.raises(Unfinished):
            read(world["Omar Haddad"], case, case.synopsis)
        vouch(world["Bo Lindqvist"], world.agencies[POLICE].id)
        assert read(world["Omar Haddad"], case, case.synopsis)

    def test_the_giver_withdrawing_its_own_takes_nothing_back(self, world, case):
        share(world["Priya Nair"], world["Omar Haddad"], case)
        withdraw(world["Ana Duarte"], vouching_of(world, POLICE, HARBOUR))
        assert read(world["Omar Haddad"], case, case.synopsis)

    def test_another_agency_s_vouch_is_not_there(self, world):
        with pytest.raises(NotThere):
            withdraw(world["Ana Duarte"], vouching_of(world, HARBOUR, POLICE))

    def test_a_hub_member_withdraws_none(self, world):
        with pytest.raises(Refused):
            withdraw(world["Omar Haddad"], vouching_of(world, HARBOUR, POLICE))

    def test_it_is_withdrawn_once(self, world):
        vouching = vouching_of(world, POLICE, HARBOUR)
        withdraw(world["Ana Duarte"], vouching)
        with pytest.raises(Unfinished):
            withdraw(world["Ana Duarte"], vouching)

    @pytest.mark.database
    def test_of_two_who_withdraw_it_at_once_one_is_told(self, place):
        vouching = vouching_of(place.world, POLICE, HARBOUR).id

        def by(name):
            return lambda mine: withdraw(mine[name], db.session.get_one(Vouching, vouching))

        results = at_once(place.app, place.world, by("Ana Duarte"), by("Lev Marchenko"))
        assert [type(result) for result in results if result] == [Unfinished]
        assert len(entries("agency-key:vouch-withdrawn")) == 1
        assert findings(place.world) == []


class TestAttacks:
    """Whoever writes the database, and holds no key of an agency nor of the server."""

    def nothing_passes(self, world, case):
        with pytest.raises(Tampered):
            release(world["Priya Nair"], case, world.agencies[HARBOUR])
        assert entries("alarm:raised")[-1]["facts"]["code"] == "tampered"
        assert findings(world)

    @pytest.mark.parametrize("column", ["statement", "signature"])
    @pytest.mark.parametrize("at", [0, 20, -1])
    def test_an_altered_vouch_seals_nothing(self, world, case, column, at):
        vouching = vouching_of(world, POLICE, HARBOUR)
        attack(vouching, **{column: flipped(getattr(vouching, column), at)})
        self.nothing_passes(world, case)

    @pytest.mark.parametrize("column", ["statement", "signature"])
    def test_an_altered_vouch_opens_nothing(self, world, case, column):
        share(world["Priya Nair"], world["Omar Haddad"], case)
        vouching = vouching_of(world, HARBOUR, POLICE)
        attack(vouching, **{column: flipped(getattr(vouching, column))})
        with pytest.raises(Tampered):
            read(world["Omar Haddad"], case, case.synopsis)

    def test_a_withdrawn_vouch_put_back_to_another_key_proves_nothing(self, world, case):
        begin(world, "North Shelter", "shelter", "Nia Brook")
        attack(vouching_of(world, POLICE, HARBOUR), agency_key_id=key_of(world, "North Shelter").id)
        for receiver in (HARBOUR, "North Shelter"):
            with pytest.raises(Unfinished):
                release(world["Priya Nair"], case, world.agencies[receiver])

    def test_another_agency_s_vouch_is_not_turned_into_the_own_one(self, world, case):
        begin(world, "North Shelter", "shelter", "Nia Brook")
        vouch(world["Bo Lindqvist"], world["Nia Brook"].agency)
        theirs = vouching_of(world, HARBOUR, "North Shelter")
        attack(theirs, by_agency_id=world.agencies[POLICE].id)
        with pytest.raises((Unfinished, Tampered)):
            release(world["Priya Nair"], case, world.agencies["North Shelter"])

    @pytest.mark.database
    def test_a_swapped_public_key_fails_the_server_s_countersignature(self, world, case):
        stranger = AgencySecret.new().public
        attack(
            key_of(world, HARBOUR),
            seal_public=stranger.seal.content,
            sign_public=stranger.sign.content,
        )
        self.nothing_passes(world, case)

    def test_it_fails_with_a_forged_vouch_too(self, world, case):
        stranger = AgencySecret.new()
        key = key_of(world, HARBOUR)
        attack(
            key,
            seal_public=stranger.public.seal.content,
            sign_public=stranger.public.sign.content,
        )
        self.forge(world, key, stranger)
        self.nothing_passes(world, case)

    def test_and_with_the_own_agency_s_key_swapped_as_well(self, world, case):
        stranger = AgencySecret.new()
        public = {
            "seal_public": stranger.public.seal.content,
            "sign_public": stranger.public.sign.content,
        }
        attack(key_of(world, HARBOUR), **public)
        attack(key_of(world, POLICE), **public)
        self.forge(world, key_of(world, HARBOUR), stranger)
        self.nothing_passes(world, case)

    def forge(self, world, key, stranger):
        """Write a vouch of the police for a key, signed with a stranger's."""
        police = world.agencies[POLICE]
        forged = Vouch(
            hub=police.hub_id,
            by=police.id,
            by_epoch=1,
            agency=key.agency_id,
            epoch=key.epoch,
            seal_key=stranger.public.seal.digest,
            sign_key=digest(stranger.public.sign.content),
            kind=VouchKind.COMPARED,
            at=clock.now(),
        )
        attack_insert(
            Vouching,
            id=key.hub_id,
            hub_id=police.hub_id,
            by_agency_id=police.id,
            agency_key_id=key.id,
            kind=VouchKind.COMPARED,
            statement=forged.encode(),
            signature=forged.signed_by(stranger.sign),
            by_account=world["Ana Duarte"].account,
        )

    def test_another_agency_s_countersigned_key_does_not_fit(self, world, case):
        theirs = key_of(world, "Rivermouth Housing")
        names = ("seal_public", "sign_public", "countersignature")
        attack(key_of(world, HARBOUR), **{name: getattr(theirs, name) for name in names})
        self.nothing_passes(world, case)

    def test_an_epoch_that_was_put_in_fits_neither(self, world, case):
        key, stranger = key_of(world, HARBOUR), AgencySecret.new().public
        attack(key, state="past")
        attack_insert(
            AgencyKey,
            id=key.hub_id,
            hub_id=key.hub_id,
            agency_id=key.agency_id,
            epoch=2,
            seal_public=stranger.seal.content,
            sign_public=stranger.sign.content,
            countersignature=key.countersignature,
            state="current",
        )
        self.nothing_passes(world, case)

    def test_a_public_key_of_another_length_is_no_key(self, world, case):
        attack(key_of(world, HARBOUR), seal_public=b"short")
        self.nothing_passes(world, case)

    def test_the_own_agency_s_swapped_key_seals_no_new_case(self, world):
        stranger = AgencySecret.new().public
        attack(
            key_of(world, POLICE),
            seal_public=stranger.seal.content,
            sign_public=stranger.sign.content,
        )
        with pytest.raises(Tampered):
            refer(world["Priya Nair"])


def test_an_agency_trusts_its_own_key(world):
    assert trusted(world["Ana Duarte"], world.agencies[POLICE].id) == public_of(
        key_of(world, POLICE)
    )


def test_an_epoch_that_does_not_exist_is_tampered_with(world):
    for agency in (POLICE, HARBOUR):
        with pytest.raises(Tampered):
            trusted(world["Ana Duarte"], world.agencies[agency].id, 7)


def test_an_agency_without_a_key_is_unfinished(world):
    with reading(), pytest.raises(Unfinished):
        current_key(world.hub_id)


def test_the_server_marks_each_pair_of_keys_for_one_agency_and_epoch(world):
    secret = AgencySecret.new()
    with reading():
        agency = db.session.get_one(Agency, world.agencies[HARBOUR].id)
        with db.session.no_autoflush:
            made = [new_epoch(agency, secret, epoch) for epoch in (2, 3)]
        assert made[0].countersignature != made[1].countersignature
        db.session.expunge_all()
