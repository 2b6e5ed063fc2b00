"""A story told in the terminal: one case, a release and its end, and a log that proves itself.

Its small hub is what the tests stand on. The one that `casehub demo` serves is in `telling.py`.
"""

import tempfile
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import text

from casehub.audit import AuditLog, changing, verify_log, viewing
from casehub.cases import contracts
from casehub.cases.facts import OPENING, facts_about
from casehub.cases.models import AssignmentReason, Case, EndCode, Release
from casehub.cases.opening import open_records
from casehub.cases.queries import case_for, records_of
from casehub.cases.releases import NewRelease, end_release, release_key
from casehub.cases.rotation import begin_epoch, finish_rotation
from casehub.cases.service import NewRecord, assign, refer_case, write_record
from casehub.demo.place import fresh_application, fresh_settings
from casehub.demo.world import (
    Person,
    World,
    account_of,
    begin,
    found,
    invite,
    make_ready,
    vouch_all_round,
)
from casehub.errors import Refused
from casehub.hubs.keys import current_key, public_of
from casehub.policy import Role, may
from casehub.store import db, reading, writing
from casehub.vault import KeyKind

Say = Callable[[str], None]
TEXT = "He waits outside her work; a shotgun stands in his shed."
FACTORS = ["separation-just-past", "stalking", "firearm-within-reach"]


def tell(say: Say, secret_word: str = "") -> None:
    """Tell the story on a fresh database in a temporary folder, which is gone afterwards.

    Everything said is what happened in this run. `secret_word` is put into every free text, so that
    a test can look for it where it must not be.
    """
    with tempfile.TemporaryDirectory(prefix="casehub-demo-") as folder:
        app = fresh_application(fresh_settings(Path(folder)))
        with app.app_context():
            world = people_of_rivermouth()
            say(f"{world.hub.name}: {len(world.agencies)} agencies, {len(world.people)} people.")
            _say_keys(world, say)
            case = refer(world, say, secret_word)
            share_and_take_back(world, case, say)
            rotate(world, case, say)
            attack(world, say)
            db.session.remove()
            db.engine.dispose()


def people_of_rivermouth() -> World:
    """Found the hub of Rivermouth with two agencies that vouch for each other, and a third."""
    world = found()
    begin(world, "Rivermouth Police", "police", "Ana Duarte", coordinates=True)
    invite(world, "Ana Duarte", "Ana Duarte", "Lev Marchenko", [Role.CUSTODIAN, Role.SUPERVISOR])
    invite(world, "Ana Duarte", "Lev Marchenko", "Priya Nair", [Role.CASEWORKER])
    begin(world, "Harbour House", "victim-services", "Bo Lindqvist")
    invite(world, "Bo Lindqvist", "Ana Duarte", "Omar Haddad", [Role.HUB_MEMBER])
    begin(world, "Rivermouth Housing", "housing", "Chantal Roy")
    invite(world, "Chantal Roy", "Ana Duarte", "Ines Prado", [Role.HUB_MEMBER])
    make_ready(world, "Ana Duarte", "Bo Lindqvist")
    for custodian in ("Bo Lindqvist", "Chantal Roy"):
        make_ready(world, custodian, "Ana Duarte")
    vouch_all_round(world, ["Ana Duarte", "Bo Lindqvist", "Chantal Roy"])
    return world


def _say_keys(world: World, say: Say) -> None:
    with reading():
        for name, agency in world.agencies.items():
            say(f"  {name}: {public_of(current_key(agency.id)).fingerprint}")


def refer(world: World, say: Say = print, secret_word: str = "") -> Case:
    """Let the police open a case with a synopsis and their account of what happened."""
    priya = world["Priya Nair"].actor()
    with changing():
        case = refer_case(priya)
    what_happened = {"text": f"{TEXT} {secret_word}".strip()}
    for contract, kind, document in (
        (contracts.SYNOPSIS, KeyKind.SYNOPSIS, {"factors": FACTORS}),
        (contracts.WHAT_HAPPENED, KeyKind.PART, what_happened),
        (contracts.NOTE, KeyKind.OWN, what_happened),
    ):
        with changing():
            write_record(priya, case, NewRecord(contract, kind, document))
    with reading():
        stored = records_of(case)[0].body
        say(f"Priya Nair opened {case.reference}. What the database holds: {stored}.")
    return case


def try_to_read(person: Person, case: Case, kind: KeyKind) -> str:
    """Let somebody open the case's records of one kind, and say what came of it."""
    actor = person.actor()
    try:
        with viewing():
            found = case_for(actor, case.reference)
            rows = [row for row in records_of(found) if row.case_key.kind is kind]
            facts = facts_about(actor, found.id).asking(kind, rows[0].case_key.owner_agency_id)
            read = open_records(actor, found, [may(actor, OPENING[kind], facts)], rows)
    except Refused as refusal:
        return str(refusal)
    return " / ".join(str(value) for document in read.values() for value in document.values())


def share_and_take_back(world: World, case: Case, say: Say) -> None:
    """Release the synopsis to Harbour House, open it there, and take it back."""
    omar, ines = world["Omar Haddad"], world["Ines Prado"]
    say(f"Omar Haddad before the release: {try_to_read(omar, case, KeyKind.SYNOPSIS)}")
    release = release_synopsis(world, case)
    say(f"Omar Haddad after it: {try_to_read(omar, case, KeyKind.SYNOPSIS)}")
    say(f"Ines Prado, of a third agency: {try_to_read(ines, case, KeyKind.SYNOPSIS)}")
    priya = world["Priya Nair"].actor()
    with changing():
        end_release(priya, release, EndCode.WITHDRAWN)
    say(f"Omar Haddad after its end: {try_to_read(omar, case, KeyKind.SYNOPSIS)}")


def release_synopsis(world: World, case: Case) -> Release:
    """Release the synopsis to Harbour House, whose member takes the case on."""
    priya, omar = world["Priya Nair"].actor(), world["Omar Haddad"]
    harbour = world.agencies["Harbour House"]
    with changing():
        release = release_key(priya, case, NewRelease(KeyKind.SYNOPSIS, harbour, "ca-bc/danger"))
    taking_on = omar.actor()
    with changing():
        assign(taking_on, case, account_of(omar), AssignmentReason.AT_THE_TABLE)
    return release


def rotate(world: World, case: Case, say: Say) -> None:
    """Give the police a new epoch of their keys, and read the case with it."""
    ana = world["Ana Duarte"].actor()
    with changing():
        key = begin_epoch(ana)
    finish_rotation(ana)
    say(f"Rivermouth Police now has epoch {key.epoch} of its keys.")
    say(f"Priya Nair with it: {try_to_read(world['Priya Nair'], case, KeyKind.OWN)}")


def attack(world: World, say: Say) -> None:
    """Check the hub's log; then change a role behind the application's back, and check again."""
    with reading():
        say(_checked(world))
    with writing():
        db.session.execute(
            text("UPDATE account_roles SET role = 'supervisor' WHERE account_id = :priya"),
            {"priya": world["Priya Nair"].account.hex},
        )
    with reading():
        say(f"After a role was changed by plain SQL: {_checked(world)}")


def _checked(world: World) -> str:
    report = verify_log(db.session.get_one(AuditLog, world.hub.id))
    if report.sound:
        return f"{report.entries} entries and {report.rows} rows checked: sound."
    return " ".join(finding.sentence for finding in report.findings)
