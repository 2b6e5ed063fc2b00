"""One function opens; it takes a permit for just that, records, and only then unwraps anything."""

import pytest

from casehub.audit import changing, viewing
from casehub.cases.facts import OPENING, facts_about
from casehub.cases.opening import open_for_carrying, open_records, unlock
from casehub.cases.queries import (
    case_for,
    cases_known_to,
    cases_open_to,
    readable_records,
    records_of,
)
from casehub.errors import NotThere, Refused
from casehub.hubs.facts import AgencyFacts
from casehub.hubs.models import Agency
from casehub.policy import Permission, Permit, may
from casehub.store import db, reading
from casehub.vault import KeyKind
from tests.builders import (
    WORDS,
    counting,
    entries,
    read,
    refer,
    share,
    take_on,
    write,
)

UNWRAPPING = [
    "casehub.accounts.keys.open_membership",
    "casehub.hubs.keys.open_predecessor",
    "casehub.cases.opening.open_case_key",
    "casehub.cases.opening.open_carried_key",
    "casehub.cases.opening.open_record",
]
EVERYTHING = [(kind, permission) for kind, permission in OPENING.items()]


@pytest.fixture
def case(world):
    """A case of the police with one record of each kind."""
    made = refer(world["Priya Nair"])
    made.rows = {kind: write(world["Priya Nair"], made, kind, kind.value) for kind in KeyKind}
    return made


def permit(actor, case, kind, permission=None):
    owner = actor.agency if kind.has_owner else None
    facts = facts_about(actor, case.id).asking(kind, owner)
    return may(actor, permission or OPENING[kind], facts)


def opens(actor, case, permits, rows):
    with viewing():
        return open_records(actor, case, permits, rows)


class TestWhatAPermitOpens:
    @pytest.mark.database
    @pytest.mark.parametrize("kind", KeyKind)
    def test_the_one_kind_it_is_for_and_no_other(self, world, case, kind):
        priya = world["Priya Nair"].actor()
        with viewing():
            given = permit(priya, case, kind)
        assert opens(priya, case, [given], [case.rows[kind]]) == {
            case.rows[kind].id: {"text": kind.value}
        }
        if kind is KeyKind.OWN:
            return
        for other in KeyKind:
            if other is not kind:
                with pytest.raises(PermissionError):
                    opens(priya, case, [given], [case.rows[kind], case.rows[other]])

    @pytest.mark.parametrize("kind", KeyKind)
    def test_leave_for_one_kind_does_not_do_for_a_request_for_another(self, world, case, kind):
        """A permit of one permission whose facts ask for another key, however it came about."""
        priya = world["Priya Nair"].actor()
        for asked, permission in EVERYTHING:
            if asked is kind:
                continue
            with viewing():
                given = permit(priya, case, kind, permission)
            with pytest.raises(PermissionError):
                opens(priya, case, [given], [case.rows[kind]])

    def test_a_permit_of_another_request_opens_nothing(self, world, case):
        first, second = world["Priya Nair"].actor(), world["Priya Nair"].actor()
        with viewing():
            given = permit(first, case, KeyKind.SYNOPSIS)
        with pytest.raises(PermissionError):
            opens(second, case, [given], [case.rows[KeyKind.SYNOPSIS]])

    def test_nor_does_one_of_another_person(self, world, case):
        priya, omar = world["Priya Nair"].actor(), world["Omar Haddad"].actor()
        with viewing():
            given = permit(priya, case, KeyKind.SYNOPSIS)
        with pytest.raises(PermissionError):
            opens(omar, case, [given], [case.rows[KeyKind.SYNOPSIS]])

    def test_nor_does_one_of_another_case(self, world, case):
        other = refer(world["Priya Nair"])
        priya = world["Priya Nair"].actor()
        with viewing():
            given = permit(priya, other, KeyKind.SYNOPSIS)
        with pytest.raises(PermissionError):
            opens(priya, case, [given], [case.rows[KeyKind.SYNOPSIS]])
        with pytest.raises(PermissionError):
            opens(priya, other, [given], [case.rows[KeyKind.SYNOPSIS]])

    @pytest.mark.parametrize(
        "permission",
        [Permission.CASE_KNOW, Permission.RECORD_WRITE, Permission.KEY_RELEASE],
    )
    def test_leave_to_know_write_or_release_opens_no_record(self, world, case, permission):
        priya = world["Priya Nair"].actor()
        with viewing():
            given = permit(priya, case, KeyKind.SYNOPSIS, permission)
        with pytest.raises(PermissionError):
            opens(priya, case, [given], [case.rows[KeyKind.SYNOPSIS]])

    def test_leave_to_read_changes_nothing(self, world, case):
        priya = world["Priya Nair"].actor()
        with pytest.raises(PermissionError), changing():
            unlock(priya, case, [permit(priya, case, KeyKind.SYNOPSIS)])

    def test_leave_to_read_carries_nothing_over(self, world, case):
        priya = world["Priya Nair"].actor()
        with viewing():
            given = permit(priya, case, KeyKind.SYNOPSIS)
        with pytest.raises(PermissionError):
            list(open_for_carrying(given, []))

    def test_leave_about_an_agency_opens_no_case(self, world, case):
        ana = world["Ana Duarte"].actor()
        with viewing():
            own = db.session.get_one(Agency, ana.agency)
            given = may(ana, Permission.AGENCY_KEY_ROTATE, AgencyFacts.of(own))
        with pytest.raises(PermissionError):
            opens(ana, case, [given], [case.rows[KeyKind.SYNOPSIS]])

    def test_without_any_nothing_opens(self, world, case):
        priya = world["Priya Nair"].actor()
        with pytest.raises(PermissionError):
            opens(priya, case, [], [case.rows[KeyKind.SYNOPSIS]])

    def test_nobody_writes_a_permit_for_themselves(self, world, case):
        priya = world["Priya Nair"].actor()
        with reading():
            facts = facts_about(priya, case.id).asking(KeyKind.SYNOPSIS)
        with pytest.raises(PermissionError):
            Permit(priya, Permission.SYNOPSIS_OPEN, facts, "open-synopsis", object())


