"""A table of access that is wrong does not load, and says everything that is wrong at once."""

import shutil

import pytest

from casehub.errors import Misconfigured
from casehub.policy import Permission, Role, book, load_table
from casehub.store.migrating import folder_beside
from tests.policy.small_book import small_book

GOOD = """
[[allow]]
id = "know"
why = "Somebody has to know."
who = ["caseworker"]
do = ["case:know"]
when = ["red", "heavy"]

[[deny]]
id = "lost"
why = "What is lost is lost."
who = ["caseworker"]
do = ["case:know"]
when = ["lost"]
"""
LINES = GOOD.splitlines()


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "access.toml").write_text(GOOD, encoding="utf-8")
    return tmp_path


@pytest.fixture
def wrong(folder):
    """Give a function that changes the file and returns the problems it then has."""

    def change(old, new):
        assert old in GOOD
        return problems(folder, GOOD.replace(old, new, 1))

    return change


def problems(folder, text):
    file = folder / "access.toml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(Misconfigured) as found:
        load_table(folder, small_book())
    assert all(problem.remedy for problem in found.value.problems)
    assert str(found.value).count("\n") == len(found.value.problems)
    return found.value.problems


def one(found):
    assert len(found) == 1, found
    return found[0]


class TestWhatLoads:
    def test_rules_keep_their_order_and_clauses(self, folder):
        table = load_table(folder, small_book())
        assert [rule.id for rule in table.rules] == ["know", "lost"]
        know, lost = table.rules
        assert (know.who, know.do) == ({Role.CASEWORKER}, {Permission.CASE_KNOW})
        assert (know.when, know.allows, lost.allows) == (("red", "heavy"), True, False)
        assert know.why == "Somebody has to know."

    def test_rules_are_found_by_what_they_speak_of(self, folder):
        table = load_table(folder, small_book())
        assert [rule.id for rule in table.about(Permission.CASE_KNOW, allows=True)] == ["know"]
        assert [rule.id for rule in table.about(Permission.CASE_KNOW, allows=False)] == ["lost"]
        assert table.about(Permission.PART_OPEN, allows=True) == ()

    def test_a_table_may_allow_nothing_but_must_say_so(self, folder):
        (folder / "access.toml").write_text("allow = []\n")
        assert load_table(folder, small_book()).rules == ()
        assert one(problems(folder, "")).where == "access.toml: allow"

    @pytest.mark.parametrize("ending", ["\n", "\r\n"])
    def test_line_endings_do_not_matter(self, folder, ending):
        (folder / "access.toml").write_bytes(GOOD.replace("\n", ending).encode())
        assert len(load_table(folder, small_book()).rules) == 2

    def test_the_real_one_does(self, place):
        assert load_table(place.settings.policies, book).rules


class TestTheFile:
    def test_that_is_missing(self, tmp_path):
        with pytest.raises(Misconfigured) as found:
            load_table(tmp_path, small_book())
        (problem,) = found.value.problems
        assert (problem.where, problem.what) == ("access.toml", "is missing")
        assert "CASEHUB_POLICIES" in problem.remedy

    def test_that_is_no_toml_is_named_with_the_line(self, folder):
        problem = one(problems(folder, GOOD.replace('id = "lost"', "id = lost")))
        assert problem.where == "access.toml"
        assert "line 10" in problem.what
        assert "line" in problem.remedy

    def test_that_is_not_utf8_is_told_apart_from_broken_toml(self, folder):
        problem = one(problems(folder, GOOD.replace("know.", "kn\xf6w.").encode("latin-1")))
        assert (problem.where, problem.what) == ("access.toml", "is not UTF-8")
        assert "UTF-8" in problem.remedy

    def test_that_cannot_be_read(self, tmp_path):
        (tmp_path / "access.toml").mkdir()
        with pytest.raises(Misconfigured, match=r"access\.toml: cannot be read"):
            load_table(tmp_path, small_book())


