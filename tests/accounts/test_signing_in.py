"""Name, passphrase and code on one form, and one answer for whatever does not fit."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, select

from casehub import clock
from casehub.accounts.factors import FactorKind
from casehub.accounts.models import AccountKey
from casehub.accounts.sign_in_models import (
    BrowserSession,
    Credential,
    CredentialKind,
    FactorUse,
    Throttle,
)
from casehub.accounts.signing_in import sign_in, try_to_open
from casehub.audit import AuditEntry, changing, deployment_log
from casehub.demo.world import account_of
from casehub.errors import Busy, Invalid, Stale, Tampered
from casehub.store import db, reading
from tests.builders import attack, attack_delete, end_colleague, entries, findings
from tests.doors import PASSPHRASE, Door, door_of, live, rows_of

PATIENCE = 60
STRANGE = [
    "",
    " ",
    "x" * 10_000,
    "Прiya.nair",  # noqa: RUF001 - two alphabets
    "\u202eriayn.ayirp",
    "priya.nair priya.nair",
    "<b>priya</b>",
    "\x00priya",
    "\ud800",
    "' OR 1=1 --",
]
"""Empty, over-long, of two alphabets, right-to-left, repeated, markup, and what is no letter."""


@contextmanager
def statements():
    """Give the statements that are sent meanwhile, without their values."""
    sent = []
    listen = lambda *given: sent.append(given[2].split(" WHERE ")[0])  # noqa: E731
    event.listen(db.engine, "before_cursor_execute", listen)
    try:
        yield sent
    finally:
        event.remove(db.engine, "before_cursor_execute", listen)


def deployment_says(act):
    with reading():
        query = select(AuditEntry).where(
            AuditEntry.log_id == deployment_log().id, AuditEntry.act == act
        )
        return db.session.scalars(query).all()


@pytest.fixture
def door(world) -> Door:
    return door_of(world["Priya Nair"])


def refused(door, **other):
    with pytest.raises(Invalid) as told:
        door.come_in(**other)
    assert told.value.place == "sign_in"
    return str(told.value)


class TestWhoFits:
    def test_signs_in_and_the_log_says_so(self, door):
        done = door.come_in()
        assert done.live.account.id == door.person.account
        said = entries("sign-in:done")[-1]
        assert said["account"] == str(door.person.account)
        assert said["facts"] == {"session": str(done.live.session.id), "factor": "phone"}

    def test_holds_the_key_that_opens_the_agency(self, door):
        session = live(door.come_in().live.secret)
        assert session.key() == door.person.key

    def test_the_name_is_read_whatever_its_letters_and_margins(self, door):
        door.come_in(name=f"  {door.name.upper()} ")

    def test_the_passphrase_is_read_whatever_composes_its_accents(self, world):
        door = door_of(world["Priya Nair"])
        assert door.come_in(passphrase=PASSPHRASE).live

    def test_a_card_s_code_does_as_well_as_a_telephone_s(self, world):
        door = door_of(world["Priya Nair"], FactorKind.CARD)
        door.come_in(code=f" {door.code.lower()} ")
        assert entries("sign-in:done")[-1]["facts"]["factor"] == "card"

    def test_a_recovery_code_stands_in_for_the_code_only(self, door):
        code = door.recovery_codes[3]
        refused(door, passphrase="something else entirely", code=code)
        door.come_in(code=code)
        assert entries("sign-in:done")[-1]["facts"]["factor"] == "recovery"

    @pytest.mark.parametrize("off", [-40, -30, 30, 40])
    def test_a_telephone_that_is_forty_seconds_off_still_fits(self, door, off):
        shown = door.offer.secret.code_at(clock.now() + timedelta(seconds=off))
        door.come_in(code=shown)

    def test_the_log_still_verifies_afterwards(self, door, world):
        door.come_in()
        assert not findings(world)


class TestOneAnswer:
    def test_for_a_wrong_name_passphrase_or_code(self, door, later):
        told = {
            refused(door, name="nobody.at.all"),
            refused(door, passphrase="violet harbour ninety kettles"),
            refused(door, code="000000"),
            refused(door, passphrase="short"),
        }
        assert len(told) == 1
        assert not rows_of(BrowserSession)

    @pytest.mark.parametrize("box", ["name", "passphrase", "code"])
    @pytest.mark.parametrize("typed", STRANGE, ids=range(len(STRANGE)))
    def test_for_strange_things_in_any_box(self, door, box, typed):
        expected = refused(door, code="000000")
        assert refused(door, **{box: typed}) == expected

    def test_for_an_account_that_has_ended(self, door, world):
        account = live(door.come_in().live.secret).account
        end_colleague(world["Ana Duarte"], account)
        refused(door, code=door.recovery_codes[0])

    def test_for_a_name_that_nobody_has_after_as_many_statements(self, door, world):
        ended = door_of(world["Omar Haddad"])
        end_colleague(world["Bo Lindqvist"], account_of(ended.person))
        tries = {
            "wrong passphrase": {},
            "wrong code": {"passphrase": PASSPHRASE, "code": "000000"},
            "nobody": {"name": "nobody.at.all"},
            "ended": {"name": ended.name},
        }
        told = {}
        for what, other in tries.items():
            typed = {"passphrase": "x", **other, "address": what}
            refused(door, **typed)  # its counters are made here
            with statements() as sent:
                refused(door, **typed)
            told[what] = sent
        assert told["nobody"] == told["wrong passphrase"] == told["wrong code"] == told["ended"]

    def test_a_failure_is_in_the_log_where_there_is_such_an_account(self, door):
        refused(door, name="nobody.at.all")
        assert not entries("sign-in:failed")
        assert deployment_says("sign-in:of-nobody")
        refused(door, code="000000")
        assert entries("sign-in:failed")[-1]["facts"] == {"subject": str(door.person.account)}

    @settings(max_examples=25, suppress_health_check=list(HealthCheck))
    @given(typed=st.text(max_size=50))
    def test_whatever_is_typed_nothing_breaks(self, door, typed):
        with pytest.raises(Invalid):
            try_to_open(door.attempt(name=typed, passphrase=typed, code=typed))


@pytest.mark.database
class TestACodeIsGoodOnce:
    def test_the_same_code_again_is_refused(self, door):
        code = door.code
        door.come_in(code=code)
        refused(door, code=code)

    def test_an_earlier_one_too_once_a_later_one_was_used(self, door, later):
        early = door.code
        later(seconds=30)
        door.come_in()
        refused(door, code=early)

    def test_the_next_one_fits(self, door, later):
        door.come_in()
        later(seconds=30)
        door.come_in()
        assert len(rows_of(FactorUse)) == 2

    def test_of_two_requests_with_one_code_one_passes(self, door):
        first, second = (try_to_open(door.attempt()) for _ in range(2))
        with changing():
            sign_in(first)
        with pytest.raises(Invalid), changing():
            sign_in(second)
        assert len(rows_of(BrowserSession)) == 1

    def test_of_five_at_the_same_moment_one_passes(self, place, door):
        attempt = door.attempt()
        ways = [try_to_open(attempt) for _ in range(5)]
        db.session.remove()
        together = threading.Barrier(5)

        def press(way):
            with place.app.app_context():
                together.wait(PATIENCE)
                try:
                    with changing():
                        sign_in(way)
                except (Invalid, Busy, Stale) as error:
                    return type(error)
                finally:
                    db.session.remove()
                return None

        with ThreadPoolExecutor(5) as threads:
            ends = list(threads.map(press, ways))
        assert ends.count(None) == 1
        assert len(rows_of(BrowserSession)) == len(rows_of(FactorUse)) == 1

    def test_failures_at_the_same_moment_are_all_counted(self, place, door):
        attempts = [door.attempt(name="nobody.at.all", passphrase="x") for _ in range(6)]
        db.session.remove()

        def fail(attempt):
            with place.app.app_context():
                try:
                    try_to_open(attempt)
                except (Invalid, Busy) as error:
                    return type(error)
                finally:
                    db.session.remove()

        with ThreadPoolExecutor(6) as threads:
            ends = list(threads.map(fail, attempts))
        assert {row.failures for row in rows_of(Throttle)} == {ends.count(Invalid)}

    @pytest.mark.parametrize("kind", [FactorKind.CARD, FactorKind.PHONE])
    def test_a_printed_code_is_good_once(self, world, kind):
        door = door_of(world["Priya Nair"], kind)
        code = door.code if kind is FactorKind.CARD else door.recovery_codes[0]
        door.come_in(code=code)
        refused(door, code=code)


class TestNothingOfWhatWasTypedIsKept:
    def test_a_passphrase_in_the_name_box_is_nowhere(self, place, door, caplog):
        typed = "колібрі zanzibar kettles 7791"
        refused(door, name=typed, passphrase="")
        refused(door, name=typed, passphrase=typed, code=typed)
        db.session.remove()
        db.engine.dispose()
        folder = Path(place.settings.database_url.removeprefix("sqlite:///")).parent
        files = [path for path in folder.rglob("*") if path.is_file()]
        assert not [path for path in files if b"zanzibar" in path.read_bytes()]
        assert "zanzibar" not in caplog.text

    def test_nothing_prints_it(self, door):
        shown = repr(door.attempt(name="zanzibar one", passphrase="zanzibar two", code="zanzi"))
        assert "zanzi" not in shown
        way = try_to_open(door.attempt())
        assert PASSPHRASE not in repr(way)
        assert door.code not in repr(way)

    def test_the_database_holds_no_secret_of_a_telephone_and_no_code(self, place, door):
        door.come_in()
        db.session.remove()
        db.engine.dispose()
        content = Path(place.settings.database_url.removeprefix("sqlite:///")).read_bytes()
        secrets = [door.offer.secret.content, door.offer.text.encode(), door.person.key.seed]
        assert not [item for item in secrets if item in content]
        assert not [code for code in door.recovery_codes if code.encode() in content]


class TestWhoeverWritesTheDatabase:
    def test_cannot_hang_their_own_credentials_on_somebody_else(self, world, door):
        """Omar moves his credentials to Priya's account; his passphrase opens his key, not hers."""
        his = door_of(world["Omar Haddad"])
        hers = rows_of(AccountKey, account_id=door.person.account)[0]
        for row in rows_of(Credential, account_id=door.person.account):
            attack_delete(row)
        for row in rows_of(Credential, account_id=his.person.account):
            attack(row, account_id=door.person.account, account_key_id=hers.id)
        with pytest.raises(Tampered, match="not what the log says"):
            his.come_in(name=door.name)
        assert not rows_of(BrowserSession)

    def test_cannot_put_back_what_was_changed(self, world, door):
        """Any backup has the old rows; they let nobody in, whoever has the old words and codes."""
        attack(door.credential_now(CredentialKind.RECOVERY), digests=b"x" * 32)
        with pytest.raises(Tampered):
            door.come_in()
        assert not rows_of(BrowserSession)

    def test_cannot_change_the_public_key_with_them(self, world, door):
        his = rows_of(AccountKey, account_id=world["Omar Haddad"].account)[0]
        attack(rows_of(AccountKey, account_id=door.person.account)[0], public_key=his.public_key)
        with pytest.raises(Tampered):
            door.come_in()
        assert entries("alarm:raised")[-1]["facts"]["code"] == "tampered"
        assert not rows_of(BrowserSession)

    def test_cannot_let_an_ended_account_in_again(self, world, door):
        account = live(door.come_in().live.secret).account
        end_colleague(world["Ana Duarte"], account)
        attack(account, state="admitted")
        attack(rows_of(AccountKey, account_id=account.id)[0], state="current")
        with pytest.raises((Invalid, Tampered)):
            door.come_in(code=door.recovery_codes[0])
