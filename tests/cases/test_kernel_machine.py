"""Whatever happens in whatever order, people open what a small model says, and nothing else."""

import itertools
import shutil
import tempfile
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import event, select

from casehub import clock
from casehub.app import create_app
from casehub.audit import changing, viewing
from casehub.cases.leavers import remove_leaver
from casehub.cases.models import Case, Record, Release
from casehub.cases.queries import cases_known_to
from casehub.clock import FOREVER
from casehub.demo.world import account_of, rebind, vouch
from casehub.errors import Invalid, Refused, Stale, Unfinished
from casehub.hubs.models import AgencyKey, Vouching
from casehub.hubs.service import withdraw_vouch
from casehub.store import db
from casehub.vault import KeyKind
from tests.builders import (
    MORNING,
    end,
    findings,
    read,
    refer,
    release,
    rotate,
    take_off,
    take_on,
    write,
)
from tests.cases.kernel_model import NAMES, PEOPLE, WORKING, Given, Model, Written

EXAMPLES, STEPS = 5, 15
MOST_CASES, MOST_RECORDS = 2, 5
CUSTODIANS = {"police": "Ana Duarte", "harbour": "Bo Lindqvist", "housing": "Chantal Roy"}
LEAVERS = ["Priya Nair", "Lev Marchenko", "Omar Haddad"]
SHUT = (Refused, Unfinished)
NO_SENSE = (Refused, Unfinished, Invalid, Stale)

people = st.sampled_from(sorted(PEOPLE))
agencies = st.sampled_from(sorted(NAMES))
kinds = st.sampled_from(KeyKind)
numbers = st.integers(0, 63)


