"""Keys, epochs, comparing, introductions, agreements and recovery sheets, in a browser."""

import pytest

from casehub.accounts.sheets import live_sheet, open_recovery
from casehub.accounts.signing_in import PIN_ALARM, REFUSED_OFTEN
from casehub.accounts.vouching import FOREIGN_KEY
from casehub.audit import changing
from casehub.custody.wording import ALARMS
from casehub.demo.world import begin, invite, vouch
from casehub.hubs.keys import current_key, public_of
from casehub.hubs.models import Agency
from casehub.policy import Role
from casehub.store import db, reading
from casehub.vault import Code
from tests.builders import attack, entries, findings, refer, rotate
from tests.custody.people import CODE, ways
from tests.hostile import another_key_in_force
from tests.page import Browser

SHELTER, HARBOUR, POLICE = "North Shelter", "Harbour House", "Rivermouth Police"


CUSTODIANS = {SHELTER: "Nia Brook", HARBOUR: "Bo Lindqvist", POLICE: "Ana Duarte"}


def digits_of(world, name):
    with reading():
        return public_of(current_key(world[CUSTODIANS[name]].agency)).fingerprint


@pytest.fixture
def nia(world):
    return begin(world, SHELTER, "shelter", "Nia Brook")


class TestKeys:
    def test_the_digits_epochs_and_who_vouches_are_shown(self, world, at):
        page = at("Bo Lindqvist", "/agency/keys")
        assert page.says(digits_of(world, HARBOUR))
        assert page.says("Who vouches for us, with which key")
        assert page.says(POLICE)
        assert page.says("compared")

    def test_a_supervisor_who_is_no_custodian_sees_no_keys(self, world, at):
        invite(world, "Bo Lindqvist", "Ana Duarte", "Uli Falk", [Role.SUPERVISOR])
        assert at("Uli Falk", "/agency").status == 200
        assert at("Uli Falk", "/agency/keys").status == 404

    def test_a_vouch_for_a_key_that_is_not_ours_is_shown_and_an_alarm(self, world, at):
        harbour = world["Bo Lindqvist"].agency
        with another_key_in_force(harbour):
            vouch(world["Chantal Roy"], harbour)
        for _ in range(2):
            page = at("Bo Lindqvist", "/agency/keys")
            assert page.says("Somebody vouched for a key of yours that you do not hold")
        alarms = [item["facts"]["code"] for item in entries("alarm:raised")]
        assert alarms == ["foreign-key-vouched"]
        assert at("Ana Duarte", "/agency").says("An agency vouched for a key of yours")


class TestANewEpoch:
    @pytest.mark.database
    def test_from_the_decision_to_the_end_with_progress(self, world, at):
        refer(world["Priya Nair"])
        page = at("Ana Duarte", "/agency/keys").follow("Change the agency's keys")
        page = page.fill({"As a routine": "As a routine"}).press("Begin the new keys")
        assert page.says("keys of cases still lie under an earlier epoch")
        page = page.press("Carry over")
        assert page.says("Everything lies under the new key.")
        assert page.says("Epoch 2.")
        assert findings(world) == []

    def test_what_is_stopped_is_shown_and_goes_on(self, world, at):
        refer(world["Priya Nair"])
        page = at("Ana Duarte", "/agency/keys/rotate")
        page.fill({"As a routine": "As a routine"}).press("Begin the new keys")
        page = at("Lev Marchenko", "/agency/keys")
        assert page.says("A change of keys is not finished")
        page = page.follow("Go on with it").press("Carry over")
        assert page.says("Everything lies under the new key.")

    def test_without_a_reason_it_says_so(self, at):
        page = at("Ana Duarte", "/agency/keys/rotate").press("Begin the new keys")
        assert page.errors == ["Why: Choose one."]

    def test_a_public_key_swapped_before_it_stops_it_with_a_plain_page(self, world, at):
        page = at("Ana Duarte", "/agency/keys/rotate").fill({"As a routine": "As a routine"})
        with reading():
            police = db.session.get_one(Agency, world["Ana Duarte"].agency)
            sheet = live_sheet(police).account_key
            stranger = current_key(world["Bo Lindqvist"].agency).seal_public
        attack(sheet, public_key=stranger)
        page = page.press("Begin the new keys")
        assert page.status == 500
        assert page.says("casehub audit verify")
        with reading():
            assert current_key(world["Ana Duarte"].agency).epoch == 1
        assert at("Ana Duarte", "/agency").says("is not what was signed or recorded")


