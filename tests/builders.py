"""What happens before a test's own question, told through the services in one line each.

Nothing here makes a row that the application could not have made; `attack` and its kind are what
somebody does who can write the database and has no key.
"""

import json
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event, select

from casehub import clock
from casehub.accounts.code_models import CodeRow
from casehub.accounts.codes import issue_invitation, use_code
from casehub.accounts.keys import account_of_key, own_agency_key
from casehub.accounts.models import Account, AccountKey, Membership
from casehub.accounts.service import NewAccount, end_account, propose_account, second_account
from casehub.accounts.stand_ins import Issued
from casehub.audit import AuditEntry, AuditLog, attested, changing, verify_log, viewing
from casehub.audit.marks import said
from casehub.cases import contracts
from casehub.cases.facts import OPENING, facts_about
from casehub.cases.models import (
    AssignmentReason,
    Case,
    CaseAgency,
    CaseKeyRow,
    EndCode,
    Grant,
    Record,
    Release,
)
from casehub.cases.opening import open_records
from casehub.cases.queries import case_for
from casehub.cases.releases import NewRelease, end_release, release_key
from casehub.cases.rotation import begin_epoch, finish_rotation
from casehub.cases.service import NewRecord, assign, refer_case, unassign, write_record
from casehub.demo.world import Person, World, account_of, begin, invite, make_ready, rebind
from casehub.errors import Tampered
from casehub.hubs.facts import AgencyFacts
from casehub.hubs.keys import current_key
from casehub.hubs.models import Agency
from casehub.hubs.trust import Trust
from casehub.policy import Actor, Permission, Role, may
from casehub.store import db, reading, writing
from casehub.vault import AgencyPublic, AgencySecret, Code, Contract, KeyKind, PrivateKey

MORNING = datetime(2031, 3, 14, 9, tzinfo=UTC)
WORDS = "He waits outside her work; Олена fears him, «мовчить». O'Neil's car."
GROUND = "ca-bc/danger"
CONTRACTS: dict[KeyKind, Contract] = {
    KeyKind.SYNOPSIS: contracts.SYNOPSIS,
    KeyKind.IDENTIFIERS: contracts.IDENTITY,
    KeyKind.CONTACT: contracts.SAFE_CONTACT,
    KeyKind.JOINT: contracts.MINUTE,
    KeyKind.PART: contracts.STATEMENT,
    KeyKind.OWN: contracts.NOTE,
}
"""One kind of document for each kind of key."""


@contextmanager
def standing_clock() -> Iterator[Callable[..., None]]:
    """Hold the clock on a morning; the value given moves it on, as `timedelta` counts."""
    with clock.frozen_at(MORNING) as advance:
        yield lambda **by: advance(timedelta(**by))


def propose_colleague(person: Person, *roles: Role, name: str = "Tess Okafor") -> Account:
    """Propose an account of the person's agency, by default a caseworker's."""
    actor = person.actor()
    wanted = frozenset(roles or {Role.CASEWORKER})
    with changing():
        return propose_account(actor, NewAccount(name, "t@rivermouth.example", "en", wanted))


def second_colleague(person: Person, account: Account) -> None:
    """Agree to an account."""
    actor = person.actor()
    with changing():
        second_account(actor, account)


def invitation_for(person: Person, account: Account) -> Issued:
    """Make the code of an invitation that two people agreed to."""
    actor = person.actor()
    with changing():
        return issue_invitation(actor, account)


def take_up(issued: Issued, code: Code | None = None) -> Person:
    """Use a code, by default the one that was shown, with a fresh key."""
    key = PrivateKey.new()
    with changing():
        row = db.session.get_one(CodeRow, issued.row.id)
        account = account_of_key(use_code(row, code or issued.code, key.public))
    return Person(account.name, account.id, account.agency_id, key)


def end_colleague(person: Person, account: Account) -> None:
    """End an account."""
    actor = person.actor()
    with changing():
        end_account(actor, account)


def memberships_of(account: UUID) -> Sequence[Membership]:
    """Every membership of an account."""
    with reading():
        return db.session.scalars(
            select(Membership).join(AccountKey).where(AccountKey.account_id == account)
        ).all()