class Kernel(RuleBasedStateMachine):
    """What people may do with two cases of three agencies, at random."""

    def __init__(self, template):
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="casehub-test-"))
        copy = self.folder / "casehub.sqlite"
        shutil.copy(template.settings.database_url.removeprefix("sqlite:///"), copy)
        self.app = create_app(replace(template.settings, database_url=f"sqlite:///{copy}"))
        self.context = self.app.app_context()
        self.context.push()
        event.listen(db.engine, "connect", _without_waiting_for_the_disk)
        self.frozen = clock.frozen_at(MORNING)
        self.later = self.frozen.__enter__()
        self.world = rebind(template.world)
        self.cases = []
        self.model = Model()
        for by in NAMES:
            self.model.vouched |= {(by, of, 1): 1 for of in NAMES if of != by}

    def teardown(self):
        assert findings(self.world) == []
        self.frozen.__exit__(None, None, None)
        db.session.remove()
        db.engine.dispose()
        self.context.pop()
        shutil.rmtree(self.folder)

    def agency(self, name):
        return self.world.agencies[NAMES[name]]

    def tried(self, expected, act, *args, **options):
        """Do something; it must succeed just where the model says so. Return what came of it."""
        self.later(timedelta(seconds=1))
        if expected:
            return act(*args, **options)
        with pytest.raises(NO_SENSE):
            act(*args, **options)
        return None

    def case(self, number):
        return number % len(self.cases)

    def sensible(self, number, wish, *choices, allowed):
        """What was wished for, or (three times in four) something that the model allows."""
        found = [item for item in itertools.product(*choices) if allowed(*item)]
        return found[number % len(found)] if found and number % 4 else wish

    @initialize()
    def a_case_is_at_the_table(self):
        self.somebody_refers("Priya Nair")
        for kind in (KeyKind.SYNOPSIS, KeyKind.PART):
            self.somebody_writes("Priya Nair", 0, kind)
        self.somebody_releases("Priya Nair", 0, KeyKind.SYNOPSIS, "harbour", 5)
        self.somebody_is_put_on_the_team("Omar Haddad", "Omar Haddad", 0)

    def row_of(self, case):
        return db.session.get_one(Case, self.cases[case])

    @precondition(lambda self: len(self.cases) < MOST_CASES)
    @rule(name=people)
    def somebody_refers(self, name):
        case = self.attempt_of(name, self.model.refers(name), refer)
        if case is None:
            return
        agency = PEOPLE[name][0]
        self.cases.append(case.id)
        self.model.origins.append(agency)
        number = len(self.cases) - 1
        self.model.team.add((number, name))
        for kind in KeyKind:
            self.makes(number, agency, kind)

    def attempt_of(self, name, may, act, *args, **options):
        """As `tried`, for somebody who may have left: then they are nobody any more."""
        if name in self.model.gone:
            with pytest.raises(LookupError):
                self.world[name].actor()
            return None
        return self.tried(may, act, self.world[name], *args, **options)

    def makes(self, case, agency, kind):
        owner = agency if kind.has_owner else None
        epoch = self.model.epoch(agency)
        self.model.releases.append(Given(case, kind, owner, agency, epoch, agency))

    @precondition(lambda self: self.cases and len(self.model.records) < MOST_RECORDS)
    @rule(name=people, number=numbers, kind=kinds)
    def somebody_writes(self, name, number, kind):
        wish = name, self.case(number), kind
        choices = sorted(PEOPLE), range(len(self.cases)), KeyKind
        name, case, kind = self.sensible(number, wish, *choices, allowed=self.model.writes)
        agency = PEOPLE[name][0]
        owner = agency if kind.has_owner else None
        may = self.model.writes(name, case, kind)
        text = f"{kind.value} of {agency}, {len(self.model.records)}"
        row = self.attempt_of(name, may, write, self.row_of(case), kind, text)
        if row is None:
            return
        for mine in {kind, KeyKind.OWN}:
            if mine.has_owner and not self.model.live(case, agency, mine, agency):
                self.makes(case, agency, mine)
        self.model.records.append(Written(case, kind, owner, agency, text, row.id))

    @precondition(lambda self: self.cases)
    @rule(name=people, number=numbers, kind=kinds, to=agencies, hours=st.sampled_from([0, 1, 5]))
    def somebody_releases(self, name, number, kind, to, hours):
        wish = name, self.case(number), kind, to
        choices = sorted(PEOPLE), range(len(self.cases)), KeyKind, sorted(NAMES)
        allowed = self.model.releases_key
        name, case, kind, to = self.sensible(number, wish, *choices, allowed=allowed)
        agency = PEOPLE[name][0]
        owner = agency if kind.has_owner else None
        may = allowed(name, case, kind, to)
        until = clock.now() + timedelta(hours=hours) if hours else FOREVER
        made = self.attempt_of(
            name, may, release, self.row_of(case), self.agency(to), kind, until=until
        )
        if made is not None:
            epoch = self.model.epoch(agency)
            given = Given(case, kind, owner, agency, epoch, to, until, made.id)
            self.model.releases.append(given)

    @precondition(lambda self: any(item.row for item in self.model.releases))
    @rule(name=people, number=numbers)
    def somebody_ends_a_release(self, name, number):
        given = [item for item in self.model.releases if item.row]
        wish = name, given[number % len(given)]
        name, item = self.sensible(number, wish, sorted(PEOPLE), given, allowed=self.model.ends)
        may = self.model.ends(name, item)
        row = db.session.get_one(Release, item.row)
        self.attempt_of(name, may, end, row)
        if may:
            self.model.releases.remove(item)
            self.model.dissolve(item.case, item.receiver)

    @precondition(lambda self: self.cases)
    @rule(name=people, colleague=people, number=numbers)
    def somebody_is_put_on_the_team(self, name, colleague, number):
        wish = name, self.case(number), colleague
        choices = sorted(PEOPLE), range(len(self.cases)), sorted(PEOPLE)
        allowed = self.model.assigns_colleague
        name, case, colleague = self.sensible(number, wish, *choices, allowed=allowed)
        may = allowed(name, case, colleague)
        self.attempt_of(name, may, take_on, self.row_of(case), self.world[colleague])
        if may:
            self.model.team.add((case, colleague))

    @precondition(lambda self: self.model.team)
    @rule(name=people, colleague=people, number=numbers)
    def somebody_is_taken_off_it(self, name, colleague, number):
        case = self.case(number)
        may = self.model.assigns(name, case) and (case, colleague) in self.model.team
        may = may and PEOPLE[name][0] == PEOPLE[colleague][0]
        self.attempt_of(name, may, take_off, self.row_of(case), self.world[colleague])
        if may:
            self.model.team.discard((case, colleague))

    @rule(agency=agencies, routine=st.booleans())
    def an_agency_changes_its_keys(self, agency, routine):
        self.later(timedelta(seconds=1))
        rotate(self.world[CUSTODIANS[agency]], routine=routine)
        self.model.routine[agency].append(routine)

    @rule(by=agencies, of=agencies)
    def an_agency_vouches(self, by, of):
        self.tried(by != of, vouch, self.world[CUSTODIANS[by]], self.agency(of).id)
        if by != of:
            key = by, of, self.model.epoch(of)
            self.model.vouched[key] = self.model.vouched.get(key, 0) + 1

    @rule(by=agencies, of=agencies)
    def an_agency_withdraws_a_vouch(self, by, of):
        vouched = self.model.vouched
        live = sorted(key for key, left in vouched.items() if left and key[:2] == (by, of))
        if not live:
            return
        key, actor = live[-1], self.world[CUSTODIANS[by]].actor()
        with changing():
            vouching = db.session.scalars(
                select(Vouching)
                .join(AgencyKey)
                .where(
                    Vouching.by_agency_id == self.agency(by).id,
                    Vouching.withdrawn_at.is_(None),
                    AgencyKey.agency_id == self.agency(of).id,
                    AgencyKey.epoch == key[2],
                )
            ).first()
            withdraw_vouch(actor, vouching)
        self.model.vouched[key] -= 1

    @rule(name=st.sampled_from(LEAVERS), rarely=st.integers(0, 7))
    def somebody_leaves(self, name, rarely):
        if rarely or name in self.model.gone:
            return
        self.later(timedelta(seconds=1))
        custodian = self.world[CUSTODIANS[PEOPLE[name][0]]].actor()
        with changing():
            remove_leaver(custodian, account_of(self.world[name]))
        self.model.gone.add(name)
        self.model.team -= {(case, who) for case, who in self.model.team if who == name}

    @rule(hours=st.integers(1, 3))
    def hours_pass(self, hours):
        self.later(timedelta(hours=hours))

    @invariant()
    def everybody_opens_what_the_model_says(self):
        for name in PEOPLE:
            if name in self.model.gone:
                continue
            for record in self.model.records:
                if record.kind is not KeyKind.OWN:
                    self.compare(name, record, None, self.model.opens(name, record))
                if record.kind is KeyKind.OWN or record.author == PEOPLE[name][0]:
                    own = self.model.opens_as_its_own(name, record)
                    self.compare(name, record, KeyKind.OWN, own)

    def compare(self, name, record, by, expected):
        person, case = self.world[name], self.row_of(record.case)
        row = db.session.get_one(Record, record.row)
        if expected:
            assert read(person, case, row, by) == record.text
            return
        with pytest.raises((*SHUT, PermissionError) if by else SHUT):
            read(person, case, row, by)

    @invariant()
    def everybody_knows_of_the_cases_that_the_model_says(self):
        for name, (agency, roles) in PEOPLE.items():
            if name in self.model.gone:
                continue
            actor = self.world[name].actor()
            with viewing():
                known = {case.id for case, _ in cases_known_to(actor)}
            expected = {
                ident
                for number, ident in enumerate(self.cases)
                if roles & WORKING and self.model.on_case(number, agency)
            }
            assert known == expected, name


