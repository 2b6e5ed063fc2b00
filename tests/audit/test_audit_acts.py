"""The catalogue of acts: what the log can say, and that none of it is a sentence."""

import string
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

import casehub.models  # noqa: F401 - with the tables come the slices
from casehub import app, clock
from casehub.audit import Fact, catalogue
from casehub.audit.acts import Catalogue
from casehub.texts import N_

assert app  # whoever assembles the application imports every slice's acts

SENTENCE = N_("Something was done.")
ID, OTHER_ID = str(UUID(int=0xA1)), str(UUID(int=0xB2))
MOMENT = "2026-03-29T01:00:00.000005Z"

SIGNS = f" \n\t{string.ascii_uppercase}"
"""What every sentence has one of."""

ADMITTED = [
    (Fact.ID, ID),
    (Fact.IDS, []),
    (Fact.IDS, [ID, OTHER_ID]),
    (Fact.CODE, "victim-services"),
    (Fact.CODE, "protocols/four_filter@1"),
    (Fact.CODE, "case:opened"),
    (Fact.CODE, "a" * 128),
    (Fact.CODES, []),
    (Fact.CODES, ["own", "part/7"]),
    (Fact.COUNT, 0),
    (Fact.COUNT, 12),
    (Fact.HASH, "0f"),
    (Fact.HASH, "a" * 128),
    (Fact.MOMENT, MOMENT),
]
REFUSED = [
    (Fact.ID, ID.upper()),
    (Fact.ID, ID.replace("-", "")),
    (Fact.ID, f"{{{ID}}}"),
    (Fact.ID, "north"),
    (Fact.ID, UUID(int=0xC3)),
    (Fact.IDS, ID),
    (Fact.IDS, [ID, "north"]),
    (Fact.IDS, (ID,)),
    (Fact.IDS, [[ID]]),
    (Fact.IDS, [None]),
    (Fact.CODE, ""),
    (Fact.CODE, "-a"),
    (Fact.CODE, "a-"),
    (Fact.CODE, "a--b"),
    (Fact.CODE, "zoë"),
    (Fact.CODE, "a" * 129),
    (Fact.CODE, b"own"),
    (Fact.CODES, ["own", "Own"]),
    (Fact.CODES, "own"),
    (Fact.COUNT, True),
    (Fact.COUNT, "1"),
    (Fact.COUNT, 1.0),
    (Fact.COUNT, -1),
    (Fact.COUNT, 2**53),
    (Fact.HASH, "a"),
    (Fact.HASH, "a" * 130),
    (Fact.HASH, "0F"),
    (Fact.HASH, "0g"),
    (Fact.HASH, b"0f"),
    (Fact.MOMENT, "2026-03-29T01:00:00Z"),
    (Fact.MOMENT, "2026-03-29T01:00:00.000005+00:00"),
    (Fact.MOMENT, "2026-03-29"),
    (Fact.MOMENT, "soon"),
    (Fact.MOMENT, "0001-01-01T00:00:00+14:00"),
    (Fact.MOMENT, "9999-12-31T23:59:59-14:00"),
    (Fact.MOMENT, clock.FOREVER),
]


