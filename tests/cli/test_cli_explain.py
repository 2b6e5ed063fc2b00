"""`casehub policy explain`: may somebody do something now, and why."""

from dataclasses import replace

import pytest
from sqlalchemy import text, update

from casehub.accounts.models import Account
from casehub.demo.story import refer, release_synopsis
from casehub.policy import Permission, book
from casehub.store import db, reading, writing

PRIYA, OMAR = "priya.nair@rivermouth.example", "omar.haddad@rivermouth.example"
ANA, INES = "ana.duarte@rivermouth.example", "ines.prado@rivermouth.example"


@pytest.fixture
def reference(world):
    """A case of the police, of which Harbour House has the synopsis; its reference."""
    case = refer(world, lambda _: None)
    release_synopsis(world, case)
    return case.reference


@pytest.fixture
def ask(reference, shell):
    """Give a function that asks about somebody and returns the lines of the answer."""

    def ask(email, permission, *options):
        command = ["policy", "explain", "--email", email, "--do", permission.value, *options]
        return shell.succeeds(*command).splitlines()

    return ask


class TestAboutACase:
    def test_what_is_allowed_names_the_rule_and_each_word(self, ask, reference):
        assert ask(PRIYA, Permission.SYNOPSIS_OPEN, "--case", reference) == [
            "allowed, by open-synopsis",
            "  wall does not apply (walled: no)",
            "  open-synopsis allows (in_team: yes, holds_synopsis: yes)",
        ]

    def test_what_is_denied_says_at_which_word(self, ask, reference):
        lines = ask(OMAR, Permission.IDENTIFIERS_OPEN, "--case", reference)
        assert lines[0] == "denied, by no-rule"
        assert lines[-1] == (
            "  open-identifiers does not apply (in_team: yes, holds_identifiers: no)"
        )
        lines = ask(INES, Permission.CASE_KNOW, "--case", reference)
        assert lines[-1] == "  know-own-cases does not apply (on_case: no)"

    def test_a_role_that_no_rule_speaks_of_is_told_so(self, ask, reference, world):
        lines = ask(ANA, Permission.RECORD_WRITE, "--case", reference)
        assert lines[0] == "denied, by no-rule"
        assert not any(" allows " in line for line in lines)

    def test_nobody_of_these_roles_is_spoken_of(self, ask, reference):
        assert ask(PRIYA, Permission.AGENCY_KEY_ROTATE) == [
            "denied, by no-rule",
            "  no rule speaks of this for any of the roles",
        ]

    @pytest.mark.parametrize(
        ("key", "verdict"), [("synopsis", "allowed"), ("own", "denied"), ("part", "allowed")]
    )
    def test_which_key_is_asked_for_matters(self, ask, reference, key, verdict):
        lines = ask(PRIYA, Permission.KEY_RELEASE, "--case", reference, "--key", key)
        assert lines[0].startswith(verdict)
        if key == "own":
            assert lines[0] == "denied, by own-key-stays"
            assert "  own-key-stays denies (asks_own: yes)" in lines


class TestAboutOtherThings:
    def test_an_agency_is_the_own_one(self, ask):
        assert ask(ANA, Permission.AGENCY_KEY_ROTATE)[0] == "allowed, by rotate-own-keys"
        assert ask(PRIYA, Permission.CASE_REFER)[0] == "allowed, by refer"

    def test_an_account_is_the_one_that_is_named(self, ask):
        assert ask(ANA, Permission.ACCOUNT_END, "--subject", PRIYA)[0] == "allowed, by end-account"
        lines = ask(ANA, Permission.ACCOUNT_END, "--subject", ANA)
        assert lines[-1] == "  end-account does not apply (same_agency: yes, not_self: no)"
        assert ask(ANA, Permission.ACCOUNT_END, "--subject", OMAR)[0] == "denied, by no-rule"

    def test_without_one_it_is_a_new_account_of_the_own_agency(self, ask):
        assert ask(ANA, Permission.ACCOUNT_PROPOSE)[0] == "allowed, by propose-account"


class TestAWordThatCannotAnswer:
    def test_is_named_as_the_reason(self, ask, reference, monkeypatch):
        def broken(*_):
            raise LookupError

        word = replace(book["on_case"], predicate=broken)
        monkeypatch.setitem(book._words, "on_case", word)
        lines = ask(PRIYA, Permission.CASE_KNOW, "--case", reference)
        assert lines[0] == "denied, by know-own-cases"
        assert lines[-1] == "  the word on_case could not answer: that is a denial"


class TestWhatCannotBeAsked:
    @pytest.mark.parametrize(
        ("command", "sentence"),
        [
            (["--email", "nobody@x.example", "--do", "case:know"], "0 accounts have this e-mail"),
            (["--email", PRIYA, "--do", "case:know"], "name one with --case"),
            (
                ["--email", PRIYA, "--do", "case:know", "--case", "R-2222-2222"],
                "There is no case with this reference",
            ),
            (
                ["--email", ANA, "--do", "account:end", "--subject", "nobody@x.example"],
                "0 accounts have this e-mail",
            ),
        ],
        ids=["nobody", "no case", "unknown case", "unknown subject"],
    )
    def test_says_what_is_lacking(self, shell, command, sentence):
        output = shell.fails("policy", "explain", *command)
        assert sentence in output
        assert output.endswith("Correct it and send it again.\n")

    def test_an_address_of_two_accounts_is_none(self, shell, world):
        with writing():
            db.session.connection().execute(
                update(Account.__table__).values(email="same@rivermouth.example")
            )
        db.session.remove()
        output = shell.fails(
            "policy", "explain", "--email", "same@rivermouth.example", "--do", "case:know"
        )
        assert "7 accounts have this e-mail address." in output

    def test_an_account_that_is_not_admitted_does_nothing(self, shell, world):
        with writing():
            db.session.connection().execute(update(Account.__table__).values(state="waiting"))
        db.session.remove()
        output = shell.fails("policy", "explain", "--email", PRIYA, "--do", "case:refer")
        assert "This account is not admitted." in output

    @pytest.mark.parametrize(
        "command", [["--do", "case:burn"], ["--do", "case:know", "--key", "k"]]
    )
    def test_an_unknown_permission_or_key_is_told_by_the_parser(self, shell, command):
        code, output = shell.run("policy", "explain", "--email", PRIYA, *command)
        assert (code, "is not one of" in output) == (2, True)


def test_asking_opens_nothing_and_leaves_no_entry(ask, reference, place):
    def entries():
        with place.app.app_context(), reading():
            return db.session.scalar(text("SELECT count(*) FROM audit_entries"))

    before = entries()
    for permission in Permission:
        ask(PRIYA, permission, "--case", reference, "--subject", ANA)
    assert entries() == before
