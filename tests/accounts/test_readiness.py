"""Nothing is referred by or released to an agency before it is set up; a list says what is left."""

import pytest
from sqlalchemy import select

from casehub.accounts.readiness import Step, check_ready, readiness
from casehub.accounts.sheets import give_back_sheet, live_deposit, live_sheet
from casehub.accounts.vouching import FOREIGN_KEY, accept_introduction, compare_key, own_keys
from casehub.audit import changing, viewing
from casehub.cases.models import Case
from casehub.demo.world import account_of, begin, file_for, invite, make_ready, tell_telephone
from casehub.errors import Invalid, Refused, Tampered, Unfinished
from casehub.hubs.agreements import NewAgreement, agreement_of, file_agreement
from casehub.hubs.introductions import trusts
from casehub.hubs.keys import current_key, public_of
from casehub.hubs.models import Agency, AgencyKey, Vouching
from casehub.hubs.service import withdraw_vouch
from casehub.policy import Role
from casehub.store import db, reading
from casehub.vault import AgencySecret, VouchKind
from tests.builders import (
    attack,
    end_colleague,
    entries,
    findings,
    refer,
    release,
    rotate,
    trusted,
)
from tests.hostile import another_key_in_force

SHELTER, HARBOUR, POLICE = "North Shelter", "Harbour House", "Rivermouth Police"


def undone(world, name):
    with reading():
        agency = db.session.get_one(Agency, world.agencies[name].id)
        return [item.step for item in readiness(agency) if not item.done]


def by_name(world):
    return world.agencies.items()


def digits_of(world, name):
    with reading():
        return public_of(current_key(world.agencies[name].id)).fingerprint


def compare(world, custodian, other, typed=None):
    actor = world[custodian].actor()
    with changing():
        agency = db.session.get_one(Agency, world.agencies[other].id)
        return compare_key(actor, agency, typed or digits_of_row(agency))


def digits_of_row(agency):
    return public_of(current_key(agency.id)).fingerprint


def introduced(world, custodian, other):
    actor = world[custodian].actor()
    with changing():
        return accept_introduction(actor, db.session.get_one(Agency, world.agencies[other].id))


def looked_at(person):
    actor = person.actor()
    with viewing():
        return own_keys(actor)


@pytest.fixture
def nia(world):
    """A fourth agency that has begun, with a custodian and a member."""
    nia = begin(world, SHELTER, "shelter", "Nia Brook")
    invite(world, "Nia Brook", "Ana Duarte", "Yara Cole", [Role.HUB_MEMBER])
    return nia


class TestTheList:
    def test_an_agency_that_has_just_begun_has_all_else_to_do(self, world, nia):
        assert undone(world, SHELTER) == list(Step)[1:]

    def test_the_first_thing_missing_is_told_with_who_can_do_it(self, world, nia):
        with pytest.raises(Unfinished, match="North Shelter has no duty telephone") as told:
            refer(world["Yara Cole"])
        assert "A custodian of the agency" in told.value.remedy

    @pytest.mark.database
    def test_step_by_step_until_it_may_work(self, world, nia):
        with pytest.raises(Unfinished):
            refer(world["Yara Cole"])
        make_ready(world, "Nia Brook", "Ana Duarte")
        assert undone(world, SHELTER) == []
        assert refer(world["Yara Cole"]).reference
        assert findings(world) == []

    def test_nothing_is_released_to_it_before(self, world, nia):
        case = refer(world["Priya Nair"])
        with pytest.raises(Unfinished, match="North Shelter"):
            release(world["Priya Nair"], case, world.agencies[SHELTER])
        make_ready(world, "Nia Brook", "Ana Duarte")
        release(world["Priya Nair"], case, world.agencies[SHELTER])

    def test_every_step_alone_keeps_an_agency_from_working(self, world):
        harbour = db.session.get_one(Agency, world.agencies[HARBOUR].id)
        with reading():
            key, agreement = current_key(harbour.id), agreement_of(harbour)
            deposit = live_deposit(live_sheet(harbour))
            vouching = db.session.scalars(
                select(Vouching)
                .join(AgencyKey)
                .where(
                    AgencyKey.agency_id == harbour.id,
                    Vouching.by_agency_id == world.agencies[POLICE].id,
                )
            ).one()
        for row, gone, step in (
            (harbour, {"duty_telephone": None}, Step.TELEPHONE),
            (key, {"last_drill_at": None}, Step.DRILL),
            (agreement, {"ended_at": agreement.created_at}, Step.AGREEMENT),
            (deposit, {"ended_at": agreement.created_at}, Step.WAYS_BACK),
            (vouching, {"withdrawn_at": agreement.created_at}, Step.COMPARED),
        ):
            before = {name: getattr(row, name) for name in gone}
            attack(row, **gone)
            assert undone(world, HARBOUR) == [step]
            with pytest.raises(Unfinished):
                refer(world["Omar Haddad"])
            attack(row, **before)
        assert undone(world, HARBOUR) == []
        with reading():
            assert db.session.scalars(select(Case)).all() == []