class TestTheHub:
    def test_each_agency_has_its_list_with_who_can_do_it(self, nia, at):
        page = at("Ana Duarte", "/hub")
        assert page.says("Not ready")
        assert page.says("No signed agreement of North Shelter is on file.")
        assert page.says("A custodian of the coordinating agency puts it on file.")

    def test_the_digits_of_others_are_not_shown_before_they_are_typed(self, world, nia, at):
        for path in ("/hub", f"/hub/agencies/{nia.agency}/compare"):
            assert digits_of(world, SHELTER) not in at("Ana Duarte", path).words

    @pytest.mark.database
    def test_comparing_takes_what_was_heard(self, world, nia, at):
        page = at("Ana Duarte", f"/hub/agencies/{nia.agency}/compare")
        wrong = digits_of(world, HARBOUR)
        knew = {"I spoke to somebody I know there, in person or at a number I had before": True}
        label = "The thirty digits that they read to you"
        page = page.fill({label: wrong, **knew}).press("Vouch for their key")
        assert "do not go on" in page.error_at(label)
        page = page.fill({label: digits_of(world, SHELTER), **knew}).press("Vouch for their key")
        assert page.says("Your agency now vouches for this key.")
        assert page.says("Compared by you")
        assert findings(world) == []

    def test_an_introduction_is_offered_and_taken_over(self, world, nia, at):
        vouch(world["Ana Duarte"], nia.agency)
        page = at("Bo Lindqvist", "/hub").follow(f"Take over the introduction: {SHELTER}")
        page = page.press("Take over the introduction")
        assert page.says("Introduced by the coordinating agency")
        page = page.follow(f"Withdraw: {SHELTER}").press("Withdraw the vouch")
        assert page.says("The vouch is withdrawn.")
        assert findings(world) == []

    def test_one_that_is_not_offered_is_refused_with_what_to_do(self, nia, at):
        page = at("Bo Lindqvist", f"/hub/agencies/{nia.agency}/introduction")
        page = page.press("Take over the introduction")
        assert page.status == 409
        assert page.says("First compare your keys with the coordinating agency")

    def test_the_coordinating_custodian_puts_an_agreement_on_file(self, nia, at):
        page = at("Ana Duarte", "/hub").follow(f"Put one on file: {SHELTER}")
        page = page.fill({"Signed by": "R. Head", "Signed on": "1 3 2031"})
        page = page.fill({"To be reviewed on": "1 2 2031"}).press("Put it on file")
        assert page.error_at("To be reviewed on")
        page = page.fill({"To be reviewed on": "1 3 2033"}).press("Put it on file")
        assert page.says("The agreement is on file.")

    def test_other_custodians_do_not(self, nia, at):
        path = f"/hub/agencies/{nia.agency}/agreement"
        page = at("Bo Lindqvist", path).fill(
            {"Signed by": "R", "Signed on": "1 3 2031", "To be reviewed on": "1 3 2033"}
        )
        assert page.press("Put it on file").status == 404


class TestAfterASuspectedCompromise:
    def test_both_sides_are_told_to_compare_again(self, world, at):
        rotate(world["Bo Lindqvist"], routine=False)
        assert at("Bo Lindqvist", "/hub").says("They know your earlier key: read them your digits")
        assert at("Ana Duarte", "/hub").says("It has a new key: compare again")
        page = at("Bo Lindqvist", "/agency/keys")
        assert page.says("your earlier key: read them the digits above")


