"""The demo's sign-in page: the cast, a press for each of them, and codes that are good once."""

from datetime import UTC, datetime

import pytest

from casehub import clock
from casehub.demo.cast import AGENCIES, CAST, PASSPHRASE, part_of
from casehub.demo.panel import code_for
from casehub.policy import Role
from tests.page import Browser

SOMETIME = datetime(2026, 11, 21, 12, 0, 7, tzinfo=UTC)


class TestThePage:
    def test_it_lists_everybody_with_what_they_may_do_and_a_code(self, demo):
        page = Browser(demo).open("/sign-in")
        assert page.says("This is a demo: be anybody")
        assert page.says("Nothing is kept when the demo ends.")
        assert page.says(PASSPHRASE)
        for part in CAST:
            assert page.says(part.name)
            assert page.says(part.shows)
        for agency in AGENCIES:
            assert page.says(agency.name)

    def test_name_passphrase_and_code_of_the_page_open_the_door_by_hand(self, demo):
        page = Browser(demo).open("/sign-in")
        row = next(item for item in page.root.all("li") if "Tomas Berg" in item.words)
        name, code = (item.words for item in row.all("code"))
        typed = {"Name you sign in with": name, "Passphrase": PASSPHRASE, "Code": code}
        assert page.fill(typed).press("Sign in").says("Tomas Berg, Rivermouth Child Protection")

    @pytest.mark.parametrize("name", ["Omar Haddad", "Nora Quist", "Wen Zhao"])
    def test_one_press_is_enough(self, sign_in, name):
        assert sign_in(name).says(f"{name}, {part_of(name).agency.name}")

    def test_pressing_twice_in_a_row_takes_the_next_code(self, sign_in):
        for _ in range(2):
            assert sign_in("Amira Saleh").status == 200

    def test_whoever_presses_too_often_is_told_to_wait(self, sign_in):
        with clock.frozen_at(clock.now()):
            pages = [sign_in("Helen Marsh") for _ in range(4)]
        assert pages[-1].status == 409
        assert pages[-1].says("Wait half a minute and press again")

    def test_nobody_of_the_cast_signs_nobody_in(self, demo):
        browser = Browser(demo)
        page = browser.open("/sign-in")
        sent = page.fields_of("Sign in as Bo Lindqvist") | {"who": "Mallory"}
        assert browser.send("/demo/sign-in", "POST", data=sent).status == 409

    def test_the_press_takes_the_token_of_a_page_like_every_other(self, demo):
        answer = Browser(demo).send("/demo/sign-in", "POST", data={"who": "Bo Lindqvist"})
        assert answer.status == 400


class TestCodes:
    def test_a_code_that_was_used_is_followed_by_the_next(self):
        part = CAST[0]
        step = int(SOMETIME.timestamp()) // 30
        with clock.frozen_at(SOMETIME) as later:
            first = code_for(part, 0)
            assert first == code_for(part, step - 1) == part.code_at(SOMETIME)
            ahead = code_for(part, step)
            later(SOMETIME.replace(second=40) - SOMETIME)
            assert ahead == code_for(part, 0)

    def test_no_two_telephones_are_alike(self):
        assert len({part.secret.text for part in CAST}) == len(CAST)


class TestTheCast:
    def test_it_has_six_agencies_of_the_six_kinds(self):
        assert len(AGENCIES) == 6
        assert {agency.sector for agency in AGENCIES} == {
            "police",
            "child-protection",
            "adult-social-services",
            "health",
            "probation",
            "victim-services",
        }

    def test_it_has_about_twenty_people_of_every_role(self):
        assert 18 <= len(CAST) <= 22
        assert {role for part in CAST for role in part.roles} == set(Role)

    def test_every_agency_begins_with_a_custodian(self):
        for agency in AGENCIES:
            first = next(part for part in CAST if part.agency is agency)
            assert Role.CUSTODIAN in first.roles

    @pytest.mark.parametrize("name", ["", "Mallory", "ana duarte x"])
    def test_nobody_is_called_like_that(self, name):
        assert part_of(name) is None

    @pytest.mark.parametrize("name", ["Ana Duarte", "ana.duarte", " ANA "])
    def test_somebody_is_found_however_the_name_is_written(self, name):
        assert part_of(name) is CAST[0]
