"""The way back: a sheet on paper, tried before it is needed, used only while all are told."""

import pytest

from casehub.accounts.code_models import CodeRow
from casehub.accounts.keys import account_of_key
from casehub.accounts.models import Account
from casehub.accounts.sheets import (
    check_sheet,
    confirm_deposit,
    deposit_sheet,
    give_back_sheet,
    hold_drill,
    live_deposit,
    live_sheet,
    make_sheet,
    open_recovery,
    open_sheets,
    use_sheet,
)
from casehub.audit import changing
from casehub.demo.world import Person, account_of
from casehub.errors import Invalid, Refused, Stale, Tampered, Unfinished
from casehub.hubs.keys import current_key
from casehub.hubs.models import Agency
from casehub.policy import Permission
from casehub.store import Sealed, db, reading
from casehub.vault import Code, PrivateKey
from tests.builders import (
    attack,
    entries,
    findings,
    flipped,
    memberships_of,
    own_secret,
    rotate,
)

HARBOUR = "Harbour House"


def sheet_of(world, name=HARBOUR):
    with reading():
        return live_sheet(world.agencies[name])


def make(person):
    actor = person.actor()
    with changing():
        return make_sheet(actor)


def drill(person, code):
    actor = person.actor()
    with changing():
        hold_drill(actor, code)


def open_page(world, name=HARBOUR):
    with changing():
        open_recovery(db.session.get_one(Agency, world.agencies[name].id))


def use(world, code, name="Bo Lindqvist", agency=HARBOUR):
    key = PrivateKey.new()
    row, account = sheet_of(world, agency), world[name].account
    with changing():
        account_key = use_sheet(
            db.session.get_one(CodeRow, row.id),
            code,
            db.session.get_one(Account, account),
            key.public,
        )
        found = account_of_key(account_key)
    return Person(found.name, found.id, found.agency_id, key)


class TestDrill:
    @pytest.mark.database
    def test_the_sheet_opens_a_test_seal_and_the_day_is_kept(self, world, later):
        later(days=100)
        drill(world["Bo Lindqvist"], world.sheets[HARBOUR])
        with reading():
            held = current_key(world["Bo Lindqvist"].agency).last_drill_at
        assert f"{held:%Y-%m-%d}" == "2031-06-22"
        assert findings(world) == []

    def test_another_code_is_told_beside_its_field(self, world):
        for code in (Code.new(), world.sheets["Rivermouth Police"]):
            with pytest.raises(Invalid) as refused:
                drill(world["Bo Lindqvist"], code)
            assert refused.value.place == "code"

    def test_only_by_a_custodian(self, world):
        with pytest.raises(Refused):
            drill(world["Omar Haddad"], world.sheets[HARBOUR])

    @pytest.mark.database
    def test_after_a_rotation_the_same_sheet_still_opens(self, world):
        rotate(world["Bo Lindqvist"])
        drill(world["Bo Lindqvist"], world.sheets[HARBOUR])

    def test_a_sheet_whose_key_was_swapped_is_an_alarm(self, world):
        with reading():
            key = live_sheet(world.agencies[HARBOUR]).account_key
        attack(key, public_key=PrivateKey.new().public.content)
        with pytest.raises(Tampered):
            drill(world["Bo Lindqvist"], world.sheets[HARBOUR])
        with pytest.raises(Tampered):
            rotate(world["Bo Lindqvist"])
        assert entries("alarm:raised")


class TestReplacing:
    @pytest.mark.database
    def test_the_one_before_opens_nothing_any_more(self, world):
        issued = make(world["Bo Lindqvist"])
        with pytest.raises(Invalid):
            drill(world["Bo Lindqvist"], world.sheets[HARBOUR])
        drill(world["Bo Lindqvist"], issued.code)
        assert findings(world) == []

    def test_where_the_old_one_lay_nothing_lies_now(self, world):
        make(world["Bo Lindqvist"])
        with reading():
            assert live_deposit(live_sheet(world.agencies[HARBOUR])) is None

    def test_only_by_a_custodian(self, world):
        with pytest.raises(Refused):
            make(world["Priya Nair"])