class TestTheSheet:
    def test_a_new_one_is_shown_once_and_tried(self, world, at):
        page = at("Bo Lindqvist", "/agency/sheet").follow("Make a new sheet")
        page = page.press("Make the new sheet")
        code = CODE.search(page.words)[0]
        assert page.says("It is shown now and never again")
        drill = at("Bo Lindqvist", "/agency/sheet/drill")
        label = "Code on the recovery sheet"
        assert drill.fill({label: "nonsense!"}).press("Try the sheet").error_at(label)
        old = drill.fill({label: world.sheets[HARBOUR].text}).press("Try the sheet")
        assert "not the code" in old.error_at(label)
        done = drill.fill({label: code.lower().replace("-", " ")}).press("Try the sheet")
        assert done.says("they opened a test seal")
        assert findings(world) == []

    def test_the_page_that_showed_it_sent_again_leaves_it_good(self, world, at):
        page = at("Bo Lindqvist", "/agency/sheet/new")
        code = CODE.search(page.press("Make the new sheet").words)[0]
        assert page.press("Make the new sheet").status == 409
        drill = at("Bo Lindqvist", "/agency/sheet/drill")
        done = drill.fill({"Code on the recovery sheet": code}).press("Try the sheet")
        assert done.says("they opened a test seal")

    def test_it_is_laid_elsewhere_and_confirmed_there(self, world, at):
        page = at("Bo Lindqvist", "/agency/sheet/deposit")
        page = page.fill({"Rivermouth Housing": "Rivermouth Housing"}).press("Save where it lies")
        assert page.says("Rivermouth Housing has not confirmed it")
        page = at("Chantal Roy", "/agency").follow(f"Confirm: {HARBOUR}")
        assert page.press("Confirm that it lies here").says("It is confirmed")
        assert at("Bo Lindqvist", "/agency/sheet").says("Rivermouth Housing, confirmed")
        page = at("Chantal Roy", "/agency").follow(f"It is not here: {HARBOUR}")
        assert page.press("Say that it does not lie here").says("does not lie here")
        assert at("Bo Lindqvist", "/agency/sheet").says("nowhere that you have said")


class TestUsingTheSheet:
    def opened(self, world):
        with changing():
            open_recovery(db.session.get_one(Agency, world["Bo Lindqvist"].agency))

    def recover(self, place, **changed):
        db.session.remove()
        page = Browser(place.app).open("/recovery")
        typed = {
            HARBOUR: HARBOUR,
            "Name that the custodian signs in with": "Bo.Lindqvist",
            **ways(page),
        }
        return page.fill(typed | changed).press("Come back with the sheet")

    def test_shut_it_says_whom_to_ask(self, place):
        db.session.remove()
        page = Browser(place.app).open("/recovery")
        assert page.says("This page is shut.")
        assert HARBOUR not in page.words

    def test_open_it_brings_a_custodian_back_and_all_are_told(self, place, world, at):
        self.opened(world)
        for name in ("Ana Duarte", "Bo Lindqvist", "Chantal Roy"):
            assert at(name, "/agency").says("The page for a recovery sheet is open")
        given = {"The code that you were given": world.sheets[HARBOUR].text}
        page = self.recover(place, **given)
        assert page.says("bo.lindqvist")
        assert findings(world) == []

    def test_a_wrong_code_or_name_is_told_beside_its_field_and_kept(self, place, world):
        self.opened(world)
        label = "The code that you were given"
        other = self.recover(place, **{label: world.sheets[POLICE].text})
        assert "not the code" in other.error_at(label)
        name = "Name that the custodian signs in with"
        page = self.recover(place, **{label: world.sheets[HARBOUR].text, name: "nobody"})
        assert page.error_at(name)
        assert page.value_of(name) == "nobody"
        assert entries("sheet:used") == []
        assert len(entries("sheet:failed")) == 1

    @pytest.mark.parametrize("name", ["priya.nair", "bo.lindqvist", "nobody.here"])
    def test_a_stranger_learns_nobody_s_name_and_is_in_the_log(self, place, world, name):
        self.opened(world)
        typed = {
            "The code that you were given": Code.new().text,
            "Name that the custodian signs in with": name,
        }
        page = self.recover(place, **typed)
        told = "This is not the code of the agency's present recovery sheet."
        assert page.errors == [f"The code that you were given: {told}"]
        assert len(entries("sheet:failed")) == 1


def test_every_alarm_has_its_words():
    assert {PIN_ALARM, REFUSED_OFTEN, FOREIGN_KEY, "tampered"} <= ALARMS.keys()
