"""A browser session: what begins, carries, renews and ends it."""

from datetime import timedelta

import pytest

from casehub.accounts import browser_sessions
from casehub.accounts.actors import load_actor
from casehub.accounts.models import AccountKey
from casehub.accounts.own_credentials import sign_out_elsewhere
from casehub.accounts.sign_in_models import BrowserSession
from casehub.accounts.signing_in import note_refusal, step_up
from casehub.audit import changing, housekeeping, viewing
from casehub.errors import Invalid, Tampered
from casehub.hubs.facts import AgencyFacts
from casehub.hubs.models import Agency
from casehub.policy import Actor, Keyring, Permission, may
from casehub.store import db, reading
from casehub.vault import BrowserSecret, PrivateKey
from tests.builders import MORNING, attack, attack_delete, end_colleague, entries, memberships_of
from tests.doors import Door, door_of, live, rows_of


@pytest.fixture
def door(world) -> Door:
    return door_of(world["Priya Nair"])


@pytest.fixture
def secret(door) -> BrowserSecret:
    return door.come_in().live.secret


def actor_of(session) -> Actor:
    with reading():
        return load_actor(session.account.id, session.keyring)


def touch(secret):
    session = live(secret).session.id
    with housekeeping():
        browser_sessions.touch(session)


def permit_for(actor):
    with reading():
        own = db.session.get_one(Agency, actor.agency)
    return may(actor, Permission.CASE_REFER, AgencyFacts.of(own))


class TestWhatTheBrowserHas:
    def test_opens_the_account_s_key_and_nobody_else_s_does(self, door, secret):
        assert live(secret).key() == door.person.key
        assert live(BrowserSecret.new()) is None

    def test_is_not_in_the_database(self, secret):
        row = rows_of(BrowserSession)[0]
        assert secret.content not in bytes(row.sealed)
        assert secret.content.hex() != row.digest

    def test_opens_nothing_at_another_session_s_row(self, door, secret, later):
        later(seconds=30)
        other = door.come_in().live.secret
        first, second = sorted(rows_of(BrowserSession), key=lambda row: row.created_at)
        attack(first, sealed=second.sealed)
        with pytest.raises(Tampered):
            live(secret).key()
        assert live(other).key()

    def test_the_key_is_not_unwrapped_before_it_is_needed(self, secret, monkeypatch):
        opened = []
        unwrap = BrowserSecret.unwrap
        monkeypatch.setattr(
            BrowserSecret, "unwrap", lambda it, sealed: opened.append(1) or unwrap(it, sealed)
        )
        actor = actor_of(live(secret))
        assert not opened
        assert actor.keyring.account_key(permit_for(actor)) == live(secret).key()
        assert opened

    def test_a_permit_of_somebody_else_gets_no_key(self, secret, world):
        actor = actor_of(live(secret))
        with pytest.raises(PermissionError):
            actor.keyring.account_key(permit_for(world["Priya Nair"].actor()))

    def test_nothing_prints_it(self, secret):
        shown = f"{live(secret)!r} {actor_of(live(secret))!r}"
        assert secret.content.hex() not in shown
        assert str(secret.content) not in shown


class TestTime:
    def test_it_ends_after_twenty_minutes_without_anybody(self, secret, later):
        later(minutes=19, seconds=59)
        assert live(secret)
        later(seconds=1)
        assert live(secret) is None

    def test_a_touch_keeps_it_at_most_to_its_hard_end(self, secret, later):
        for _ in range(39):
            later(minutes=15)
            touch(secret)
        assert live(secret).idle_at == live(secret).session.ends_at
        later(minutes=15)
        assert live(secret) is None

    def test_it_wants_a_touch_once_a_minute(self, secret, later):
        later(seconds=59)
        assert not live(secret).wants_touch
        later(seconds=1)
        assert live(secret).wants_touch

    def test_what_ended_goes_when_its_owner_comes_again(self, door, secret, later):
        later(minutes=21)
        door.come_in()
        assert len(rows_of(BrowserSession)) == 1


