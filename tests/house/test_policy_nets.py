"""Two nets: the oracle and the keys. With either one torn, the demo still shows no sealed word."""

import pytest
from sqlalchemy import false, true

from casehub.app import load_policy
from casehub.audit import viewing
from casehub.cases.facts import OPENING, facts_about
from casehub.cases.opening import open_records
from casehub.cases.queries import case_for, cases_known_to, records_of
from casehub.demo import story
from casehub.errors import NotThere, Refused
from casehub.policy import Permission, Policy, Role, in_force, instead, may
from casehub.policy.book import Book
from casehub.policy.table import Rule, Table
from casehub.store import reading
from casehub.vault import KeyKind

SECRET = "zvezdopad-4417"
SEALED = (SECRET, story.TEXT, *story.FACTORS)
REFUSAL = "There is nothing here that you may see."
PEOPLE = ("Priya Nair", "Omar Haddad", "Ines Prado", "Ana Duarte", "Lev Marchenko")


@pytest.fixture
def said():
    return []


@pytest.fixture
def case(world, said):
    """A case that Harbour House may read a part of, told under the real policy."""
    case = story.refer(world, said.append, SECRET)
    story.release_synopsis(world, case)
    said.clear()
    return case


def nothing_allowed():
    real = in_force()
    return Policy(Table(()), real.words, real.files, real.digest)


def words_replaced(predicate=None, expression=None):
    """The real words, with every predicate, or what `expression` gives for a word, replaced."""
    words = Book()
    for word in in_force().words:
        asked = predicate or word.predicate
        as_sql = expression(word) if expression else word.expression
        words.word(word.name, word.about, word.sentence, asked, as_sql)
    return words


def denying_words():
    return {name for rule in in_force().table.rules if not rule.allows for name in rule.when}


def lists_of_everything():
    """The real rules; in SQL every word that allows holds, and every word that denies does not."""
    real, denying = in_force(), denying_words()
    words = words_replaced(
        expression=lambda word: lambda _: false() if word.name in denying else true()
    )
    return Policy(real.table, words, real.files, real.digest)


def lists_of_whatever():
    """The real rules; in SQL every word holds, those that deny too."""
    real, words = in_force(), words_replaced(expression=lambda _: lambda _: true())
    return Policy(real.table, words, real.files, real.digest)


def everything_allowed():
    """One rule for everybody and everything, and no deny."""
    real = in_force()
    words = words_replaced(lambda *_: True, lambda _: lambda _: true())
    some_word = {word.about: word.name for word in words}
    rules = tuple(
        Rule("any", "Anything goes.", frozenset(Role), {item}, (some_word[item.about],), True)
        for item in Permission
    )
    return Policy(Table(rules), words, real.files, real.digest)


def attempts(world, case):
    return {
        (name, kind): story.try_to_read(world[name], case, kind)
        for name in PEOPLE
        for kind in (KeyKind.SYNOPSIS, KeyKind.PART, KeyKind.OWN)
    }


def shown(texts):
    return [word for word in SEALED for text in texts if word in text]


class TestThatTheseTestsCanFail:
    def test_the_demo_shows_sealed_words_to_those_who_may_see_them(self, world, case):
        told = attempts(world, case)
        assert SECRET in told["Priya Nair", KeyKind.OWN]
        assert story.FACTORS[0] in told["Omar Haddad", KeyKind.SYNOPSIS]
        assert told["Ines Prado", KeyKind.SYNOPSIS] == REFUSAL


