"""Each word and each decision has two forms, a predicate and an SQL expression; here they agree.

A list shows what the expression gives, a page what the predicate allows: where they differ, a list
names what nobody may open, or hides what somebody should see.
"""

import itertools
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from casehub.accounts.facts import facts_about as about_account
from casehub.accounts.models import Account, AccountState
from casehub.cases.facts import facts_about as about_case
from casehub.cases.models import Case, CaseAgency, Place, Release, ReleaseState
from casehub.hubs.facts import AgencyFacts
from casehub.hubs.models import Agency
from casehub.policy import Permission, Role, Subject, allowed_sql, book, decide
from casehub.store import db
from casehub.vault import KeyKind
from tests.policy.sketches import (
    HELD,
    HUBS,
    MOMENTS,
    AccountSketch,
    ActorSketch,
    AgencySketch,
    CaseSketch,
    Duty,
    Given,
    Sketch,
    Standing,
    drawn,
)

# --- the two ways to ask ---------------------------------------------------------------------


def listed(actor, condition, subject):
    """What the SQL form gives, over the tables as the owning slice joins them."""
    if subject is Subject.CASE:
        query = (
            select(Case.id)
            .join(CaseAgency, CaseAgency.case_id == Case.id)
            .where(CaseAgency.agency_id == actor.agency, condition)
        )
    else:
        model = Account if subject is Subject.ACCOUNT else Agency
        query = select(model.id).where(condition)
    found = list(db.session.scalars(query))
    assert len(found) == len(set(found)), "a list must name nothing twice"
    return set(found)


def questions(actor):
    """Every row, and the facts that are asked about it: (subject, id, facts, in the actor's list).

    A list of cases asks about the case as such; where a release is in question it means any that
    the case has.
    """
    for agency in db.session.scalars(select(Agency)):
        yield Subject.AGENCY, agency.id, [AgencyFacts.of(agency)], True
    for account in db.session.scalars(select(Account)):
        yield Subject.ACCOUNT, account.id, [about_account(actor, account)], True
    mine = set(
        db.session.scalars(select(CaseAgency.case_id).where(CaseAgency.agency_id == actor.agency))
    )
    givers = {}
    for case, giver in db.session.execute(select(Release.case_id, Release.giver_agency_id)):
        givers.setdefault(case, set()).add(giver)
    for case in db.session.scalars(select(Case.id)):
        facts = about_case(actor, case)
        asked = [facts, *(facts.given_by(giver) for giver in givers.get(case, ()))]
        yield Subject.CASE, case, asked, case in mine


def differences(actor):
    """Where the two forms disagree: words first, since a decision that differs follows from one."""
    asked = list(questions(actor))
    for word in book:
        by_sql = listed(actor, word.expression(actor), word.about)
        by_row = {
            row
            for subject, row, several, in_list in asked
            if subject is word.about
            and in_list
            and any(word.predicate(actor, facts) for facts in several)
        }
        if by_sql != by_row:
            yield f"the word {word.name}"
    for permission in Permission:
        by_sql = listed(actor, allowed_sql(actor, permission), permission.about)
        by_row = {
            row
            for subject, row, several, _ in asked
            if subject is permission.about
            and any(decide(actor, permission, facts).allowed for facts in several)
        }
        if by_sql != by_row:
            yield f"the decision {permission}"


def compare(sketch):
    with drawn(sketch):
        for one in sketch.actors:
            assert list(differences(sketch.actor(one))) == [], one


# --- drawn at random -------------------------------------------------------------------------

AGENCIES, ACCOUNTS, CASES = 3, 5, 4
ends = st.sampled_from([*MOMENTS.values()])
agency_sketches = st.builds(AgencySketch, st.integers(0, HUBS - 1), st.booleans())
account_sketches = st.builds(
    AccountSketch,
    st.integers(0, AGENCIES - 1),
    st.sampled_from(AccountState),
    st.none() | st.integers(-1, ACCOUNTS - 1),
    st.none() | st.integers(-1, ACCOUNTS - 1),
    st.booleans(),
)
standings = st.builds(
    Standing, st.sampled_from(Place), st.tuples(*[st.none() | ends for _ in HELD])
)
duties = st.builds(Duty, st.integers(0, ACCOUNTS - 1), ends, ends)
releases = st.builds(
    Given,
    st.integers(0, AGENCIES - 1),
    st.integers(0, AGENCIES - 1),
    st.sampled_from(KeyKind) | st.just(KeyKind.PART),
    st.integers(0, AGENCIES - 1),
    st.none() | st.integers(0, ACCOUNTS - 1),
    st.sampled_from(ReleaseState) | st.just(ReleaseState.LIVE),
    ends,
)
actor_sketches = st.builds(
    ActorSketch,
    st.integers(0, ACCOUNTS - 1),
    st.frozensets(st.sampled_from(Role), min_size=1),
    st.frozensets(st.integers(0, CASES - 1)),
)


@st.composite
def sketches(draw):
    accounts = draw(st.lists(account_sketches, min_size=ACCOUNTS, max_size=ACCOUNTS))
    actors = draw(st.lists(actor_sketches, min_size=1, max_size=2))
    for one in actors:  # as the loader of actors has it
        accounts[one.account] = replace(accounts[one.account], state=AccountState.ADMITTED)
    return Sketch(
        draw(st.lists(agency_sketches, min_size=AGENCIES, max_size=AGENCIES)),
        accounts,
        [draw(case_sketches(accounts)) for _ in range(draw(st.integers(0, CASES)))],
        actors,
    )