def _without_waiting_for_the_disk(connection, _record):
    connection.execute("PRAGMA synchronous = OFF")


def test_people_open_what_the_model_says_and_nothing_else(sqlite_template):
    run_state_machine_as_test(
        lambda: Kernel(sqlite_template),
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            derandomize=True,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_the_model_itself_opens_something(sqlite_template):
    """One story through the machine's own rules, so that agreeing on nothing is not enough."""
    kernel = Kernel(sqlite_template)
    kernel.a_case_is_at_the_table()
    record = kernel.model.records[0]
    assert kernel.model.opens("Omar Haddad", record)
    kernel.everybody_opens_what_the_model_says()
    kernel.everybody_knows_of_the_cases_that_the_model_says()
    kernel.an_agency_changes_its_keys("police", routine=False)
    kernel.somebody_releases("Priya Nair", 0, KeyKind.JOINT, "harbour", 0)
    kernel.somebody_writes("Priya Nair", 0, KeyKind.JOINT)
    assert kernel.model.opens("Omar Haddad", record)
    assert not kernel.model.opens("Omar Haddad", kernel.model.records[2])
    kernel.everybody_opens_what_the_model_says()
    kernel.hours_pass(6)
    assert not kernel.model.opens("Omar Haddad", record)
    kernel.everybody_opens_what_the_model_says()
    kernel.everybody_knows_of_the_cases_that_the_model_says()
    kernel.teardown()