class TestTheOracleDeniesEverything:
    def test_the_whole_story_stops_at_the_first_refusal(self, monkeypatch, said, capsys, caplog):
        def denying(settings):
            real = load_policy(settings)
            return Policy(Table(()), real.words, real.files, real.digest)

        monkeypatch.setattr("casehub.app.load_policy", denying)
        with pytest.raises(Refused) as refused:
            story.tell(said.append, SECRET)
        printed = capsys.readouterr()
        assert shown([*said, printed.out, printed.err, caplog.text, str(refused.value)]) == []

    def test_nobody_reads_what_they_read_before(self, world, case):
        with instead(nothing_allowed()):
            told = attempts(world, case)
        assert set(told.values()) == {REFUSAL}

    @pytest.mark.parametrize("act", ["refer", "share_and_take_back", "release_synopsis", "rotate"])
    def test_no_part_of_the_story_can_be_told(self, world, case, said, act):
        tell = {
            "refer": lambda: story.refer(world, said.append, SECRET),
            "share_and_take_back": lambda: story.share_and_take_back(world, case, said.append),
            "release_synopsis": lambda: story.release_synopsis(world, case),
            "rotate": lambda: story.rotate(world, case, said.append),
        }[act]
        with instead(nothing_allowed()), pytest.raises(Refused):
            tell()
        assert shown(said) == []

    def test_no_key_is_unwrapped(self, world, case, monkeypatch):
        def opened(*_):
            raise AssertionError("something was opened without leave")

        for opener in (
            "casehub.accounts.keys.open_membership",
            "casehub.cases.opening.open_case_key",
            "casehub.cases.opening.open_record",
        ):
            monkeypatch.setattr(opener, opened)
        with instead(nothing_allowed()):
            assert set(attempts(world, case).values()) == {REFUSAL}

    def test_no_list_shows_anything(self, world, case):
        actors = [world[name].actor() for name in PEOPLE]
        with instead(nothing_allowed()), reading():
            assert [cases_known_to(actor) for actor in actors] == [[]] * len(actors)


class TestTheListsShowEverything:
    @pytest.fixture(params=[lists_of_everything, lists_of_whatever])
    def torn(self, request, place):
        with instead(request.param()):
            yield

    @pytest.fixture
    def real(self, place):
        """Give the real policy, while one that lists everything decides."""
        real = in_force()
        with instead(lists_of_everything()):
            yield real

    def test_a_stranger_still_gets_nothing(self, world, case, torn):
        for kind in KeyKind:
            assert story.try_to_read(world["Ines Prado"], case, kind) == REFUSAL

    def test_nor_does_she_get_leave_where_she_has_the_case_already(self, world, case, torn):
        ines = world["Ines Prado"].actor()
        for kind, permission in OPENING.items():
            with pytest.raises(Refused), viewing():
                may(ines, permission, facts_about(ines, case.id).asking(kind))

    def test_who_read_it_before_reads_the_same_and_nobody_more(self, world, case, real):
        told = attempts(world, case)
        with instead(real):
            assert attempts(world, case) == told

    def test_what_was_taken_back_is_gone(self, world, case, real, said):
        story.share_and_take_back(world, story.refer(world, said.append, SECRET), said.append)
        *_, before, after, third, end = said
        assert story.FACTORS[0] in after
        assert all(told.endswith(REFUSAL) for told in (before, third, end))


class TestTheOracleAllowsEverything:
    """The other net: nobody has leave to withhold, and the keys decide alone."""

    @pytest.fixture
    def torn(self, case):
        with instead(everything_allowed()):
            yield

    def test_a_stranger_finds_no_case_since_her_list_starts_from_her_own_rows(
        self, world, case, torn
    ):
        ines = world["Ines Prado"].actor()
        with pytest.raises(NotThere), viewing():
            case_for(ines, case.reference)

    @pytest.mark.parametrize("name", ["Ines Prado", "Bo Lindqvist", "Chantal Roy"])
    @pytest.mark.parametrize("kind", [KeyKind.PART, KeyKind.OWN], ids=str)
    def test_who_was_given_no_key_opens_nothing(self, world, case, torn, name, kind):
        actor = world[name].actor()
        with pytest.raises(PermissionError, match="no permit reaches this record"), viewing():
            open_with_leave(actor, case, kind)


def open_with_leave(actor, case, kind):
    """Do what the demo does when somebody reads, without looking the case up."""
    rows = [row for row in records_of(case) if row.case_key.kind is kind]
    facts = facts_about(actor, case.id).asking(kind, rows[0].case_key.owner_agency_id)
    return open_records(actor, case, [may(actor, OPENING[kind], facts)], rows)
