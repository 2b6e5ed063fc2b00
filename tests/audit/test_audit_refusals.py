"""A refusal leaves one entry and nothing else; so do a word that fails and what was tampered with.

The entry is recorded after the rollback that the refusal causes, in a transaction of its own.
"""

from dataclasses import replace
from uuid import uuid4

import pytest

from casehub.audit import Fact, catalogue, changing, deployment_log, record, viewing
from casehub.cases import acts
from casehub.cases.queries import case_for
from casehub.cases.service import refer_case
from casehub.errors import Busy, Denial, NotThere, Refused, Tampered
from casehub.hubs.facts import AgencyFacts
from casehub.hubs.models import Hub
from casehub.hubs.service import NewAgency, name_agency
from casehub.policy import Permission, book, in_force, instead, may
from casehub.store import db, reading
from tests.audit.attacks import check, entries_of, hold, plainly

pytestmark = pytest.mark.database

NEW = NewAgency("Harbour Clinic", "Harbour Clinic", "health", "ca-bc-public")
DENIAL = Denial("case:refer", "no-rule")


class Newest:
    """The entries that a log has gained since the beginning."""

    def __init__(self, log):
        self.log = log
        with reading():
            self._seen = len(entries_of(log))

    def __call__(self):
        with reading():
            return entries_of(self.log)[self._seen :]


@pytest.fixture
def world(told):
    return told.world


@pytest.fixture
def newest(world) -> Newest:
    return Newest(world.hub_id)


@pytest.fixture
def deployments(world) -> Newest:
    with reading():
        log = deployment_log().id
    return Newest(log)


def agencies():
    with reading():
        return plainly("SELECT count(*) FROM agencies").scalar_one()


def fails(_actor, _facts):
    raise LookupError("this word cannot answer")


def change_and_ask_for_more(world, actor):
    name_agency(db.session.get_one(Hub, world.hub_id), NEW)
    open_and_ask_for_more(actor)


def open_and_ask_for_more(actor):
    record(acts.CASE_OPENED, by=actor, keys=[], records=[])
    refer_case(actor)


def open_what_was_tampered_with(actor, *cases):
    for case in cases:
        record(acts.CASE_OPENED, by=actor, case=case, keys=["own"], records=[])
    raise Tampered("No.")


def change_what_was_tampered_with(world):
    name_agency(db.session.get_one(Hub, world.hub_id), NEW)
    raise Tampered("No.")


@pytest.fixture
def words_that_fail(world):
    policy = in_force()
    words = {word.name: replace(word, predicate=fails) for word in policy.words}
    with instead(replace(policy, words=words)):
        yield


class TestARefusal:
    def test_in_a_change_leaves_one_entry_and_no_change(self, world, newest):
        ana, before = world["Ana Duarte"].actor(), agencies()
        with pytest.raises(Refused), changing():
            change_and_ask_for_more(world, ana)
        (entry,) = newest()
        assert (entry["act"], entry["outcome"]) == ("access:refused", "refused")
        assert (entry["account"], entry["agency"]) == (str(ana.account), str(ana.agency))
        assert (entry["rule"], entry["case"], entry["things"]) == ("no-rule", None, [])
        assert entry["facts"] == {"permission": "case:refer", "target": str(ana.agency)}
        assert agencies() == before

    def test_in_a_view_leaves_one_entry(self, world, newest):
        ana = world["Ana Duarte"].actor()
        with pytest.raises(Refused), viewing():
            open_and_ask_for_more(ana)
        assert [entry["act"] for entry in newest()] == ["access:refused"]

    def test_of_a_case_that_is_there_names_it_and_of_another_does_not(self, world, newest):
        priya, omar = world["Priya Nair"].actor(), world["Omar Haddad"].actor()
        with changing():
            case = refer_case(priya)
        for reference in (case.reference, "R-2222-2222"):
            with pytest.raises(NotThere), viewing():
                case_for(omar, reference)
        _, known, unknown = newest()
        assert (known["case"], unknown["case"]) == (str(case.id), None)
        assert known["facts"] == unknown["facts"]
        assert known["account"] == unknown["account"] == str(omar.account)

    def test_of_somebody_whom_no_hub_knows_stands_in_the_deployment_s_log(
        self, newest, deployments
    ):
        with pytest.raises(Refused), viewing():
            raise Refused(DENIAL)
        assert [entry["account"] for entry in deployments()] == [None]
        assert newest() == []

    @pytest.mark.parametrize("unit", [changing, viewing])
    def test_that_cannot_be_recorded_is_not_answered_as_one(self, world, newest, impatient, unit):
        ana = world["Ana Duarte"].actor()
        with hold(world.hub_id), pytest.raises(Busy), unit():
            refer_case(ana)
        assert newest() == []

    def test_leaves_a_sound_log_in_which_the_next_change_is_stored(self, world, newest):
        ana, priya = world["Ana Duarte"].actor(), world["Priya Nair"].actor()
        with pytest.raises(Refused), changing():
            refer_case(ana)
        with changing():
            refer_case(priya)
        assert [entry["act"] for entry in newest()] == ["access:refused", "case:referred"]
        with reading():
            assert check(world.hub_id).sound