class TestARule:
    @pytest.mark.parametrize(
        ("old", "new", "what", "remedy"),
        [
            ("caseworker", "case-worker", "who names “case-worker”", "caseworker, coordinator"),
            ("case:know", "case:knows", "do names “case:knows”", "case:know, case:refer"),
            ('"red"', '"rot"', "no word “rot”", "use one of: breaks, heavy, known, lost, red"),
        ],
        ids=["role", "permission", "word"],
    )
    def test_with_a_name_nobody_knows(self, wrong, old, new, what, remedy):
        problem = one(wrong(old, new))
        assert problem.where == "access.toml: allow.0 (know)"
        assert problem.what == what
        assert remedy in problem.remedy

    def test_with_a_word_about_something_else(self, wrong):
        problem = one(wrong('"red"', '"known"'))
        assert problem.where == "access.toml: allow.0 (know)"
        for name in ("“known”", "account", "“case:know”", "case"):
            assert name in problem.what
        assert "split the rule" in problem.remedy

    @pytest.mark.parametrize("clause", ["who", "do", "when"])
    def test_with_an_empty_clause(self, folder, clause):
        lines = [f"{clause} = []" if line.startswith(f"{clause} =") else line for line in LINES]
        found = problems(folder, "\n".join(lines))
        assert [problem.where for problem in found] == [
            f"access.toml: allow.0 (know): {clause}",
            f"access.toml: deny.0 (lost): {clause}",
        ]
        assert all("at least 1 item" in problem.what for problem in found)

    @pytest.mark.parametrize("clause", ["why", "who", "do", "when"])
    def test_without_a_clause(self, folder, clause):
        lines = [line for line in LINES if not line.startswith(f"{clause} =")]
        found = problems(folder, "\n".join(lines))
        assert [problem.where for problem in found] == [
            f"access.toml: allow.0 (know): {clause}",
            f"access.toml: deny.0 (lost): {clause}",
        ]
        assert {problem.what for problem in found} == {"Field required"}

    @pytest.mark.parametrize("why", ["", "Because", "            "])
    def test_with_a_reason_that_says_nothing(self, wrong, why):
        problem = one(wrong("Somebody has to know.", why))
        assert problem.where == "access.toml: allow.0 (know): why"
        assert "at least 10 characters" in problem.what

    def test_with_a_key_that_is_none(self, wrong):
        problem = one(wrong('why = "Some', 'unless = ["lost"]\nwhy = "Some'))
        assert problem.where == "access.toml: allow.0 (know): unless"
        assert "not permitted" in problem.what

    @pytest.mark.parametrize(
        ("line", "where"),
        [
            ("id = 7", "allow.0 (7): id"),
            ('id = "Know It"', "allow.0 (Know It): id"),
            ("", "allow.0 (no id): id"),
        ],
        ids=["number", "sentence", "none"],
    )
    def test_with_an_id_that_is_none(self, wrong, line, where):
        assert one(wrong('id = "know"', line)).where == f"access.toml: {where}"

    def test_that_is_no_table_at_all(self, folder):
        found = problems(folder, 'allow = ["everybody", 7]\ndeny = "nobody"\n')
        assert [problem.where for problem in found] == [
            "access.toml: deny",
            "access.toml: allow.0 (no id)",
            "access.toml: allow.1 (no id)",
        ]

    def test_with_a_clause_that_is_no_list_of_names(self, folder):
        text = GOOD.replace('who = ["caseworker"]', 'who = "caseworker"', 1)
        assert one(problems(folder, text)).where == "access.toml: allow.0 (know): who"
        text = GOOD.replace('"red"', "1", 1)
        assert one(problems(folder, text)).where == "access.toml: allow.0 (know): when.0"

    def test_below_another_heading(self, folder):
        problem = one(problems(folder, GOOD + '\n[[permit]]\nid = "x"\n'))
        assert problem.where == "access.toml: permit"


class TestRulesTogether:
    def test_an_id_is_used_once(self, wrong):
        problem = one(wrong('id = "lost"', 'id = "know"'))
        assert problem.where == "access.toml: allow.0, deny.0 (know)"
        assert problem.what == "this id is used more than once"
        assert "id of its own" in problem.remedy

    def test_an_allow_that_a_deny_swallows_is_a_slip(self, wrong):
        problem = one(wrong('when = ["lost"]', 'when = ["red"]'))
        assert problem.where == "access.toml: allow.0 (know)"
        assert problem.what == "can never allow anything: “lost” denies all of it"
        assert problem.remedy == "drop one of the two"

    @pytest.mark.parametrize(
        ("who", "when"),
        [("caseworker", '"red", "lost"'), ("analyst", '"red"')],
        ids=["narrower words", "another role"],
    )
    def test_a_deny_of_a_part_of_it_is_none(self, folder, who, when):
        allow, deny = GOOD.split("[[deny]]")
        deny = deny.replace("caseworker", who).replace('"lost"]', f"{when}]")
        (folder / "access.toml").write_text(f"{allow}[[deny]]{deny}")
        assert len(load_table(folder, small_book()).rules) == 2

    def test_a_wider_deny_swallows_too(self, folder):
        text = GOOD.replace(
            'do = ["case:know"]\nwhen = ["lost"]', 'do = ["case:know", "part:open"]\nwhen = ["red"]'
        )
        assert "denies all of it" in one(problems(folder, text)).what


class TestEverythingAtOnce:
    def test_each_problem_is_listed_with_file_path_id_and_remedy(self, folder):
        found = problems(folder, EVERYTHING)
        assert {problem.where for problem in found} == {
            "access.toml: permit",
            "access.toml: allow.0 (know): why",
            "access.toml: allow.0 (know)",
            "access.toml: allow.1 (know): unless",
            "access.toml: allow.1 (know)",
            "access.toml: allow.0, allow.1, deny.0 (know)",
            "access.toml: allow.2 (swallowed)",
            "access.toml: deny.0 (know): who",
            "access.toml: deny.0 (know)",
        }
        told = "\n".join(problem.what for problem in found)
        for name in ("stranger", "case:burn", "ghost", "phantom", "known", "swallower"):
            assert f"“{name}”" in told, name

    def test_the_real_table_with_a_slip_names_the_words_there_are(self, place, tmp_path):
        shutil.copytree(folder_beside("policies"), tmp_path, dirs_exist_ok=True)
        file = tmp_path / "access.toml"
        text = file.read_text(encoding="utf-8")
        file.write_text(text.replace('when = ["walled"]', 'when = ["wall"]'), encoding="utf-8")
        with pytest.raises(Misconfigured) as found:
            load_table(tmp_path, book)
        (problem,) = found.value.problems
        assert problem.where == "access.toml: deny.0 (wall)"
        assert "walled" in problem.remedy


EVERYTHING = """
[[permit]]
id = "x"

[[allow]]
id = "know"
who = ["stranger"]
do = ["case:know", "case:burn"]
when = ["ghost", "known"]

[[allow]]
id = "know"
why = "Somebody has to know."
unless = ["lost"]
who = ["caseworker"]
do = ["case:know"]
when = ["phantom"]

[[allow]]
id = "swallowed"
why = "Nobody will ever see it."
who = ["analyst"]
do = ["part:open"]
when = ["red", "heavy"]

[[deny]]
id = "know"
why = "What is lost is lost."
who = []
do = ["case:know"]
when = ["phantom"]

[[deny]]
id = "swallower"
why = "It denies all of it."
who = ["analyst"]
do = ["part:open"]
when = ["heavy"]
"""
