"""What people may rely on when a key is released: who may give what, to whom, until when."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from casehub import clock
from casehub.audit import changing, viewing
from casehub.cases import contracts
from casehub.cases.models import AssignmentReason, CaseAgency, Place, Release
from casehub.cases.queries import case_for, cases_known_to, cases_open_to
from casehub.cases.releases import NewRelease, release_key
from casehub.cases.service import assign, refer_case
from casehub.demo.world import account_of, begin, found
from casehub.errors import Invalid, NotThere, Refused, Unfinished
from casehub.hubs.service import NewAgency, name_agency
from casehub.policy import Permission
from casehub.store import db, reading
from casehub.vault import KeyKind
from casehub.vault import Release as Statement
from tests.builders import (
    GROUND,
    MORNING,
    WORDS,
    entries,
    findings,
    grant_of,
    read,
    refer,
    release,
    rotate,
    share,
    shelter,
    take_off,
    take_on,
    write,
)

POLICE, HARBOUR, HOUSING = "Rivermouth Police", "Harbour House", "Rivermouth Housing"
GIVEN = [kind for kind in KeyKind if kind is not KeyKind.OWN]


@pytest.fixture
def case(world):
    return refer(world["Priya Nair"])


def place_of(case, agency):
    with reading():
        return db.session.scalar(
            select(CaseAgency).where(
                CaseAgency.case_id == case.id, CaseAgency.agency_id == agency.id
            )
        )


@pytest.mark.database
def test_another_agency_does_not_learn_that_a_case_exists(world):
    priya, omar = world["Priya Nair"].actor(), world["Omar Haddad"].actor()
    with changing():
        case = refer_case(priya)
    with pytest.raises(NotThere), viewing():
        case_for(omar, case.reference)


class TestWhatItOpens:
    @pytest.mark.database
    @pytest.mark.parametrize("kind", GIVEN)
    def test_a_released_key_opens_there_once_somebody_took_the_case_on(self, world, case, kind):
        row = write(world["Priya Nair"], case, kind)
        release(world["Priya Nair"], case, world.agencies[HARBOUR], kind)
        with pytest.raises(Refused):
            read(world["Omar Haddad"], case, row)
        take_on(world["Omar Haddad"], case)
        assert read(world["Omar Haddad"], case, row) == WORDS
        assert findings(world) == []

    @pytest.mark.parametrize("kind", GIVEN)
    def test_it_opens_no_other_kind_of_key(self, world, case, kind):
        rows = [write(world["Priya Nair"], case, other) for other in KeyKind if other is not kind]
        share(world["Priya Nair"], world["Omar Haddad"], case, kind)
        for row in rows:
            with pytest.raises((Refused, PermissionError)):
                read(world["Omar Haddad"], case, row)

    def test_a_third_agency_gets_nothing_by_it(self, world, case):
        row = write(world["Priya Nair"], case)
        share(world["Priya Nair"], world["Omar Haddad"], case)
        with pytest.raises(NotThere):
            read(world["Ines Prado"], case, row)
        with pytest.raises(Refused):
            take_on(world["Ines Prado"], case)

    def test_a_custodian_who_is_no_representative_opens_nothing(self, world, case):
        row = write(world["Priya Nair"], case)
        share(world["Priya Nair"], world["Omar Haddad"], case)
        with pytest.raises(NotThere):
            read(world["Bo Lindqvist"], case, row)

    def test_what_is_written_later_opens_too(self, world, case):
        share(world["Priya Nair"], world["Omar Haddad"], case)
        assert read(world["Omar Haddad"], case, write(world["Priya Nair"], case)) == WORDS

    @pytest.mark.database
    def test_the_receiver_finds_it_in_its_lists(self, world, case):
        release(world["Priya Nair"], case, world.agencies[HARBOUR])
        omar = world["Omar Haddad"].actor()
        with viewing():
            assert [found.id for found, _ in cases_known_to(omar)] == [case.id]
            assert cases_open_to(omar, Permission.SYNOPSIS_OPEN) == []
        take_on(world["Omar Haddad"], case)
        omar = world["Omar Haddad"].actor()
        with viewing():
            assert [found.id for found, _ in cases_open_to(omar, Permission.SYNOPSIS_OPEN)] == [
                case.id
            ]
            assert cases_open_to(omar, Permission.IDENTIFIERS_OPEN) == []


class TestWhatIsSigned:
    @pytest.mark.database
    def test_the_statement_says_who_gave_what_to_whom_on_which_ground_until_when(self, world, case):
        until = MORNING + timedelta(days=3)
        given = release(world["Priya Nair"], case, world.agencies[HARBOUR], until=until)
        said = Statement.decode(given.statement)
        assert (said.release, said.case, said.kind, said.owner) == (
            given.id,
            case.id,
            KeyKind.SYNOPSIS,
            None,
        )
        assert (said.giver, said.receiver) == (
            world.agencies[POLICE].id,
            world.agencies[HARBOUR].id,
        )
        assert (said.ground, said.at, said.until) == (GROUND, MORNING, until)
        assert said.account is None
        with reading():
            assert place_until(case, world.agencies[HARBOUR]) == until

    def test_the_entry_says_the_same_in_ids_and_codes(self, world, case):
        given = release(world["Priya Nair"], case, world.agencies[HARBOUR])
        said = entries("key:released")[-1]
        assert said["facts"] == {
            "key": "synopsis",
            "receiver": str(world.agencies[HARBOUR].id),
            "named_account": None,
            "ground": GROUND,
            "until": clock.timestamp(clock.FOREVER),
            "met": [],
        }
        kinds = [kind for kind, _, _ in said["things"]]
        assert kinds == ["releases", "grants", "case_agencies"]
        assert said["things"][1][1] == str(grant_of(given).id)


def place_until(case, agency):
    return db.session.scalars(
        select(CaseAgency.synopsis_until).where(
            CaseAgency.case_id == case.id, CaseAgency.agency_id == agency.id
        )
    ).one()


class TestWhoGives:
    def test_nobody_off_the_team(self, world, case):
        for name in ("Lev Marchenko", "Ana Duarte"):
            with pytest.raises(Refused):
                release(world[name], case, world.agencies[HARBOUR])

    def test_nobody_who_has_left_it(self, world, case, later):
        later(minutes=1)
        take_off(world["Priya Nair"], case)
        with pytest.raises(Refused):
            release(world["Priya Nair"], case, world.agencies[HARBOUR])

    @pytest.mark.parametrize("kind", GIVEN)
    def test_what_was_received_is_not_passed_on(self, world, case, kind):
        share(world["Priya Nair"], world["Omar Haddad"], case, kind)
        with pytest.raises(Refused):
            release(world["Omar Haddad"], case, world.agencies[HOUSING], kind)

    @pytest.mark.database
    def test_private_notes_are_never_given_to_anybody(self, world, case):
        write(world["Priya Nair"], case, KeyKind.OWN)
        with pytest.raises(Refused):
            release(world["Priya Nair"], case, world.agencies[HARBOUR], KeyKind.OWN)
        said = entries("access:refused")[-1]
        assert (said["rule"], said["case"]) == ("own-key-stays", str(case.id))
        with reading():
            receivers = db.session.scalars(select(Release.receiver_agency_id)).all()
        assert set(receivers) == {world.agencies[POLICE].id}

    def test_a_part_that_nobody_wrote_cannot_be_given(self, world, case):
        share(world["Priya Nair"], world["Omar Haddad"], case)
        with pytest.raises(Refused):
            release(world["Omar Haddad"], case, world.agencies[POLICE], KeyKind.PART)


class TestToWhom:
    def test_not_to_the_own_agency(self, world, case):
        with pytest.raises(Invalid) as refused:
            release(world["Priya Nair"], case, world.agencies[POLICE])
        assert refused.value.place == "to"

    @pytest.mark.database
    def test_not_to_an_agency_without_a_key(self, world, case):
        with changing():
            named = name_agency(world.hub, NewAgency("Clinic", "Clinic", "health", "ca-bc-public"))
        with pytest.raises(Invalid):
            release(world["Priya Nair"], case, named)

    def test_not_to_an_agency_of_another_hub(self, world, case):
        other = found("Hub of Elsewhere")
        begin(other, "Elsewhere Police", "police", "Jo March", coordinates=True)
        with pytest.raises(Invalid):
            release(world["Priya Nair"], case, other.agencies["Elsewhere Police"])

    def test_not_to_an_agency_that_was_not_vouched_for(self, world, case):
        begin(world, "North Shelter", "shelter", "Nia Brook")
        with pytest.raises(Unfinished):
            release(world["Priya Nair"], case, world.agencies["North Shelter"])
        assert place_of(case, world.agencies["North Shelter"]) is None

    def test_not_to_a_person_where_the_case_is_not_restricted(self, world, case):
        actor = world["Priya Nair"].actor()
        command = NewRelease(KeyKind.SYNOPSIS, world.agencies[HARBOUR], GROUND, to_account=object())
        with pytest.raises(Invalid), changing():
            release_key(actor, case, command)

    def test_a_colleague_of_another_agency_is_on_no_team_of_ours(self, world, case):
        actor = world["Priya Nair"].actor()
        with pytest.raises(Invalid), changing():
            assign(actor, case, account_of(world["Omar Haddad"]), AssignmentReason.CASEWORKER)


class TestUntilWhen:
    @pytest.mark.parametrize("ago", [timedelta(0), timedelta(microseconds=1), timedelta(days=1)])
    def test_an_end_that_has_passed_makes_no_sense(self, world, case, ago):
        with pytest.raises(Invalid) as refused:
            release(world["Priya Nair"], case, world.agencies[HARBOUR], until=MORNING - ago)
        assert refused.value.place == "until"

    def test_nor_does_one_without_a_time_zone(self, world, case):
        naive = (MORNING + timedelta(days=1)).replace(tzinfo=None)
        with pytest.raises(Invalid):
            release(world["Priya Nair"], case, world.agencies[HARBOUR], until=naive)

    @pytest.mark.parametrize("ground", ["", "because she is in danger", "CA/x", "ca-bc/"])
    def test_a_ground_is_a_code(self, world, case, ground):
        with pytest.raises(Invalid) as refused:
            release(world["Priya Nair"], case, world.agencies[HARBOUR], ground=ground)
        assert refused.value.place == "ground"

    @pytest.mark.database
    def test_expiry_is_judged_at_every_opening(self, world, case, later):
        row = write(world["Priya Nair"], case)
        until = MORNING + timedelta(hours=1)
        share(world["Priya Nair"], world["Omar Haddad"], case, until=until)
        later(minutes=59, seconds=59)
        assert read(world["Omar Haddad"], case, row) == WORDS
        later(seconds=1)
        with pytest.raises(NotThere):
            read(world["Omar Haddad"], case, row)
        omar = world["Omar Haddad"].actor()
        with viewing():
            assert cases_known_to(omar) == cases_open_to(omar, Permission.SYNOPSIS_OPEN) == []

    def test_a_request_is_judged_by_the_moment_it_began(self, world, case, later):
        write(world["Priya Nair"], case)
        until = MORNING + timedelta(hours=1)
        share(world["Priya Nair"], world["Omar Haddad"], case, until=until)
        omar = world["Omar Haddad"].actor()
        later(hours=2)
        with viewing():
            assert [found.id for found, _ in cases_known_to(omar)] == [case.id]

    def test_the_later_of_two_ends_counts(self, world, case, later):
        row = write(world["Priya Nair"], case)
        for hours in (1, 3, 2):
            until = MORNING + timedelta(hours=hours)
            release(world["Priya Nair"], case, world.agencies[HARBOUR], until=until)
        take_on(world["Omar Haddad"], case)
        later(hours=2, minutes=30)
        assert read(world["Omar Haddad"], case, row) == WORDS
        later(hours=1)
        with pytest.raises(NotThere):
            read(world["Omar Haddad"], case, row)

    def test_what_expired_may_be_released_again(self, world, case, later):
        row = write(world["Priya Nair"], case)
        until = MORNING + timedelta(hours=1)
        share(world["Priya Nair"], world["Omar Haddad"], case, until=until)
        later(hours=2)
        release(world["Priya Nair"], case, world.agencies[HARBOUR])
        assert read(world["Omar Haddad"], case, row) == WORDS


@pytest.mark.database
def test_a_release_goes_to_the_epoch_that_is_current(world, case):
    row = write(world["Priya Nair"], case)
    yara = shelter(world)
    rotate(world["Nia Brook"])
    given = share(world["Priya Nair"], yara, case)
    assert Statement.decode(given.statement).receiver_epoch == 2
    assert read(yara, case, row) == WORDS
    assert place_of(case, world.agencies["North Shelter"]).place is Place.TABLE
    assert read(yara, case, write(yara, case, contract=contracts.MINUTE)) == WORDS