@pytest.mark.database
class TestWhatEndsIt:
    def test_a_membership_that_was_deleted(self, secret, door):
        for membership in memberships_of(door.person.account):
            attack_delete(membership)
        assert live(secret) is None

    def test_an_account_that_ended(self, secret, world):
        end_colleague(world["Ana Duarte"], live(secret).account)
        assert live(secret) is None

    def test_a_key_that_is_past(self, secret):
        attack(live(secret).session.account_key, state="past")
        assert live(secret) is None

    def test_its_owner_from_another_browser(self, door, secret, later):
        later(seconds=30)
        here = live(door.come_in().live.secret)
        actor = actor_of(here)
        with changing():
            assert sign_out_elsewhere(here, actor) == 1
        assert live(secret) is None
        assert live(here.secret)
        assert entries("browser-session:ended")[-1]["facts"]["code"] == "elsewhere"

    def test_somebody_else_s_session_is_not_ended_by_its_id(self, secret, world):
        session = rows_of(BrowserSession)[0].id
        with housekeeping():
            assert browser_sessions.end_one(world["Omar Haddad"].account, session) == 0
        assert live(secret)

    def test_all_of_an_account_at_once(self, door, secret, later):
        later(seconds=30)
        door.come_in()
        with housekeeping():
            assert browser_sessions.end_all(door.person.account) == 2
        assert live(secret) is None

    def test_twenty_refusals_in_ten_minutes_and_an_alarm(self, secret, later):
        session = live(secret)
        assert not any(note_refusal(session) for _ in range(19))
        assert note_refusal(session)
        assert live(secret) is None
        alarm = entries("alarm:raised")[-1]
        assert alarm["facts"]["code"] == "refused-often"
        assert alarm["agency"] == str(session.account.agency_id)

    def test_twenty_refusals_in_a_day_do_not(self, secret, later):
        for _ in range(25):
            later(minutes=1)
            touch(secret)
            assert not note_refusal(live(secret))


@pytest.mark.database
class TestSteppingUp:
    def test_signing_in_counts_for_a_quarter_of_an_hour(self, secret, later):
        assert live(secret).stepped_up
        later(minutes=15)
        assert not live(secret).stepped_up

    def test_a_code_renews_it_under_another_secret(self, door, secret, later):
        later(minutes=16)
        fresh = step_up(live(secret), door.code)
        assert fresh.secret != secret
        assert live(fresh.secret).stepped_up
        assert live(fresh.secret).key() == door.person.key
        assert entries("sign-in:stepped-up")[-1]["facts"]["factor"] == "phone"

    def test_the_old_secret_still_answers_what_only_reads_for_half_a_minute(
        self, door, secret, later
    ):
        later(minutes=16)
        step_up(live(secret), door.code)
        assert live(secret).key() == door.person.key
        assert live(secret, reading_only=False) is None
        later(seconds=30)
        assert live(secret) is None

    def test_a_wrong_code_changes_nothing_and_is_in_the_log(self, secret, later):
        later(minutes=16)
        with pytest.raises(Invalid) as told:
            step_up(live(secret), "000000")
        assert told.value.place == "code"
        assert not live(secret).stepped_up
        assert entries("sign-in:step-up-failed")

    def test_the_code_of_signing_in_is_used(self, door, secret):
        with pytest.raises(Invalid):
            step_up(live(secret), door.code)

    def test_nobody_tries_a_million_codes(self, door, secret):
        for _ in range(10):
            with pytest.raises(Invalid, match="not right"):
                step_up(live(secret), "000000")
        with pytest.raises(Invalid, match="Too many"):
            step_up(live(secret), door.recovery_codes[0])


class TestWhoeverWritesTheDatabase:
    """Somebody who is signed in and can write the database makes more of the session."""

    @pytest.fixture
    def row(self, secret):
        return rows_of(BrowserSession)[0]

    def test_cannot_make_it_somebody_else_s(self, secret, row, world):
        ana = rows_of(AccountKey, account_id=world["Ana Duarte"].account)[0]
        attack(row, account_id=ana.account_id, account_key_id=ana.id)
        with pytest.raises(Tampered), viewing():
            browser_sessions.find(secret, reading=True)
        assert entries("alarm:raised")[-1]["facts"]["code"] == "tampered"

    @pytest.mark.parametrize(
        "more",
        [
            {"factor_at": MORNING + timedelta(hours=9)},
            {"ends_at": MORNING + timedelta(days=9)},
            {"member": False},
            {"pin_fits": False},
            {"previous_digest": "0" * 64},
        ],
        ids=lambda more: next(iter(more)),
    )
    def test_cannot_make_it_last_or_count_for_more(self, secret, row, more):
        attack(row, **more)
        with pytest.raises(Tampered):
            live(secret)


def test_a_key_of_the_right_length_that_is_no_secret_s_is_refused():
    with pytest.raises(Tampered):
        BrowserSecret(b"short")
    assert Keyring(PrivateKey.new())
