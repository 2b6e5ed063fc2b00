"""What is done to a case: opening it with its keys, writing records, putting people on its team."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from casehub import clock, references
from casehub.accounts.keys import held_agency_key
from casehub.accounts.models import Account, AccountState
from casehub.accounts.readiness import check_ready
from casehub.audit import Replayed, record
from casehub.cases import acts
from casehub.cases.facts import Asked, facts_about
from casehub.cases.keys import MADE_IT, Giver, Receiver, Terms, Unlocked, give, hold_until, make_key
from casehub.cases.models import Assignment, AssignmentReason, Case, CaseAgency, Place, Record
from casehub.cases.opening import address_of, name_of, unlock
from casehub.cases.protocol import needs_protocol, read_protocol
from casehub.errors import Invalid, Stale
from casehub.hubs.facts import AgencyFacts
from casehub.hubs.models import Agency, Hub
from casehub.policy import Actor, Permission, may
from casehub.policy.documents import current_document
from casehub.store import Sealed, db
from casehub.texts import N_
from casehub.vault import Contract, Document, KeyKind, seal_record, sign_record


def refer_case(actor: Actor, case_id: UUID | None = None) -> Case:
    """Open a case in the first stage of the hub's protocol, with all its keys.

    The keys are made here and given to the actor's agency alone; the actor is the team's first
    member. A draft *is* a case in screening: nobody else learns that it exists. `case_id` is the
    id of the form it came with, so that one sent twice makes one case.
    """
    agency = db.session.get_one(Agency, actor.agency)
    permit = may(actor, Permission.CASE_REFER, AgencyFacts.of(agency))
    check_ready(agency)  # what is sealed now has to be opened in years
    giver = Giver(actor, *held_agency_key(permit))
    case = _new_case(actor, agency, case_id or references.new_id())
    place = CaseAgency(
        hub_id=case.hub_id,
        case_id=case.id,
        agency_id=agency.id,
        place=Place.ORIGINATING,
        speaks_for_survivor=True,
        moved_at=actor.at,
    )
    assignment = _assignment(actor, case, actor.account, AssignmentReason.CASEWORKER, clock.FOREVER)
    db.session.add_all([place, assignment])
    db.session.flush()
    made: list[Replayed] = [case, place, assignment]
    for kind in KeyKind:
        made += _make_own(giver, case, kind)[1]
    record(
        acts.CASE_REFERRED,
        by=actor,
        case=case.id,
        rule=permit.rule,
        things=made,
        kinds=list(KeyKind),
    )
    return case


def _new_case(actor: Actor, agency: Agency, case_id: UUID) -> Case:
    hub = db.session.get_one(Hub, actor.hub)
    document = needs_protocol(current_document("protocols", hub.protocol))
    case = Case(
        id=case_id,
        hub_id=actor.hub,
        reference=references.new_case_reference(),
        protocol=document,
        originating_sector=agency.sector,
        stage=read_protocol(document.text).first_stage,
        opened_at=actor.at,
        moved_at=actor.at,
    )
    db.session.add(case)
    db.session.flush()
    return case


def _make_own(giver: Giver, case: Case, kind: KeyKind) -> tuple[Unlocked, list[Replayed]]:
    owner = giver.actor.agency if kind.has_owner else None
    unlocked = make_key(case, kind, owner)
    to = Receiver(giver.actor.agency, agency_key=giver.agency_key)
    release, grant = give(giver, case, unlocked, to, Terms(MADE_IT))
    place = hold_until(case, giver.actor.agency, kind, giver.actor.at)
    return unlocked, [unlocked.row, release, grant, place]


@dataclass(frozen=True)
class NewRecord:
    """What writing a record takes: which document, under which kind of key, in place of which."""

    contract: Contract
    kind: KeyKind
    document: Document
    supersedes: Record | None = None


def write_record(actor: Actor, case: Case, command: NewRecord) -> Record:
    """Seal a document as a record of the case, under the key asked for and the author's own.

    An agency that writes for the first time makes its part and its own key in the same act. Raises
    Invalid where the kind of document does not lie under that kind of key, Stale where what it
    supersedes has been superseded meanwhile.
    """
    owner = actor.agency if command.kind.has_owner else None
    facts = facts_about(actor, case.id)
    asked = may(actor, Permission.RECORD_WRITE, facts.asking(command.kind, owner))
    own = may(actor, Permission.RECORD_WRITE, facts.asking(KeyKind.OWN, actor.agency))
    _check_sense(case, command)
    keys = unlock(actor, case, [asked, own])
    writer = Giver(actor, *held_agency_key(own))
    made = _make_missing(writer, case, keys, command.kind)
    _check_correction(actor, keys[command.kind, owner], command)
    row = _seal(writer, case, command, keys[command.kind, owner], keys[KeyKind.OWN, actor.agency])
    record(
        acts.RECORD_WRITTEN,
        by=actor,
        case=case.id,
        rule=asked.rule,
        things=[row, *made],
        contract=command.contract.name,
        key=name_of(command.kind, owner),
        supersedes=command.supersedes.id if command.supersedes else None,
    )
    return row


def _check_sense(case: Case, command: NewRecord) -> None:
    if command.kind not in command.contract.kinds:
        raise Invalid(
            "kind",
            N_("A {contract} does not lie under the {kind} key."),
            contract=command.contract.name,
            kind=command.kind.value,
        )
    before = command.supersedes
    if before is None:
        return
    if (before.case_id, before.contract) != (case.id, command.contract.name):
        raise Invalid("supersedes", N_("A record supersedes one of its own kind and case."))
    if db.session.scalar(select(Record.id).where(Record.supersedes_id == before.id)):
        raise Stale(N_("Somebody else has corrected this meanwhile."))


def _check_correction(actor: Actor, under: Unlocked, command: NewRecord) -> None:
    # Nobody's words disappear behind another's: what agencies made together any of them corrects,
    # everything else only who wrote it, and under the same key.
    before = command.supersedes
    if before is None:
        return
    together = command.kind is KeyKind.JOINT
    if before.case_key_id != under.row.id or not (
        together or before.author_agency_id == actor.agency
    ):
        raise Invalid("supersedes", N_("Only the agency that wrote this can correct it."))


def _make_missing(
    giver: Giver, case: Case, keys: dict[Asked, Unlocked], kind: KeyKind
) -> list[Replayed]:
    # Only keys that are the agency's alone: a key that others share is made once, by whoever opened
    # the case, and an agency that does not hold it was refused above.
    made: list[Replayed] = []
    for mine in {KeyKind.OWN, kind}:
        asked = (mine, giver.actor.agency)
        if mine.has_owner and asked not in keys:
            keys[asked], rows = _make_own(giver, case, mine)
            made += rows
    return made


def _seal(writer: Giver, case: Case, command: NewRecord, under: Unlocked, own: Unlocked) -> Record:
    before = command.supersedes
    row = Record(
        id=references.new_id(),
        hub_id=case.hub_id,
        case_id=case.id,
        contract=command.contract.name,
        case_key_id=under.row.id,
        case_key=under.row,
        author_agency_id=writer.actor.agency,
        author_epoch=writer.agency_key.epoch,
        revision=before.revision + 1 if before else 1,
        supersedes_id=before.id if before else None,
    )
    alone = under.row.id == own.row.id
    address = address_of(row, under.row)
    sealed = seal_record(
        address,
        command.contract.write(command.document),
        under.key,
        None if alone else own.key,
    )
    row.body, row.wrap = Sealed(sealed.body), Sealed(sealed.wrap)
    row.signature = sign_record(address, sealed.body, writer.secret.sign)
    if sealed.own_wrap is not None:
        row.own_wrap, row.own_key_id = Sealed(sealed.own_wrap), own.row.id
    db.session.add(row)
    db.session.flush()
    return row


def _assignment(
    actor: Actor, case: Case, account: UUID, reason: AssignmentReason, until: datetime
) -> Assignment:
    return Assignment(
        hub_id=case.hub_id,
        case_id=case.id,
        account_id=account,
        reason=reason,
        from_at=actor.at,
        until=until,
        by_account=actor.account,
    )


def assign(actor: Actor, case: Case, colleague: Account, reason: AssignmentReason) -> Assignment:
    """Put a colleague of the own agency on the case's team.

    Raises Invalid for an account of another agency, or one that is not admitted.
    """
    permit = may(actor, Permission.TEAM_ASSIGN, facts_about(actor, case.id))
    if reason is AssignmentReason.BROKEN_GLASS:
        raise Invalid("reason", N_("Nobody puts somebody else behind broken glass."))
    if colleague.agency_id != actor.agency or colleague.state is not AccountState.ADMITTED:
        raise Invalid("colleague", N_("Only somebody admitted to your agency can be on its team."))
    assignment = _assignment(actor, case, colleague.id, reason, clock.FOREVER)
    db.session.add(assignment)
    db.session.flush()
    record(
        acts.ASSIGNED,
        by=actor,
        case=case.id,
        rule=permit.rule,
        things=[assignment],
        subject=colleague.id,
        reason=reason,
    )
    return assignment


def unassign(actor: Actor, case: Case, colleague: Account) -> None:
    """Take a colleague off the team; raise Stale where they are not on it any more."""
    permit = may(actor, Permission.TEAM_ASSIGN, facts_about(actor, case.id))
    ended = live_assignments(case.id, colleague.id)
    if colleague.agency_id != actor.agency or not ended:
        raise Stale(N_("{name} is not on the team."), name=colleague.name)
    end_assignments(ended, actor)
    record(
        acts.UNASSIGNED,
        by=actor,
        case=case.id,
        rule=permit.rule,
        things=ended,
        subject=colleague.id,
    )


def live_assignments(case: UUID | None, account: UUID) -> Sequence[Assignment]:
    """Return somebody's assignments that have not ended, of one case or of all, to end them."""
    query = (
        select(Assignment)
        .where(Assignment.account_id == account, Assignment.until > clock.now())
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return db.session.scalars(
        query if case is None else query.where(Assignment.case_id == case)
    ).all()


def end_assignments(assignments: Sequence[Assignment], actor: Actor) -> None:
    """End assignments at the moment of the request; the caller records them."""
    for assignment in assignments:
        assignment.until = max(actor.at, assignment.from_at + timedelta(microseconds=1))
    db.session.flush()