def shelter(world: World) -> Person:
    """Begin a fourth agency, vouched for by the police and vouching for them; return its member.

    Yara Cole represents North Shelter and supervises it; Nia Brook is its custodian.
    """
    begin(world, "North Shelter", "shelter", "Nia Brook")
    roles = [Role.HUB_MEMBER, Role.SUPERVISOR]
    yara = invite(world, "Nia Brook", "Ana Duarte", "Yara Cole", roles)
    make_ready(world, "Nia Brook", "Ana Duarte")
    return yara


def refer(person: Person) -> Case:
    """Open a case."""
    actor = person.actor()
    with changing():
        return refer_case(actor)


def write(
    person: Person,
    case: Case,
    kind: KeyKind = KeyKind.SYNOPSIS,
    text: str = WORDS,
    *,
    contract: Contract | None = None,
    supersedes: Record | None = None,
) -> Record:
    """Write a record of one kind."""
    actor = person.actor()
    command = NewRecord(contract or CONTRACTS[kind], kind, {"text": text}, supersedes)
    with changing():
        return write_record(actor, case, command)


def release(
    person: Person, case: Case, to: Agency, kind: KeyKind = KeyKind.SYNOPSIS, **terms: Any
) -> Release:
    """Release a key to an agency."""
    actor = person.actor()
    with changing():
        return release_key(actor, case, NewRelease(kind, to, **{"ground": GROUND} | terms))


def end(person: Person, given: Release, code: EndCode = EndCode.WITHDRAWN) -> None:
    """End a release."""
    actor = person.actor()
    with changing():
        end_release(actor, given, code)


def take_on(person: Person, case: Case, colleague: Person | None = None) -> None:
    """Put somebody, by default the person, on the agency's team."""
    actor = person.actor()
    with changing():
        assign(actor, case, account_of(colleague or person), AssignmentReason.AT_THE_TABLE)


def take_off(person: Person, case: Case, colleague: Person | None = None) -> None:
    """Take somebody, by default the person, off the team."""
    actor = person.actor()
    with changing():
        unassign(actor, case, account_of(colleague or person))


def share(
    giver: Person, receiver: Person, case: Case, kind: KeyKind = KeyKind.SYNOPSIS, **terms: Any
) -> Release:
    """Release a key to somebody's agency and let them take the case on."""
    given = release(giver, case, db.session.get_one(Agency, receiver.agency), kind, **terms)
    take_on(receiver, case)
    return given


def read(person: Person, case: Case, row: Record, by: KeyKind | None = None) -> str:
    """Find the case, ask for the key a record lies under, or for another, and open the record."""
    actor = person.actor()
    with viewing():
        kind = by or row.case_key.kind
        found = case_for(actor, case.reference, OPENING[kind])
        owner = actor.agency if kind is KeyKind.OWN else row.case_key.owner_agency_id
        asked = facts_about(actor, found.id).asking(kind, owner if kind.has_owner else None)
        permit = may(actor, OPENING[kind], asked)
        return str(open_records(actor, found, [permit], [row])[row.id]["text"])


def own_secret(actor: Actor, permission: Permission = Permission.CASE_REFER) -> AgencySecret:
    """Open the private keys of the actor's agency, as a request does that may use them."""
    with viewing():
        own = db.session.get_one(Agency, actor.agency)
        return own_agency_key(may(actor, permission, AgencyFacts.of(own)))[1]


def trusted(person: Person, agency: UUID, epoch: int | None = None) -> AgencyPublic | None:
    """The key of an agency's epoch, by default the present one, if the person's agency trusts it.

    The person has to be a custodian.
    """
    secret = own_secret(person.actor(), Permission.AGENCY_KEY_ROTATE)
    with reading():
        wanted = current_key(agency).epoch if epoch is None else epoch
        return Trust(current_key(person.agency), secret.public, [agency]).key(agency, wanted)


def rotate(person: Person, *, routine: bool = True) -> None:
    """Give an agency a new epoch of its keys and carry everything over."""
    actor = person.actor()
    with changing():
        begin_epoch(actor, routine=routine)
    finish_rotation(actor)


def grant_of(given: Release) -> Grant | None:
    """The grant of a release, while there is one."""
    with reading():
        return db.session.scalar(select(Grant).where(Grant.release_id == given.id))


