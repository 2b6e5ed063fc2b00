"""What holds for every table of rules, however silly: found by making many."""

from hypothesis import given, settings
from hypothesis import strategies as st

from casehub.policy import Permission, Role
from tests.policy.small_book import (
    ROWS,
    allowed_rows,
    decided_by,
    listed_rows,
    rule,
    somebody,
    stones,
)

ROLES = (Role.CASEWORKER, Role.SUPERVISOR, Role.ANALYST)
PERMISSIONS = (Permission.CASE_KNOW, Permission.PART_OPEN, Permission.KEY_RELEASE)
SOUND = ("red", "heavy", "lost")

people = st.sets(st.sampled_from(ROLES), min_size=1).map(lambda roles: somebody(*roles))


def rules(words=SOUND, allows=None):
    return st.builds(
        rule,
        st.booleans() if allows is None else st.just(allows),
        who=st.sets(st.sampled_from(ROLES)),
        do=st.sets(st.sampled_from(PERMISSIONS)),
        when=st.lists(st.sampled_from(words), max_size=3),
    )


tables = st.lists(rules(), max_size=6)


def outcome(actor, table):
    with decided_by(*table):
        return {(act, row) for act in PERMISSIONS for row in allowed_rows(actor, act)}


@given(people, tables, rules(allows=False), st.integers(0, 6))
def test_a_deny_more_never_allows_more(actor, table, deny, place):
    assert outcome(actor, [*table[:place], deny, *table[place:]]) <= outcome(actor, table)


@given(people, tables, rules(allows=True), st.integers(0, 6))
def test_an_allow_more_never_allows_less(actor, table, allow, place):
    assert outcome(actor, [*table[:place], allow, *table[place:]]) >= outcome(actor, table)


@given(people, tables, st.randoms(use_true_random=False))
def test_the_order_of_the_rules_does_not_matter(actor, table, chance):
    shuffled = chance.sample(table, len(table))
    assert outcome(actor, shuffled) == outcome(actor, table)


@given(people, people, tables)
def test_who_has_one_role_more_is_asked_more_rules_and_no_other(actor, other, table):
    # Allows and denies both add up over roles: nobody escapes a deny by having another role too.
    both = somebody(*actor.roles, *other.roles)
    denies = [item for item in table if not item.allows]
    allows = [item for item in table if item.allows]
    free = outcome(actor, allows) | outcome(other, allows)
    assert outcome(both, allows) == free
    assert outcome(both, table) <= free
    if not denies:
        assert outcome(both, table) == free


@given(people, st.lists(rules((*SOUND, "breaks", "no-such-word")), max_size=6))
def test_a_word_that_cannot_answer_never_lets_more_in(actor, table):
    without = [item for item in table if not {"breaks", "no-such-word"} & set(item.when)]
    allows = [item for item in without if item.allows]
    denies = [item for item in without if not item.allows]
    assert outcome(actor, table) <= outcome(actor, [*allows, *denies])


@given(people, st.lists(rules(allows=False), max_size=6))
def test_denies_alone_allow_nothing(actor, table):
    assert outcome(actor, table) == set()


@settings(max_examples=200)
@given(people, tables)
def test_the_list_is_what_the_oracle_allows_row_by_row(actor, table):
    with decided_by(*table), stones() as connection:
        for act in PERMISSIONS:
            assert listed_rows(connection, actor, act) == allowed_rows(actor, act)


@given(people)
def test_the_rows_tell_every_word_apart(actor):
    # A guard of these tests themselves: rows on which two words agree would compare nothing.
    columns = set()
    for word in SOUND:
        with decided_by(rule(who=ROLES, when=[word])):
            columns.add(frozenset(allowed_rows(actor, Permission.CASE_KNOW)))
    assert len(columns) == len(SOUND)
    assert all(0 < len(rows) < len(ROWS) for rows in columns)
