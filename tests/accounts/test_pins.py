"""The own agency's key, as its member last knew it: another in its place opens nothing."""

import pytest

from casehub.accounts.actors import load_actor
from casehub.accounts.browser_sessions import find
from casehub.accounts.pins import Pin
from casehub.accounts.sign_in_models import Credential, CredentialKind
from casehub.accounts.signing_in import accept_key
from casehub.audit import attested, changing
from casehub.errors import Unfinished
from casehub.hubs.facts import AgencyFacts
from casehub.hubs.keys import current_key
from casehub.hubs.models import Agency
from casehub.policy import Keyring, Permission, may
from casehub.store import db, reading
from casehub.vault import PrivateKey, canonical, digest
from tests.builders import attack, attack_delete, entries, findings, rotate
from tests.doors import Door, door_of, live, rows_of


@pytest.fixture
def door(world) -> Door:
    return door_of(world["Priya Nair"])


def pin_of(door) -> Pin:
    row = next(
        item
        for item in rows_of(Credential, account_id=door.person.account)
        if item.kind is CredentialKind.PIN
    )
    return Pin.read(row, door.person.key)


def alarms():
    return [item["facts"]["code"] for item in entries("alarm:raised")]


def opens_something(secret):
    with reading():
        found = find(secret, reading=True)
        actor = load_actor(found.account.id, found.keyring)
        own = db.session.get_one(Agency, actor.agency)
        permit = may(actor, Permission.CASE_REFER, AgencyFacts.of(own))
    try:
        actor.keyring.account_key(permit)
    except Unfinished:
        return False
    return True


class TestAsLongAsItFits:
    def test_nobody_notices_it(self, door):
        assert opens_something(door.come_in().live.secret)
        assert not alarms()

    def test_a_routine_rotation_is_followed_and_pinned_anew(self, door, world, later):
        rotate(world["Ana Duarte"])
        assert opens_something(door.come_in().live.secret)
        with reading():
            present = Pin.of(current_key(door.person.agency))
        assert pin_of(door) == present
        assert present.epoch == 2
        assert not findings(world)
        later(seconds=30)
        door.come_in()

    def test_two_of_them_too(self, door, world):
        rotate(world["Ana Duarte"])
        rotate(world["Ana Duarte"])
        assert opens_something(door.come_in().live.secret)
        assert pin_of(door).epoch == 3


class TestWhereItDoesNotFit:
    @pytest.fixture
    def unknown(self, door, world):
        """The agency began anew after a suspected compromise, which proves nothing."""
        rotate(world["Ana Duarte"], routine=False)
        return door.come_in().live

    def test_there_is_an_alarm_and_the_session_opens_nothing(self, unknown, door):
        assert alarms() == ["agency-key-is-not-the-one-known"]
        assert not opens_something(unknown.secret)
        assert pin_of(door).epoch == 1

    def test_whoever_compared_it_takes_it_and_goes_on(self, unknown, door, later):
        session = live(unknown.secret)
        with reading():
            actor = load_actor(session.account.id, Keyring())
        with changing():
            accept_key(find(unknown.secret, reading=True), actor)
        assert opens_something(unknown.secret)
        assert entries("credential:pin-accepted")[-1]["facts"]["epoch"] == 2
        later(seconds=30)
        assert opens_something(door.come_in().live.secret)

    def test_a_pin_that_somebody_wrote_is_no_pin(self, door, world):
        row = next(item for item in rows_of(Credential) if item.kind is CredentialKind.PIN)
        with reading():
            forged = Pin.of(current_key(door.person.agency)).seal(row.id, PrivateKey.new())
        attack(row, sealed=forged)
        assert not opens_something(door.come_in().live.secret)
        assert alarms() == ["agency-key-is-not-the-one-known"]

    def test_a_pin_that_is_gone_is_no_pin(self, door):
        attack_delete(next(row for row in rows_of(Credential) if row.kind is CredentialKind.PIN))
        assert not opens_something(door.come_in().live.secret)

    def test_a_public_key_that_somebody_put_into_the_database_is_not(self, door, key):
        attack(key, seal_public=PrivateKey.new().public.content)
        assert not opens_something(door.come_in().live.secret)
        assert alarms() == ["agency-key-is-not-the-one-known"]

    def test_nor_one_that_the_server_countersigned(self, door, key):
        """Whoever has the database and the server's log key makes a key and its signature."""
        public = PrivateKey.new().public.content
        attack(key, seal_public=public, countersignature=countersigned(key, public))
        with reading():
            assert Pin.of(current_key(door.person.agency))
        assert not opens_something(door.come_in().live.secret)
        assert alarms() == ["agency-key-is-not-the-one-known"]

    def test_nor_an_epoch_whose_forerunner_is_gone(self, door, world, key):
        rotate(world["Ana Duarte"])
        attack(key, epoch=17)
        assert not opens_something(door.come_in().live.secret)

    @pytest.fixture
    def key(self, door):
        with reading():
            return current_key(door.person.agency)


def countersigned(key, public):
    statement = {
        "label": "casehub/agency-key/1",
        "hub": str(key.hub_id),
        "agency": str(key.agency_id),
        "epoch": key.epoch,
        "seal": digest(public),
        "sign": digest(key.sign_public),
    }
    return attested(canonical(statement))