def case_key(case: Case, kind: KeyKind, owner: UUID | None = None) -> CaseKeyRow:
    """The row of one key of a case."""
    with reading():
        return db.session.scalars(
            select(CaseKeyRow).where(
                CaseKeyRow.case_id == case.id,
                CaseKeyRow.kind == kind,
                CaseKeyRow.owner_agency_id == owner,
            )
        ).one()


def agency_place(case: Case, agency: UUID) -> CaseAgency:
    """The row of an agency's place on a case."""
    with reading():
        return db.session.scalars(
            select(CaseAgency).where(CaseAgency.case_id == case.id, CaseAgency.agency_id == agency)
        ).one()


def told_tampered(world: World, case: Case, row: Record) -> None:
    """Let Omar read; he must be told, there must be an alarm, and a check must find it."""
    before = len(entries("alarm:raised"))
    with pytest.raises(Tampered):
        read(world["Omar Haddad"], case, row)
    alarms = [(item["facts"]["code"], item["case"]) for item in entries("alarm:raised")[before:]]
    assert alarms == [("tampered", str(case.id))]
    assert findings(world)


def attack(row: Any, **values: Any) -> None:
    """Change a row behind the application's back."""
    table = row.__table__
    with writing():
        _plainly(table.update().where(table.c.id == row.id).values(**values))


def attack_insert(model: Any, **values: Any) -> None:
    """Put a row in behind the application's back."""
    filled = {"created_at": clock.now()} | values
    with writing():
        _plainly(model.__table__.insert().values(**filled))


def with_mark(model: Any, **values: Any) -> dict[str, Any]:
    """Return a row's values with the mark that only who has the server's log key can make."""
    return values | {"mark": attested(said(model(**values)))}


def attack_delete(row: Any) -> None:
    """Remove a row behind the application's back."""
    table = row.__table__
    with writing():
        _plainly(table.delete().where(table.c.id == row.id))


def _plainly(statement: Any) -> None:
    # On the connection itself: the session refuses what no entry speaks of.
    done = db.session.connection().execute(statement)
    assert statement.is_insert or done.rowcount == 1


def flipped(content: bytes, at: int = -1) -> bytes:
    """The same bytes with one bit changed."""
    changed = bytearray(content)
    changed[at] ^= 1
    return type(content)(bytes(changed))


def entries(act: str = "") -> list[dict[str, Any]]:
    """What all logs say, oldest first, of one act or of every act."""
    with reading():
        query = select(AuditEntry.body).order_by(AuditEntry.log_id, AuditEntry.number)
        bodies = [json.loads(body) for body in db.session.scalars(query)]
    return [body for body in bodies if act in ("", body["act"])]


def findings(world: World) -> list[str]:
    """What a check of the hub's log finds."""
    with reading():
        report = verify_log(db.session.get_one(AuditLog, world.hub_id))
    return [finding.sentence for finding in report.findings]


@contextmanager
def statements() -> Iterator[list[str]]:
    """Gather the text of what reaches the database, without its values."""
    said: list[str] = []

    def listen(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        said.append(" ".join(statement.split()))

    event.listen(db.engine, "before_cursor_execute", listen)
    try:
        yield said
    finally:
        event.remove(db.engine, "before_cursor_execute", listen)


@contextmanager
def counting(monkeypatch: Any, *names: str) -> Iterator[Counter[str]]:
    """Count the calls of functions, each named as the module that uses it names it."""
    calls: Counter[str] = Counter()
    with monkeypatch.context() as patched:
        for name in names:
            module, _, function = name.rpartition(".")
            patched.setattr(name, _counted(calls, function, _attribute(module, function)))
        yield calls


def _attribute(module: str, function: str) -> Any:
    return getattr(__import__(module, fromlist=[function]), function)


def _counted(calls: Counter[str], name: str, inner: Any) -> Any:
    def count(*args: Any, **options: Any) -> Any:
        calls[name] += 1
        return inner(*args, **options)

    return count


def at_once(app: Any, world: World, *acts: Callable[[World], Any]) -> list[Any]:
    """Let several people act at the same time; return what each got, or the error it met."""
    barrier = threading.Barrier(len(acts))
    results: list[Any] = [None] * len(acts)

    def run(place: int, act: Callable[[World], Any]) -> None:
        with app.app_context():
            mine = rebind(world)
            barrier.wait(30)
            try:
                results[place] = act(mine)
            except BaseException as error:  # noqa: BLE001 - the test looks at it
                results[place] = error
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run, args=item) for item in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results