@st.composite
def case_sketches(draw, accounts):
    # A team, or a key, comes with a place on the case: `hold_until` and `assign` see to that.
    there = draw(st.dictionaries(st.integers(0, AGENCIES - 1), standings))
    return CaseSketch(
        there,
        [
            duty
            for duty in draw(st.lists(duties, max_size=4))
            if accounts[duty.account].agency in there
        ],
        [
            item
            for item in draw(st.lists(releases, max_size=4))
            if {item.giver, item.receiver} <= there.keys()
        ],
    )


@settings(max_examples=100)
@given(sketch=sketches())
def test_the_twins_agree_on_whatever_the_tables_hold(place, sketch):
    compare(sketch)


# --- every combination that a word looks at, on both databases -------------------------------

MINE, OTHERS = 0, 1
"""The numbers of the own and another agency."""

ME, COLLEAGUE, STRANGER, LEAVER = 0, 1, 2, 3
"""The numbers of accounts; the stranger is of the other agency, the leaver was of the own."""


TEAM = (ME, COLLEAGUE, STRANGER, LEAVER)


def every_case():
    """Each place with each end, each team, each release of a part: one case for each."""
    ends = [None, *MOMENTS.values()]
    for place, end in itertools.product(Place, ends):
        yield CaseSketch({MINE: Standing(place, [end] * len(HELD))}, [Duty(ME)])
    for account, begin, end in itertools.product(TEAM, *[MOMENTS.values()] * 2):
        both = {MINE: Standing(Place.TABLE), OTHERS: Standing(Place.LEAD)}
        yield CaseSketch(both, [Duty(account, begin, end)])
    for state, end, to in itertools.product(
        ReleaseState, MOMENTS.values(), (None, ME, COLLEAGUE, STRANGER)
    ):
        both = {MINE: Standing(Place.TABLE), OTHERS: Standing(Place.ORIGINATING)}
        part = Given(OTHERS, MINE, KeyKind.PART, OTHERS, to, state, end)
        yield CaseSketch(both, [Duty(ME)], [part])
    for giver, receiver, kind in itertools.product((MINE, OTHERS), (MINE, OTHERS), KeyKind):
        both = {MINE: Standing(Place.TABLE), OTHERS: Standing(Place.TABLE)}
        yield CaseSketch(both, [Duty(ME)], [Given(giver, receiver, kind, giver)])
    yield CaseSketch({OTHERS: Standing(Place.ORIGINATING)})


def every_account():
    """Each state with each proposer and seconder, in three agencies of two hubs."""
    yield AccountSketch(MINE)
    yield AccountSketch(MINE, AccountState.ADMITTED, ME, COLLEAGUE)
    yield AccountSketch(OTHERS)
    yield AccountSketch(MINE, AccountState.ENDED, COLLEAGUE, ME)
    people = (None, -1, ME, COLLEAGUE)
    choices = itertools.product((0, 1, 2), AccountState, people, people, (True, False))
    for agency, state, by, second, was_admitted in choices:
        if agency == MINE or (not was_admitted and second is None):
            yield AccountSketch(agency, state, by, second, was_admitted)


@pytest.fixture(scope="module")
def every_combination():
    cases = list(every_case())
    walled = frozenset(range(0, len(cases), 3))
    return Sketch(
        [AgencySketch(0, coordinates=True), AgencySketch(0), AgencySketch(1, coordinates=True)],
        list(every_account()),
        cases,
        [
            ActorSketch(ME, frozenset(Role)),
            ActorSketch(ME, frozenset(Role), walled),
            ActorSketch(STRANGER, frozenset({Role.CUSTODIAN, Role.SUPERVISOR, Role.CASEWORKER})),
        ],
    )


@pytest.mark.database
def test_the_twins_agree_on_every_combination_on_both_databases(place, every_combination):
    compare(every_combination)


def test_the_combinations_tell_every_word_apart(place, every_combination):
    """Guard the test above: a word that is the same for every row would compare nothing."""
    seen = {word.name: set() for word in book}
    with drawn(every_combination):
        for one in every_combination.actors:
            actor = every_combination.actor(one)
            for subject, _, several, in_list in questions(actor):
                for word in (item for item in book if item.about is subject and in_list):
                    seen[word.name] |= {word.predicate(actor, facts) for facts in several}
    # Three are about the key that is asked for, not about a row; had_place is what the list joins.
    always = {"owns_asked": {True}, "asks_no_contact": {True}, "asks_own": {False}}
    always["had_place"] = {True}
    assert seen == {word.name: always.get(word.name, {True, False}) for word in book}


# --- what a page asks beyond the list --------------------------------------------------------


@settings(max_examples=60)
@given(sketch=sketches())
def test_no_list_hides_a_case_in_which_something_may_be_opened(place, sketch):
    """A list asks about the case as such, a page about one key of it; the list must not be less."""
    with drawn(sketch):
        for one in sketch.actors:
            actor = sketch.actor(one)
            assert [item for item in hidden(actor) if item] == []


def hidden(actor):
    """Cases that no list of the permission has, though some key of them may be opened."""
    placed = select(CaseAgency.case_id).where(CaseAgency.agency_id == actor.agency)
    agencies = list(db.session.scalars(select(Agency.id)))
    cases = {case: about_case(actor, case) for case in db.session.scalars(placed)}
    for permission in (item for item in Permission if item.about is Subject.CASE):
        by_sql = listed(actor, allowed_sql(actor, permission), Subject.CASE)
        for case, facts in cases.items():
            asked = [
                facts.asking(kind, owner)
                for kind in KeyKind
                for owner in (agencies if kind.has_owner else [None])
            ]
            if case not in by_sql and any(decide(actor, permission, it).allowed for it in asked):
                yield permission, case