class TestWhatIsRecorded:
    @pytest.mark.database
    def test_one_opening_is_one_entry_with_kinds_and_records(self, world, case):
        priya = world["Priya Nair"].actor()
        kinds = [KeyKind.SYNOPSIS, KeyKind.PART, KeyKind.JOINT]
        rows = [case.rows[kind] for kind in kinds]
        ids = sorted(str(row.id) for row in rows)
        before = len(entries())
        with viewing():
            found = case_for(priya, case.reference)
            permits = [permit(priya, found, kind) for kind in kinds]
            assert len(open_records(priya, found, permits, rows)) == 3
        assert len(entries()) == before + 1
        said = entries("case:opened")[-1]
        assert said["facts"] == {
            "keys": ["joint", f"part/{priya.agency}", "synopsis"],
            "records": ids,
        }
        assert (said["account"], said["case"]) == (str(priya.account), str(case.id))
        assert (said["rule"], said["outcome"], said["things"]) == ("open-synopsis", "done", [])

    def test_a_page_that_opens_nothing_writes_none(self, world, case):
        priya = world["Priya Nair"].actor()
        before = len(entries())
        with viewing():
            found = case_for(priya, case.reference)
            assert len(records_of(found)) == len(KeyKind)
            assert cases_known_to(priya)
            assert cases_open_to(priya, Permission.SYNOPSIS_OPEN)
        assert len(entries()) == before

    def test_a_refusal_is_one_entry(self, world, case):
        before = len(entries())
        lev = world["Lev Marchenko"].actor()
        with pytest.raises(Refused), viewing():
            permit(lev, case, KeyKind.SYNOPSIS)
        assert len(entries()) == before + 1
        assert entries("access:refused")[-1]["facts"]["permission"] == "synopsis:open"


