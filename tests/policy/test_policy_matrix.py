"""The matrix is what people check: it must be the table, all of it."""

import re

import pytest

from casehub.policy import Permission, Role, book, in_force, matrix
from casehub.store.migrating import folder_beside
from tests.policy.small_book import RuleTable as Table
from tests.policy.small_book import rule, small_book

FRESH = "policies/matrix.md is old: run `casehub policy matrix --write` and read what changed."


@pytest.fixture
def table(place):
    return in_force().table


@pytest.fixture
def page(table):
    return matrix(table, book)


def cells(page):
    rows = [line.strip("|").split("|") for line in page.splitlines() if line.startswith("| ")]
    head, *body = [[cell.strip() for cell in row] for row in rows]
    return {row[0].strip("`"): dict(zip(head[1:], row[1:], strict=True)) for row in body}


class TestTheRealOne:
    def test_the_file_is_the_generated_text(self, page):
        file = folder_beside("policies") / "matrix.md"
        assert file.read_text(encoding="utf-8") == page, FRESH

    def test_every_permission_has_a_row_and_every_role_a_column(self, page):
        grid = cells(page)
        assert list(grid) == [item.value for item in Permission]
        assert all(list(row) == [role.value for role in Role] for row in grid.values())

    def test_a_cell_names_exactly_the_rules_that_allow_it(self, page, table):
        grid = cells(page)
        for permission in Permission:
            for role in Role:
                named = [name for name in grid[permission][role].split(", ") if name]
                assert named == [
                    item.id
                    for item in table.rules
                    if item.allows and permission in item.do and role in item.who
                ]

    def test_every_rule_stands_there_with_roles_permissions_words_and_reason(self, page, table):
        for item in table.rules:
            found = re.search(rf"^- \*\*{item.id}\*\* (.*)\n  when (.*)$", page, re.MULTILINE)
            assert found, item.id
            verb, _, clauses = found[1].partition(" ")
            assert verb == ("allows" if item.allows else "**denies**")
            roles, _, acts = clauses.partition(": ")
            assert set(roles.split(", ")) == item.who
            assert {act.strip("`") for act in acts.split(", ")} == item.do
            words = " and ".join(f"`{word}`" for word in item.when)
            assert found[2] == f"{words}. {item.why}"

    def test_every_word_stands_there_with_its_sentence(self, page):
        for word in book:
            line = next(text for text in page.splitlines() if text.startswith(f"- `{word.name}`"))
            assert word.about.value in line
            assert line.endswith(f": {word.sentence}")

    def test_every_permission_is_allowed_by_a_rule(self, table):
        idle = [item.value for item in Permission if not table.about(item, allows=True)]
        assert idle == [], "Give it a rule in policies/access.toml, or take it out of the enum."

    def test_every_word_is_used_by_a_rule(self, table):
        used = {name for item in table.rules for name in item.when}
        assert {word.name for word in book} <= used, "Take the word out, or use it."

    def test_whoever_opens_no_content_is_allowed_nothing_about_a_case(self, table):
        closed = {role for role in Role if not role.opens_content}
        assert closed == {Role.PRIVACY_OFFICER, Role.ANALYST}
        allowing = [item for item in table.rules if item.allows and item.who & closed]
        assert {act.about for item in allowing for act in item.do} <= {"agency"}

    def test_a_wall_speaks_to_every_role_of_everything_about_a_case(self, table):
        wall = next(item for item in table.rules if item.id == "wall")
        assert wall.who == set(Role)
        assert wall.do == {item for item in Permission if item.about == "case"}


class TestAnother:
    def test_the_text_follows_the_table(self):
        page = matrix(Table((rule(id="one"), rule(False, id="two"))), small_book())
        assert cells(page)["case:know"]["caseworker"] == "one"
        assert "- **two** **denies** caseworker: `case:know`" in page
        assert page.endswith("It is red.\n")

    def test_the_same_table_gives_the_same_text(self):
        many = Table((rule(who=Role, do=Permission),))
        assert matrix(many, small_book()) == matrix(many, small_book())


@pytest.mark.parametrize("permission", Permission)
def test_a_permission_is_a_noun_and_a_verb_about_something(permission):
    assert re.fullmatch(r"[a-z-]+:[a-z]+", permission.value)
    assert permission.about in ("case", "agency", "account")