class TestDeposit:
    def lay(self, person, keeper):
        actor = person.actor()
        with changing():
            return deposit_sheet(actor, db.session.get_one(Agency, keeper.agency))

    def confirm(self, person, deposit):
        actor = person.actor()
        with changing():
            confirm_deposit(actor, deposit)

    def test_the_keeper_itself_confirms_it_once(self, world):
        deposit = self.lay(world["Bo Lindqvist"], world["Chantal Roy"])
        for name in ("Bo Lindqvist", "Ana Duarte", "Ines Prado"):
            with pytest.raises(Refused):
                self.confirm(world[name], deposit)
        self.confirm(world["Chantal Roy"], deposit)
        with pytest.raises(Stale):
            self.confirm(world["Chantal Roy"], deposit)
        assert findings(world) == []

    def test_not_in_the_own_house(self, world):
        with pytest.raises(Invalid) as refused:
            self.lay(world["Bo Lindqvist"], world["Omar Haddad"])
        assert refused.value.place == "keeper"

    def test_a_second_place_ends_the_first(self, world):
        first = self.lay(world["Bo Lindqvist"], world["Ana Duarte"])
        self.lay(world["Bo Lindqvist"], world["Chantal Roy"])
        with pytest.raises(Stale):
            self.confirm(world["Ana Duarte"], first)

    def test_a_keeper_may_say_that_it_is_not_there(self, world):
        deposit = self.lay(world["Bo Lindqvist"], world["Chantal Roy"])
        actor = world["Chantal Roy"].actor()
        with changing():
            give_back_sheet(actor, deposit)
        with reading():
            assert live_deposit(live_sheet(world.agencies[HARBOUR])) is None
        assert findings(world) == []


class TestUsing:
    def test_not_before_the_operator_opened_the_page(self, world):
        with pytest.raises(Unfinished, match="shut"):
            use(world, world.sheets[HARBOUR])

    @pytest.mark.database
    def test_it_gives_a_custodian_a_new_key_and_the_old_one_opens_nothing(self, world):
        before = world["Bo Lindqvist"]
        open_page(world)
        back = use(world, world.sheets[HARBOUR])
        assert own_secret(back.actor(), Permission.AGENCY_KEY_ROTATE)
        with pytest.raises(Tampered):
            own_secret(before.actor(), Permission.AGENCY_KEY_ROTATE)
        assert len(memberships_of(before.account)) == 1
        assert findings(world) == []

    def test_the_page_shuts_after_it_and_after_an_hour(self, world, later):
        open_page(world)
        with reading():
            assert [row.agency.name for row in open_sheets()] == [HARBOUR]
        use(world, world.sheets[HARBOUR])
        with reading():
            assert open_sheets() == []
        with pytest.raises(Unfinished):
            use(world, world.sheets[HARBOUR])
        open_page(world)
        later(hours=1)
        with pytest.raises(Unfinished):
            use(world, world.sheets[HARBOUR])

    def test_only_for_a_custodian_of_this_agency(self, world):
        open_page(world)
        for name in ("Omar Haddad", "Ana Duarte"):
            with pytest.raises(Invalid) as refused:
                use(world, world.sheets[HARBOUR], name)
            assert refused.value.place == "sign_in_name"

    def test_another_agency_s_sheet_opens_nothing_here(self, world):
        open_page(world)
        with pytest.raises(Invalid), reading():
            check_sheet(live_sheet(world.agencies[HARBOUR]), world.sheets["Rivermouth Police"])

    def test_opening_the_page_is_in_the_hub_s_log_without_an_account(self, world):
        open_page(world)
        said = entries("sheet:opened")[-1]
        assert (said["account"], said["facts"]["until"]) == (None, "2031-03-14T10:00:00.000000Z")

    def test_a_page_opened_by_somebody_in_the_database_gives_nothing(self, world, later):
        later(hours=2)
        open_page(world, "Rivermouth Police")
        with reading():
            theirs = live_sheet(world.agencies["Rivermouth Police"]).open_until
        attack(sheet_of(world), open_until=theirs)
        with pytest.raises(Tampered):
            use(world, world.sheets[HARBOUR])

    def test_nor_does_a_role_put_in_there(self, world):
        open_page(world)
        attack(account_of(world["Omar Haddad"]), name="Bo Lindqvist")
        with pytest.raises(Invalid):
            use(world, world.sheets[HARBOUR], "Omar Haddad")

    def test_a_wrap_that_was_changed_is_no_code_of_ours(self, world):
        open_page(world)
        row = sheet_of(world)
        attack(row, wrapped=Sealed(flipped(bytes(row.wrapped))))
        with pytest.raises(Invalid):
            use(world, world.sheets[HARBOUR])


def test_an_agency_without_a_sheet_is_told_to_make_one(world):
    row = sheet_of(world)
    attack(row, ended_at=row.issued_at)
    with pytest.raises(Unfinished, match="has no recovery sheet"):
        drill(world["Bo Lindqvist"], world.sheets[HARBOUR])
    assert make(world["Bo Lindqvist"]).code
