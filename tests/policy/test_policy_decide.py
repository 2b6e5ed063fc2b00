"""The oracle: default deny, a deny wins, and whatever cannot answer lets nobody in."""

import pytest
from sqlalchemy import column

from casehub.errors import Refused
from casehub.policy import Permission, Role, Subject, decide, denial, in_force, instead, may
from casehub.policy.decide import NO_RULE
from casehub.texts import N_
from tests.policy.small_book import (
    ORACLE,
    ROWS,
    Person,
    allowed_rows,
    decided_by,
    listed_rows,
    policy,
    rule,
    small_book,
    somebody,
    stones,
)

KNOW = Permission.CASE_KNOW
HEAVY = next(row for row in ROWS if row.red and row.weight == 9 and not row.lost)
LIGHT = next(row for row in ROWS if not row.red and row.weight == 1 and not row.lost)
ALLOW = rule(id="allow")
DENY = rule(False, id="deny")


class TestWhatIsAllowed:
    def test_nothing_is_by_an_empty_table(self):
        with decided_by():
            decision = decide(somebody(), KNOW, HEAVY)
        assert (decision.allowed, decision.rule, decision.steps) == (False, NO_RULE, ())

    def test_what_a_rule_allows_is_and_the_rule_is_named(self):
        with decided_by(ALLOW):
            decision = decide(somebody(), KNOW, HEAVY)
        assert (decision.allowed, decision.rule, decision.failed_word) == (True, "allow", None)

    def test_what_the_rule_does_not_speak_of_is_not(self):
        with decided_by(ALLOW):
            assert not decide(somebody(), Permission.PART_OPEN, HEAVY).allowed
            assert not decide(somebody(Role.ANALYST), KNOW, HEAVY).allowed
            assert not decide(somebody(), KNOW, LIGHT).allowed

    def test_one_of_several_roles_is_enough(self):
        with decided_by(ALLOW):
            assert decide(somebody(Role.ANALYST, Role.CASEWORKER), KNOW, HEAVY).allowed

    def test_nobody_without_a_role_gets_anything(self):
        nobody = somebody()
        object.__setattr__(nobody, "roles", frozenset())
        with decided_by(rule(who=Role)), stones() as connection:
            assert allowed_rows(nobody, KNOW) == listed_rows(connection, nobody, KNOW) == set()

    @pytest.mark.parametrize("rules", [(ALLOW, DENY), (DENY, ALLOW)], ids=["after", "before"])
    def test_a_deny_wins_wherever_it_stands(self, rules):
        with decided_by(*rules):
            decision = decide(somebody(), KNOW, HEAVY)
        assert (decision.allowed, decision.rule, decision.failed_word) == (False, "deny", None)

    def test_a_deny_that_does_not_apply_changes_nothing(self):
        with decided_by(rule(False, id="deny", when=["lost"]), ALLOW):
            decision = decide(somebody(), KNOW, HEAVY)
        assert decision.rule == "allow"
        assert [(step.rule.id, step.holds) for step in decision.steps] == [
            ("deny", False),
            ("allow", True),
        ]

    def test_all_words_must_hold_and_the_first_no_ends_the_asking(self):
        with decided_by(rule(when=["red", "lost", "heavy"])):
            (step,) = decide(somebody(), KNOW, HEAVY).steps
        assert (step.holds, step.words) == (False, (("red", True), ("lost", False)))

    def test_an_empty_clause_means_no(self):
        with decided_by(rule(when=[])), stones() as connection:
            assert allowed_rows(somebody(), KNOW) == set()
            assert listed_rows(connection, somebody(), KNOW) == set()
        with decided_by(rule(who=[])):
            assert allowed_rows(somebody(), KNOW) == set()
        with decided_by(rule(do=[])):
            assert allowed_rows(somebody(), KNOW) == set()

    def test_an_empty_deny_denies_nothing(self):
        with decided_by(ALLOW, rule(False, id="deny", when=[])), stones() as connection:
            allowed = allowed_rows(somebody(), KNOW)
            assert allowed == listed_rows(connection, somebody(), KNOW)
            assert HEAVY.number in allowed


