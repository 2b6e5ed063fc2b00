"""Inviting, coming back, roles, leaving: as people do it in a browser."""

import re

import pytest

from casehub.accounts.keys import current_account_key
from casehub.accounts.models import AccountState
from casehub.accounts.sign_in_names import account_named
from casehub.demo.world import account_of, begin, invite
from casehub.policy import Role
from casehub.store import db, reading
from tests.builders import (
    entries,
    findings,
    invitation_for,
    memberships_of,
    propose_colleague,
    second_colleague,
)
from tests.custody.people import CODE, LINK, NEW_PERSON, take_up_by_link
from tests.page import Browser


def propose(at, **changed):
    return (
        at("Ana Duarte", "/agency/invite").fill(NEW_PERSON | changed).press("Propose this account")
    )


class TestInviting:
    def test_from_the_proposal_to_the_first_sign_in(self, place, world, at):
        page = propose(at)
        assert page.says("It is proposed. A second person has to agree.")
        page = at("Lev Marchenko", "/agency")
        assert page.says("A new account for Tess Okafor")
        page = page.follow("Look at it Tess Okafor").press("Agree to this account")
        assert page.says("You have agreed.")
        page = at("Ana Duarte", "/agency").follow("Tess Okafor").follow("Make the code")
        page = page.press("Make the code")
        code, link = CODE.search(page.words)[0], LINK.search(page.words)[0]
        assert page.says("It is shown now and never again")
        done = take_up_by_link(place.app, link, code)
        assert done.title.startswith("Your key is made")
        assert done.says("tess.okafor")
        with reading():
            assert account_named("Tess.Okafor").state is AccountState.ADMITTED
        assert at("Ana Duarte", "/agency").says("Has an account")
        assert findings(world) == []

    @pytest.mark.parametrize(
        ("field", "typed", "told"),
        [
            ("Name", "", "Give the person's name."),
            ("Name", "x" * 121, "121"),
            ("Work e-mail", "tess", "name@example.org"),
            ("Name to sign in with", "tess okafor", "letters and digits"),
            ("Name to sign in with", "t\u0435ss", "alphabet"),  # the second letter is Cyrillic
            ("Name to sign in with", "x" * 61, "61"),
            ("Work telephone", "1" * 41, "41"),
        ],
    )
    def test_what_makes_no_sense_is_told_beside_it_and_kept(self, at, field, typed, told):
        before = len(entries("account:proposed"))
        page = propose(at, **{field: typed})
        assert page.status == 422
        assert told in page.error_at(field)
        assert page.value_of("Work e-mail") == (typed if field == "Work e-mail" else "t@r.example")
        assert len(entries("account:proposed")) == before
        with reading():
            assert account_named("tess.okafor") is None

    def test_a_name_that_somebody_has_is_told(self, at):
        page = propose(at, **{"Name to sign in with": "PRIYA.NAIR"})
        assert "signs in with this name already" in page.error_at("Name to sign in with")

    def test_two_of_the_same_name_get_two_names_to_sign_in_with(self, at):
        propose(at, Name="Priya Nair")
        with reading():
            assert account_named("priya.nair2").name == "Priya Nair"

    def test_without_a_role_nothing_is_proposed(self, at):
        page = propose(at, Caseworker=False)
        assert page.errors == ["Roles: Choose at least one role."]

    def test_the_page_with_the_code_sent_twice_does_not_end_the_code(self, place, world, at):
        page = propose(at)
        at("Lev Marchenko", "/agency").follow("Look at it Tess Okafor").press(
            "Agree to this account"
        )
        page = at("Ana Duarte", "/agency").follow("Tess Okafor").follow("Make the code")
        shown, again = page.press("Make the code"), page.press("Make the code")
        assert again.status == 409
        code, link = CODE.search(shown.words)[0], LINK.search(shown.words)[0]
        assert take_up_by_link(place.app, link, code).says("tess.okafor")

    def test_the_proposer_is_offered_no_agreeing(self, at):
        page = propose(at)
        assert "Look at it and agree" not in page.words
        path = re.sub(r"^https?://[^/]*", "", page.path)
        assert at("Ana Duarte", f"{path}/agree").status == 404

    def test_nobody_else_sees_the_pages(self, world, at):
        account = propose_colleague(world["Ana Duarte"])
        for name in ("Priya Nair", "Bo Lindqvist", "Omar Haddad"):
            for tail in ("", "/agree", "/code", "/roles", "/end", "/reset"):
                assert at(name, f"/agency/people/{account.id}{tail}").status == 404


class TestASmallAgency:
    def test_the_coordinating_custodian_agrees_and_sees_whose_it_is(self, world, at):
        account = propose_colleague(world["Bo Lindqvist"])
        page = at("Ana Duarte", "/agency")
        assert page.says("Harbour House")
        page = page.follow("Look at it Tess Okafor").press("Agree to this account")
        assert page.says("You have agreed.")
        assert at("Ana Duarte", f"/agency/people/{account.id}").status == 404
        assert at("Ana Duarte", f"/agency/people/{account.id}/agree").status == 404

    def test_a_role_is_agreed_to_there_and_given_at_home(self, world, at):
        page = at("Bo Lindqvist", f"/agency/people/{world['Omar Haddad'].account}")
        page = page.follow("Propose a role").fill({"Caseworker": "Caseworker"})
        page.press("Propose this role")
        page = at("Ana Duarte", "/agency")
        page.follow("Look at it Omar Haddad").press("Agree to this role")
        page = at("Bo Lindqvist", "/agency")
        assert page.says("agreed to, not yet given")
        page = page.follow("Look at it Omar Haddad").press("Give this role")
        assert page.says("The role is given.")
        assert world["Omar Haddad"].actor().roles == {Role.HUB_MEMBER, Role.CASEWORKER}
        assert findings(world) == []


