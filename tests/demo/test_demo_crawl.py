"""Everybody of the demo follows every link they see, and finds no page that is not theirs."""

import pytest

from casehub.demo.cast import CAST, part_of
from casehub.demo.telling import OLD_MAN_IN_DANGER, WOMAN_AT_THE_SHELTER, WOMAN_IN_DANGER
from casehub.web.guard import NEEDS, mark_of, within_reach

STORIES = (WOMAN_IN_DANGER, OLD_MAN_IN_DANGER, WOMAN_AT_THE_SHELTER)
MOST_PAGES = 60
ONE_OF_EACH = list({part.roles: part for part in CAST}.values())
"""One for every combination of roles that there is."""


def crawl(page):
    """Every page that somebody reaches by links, by its address."""
    seen, waiting = {page.path: page}, [page]
    while waiting and len(seen) < MOST_PAGES:
        for link in waiting.pop().links():
            address = link.partition("#")[0]
            if address not in seen and "/static/" not in address:
                seen[address] = page.browser.open(address)
                waiting.append(seen[address])
    return seen


@pytest.mark.parametrize("name", [part.name for part in ONE_OF_EACH])
class TestOneOfEach:
    def test_every_link_leads_to_a_page(self, first_page, name):
        pages = crawl(first_page(name))
        assert len(pages) > 1
        assert {path: page.status for path, page in pages.items() if page.status != 200} == {}

    def test_what_is_not_theirs_looks_absent(self, demo, first_page, name):
        browser, roles = first_page(name).browser, part_of(name).roles
        for rule in demo.url_map.iter_rules():
            mark = mark_of(demo.view_functions[rule.endpoint])
            if rule.arguments or "GET" not in rule.methods or mark.kind != NEEDS:
                continue
            reach = any(within_reach(roles, item) for item in mark.permissions)
            assert (browser.open(rule.rule).status == 404) is not reach, rule.rule


def words_of(story):
    return (story.name, story.what_happened[:40])


def read_by(first_page, name):
    """Whose names or accounts somebody can read, following every link."""
    words = " ".join(page.words for page in crawl(first_page(name)).values())
    return {story.name for story in STORIES if any(word in words for word in words_of(story))}


def test_who_referred_reads_what_was_written(first_page):
    assert read_by(first_page, "Priya Nair") == {WOMAN_IN_DANGER.name, OLD_MAN_IN_DANGER.name}


def test_their_supervisor_answers_for_it_and_reads_it_too(first_page):
    assert read_by(first_page, "Lev Marchenko") == {WOMAN_IN_DANGER.name, OLD_MAN_IN_DANGER.name}


def test_who_was_given_names_reads_names(first_page):
    assert read_by(first_page, "Omar Haddad") == {WOMAN_IN_DANGER.name}


EVERYBODY_ELSE = (
    "Ana Duarte, Nora Quist, Wen Zhao, Ruth Adeyemi, Kerry Blake, Maya Cohen, Ines Prado,"
    " Sana Iqbal, Helen Marsh"
)


@pytest.mark.parametrize("name", EVERYBODY_ELSE.split(", "))
def test_everybody_else_reads_no_word_of_anybody(first_page, name):
    assert read_by(first_page, name) == set()