class TestTwoWaysBack:
    def take_back(self, world):
        actor = world["Ana Duarte"].actor()
        with reading():
            deposit = live_deposit(live_sheet(world.agencies[HARBOUR]))
        with changing():
            give_back_sheet(actor, deposit)

    def test_a_second_custodian_is_one(self, world):
        self.take_back(world)
        assert undone(world, HARBOUR) == [Step.WAYS_BACK]
        invite(world, "Bo Lindqvist", "Ana Duarte", "Uli Falk", [Role.CUSTODIAN])
        assert undone(world, HARBOUR) == []

    def test_until_that_one_leaves(self, world):
        self.take_back(world)
        invite(world, "Bo Lindqvist", "Ana Duarte", "Uli Falk", [Role.CUSTODIAN])
        end_colleague(world["Bo Lindqvist"], account_of(world["Uli Falk"]))
        assert undone(world, HARBOUR) == [Step.WAYS_BACK]


class TestComparing:
    @pytest.mark.database
    def test_whoever_types_what_is_read_to_them_vouches(self, world, nia):
        heard = digits_of(world, SHELTER).replace(" ", "-")
        compare(world, "Ana Duarte", SHELTER, heard)
        assert trusted(world["Ana Duarte"], nia.agency) is not None
        assert findings(world) == []

    @pytest.mark.parametrize("typed", ["", "12345", "12345 " * 6, "x" * 10_000, "\uff11" * 30])
    def test_other_digits_are_told_beside_the_field(self, world, nia, typed):
        with pytest.raises(Invalid) as refused:
            compare(world, "Ana Duarte", SHELTER, typed or " ")
        assert refused.value.place == "digits"
        assert trusted(world["Ana Duarte"], nia.agency) is None

    def test_only_a_custodian_compares(self, world, nia):
        with pytest.raises(Refused):
            compare(world, "Priya Nair", SHELTER)

    def test_a_key_swapped_in_the_database_is_an_alarm_and_gets_no_vouch(self, world, nia):
        heard = digits_of(world, SHELTER)
        with reading():
            key = current_key(nia.agency)
        attack(key, seal_public=AgencySecret.new().public.seal.content)
        with pytest.raises(Tampered):
            compare(world, "Ana Duarte", SHELTER, heard)
        assert entries("alarm:raised")[-1]["facts"]["code"] == "tampered"

    def test_after_a_suspected_compromise_others_go_on_working(self, world):
        rotate(world["Ana Duarte"], routine=False)
        with reading():
            rows = {name: db.session.get_one(Agency, row.id) for name, row in by_name(world)}
            assert not trusts(rows[HARBOUR], rows[POLICE])
            for agency in rows.values():
                check_ready(agency)


class TestIntroductions:
    def test_they_are_offered_to_whoever_compared_with_the_coordinating_agency(self, world, nia):
        assert looked_at(world["Bo Lindqvist"]).offered == []
        compare(world, "Ana Duarte", SHELTER)
        offered = looked_at(world["Bo Lindqvist"]).offered
        assert [item.agency.name for item in offered] == [SHELTER]
        assert looked_at(nia).offered == []
        compare(world, "Nia Brook", POLICE)
        names = [item.agency.name for item in looked_at(nia).offered]
        assert names == [HARBOUR, "Rivermouth Housing"]

    @pytest.mark.database
    def test_a_custodian_s_click_makes_a_vouch(self, world, nia):
        compare(world, "Ana Duarte", SHELTER)
        introduced(world, "Bo Lindqvist", SHELTER)
        assert trusted(world["Bo Lindqvist"], nia.agency) is not None
        assert looked_at(world["Bo Lindqvist"]).trusted[nia.agency] is VouchKind.INTRODUCED
        assert entries("agency-key:vouched")[-1]["facts"]["kind"] == "introduced"
        assert looked_at(world["Bo Lindqvist"]).offered == []
        assert findings(world) == []

    def test_not_without_having_compared_with_the_coordinating_agency(self, world, nia):
        compare(world, "Ana Duarte", SHELTER)
        with pytest.raises(Unfinished, match="does not introduce"):
            introduced(world, "Nia Brook", HARBOUR)

    def test_nor_by_its_word_once_it_is_withdrawn(self, world, nia):
        vouching = compare(world, "Ana Duarte", SHELTER)
        actor = world["Ana Duarte"].actor()
        with changing():
            withdraw_vouch(actor, vouching)
        with pytest.raises(Unfinished):
            introduced(world, "Bo Lindqvist", SHELTER)

    def test_nor_by_an_introduction_of_an_introduction(self, world, nia):
        compare(world, "Ana Duarte", SHELTER)
        with reading():
            row = db.session.scalars(
                select(Vouching)
                .join(AgencyKey)
                .where(
                    AgencyKey.agency_id == world.agencies[POLICE].id,
                    Vouching.by_agency_id == world.agencies[HARBOUR].id,
                )
            ).one()
        attack(row, kind=VouchKind.INTRODUCED)
        assert introduced(world, "Bo Lindqvist", SHELTER), "what was signed counts, not the row"

    def test_after_a_suspected_compromise_of_the_coordinating_agency_nothing_is_offered(
        self, world, nia
    ):
        compare(world, "Ana Duarte", SHELTER)
        rotate(world["Ana Duarte"], routine=False)
        assert looked_at(world["Bo Lindqvist"]).offered == []


