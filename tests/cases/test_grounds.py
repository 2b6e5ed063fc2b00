"""Grounds: read from data by regime, checked at the start, and again when something is given."""

import pytest

from casehub.cases.grounds import (
    Demand,
    Regime,
    check_ground,
    check_grounds,
    ground_named,
    regime_of,
)
from casehub.errors import Invalid, Misconfigured, Unfinished
from casehub.policy import PolicyFile, in_force
from casehub.vault import KeyKind
from tests.builders import entries, refer, release

FILES = ("ca-bc-public", "ca-bc-private", "ca-bc-child", "ca-federal", "ca-qc-public")
GOOD = """
[text]
en = "Here"
fr = "Ici"
uk = "Тут"
[[ground]]
id = "here/danger"
text.en = "Danger"
text.fr = "Danger"
text.uk = "Загроза"
source = "The Act, s.1"
verified = true
"""


def problems(*texts):
    files = [PolicyFile("grounds", f"regime-{n}", text) for n, text in enumerate(texts)]
    with pytest.raises(Misconfigured) as found:
        check_grounds(files)
    return [str(problem) for problem in found.value.problems]


class TestTheFiles:
    def test_the_ones_that_come_with_this_version_are_whole(self, place):
        check_grounds(list(in_force().files))
        assert all(regime_of(name).ground for name in FILES)

    def test_what_nobody_has_read_says_so(self, place):
        for name in FILES:
            for ground in regime_of(name).ground:
                file = next(it for it in in_force().files if it.name == name)
                before = file.text.split(f'id = "{ground.id}"')[1].split("source = ")[0]
                assert ("# " in before) is not ground.verified, ground.id

    def test_what_is_no_toml_is_named(self):
        assert problems("[")[0].startswith("grounds/regime-0.toml: is not TOML")

    @pytest.mark.parametrize("line", ["verified = true", 'source = "The Act, s.1"', 'uk = "Тут"'])
    def test_what_is_missing_is_named(self, line):
        missing = line.partition(" ")[0]
        assert f"{missing}: Field required" in problems(GOOD.replace(line, "", 1))[0]

    def test_a_demand_that_nobody_knows_is_named(self):
        assert "demands" in problems(GOOD + 'demands = ["magic"]\n')[0]

    def test_a_ground_of_two_files_is_named(self):
        assert "stands in grounds/regime-0.toml too" in problems(GOOD, GOOD)[0]

    def test_a_good_one_loads(self):
        check_grounds([PolicyFile("grounds", "here", GOOD), PolicyFile("other", "x", "[")])
        assert Regime.read(GOOD).ground[0].id == "here/danger"


class TestGiving:
    def test_a_regime_without_a_file_is_unfinished(self, place):
        with pytest.raises(Unfinished, match="nowhere"):
            regime_of("nowhere")

    @pytest.mark.parametrize("code", ["ca-federal/use", "ca-bc-pipa/child", "made-it", ""])
    def test_another_regime_s_ground_is_none(self, place, code):
        with pytest.raises(Invalid) as refused:
            check_ground("ca-bc-public", code, frozenset())
        assert refused.value.place == "ground"

    @pytest.mark.parametrize("code", ["ca-bc/consent"])
    def test_what_needs_something_on_file_waits_until_it_can_be_there(self, place, code):
        with pytest.raises(Invalid, match="none on file"):
            check_ground("ca-bc-public", code, frozenset(Demand))

    def test_a_directive_has_to_be_on_file(self, place):
        with pytest.raises(Invalid, match="directive"):
            check_ground("ca-qc-public", "ca-qc/urgent", frozenset(Demand))

    def test_what_it_asks_for_first_has_to_be_said(self, place):
        with pytest.raises(Invalid) as refused:
            check_ground("ca-bc-public", "ca-bc/safety", frozenset())
        assert refused.value.place == "met"
        assert check_ground("ca-bc-public", "ca-bc/safety", frozenset({Demand.NOTICE}))

    def test_what_was_said_is_in_the_entry(self, world):
        case = refer(world["Priya Nair"])
        harbour = world.agencies["Harbour House"]
        terms = {"ground": "ca-bc/safety", "met": frozenset({Demand.NOTICE})}
        release(world["Priya Nair"], case, harbour, KeyKind.SYNOPSIS, **terms)
        assert entries("key:released")[-1]["facts"]["met"] == ["notice"]


def test_a_code_is_shown_by_its_name(place):
    assert ground_named("ca-bc/danger").text.uk.startswith("Щоб")
    assert ground_named("made-it") is None


def test_a_ground_cannot_be_changed_in_memory(place):
    ground = regime_of("ca-bc-public").ground[0]
    with pytest.raises(ValueError, match="frozen"):
        ground.verified = True