class TestWhatIsUnwrapped:
    @pytest.fixture
    def unwrapped(self, monkeypatch):
        with counting(monkeypatch, *UNWRAPPING) as calls:
            yield calls

    def test_these_functions_are_what_unwraps(self, world, case, unwrapped):
        read(world["Priya Nair"], case, case.rows[KeyKind.SYNOPSIS])
        assert unwrapped["open_membership"] == 1
        assert unwrapped["open_case_key"] == 1
        assert unwrapped["open_record"] == 1

    @pytest.mark.database
    def test_lists_and_looking_open_not_even_the_agency_s_key(self, world, case, unwrapped):
        share(world["Priya Nair"], world["Omar Haddad"], case)
        unwrapped.clear()
        for name in ("Priya Nair", "Omar Haddad", "Lev Marchenko"):
            actor = world[name].actor()
            with viewing():
                found = case_for(actor, case.reference)
                records_of(found)
                readable_records(actor, found)
                cases_known_to(actor)
                cases_open_to(actor, Permission.SYNOPSIS_OPEN)
        assert not unwrapped

    @pytest.mark.parametrize("name", ["Omar Haddad", "Ines Prado", "Lev Marchenko", "Ana Duarte"])
    def test_who_is_refused_opens_not_even_the_agency_s_key(self, world, case, unwrapped, name):
        unwrapped.clear()
        for kind, row in case.rows.items():
            if kind is not KeyKind.OWN:
                with pytest.raises(NotThere):
                    read(world[name], case, row)
        with pytest.raises(Refused):
            take_on_and_write(world[name], case)
        assert not unwrapped

    def test_nothing_is_opened_before_it_is_recorded(self, world, case, unwrapped, monkeypatch):
        def no_room(*_args, **_facts):
            raise RuntimeError("the journal is full")

        unwrapped.clear()
        monkeypatch.setattr("casehub.cases.opening.record", no_room)
        with pytest.raises(RuntimeError, match="journal"):
            read(world["Priya Nair"], case, case.rows[KeyKind.SYNOPSIS])
        assert not unwrapped

    def test_each_key_is_opened_once_a_request(self, world, case, unwrapped):
        later = [write(world["Priya Nair"], case, KeyKind.JOINT, str(n)) for n in range(5)]
        priya = world["Priya Nair"].actor()
        unwrapped.clear()
        with viewing():
            permits, rows = readable_records(priya, case)
            opened = open_records(priya, case, permits, rows)
        assert {row.id for row in later} <= set(opened)
        assert len(opened) == len(KeyKind) + 5
        assert unwrapped["open_membership"] == 1
        assert unwrapped["open_case_key"] == len(KeyKind)
        assert unwrapped["open_record"] == len(opened)


def take_on_and_write(person, case):
    """Do what somebody might who thinks the case is theirs; every step is refused."""
    with pytest.raises(Refused):
        write(person, case)
    take_on(person, case)


class TestWhatMayBeRead:
    """`readable_records` finds just what one may open, and permits for it."""

    def texts(self, person, case):
        actor = person.actor()
        with viewing():
            permits, rows = readable_records(actor, case)
            if not permits:
                assert rows == []
                return set()
            return {item["text"] for item in open_records(actor, case, permits, rows).values()}

    @pytest.mark.database
    def test_the_team_of_the_agency_that_brought_it_reads_everything_it_wrote(self, world, case):
        assert self.texts(world["Priya Nair"], case) == {kind.value for kind in KeyKind}

    @pytest.mark.database
    def test_a_receiver_reads_what_was_released_and_what_it_wrote(self, world, case):
        share(world["Priya Nair"], world["Omar Haddad"], case)
        write(world["Omar Haddad"], case, KeyKind.PART, "theirs")
        assert self.texts(world["Omar Haddad"], case) == {"synopsis", "theirs"}
        assert "theirs" not in self.texts(world["Priya Nair"], case)

    def test_others_read_nothing(self, world, case):
        for name in ("Ines Prado", "Ana Duarte", "Omar Haddad"):
            assert self.texts(world[name], case) == set()

    def test_what_a_supervisor_has_without_a_team_is_what_the_agency_wrote(self, world, case):
        share(world["Priya Nair"], world["Omar Haddad"], case)
        write(world["Omar Haddad"], case, text="theirs")
        assert self.texts(world["Lev Marchenko"], case) == {kind.value for kind in KeyKind}

    def test_it_opens_what_was_written_and_nothing_else(self, world, case):
        assert read(world["Priya Nair"], case, write(world["Priya Nair"], case)) == WORDS