class TestWhoVouchedForUs:
    def test_it_is_shown_with_the_key(self, world):
        words = looked_at(world["Bo Lindqvist"]).words
        assert {word.by.name for word in words} == {POLICE, "Rivermouth Housing"}
        assert {word.ours.fingerprint for word in words} == {digits_of(world, HARBOUR)}
        assert entries("alarm:raised") == []

    def test_the_digits_shown_are_those_of_the_key_that_was_opened(self, world):
        assert looked_at(world["Bo Lindqvist"]).public.fingerprint == digits_of(world, HARBOUR)

    @pytest.mark.database
    def test_a_vouch_for_a_key_we_do_not_hold_is_an_alarm_raised_once(self, world):
        with another_key_in_force(world.agencies[HARBOUR].id) as key:
            compare(world, "Ana Duarte", HARBOUR, public_of(key).fingerprint)
        for _ in range(2):
            words = looked_at(world["Bo Lindqvist"]).words
            assert [word.ours for word in words if word.epoch == 2] == [None]
        alarms = [item["facts"] for item in entries("alarm:raised")]
        assert [alarm["code"] for alarm in alarms] == [FOREIGN_KEY]

    def test_after_a_rotation_what_others_said_of_the_epoch_before_is_still_ours(self, world):
        rotate(world["Bo Lindqvist"])
        assert all(word.ours for word in looked_at(world["Bo Lindqvist"]).words)
        assert entries("alarm:raised") == []


class TestAgreements:
    def file(self, person, agency, **change):
        actor = person.actor()
        day = actor.at.date()
        values = {"signed_by": "R. Head", "signed_on": day, "review_on": day.replace(year=2033)}
        with changing():
            row = db.session.get_one(Agency, agency.id)
            return file_agreement(actor, row, NewAgreement(**values | change))

    def test_the_coordinating_custodian_files_it_and_nobody_else(self, world, nia):
        shelter = world.agencies[SHELTER]
        for name in ("Nia Brook", "Bo Lindqvist", "Priya Nair"):
            with pytest.raises(Refused):
                self.file(world[name], shelter)
        assert self.file(world["Ana Duarte"], shelter)

    def test_a_newer_one_replaces_it(self, world):
        harbour = world.agencies[HARBOUR]
        self.file(world["Ana Duarte"], harbour)
        again = self.file(world["Ana Duarte"], harbour, signed_by="S. Head")
        with reading():
            assert agreement_of(harbour).id == again.id
        assert findings(world) == []

    def test_days_that_make_no_sense_are_told_beside_their_field(self, world):
        day = world["Ana Duarte"].actor().at.date()
        for change, place in (
            ({"signed_on": day.replace(year=2032)}, "signed_on"),
            ({"review_on": day}, "review_on"),
            ({"signed_by": " "}, "signed_by"),
            ({"signed_by": "x" * 121}, "signed_by"),
        ):
            with pytest.raises(Invalid) as refused:
                self.file(world["Ana Duarte"], world.agencies[HARBOUR], **change)
            assert refused.value.place == place


@pytest.mark.parametrize(
    "number", ["", "12", "call me", "+1 604 555 0100; DROP", "1" * 41, "\u0660\u0661\u0662"]
)
def test_a_telephone_that_nobody_could_dial_is_told(world, number):
    with pytest.raises(Invalid) as refused:
        tell_telephone(world["Bo Lindqvist"], number)
    assert refused.value.place == "duty_telephone"


def test_an_agreement_is_not_filed_twice_by_the_demo(world):
    file_for(world["Ana Duarte"], world.agencies[HARBOUR].id)
    assert len(entries("agreement:filed")) == 3
