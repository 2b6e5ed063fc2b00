"""What people change about their own ways in, and what a passphrase has to be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casehub import clock
from casehub.accounts.actors import load_actor
from casehub.accounts.credentials import credentials_of, forget
from casehub.accounts.factors import FactorKind, FactorOffer, codes_left, plain
from casehub.accounts.own_credentials import (
    change_factor,
    change_passphrase,
    prepare_passphrase,
    renew_recovery_codes,
)
from casehub.accounts.passphrases import check_passphrase
from casehub.accounts.sign_in_acts import FACTOR_CHANGED
from casehub.accounts.sign_in_models import BrowserSession, CredentialKind, FactorUse
from casehub.audit import changing, record
from casehub.errors import Invalid
from casehub.policy import Keyring
from casehub.store import reading
from tests.builders import entries, findings
from tests.doors import PASSPHRASE, Door, door_of, live, rows_of

NEW = "copper lantern thursday walrus"


@pytest.fixture
def door(world) -> Door:
    return door_of(world["Priya Nair"])


@pytest.fixture
def here(door):
    return live(door.come_in().live.secret)


@pytest.fixture
def actor(here):
    with reading():
        return load_actor(here.account.id, Keyring())


def invalid(act, *given):
    with pytest.raises(Invalid) as told:
        act(*given)
    return told.value.place, str(told.value)


class TestAnotherPassphrase:
    def test_opens_from_now_on_and_the_old_one_does_not(self, door, here, actor, later, world):
        lock = prepare_passphrase(here, PASSPHRASE, NEW)
        with changing():
            change_passphrase(here, actor, lock)
        later(seconds=30)
        with pytest.raises(Invalid):
            door.come_in()
        later(seconds=30)
        door.come_in(passphrase=NEW)
        assert entries("credential:passphrase-changed")
        assert not findings(world)

    def test_signs_out_everywhere_else(self, door, here, actor, later):
        later(seconds=30)
        other = door.come_in().live.secret
        lock = prepare_passphrase(here, PASSPHRASE, NEW)
        with changing():
            assert change_passphrase(here, actor, lock) == 1
        assert live(other) is None
        assert live(here.secret)

    def test_needs_the_present_one(self, here):
        assert invalid(prepare_passphrase, here, "not the one it is now", NEW)[0] == "passphrase"
        assert invalid(prepare_passphrase, here, "", NEW)[0] == "passphrase"

    def test_has_to_be_another(self, here):
        place, told = invalid(prepare_passphrase, here, PASSPHRASE, PASSPHRASE)
        assert place == "new_passphrase"
        assert "that you have" in told

    def test_is_judged_with_what_everybody_knows_of_its_owner(self, here):
        place, told = invalid(prepare_passphrase, here, PASSPHRASE, "priya nair priya")
        assert place == "new_passphrase"
        assert "too easy" in told

    def test_trying_the_present_one_has_an_end(self, here):
        for _ in range(10):
            invalid(prepare_passphrase, here, "not the one it is now", NEW)
        assert invalid(prepare_passphrase, here, PASSPHRASE, NEW)[0] == "passphrase"


@pytest.mark.database
class TestAnotherFactor:
    def test_takes_the_place_of_the_one_before(self, door, here, actor, later):
        offer = FactorOffer.new(FactorKind.CARD)
        with changing():
            change_factor(here, actor, offer)
        later(seconds=30)
        with pytest.raises(Invalid):
            door.come_in()
        door.come_in(code=offer.codes[7])
        kinds = [row.kind for row in rows_of_credentials(door)]
        assert CredentialKind.PHONE not in kinds
        assert entries("credential:factor-changed")[-1]["facts"]["factor"] == "card"

    @pytest.mark.parametrize(
        "typed", ["", "000000", "12345", "abcdef", "\uff11\uff12\uff13", "x" * 10_000]
    )
    def test_is_confirmed_with_a_code_of_its_own(self, typed):
        offer = FactorOffer.new(FactorKind.PHONE)
        assert invalid(offer.confirm, typed, clock.now())[0] == "code"

    def test_a_good_code_confirms_it(self):
        phone = FactorOffer.new(FactorKind.PHONE)
        phone.confirm(phone.secret.code_at(clock.now()), clock.now())
        card = FactorOffer.new(FactorKind.CARD)
        card.confirm(card.codes[49].lower(), clock.now())
        assert len(set(card.codes)) == 50

    def test_travels_as_text(self):
        offer = FactorOffer.new(FactorKind.CARD)
        assert FactorOffer.read(FactorKind.CARD, offer.text) == offer
        assert offer.text not in repr(offer)


class TestNewRecoveryCodes:
    def test_end_the_old_ones(self, door, here, actor):
        with changing():
            codes = renew_recovery_codes(here, actor)
        assert len(set(codes)) == 10
        with pytest.raises(Invalid):
            door.come_in(code=door.recovery_codes[0])
        door.come_in(code=codes[0])
        with reading():
            row = door.credential_now(CredentialKind.RECOVERY)
            assert codes_left(row) == 9


def test_what_is_forgotten_takes_the_used_codes_along(door, here, actor):
    with changing():
        gone = forget(door.person.account)
        record(FACTOR_CHANGED, by=actor, things=gone, factor="none")
    assert not rows_of_credentials(door)
    assert not rows_of(FactorUse)
    assert rows_of(BrowserSession)


def rows_of_credentials(door):
    with reading():
        return credentials_of(door.person.account)


class TestAPassphrase:
    @pytest.mark.parametrize(
        ("typed", "why"),
        [
            ("", "12 to 1000"),
            ("elevenchars", "12 to 1000"),
            ("x" * 1001, "12 to 1000"),
            ("aaaaaaaaaaaaaaa", "too easy"),
            ("password1234", "too easy"),
            ("rivermouth police", "too easy"),
            ("\ud800" * 20, "whole characters"),
        ],
    )
    def test_is_refused_for_its_length_or_for_being_guessed(self, world, typed, why):
        place, told = invalid(check_passphrase, typed, ["Rivermouth Police"])
        assert place == "passphrase"
        assert why in told.replace(",", "")

    @pytest.mark.parametrize(
        "typed", [NEW, NEW * 30, "мовчить ластівка дев'ять чайник", "\u202eslow lantern walrus"]
    )
    def test_may_be_long_and_in_any_alphabet(self, world, typed):
        assert check_passphrase(typed).text

    @given(st.text(min_size=12, max_size=200))
    def test_whatever_is_typed_is_taken_or_refused_at_its_field(self, world, typed):
        try:
            check_passphrase(typed, ["Priya Nair", typed])
        except Invalid as problem:
            assert problem.place == "passphrase"  # noqa: PT017


@given(st.text(max_size=60))
def test_a_code_is_read_without_its_dashes_and_never_breaks(typed):
    assert plain(typed).isascii()