class TestAWordThatFails:
    def test_leaves_the_refusal_and_an_alarm(self, world, newest, words_that_fail):
        priya = world["Priya Nair"].actor()
        with pytest.raises(Refused), changing():
            may(priya, Permission.CASE_REFER, AgencyFacts(priya.agency, priya.hub))
        refused, alarm = newest()
        assert (refused["act"], refused["outcome"]) == ("access:refused", "refused")
        assert (alarm["act"], alarm["outcome"]) == ("alarm:raised", "alarm")
        assert alarm["facts"] == {"code": "word-failed/own-agency", "target": None}
        for name in ("account", "agency", "case", "at"):
            assert alarm[name] == refused[name]

    def test_can_be_named_by_a_code_whichever_it_is(self, world):
        code = Fact.CODE
        assert all(code.admits(f"word-failed/{word.name.replace('_', '-')}") for word in book)


class TestSomethingTamperedWith:
    def test_leaves_an_alarm_about_what_was_to_be_recorded(self, world, newest):
        priya, case = world["Priya Nair"].actor(), uuid4()
        with pytest.raises(Tampered), viewing():
            open_what_was_tampered_with(priya, uuid4(), case)
        (alarm,) = newest()
        assert (alarm["act"], alarm["outcome"]) == ("alarm:raised", "alarm")
        assert alarm["facts"] == {"code": "tampered", "target": None}
        assert (alarm["account"], alarm["case"]) == (str(priya.account), str(case))

    def test_leaves_no_change(self, world, newest):
        before = agencies()
        with pytest.raises(Tampered), changing():
            change_what_was_tampered_with(world)
        assert [(entry["act"], entry["things"]) for entry in newest()] == [("alarm:raised", [])]
        assert agencies() == before

    def test_before_anything_is_recorded_leaves_its_alarm_in_the_deployment_s_log(
        self, newest, deployments
    ):
        with pytest.raises(Tampered), viewing():
            raise Tampered("No.")
        (alarm,) = deployments()
        assert (alarm["act"], alarm["account"]) == ("alarm:raised", None)
        assert newest() == []


def test_what_is_recorded_apart_carries_the_facts_of_its_act(world, newest, words_that_fail):
    priya = world["Priya Nair"].actor()
    with pytest.raises(Refused), changing():
        may(priya, Permission.CASE_REFER, AgencyFacts(priya.agency, priya.hub))
    with pytest.raises(Tampered), viewing():
        open_what_was_tampered_with(priya, uuid4())
    found = newest()
    assert len(found) == 3
    for entry in found:
        act = catalogue.get(entry["act"])
        assert act is not None
        act.check(entry["facts"])
