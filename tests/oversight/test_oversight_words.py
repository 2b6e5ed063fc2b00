"""Every code that an entry can carry has a word, and every act a sentence that can be written."""

import string
from uuid import UUID

import pytest

from casehub import app, clock
from casehub.accounts import acts as account_acts
from casehub.accounts.code_models import CodeKind
from casehub.accounts.factors import FactorKind
from casehub.accounts.signing_in import PIN_ALARM, REFUSED_OFTEN
from casehub.accounts.vouching import FOREIGN_KEY
from casehub.audit import Fact, catalogue
from casehub.cases import leavers, rotation
from casehub.cases.models import AssignmentReason, EndCode
from casehub.oversight import acts
from casehub.oversight.kinds import BY_ACT, BY_NOUN, ActKind
from casehub.oversight.names import Names
from casehub.oversight.queries import Entry
from casehub.oversight.sentences import Writer
from casehub.oversight.wording import (
    ALARMS,
    CODES,
    CONTRACTS,
    ENDINGS,
    FACTORS,
    KEYS,
    PERMISSIONS,
    REASONS,
    ROLES,
    VOUCHES,
)
from casehub.policy import Permission, Role
from casehub.vault import KeyKind, VouchKind, canonical, inventory

assert app and leavers and rotation and acts and account_acts  # noqa: PT018 - whoever assembles the application imports every act
A, B, C = UUID(int=1), UUID(int=2), UUID(int=3)
NAMES = Names({A: ("Priya Nair", B)}, {B: "Rivermouth Police"}, {C: "R-7KQ2-M4XW"})
VALUES = {
    Fact.ID: str(A),
    Fact.IDS: [str(A)],
    Fact.CODE: "something",
    Fact.CODES: ["something"],
    Fact.COUNT: 3,
    Fact.HASH: "0f",
    Fact.MOMENT: clock.timestamp(clock.FOREVER),
}


@pytest.mark.parametrize(
    ("words", "codes"),
    [
        (KEYS, KeyKind),
        (ROLES, Role),
        (PERMISSIONS, Permission),
        (ENDINGS, EndCode),
        (REASONS, AssignmentReason),
        (VOUCHES, VouchKind),
        (CODES, CodeKind),
        (FACTORS, FactorKind),
    ],
)
def test_every_code_has_a_word(words, codes):
    assert {code.value for code in codes} <= set(words)


def test_every_act_is_sorted():
    sorted_ = [act.name for act in catalogue if act.name in BY_ACT]
    sorted_ += [act.name for act in catalogue if act.name.partition(":")[0] in BY_NOUN]
    assert {act.name for act in catalogue} == set(sorted_), "say of which kind it is: kinds.py"


def test_every_alarm_has_words():
    assert {"tampered", PIN_ALARM, REFUSED_OFTEN, FOREIGN_KEY} <= set(ALARMS)


def test_every_contract_has_a_word():
    assert {contract.name for contract in inventory} <= set(CONTRACTS)


def entry(act, facts, account=A, case=C):
    body = canonical({"facts": facts}).decode()
    return Entry(7, body, clock.now(), act, "done", account, B, case)


@pytest.mark.parametrize("act", list(catalogue), ids=lambda act: act.name)
def test_every_act_makes_a_sentence(act):
    places = {place for _, place, _, _ in string.Formatter().parse(act.sentence) if place}
    assert places <= {"account", "case", *act.facts}, f"{act.name} has no such fact"
    facts = {name: VALUES[kind] for name, kind in act.facts.items()}
    for values in (facts, dict.fromkeys(facts)):
        text = Writer(NAMES, B).write(entry(act.name, values)).text
        assert "{" not in text
        assert "None" not in text


def test_an_act_that_nobody_knows_any_more_is_told_all_the_same():
    line = Writer(NAMES, B).write(entry("magic:done", {}))
    assert line.text.startswith("Priya Nair did something")
    assert line.kind is ActKind.PEOPLE


def test_who_is_unknown_is_somebody():
    facts = {"subject": str(UUID(int=9)), "reason": "cover"}
    line = Writer(NAMES, B).write(
        entry("team:assigned", facts, account=UUID(int=8), case=UUID(int=7))
    )
    assert line.text == "somebody put somebody on the team of a case: cover for a colleague."