class TestAWordThatCannotAnswer:
    @pytest.mark.parametrize("allows", [True, False], ids=["allow", "deny"])
    @pytest.mark.parametrize("first", [True, False], ids=["first", "last"])
    def test_is_a_denial_whatever_else_holds_and_is_named(self, allows, first):
        broken = rule(allows, id="broken", when=["breaks"])
        with decided_by(*((broken, ALLOW) if first else (ALLOW, broken))):
            decision = decide(somebody(), KNOW, HEAVY)
        assert (decision.allowed, decision.rule) == (False, "broken")
        assert decision.failed_word == "breaks"

    def test_denies_where_another_word_of_the_rule_held(self):
        with decided_by(rule(when=["red", "breaks"])):
            decision = decide(somebody(), KNOW, HEAVY)
        assert (decision.allowed, decision.failed_word) == (False, "breaks")

    def test_does_not_matter_where_it_is_not_asked(self):
        with decided_by(ALLOW, rule(when=["lost", "breaks"])):
            assert decide(somebody(), KNOW, HEAVY).allowed

    def test_a_word_that_is_in_no_book_is_one_too(self):
        with decided_by(ALLOW, rule(id="ghost", when=["ghost"])):
            decision = decide(somebody(), KNOW, HEAVY)
        assert (decision.allowed, decision.failed_word) == (False, "ghost")

    def test_so_is_one_that_answers_with_an_expression(self):
        words = small_book()
        words.word(
            "muddled", Subject.CASE, N_("It is SQL."), lambda *_: column("a") > 1, lambda _: None
        )
        with decided_by(ALLOW, rule(id="muddle", when=["muddled"]), words=words):
            decision = decide(somebody(), KNOW, HEAVY)
        assert (decision.allowed, decision.failed_word) == (False, "muddled")

    def test_it_is_in_the_denial_for_the_log(self):
        with decided_by(rule(when=["breaks"])), pytest.raises(Refused) as refused:
            may(somebody(), KNOW, HEAVY)
        assert refused.value.denial.failed_word == "breaks"

    def test_what_stops_the_process_is_no_answer(self):
        def interrupted(*_):
            raise KeyboardInterrupt

        words = small_book()
        words.word("slow", Subject.CASE, N_("It takes long."), interrupted, lambda _: None)
        with decided_by(rule(when=["slow"]), words=words), pytest.raises(KeyboardInterrupt):
            decide(somebody(), KNOW, HEAVY)


class TestAsking:
    def test_about_the_wrong_thing_is_a_defect(self):
        with decided_by(ALLOW), pytest.raises(TypeError, match="case:know is not about"):
            may(somebody(), KNOW, Person())

    def test_a_refusal_carries_ids_for_the_log_and_no_word_to_the_reader(self):
        actor = somebody()
        with decided_by(DENY), pytest.raises(Refused) as refused:
            may(actor, KNOW, HEAVY)
        said = refused.value.denial
        assert (said.permission, said.rule) == ("case:know", "deny")
        assert (said.account, said.agency, said.hub) == (actor.account, actor.agency, actor.hub)
        assert (said.case, said.target) == (HEAVY.case, None)
        assert str(refused.value) == "There is nothing here that you may see."

    def test_a_refusal_may_be_about_nothing_that_is_known(self):
        said = denial(somebody(), KNOW, None, None)
        assert (said.rule, said.case, said.target) == (NO_RULE, None, None)

    def test_facts_are_about_no_case_and_no_target_unless_they_say_so(self):
        assert (Person().case, Person().target, HEAVY.target) == (None, None, None)


class TestInForce:
    def test_nothing_is_before_the_application_is_assembled(self, monkeypatch):
        monkeypatch.setattr(ORACLE, "_in_force", None)
        with pytest.raises(RuntimeError, match="assemble the application first"):
            in_force()

    def test_another_policy_decides_for_a_while_and_no_longer(self):
        with decided_by(ALLOW):
            before = in_force()
            with instead(policy()):
                assert not decide(somebody(), KNOW, HEAVY).allowed
            assert in_force() is before
            assert decide(somebody(), KNOW, HEAVY).allowed

    def test_it_goes_back_where_a_test_fails_meanwhile(self):
        with decided_by(ALLOW):
            before = in_force()
            with pytest.raises(TypeError), instead(policy()):
                decide(somebody(), KNOW, Person())
            assert in_force() is before