class TestFacts:
    @pytest.mark.parametrize(("fact", "value"), ADMITTED)
    def test_each_admits_its_own(self, fact, value):
        assert fact.admits(value)

    @pytest.mark.parametrize(("fact", "value"), REFUSED)
    def test_each_refuses_what_is_not(self, fact, value):
        assert not fact.admits(value)

    @pytest.mark.parametrize("fact", Fact)
    @given(before=st.text(), after=st.text(), sign=st.sampled_from(SIGNS))
    def test_none_can_hold_a_sentence(self, fact, before, after, sign):
        text = before + sign + after
        # A moment has the one T and the one Z that its form demands.
        if fact is not Fact.MOMENT or sign not in "TZ":
            assert not fact.admits(text)
        assert not fact.admits(f"{text} {text}")

    @pytest.mark.parametrize("fact", [Fact.CODES, Fact.IDS])
    @given(before=st.text(), after=st.text(), sign=st.sampled_from(SIGNS))
    def test_no_list_of_them_can_hold_one(self, fact, before, after, sign):
        assert not fact.admits([before + sign + after])

    @pytest.mark.parametrize("fact", Fact)
    @given(text=st.text(alphabet=st.characters(min_codepoint=128), min_size=1))
    def test_none_can_hold_a_word_of_another_script(self, fact, text):
        assert not fact.admits(text)

    @pytest.mark.parametrize("fact", Fact)
    def test_none_admits_nothing_or_a_table(self, fact):
        assert not fact.admits(None)
        assert not fact.admits({"name": "Zoë"})

    @given(st.datetimes(min_value=clock.datetime(1000, 1, 1), timezones=st.just(clock.UTC)))
    def test_every_moment_as_the_clock_writes_it_is_admitted(self, moment):
        assert Fact.MOMENT.admits(clock.timestamp(moment))


class TestAnAct:
    ACT = Catalogue().act("key:given", SENTENCE, key=Fact.CODE, until=Fact.MOMENT)

    def test_it_takes_exactly_its_facts(self):
        self.ACT.check({"key": "own", "until": MOMENT})

    def test_a_fact_may_be_unknown(self):
        self.ACT.check({"key": None, "until": None})

    @pytest.mark.parametrize(
        "facts", [{}, {"key": "own"}, {"key": "own", "until": MOMENT, "reason": "a"}]
    )
    def test_it_refuses_facts_that_are_missing_or_too_many(self, facts):
        with pytest.raises(ValueError, match=r"key:given carries \['key', 'until'\]"):
            self.ACT.check(facts)

    def test_it_refuses_a_fact_of_another_kind_and_does_not_repeat_it(self):
        with pytest.raises(ValueError, match="key is no code") as caught:
            self.ACT.check({"key": "He waits outside", "until": MOMENT})
        assert "waits" not in str(caught.value)


class TestTheCatalogue:
    def test_an_act_is_found_by_its_name(self):
        fresh = Catalogue()
        act = fresh.act("case:counted", SENTENCE, writes=True, cases=Fact.COUNT)
        assert fresh.get("case:counted") is act
        assert fresh.get("case:lost") is None
        assert list(fresh) == [act]
        assert (act.writes, act.facts) == (True, {"cases": Fact.COUNT})

    @pytest.mark.parametrize(
        "name", ["counted", "Case:counted", "case counted", ":counted", "case:", "", "case:zählt"]
    )
    def test_a_name_of_another_form_is_refused(self, name):
        with pytest.raises(ValueError, match="noun:verb"):
            Catalogue().act(name, SENTENCE)

    def test_a_name_is_taken_once(self):
        fresh = Catalogue()
        fresh.act("case:counted", SENTENCE)
        with pytest.raises(ValueError, match="case:counted is taken"):
            fresh.act("case:counted", SENTENCE)

    def test_nothing_comes_after_it_was_shut(self):
        fresh = Catalogue()
        fresh.shut()
        with pytest.raises(ValueError, match="case:counted comes too late"):
            fresh.act("case:counted", SENTENCE)

    @pytest.mark.parametrize("act", list(catalogue), ids=lambda act: act.name)
    def test_the_sentence_of_an_act_names_its_facts_and_who_acted_and_nothing_else(self, act):
        named = {place for _, place, _, _ in string.Formatter().parse(act.sentence) if place}
        assert named <= {*act.facts, "account", "agency", "case"}

    def test_the_acts_of_every_slice_are_in_it(self):
        nouns = {act.name.partition(":")[0] for act in catalogue}
        assert nouns >= {"log", "access", "alarm", "policy", "hub", "agency", "account", "case"}