class TestALostPassphrase:
    def test_two_agree_and_a_code_brings_the_person_back(self, place, world, at):
        page = at("Ana Duarte", f"/agency/people/{world['Priya Nair'].account}")
        page = page.follow("Lost passphrase: propose a new way in").press("Propose the new way in")
        assert page.says("New way in waits for a second person")
        page = at("Lev Marchenko", "/agency").follow("Look at it Priya Nair")
        page.press("Agree to the new way in")
        page = at("Ana Duarte", f"/agency/people/{world['Priya Nair'].account}")
        page = page.follow("Make the code").press("Make the code")
        before = current_key_of(world["Priya Nair"])
        done = take_up_by_link(place.app, LINK.search(page.words)[0], CODE.search(page.words)[0])
        assert done.says("priya.nair")
        assert current_key_of(world["Priya Nair"]) != before
        assert at("Ana Duarte", "/agency").says("Has an account")
        assert findings(world) == []

    def test_it_can_be_withdrawn(self, world, at):
        page = at("Ana Duarte", f"/agency/people/{world['Priya Nair'].account}/reset")
        page = page.press("Propose the new way in").follow("Withdraw it").press("Withdraw it")
        assert page.says("It is withdrawn.")
        assert "Withdraw it" not in page.words


def current_key_of(person):
    with reading():
        return current_account_key(person.account).id


class TestALeaver:
    def test_the_page_says_what_happens_and_then_it_has(self, world, at):
        page = at("Ana Duarte", f"/agency/people/{world['Priya Nair'].account}/end")
        assert page.says("every sign-in of the person ends")
        page = page.press("End this account")
        assert page.says("Nothing opens for it any more.")
        assert account_of(world["Priya Nair"]).state is AccountState.ENDED
        assert memberships_of(world["Priya Nair"].account) == []

    def test_it_warns_where_a_way_back_goes_with_them(self, world, at):
        invite(world, "Bo Lindqvist", "Ana Duarte", "Uli Falk", [Role.CUSTODIAN])
        page = at("Bo Lindqvist", f"/agency/people/{world['Uli Falk'].account}/end")
        assert page.says("A way back goes with this account")

    def test_sent_twice_it_is_told_as_done(self, world, at):
        page = at("Ana Duarte", f"/agency/people/{world['Priya Nair'].account}/end")
        page.press("End this account")
        assert page.press("End this account").status in (404, 409)


class TestRoles:
    def test_one_is_taken_away_by_a_custodian_alone(self, world, at):
        page = at("Ana Duarte", f"/agency/people/{world['Lev Marchenko'].account}")
        page = page.follow("Take away: Supervisor").press("Take this role away")
        assert page.says("The role has ended.")
        assert world["Lev Marchenko"].actor().roles == {Role.CUSTODIAN}

    def test_a_proposal_can_be_dropped(self, world, at):
        page = at("Ana Duarte", f"/agency/people/{world['Priya Nair'].account}/roles")
        page = page.fill({"Analyst": "Analyst"}).press("Propose this role")
        page = page.follow("Drop it: Analyst").press("Take this role away")
        assert page.says("The role has ended.")
        assert "Waits for a second person" not in page.words

    def test_without_a_choice_it_says_so(self, world, at):
        page = at("Ana Duarte", f"/agency/people/{world['Priya Nair'].account}/roles")
        assert page.press("Propose this role").errors == ["Role: Choose one."]


def test_an_act_without_a_second_factor_lately_asks_for_it(world, at, door):
    door.stepped_up = False
    page = at("Ana Duarte", f"/agency/people/{world['Priya Nair'].account}/end")
    page = page.press("End this account")
    assert page.error_at("Code from your phone or card")
    assert account_of(world["Priya Nair"]).state is AccountState.ADMITTED


def test_a_hub_that_has_just_begun_shows_what_is_still_to_do(world, at):
    begin(world, "North Shelter", "shelter", "Nia Brook")
    page = at("Nia Brook", "/agency")
    assert page.says("The agency cannot refer or receive anything yet")
    assert page.says("The recovery sheet of North Shelter was never tried.")
    assert page.follow("A custodian of the agency holds the recovery drill.").title.startswith(
        "Try the recovery sheet"
    )


def test_what_roles_may_do_is_told_from_the_policy(at):
    page = at("Priya Nair", "/what-roles-may-do")
    assert page.says("Propose a new account of the agency, with its roles.")
    assert page.says("Nobody lets somebody in alone") is False
    assert page.says("It is not the actor's own account.")


def test_what_is_wrong_is_listed_in_the_order_of_the_page(place, world):
    account = propose_colleague(world["Ana Duarte"])
    second_colleague(world["Lev Marchenko"], account)
    row = invitation_for(world["Ana Duarte"], account).row.id
    db.session.remove()
    page = Browser(place.app).open(f"/use-code/{row}").press("Make my key")
    assert page.errors[0] == "The code that you were given: Type the code."
