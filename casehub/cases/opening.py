"""The one place that opens case keys and records.

It takes permits, which only `may()` makes. Reading records first, and only then is anything
unwrapped, the agency's own key included; who changes or carries over records in the same
transaction, so that without the entry nothing is stored.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from casehub.accounts.keys import own_agency_key, own_agency_secret
from casehub.audit import record
from casehub.cases import acts
from casehub.cases.facts import OPENING, Asked, CaseFacts
from casehub.cases.keys import Unlocked, check_genuine
from casehub.cases.models import Case, CaseKeyRow, Grant, Record, Release, ReleaseState
from casehub.errors import Tampered, Unfinished
from casehub.hubs.trust import Trust
from casehub.policy import Actor, Permission, Permit
from casehub.store import db
from casehub.texts import N_
from casehub.vault import (
    Carried,
    CaseKey,
    Document,
    Given,
    KeyKind,
    RecordAddress,
    VerifyKey,
    check_record,
    inventory,
    open_carried_key,
    open_case_key,
    open_record,
)
from casehub.vault import Release as Statement

_CHANGING = {Permission.RECORD_WRITE, Permission.KEY_RELEASE}


def name_of(kind: KeyKind, owner: UUID | None) -> str:
    """Return a key's name as log entries write it."""
    return kind.value if owner is None else f"{kind.value}/{owner}"


def open_records(
    actor: Actor, case: Case, permits: Sequence[Permit], rows: Sequence[Record]
) -> dict[UUID, Document]:
    """Open records of a case and say so in the log, one entry for all of them.

    Each row opens with the key it lies under if a permit is for that key, else with its author's
    own key if a permit is for that. Rows that no permit reaches raise PermissionError: who asks has
    to leave them out. Raises Tampered rather than give out anything that its author did not sign
    and seal there.
    """
    asked = {_asked(permit): permit for permit in permits}
    if not asked or any(
        OPENING[kind] is not asked[kind, owner].permission for kind, owner in asked
    ):
        raise PermissionError("this permit opens no record")
    record(
        acts.CASE_OPENED,
        by=actor,
        case=case.id,
        rule=permits[0].rule,
        keys=[name_of(*item) for item in asked],
        records=[row.id for row in rows],
    )
    grants = _grants(actor, case)
    givers = {grant.release.giver_agency_id for grant in grants}
    trust = trust_of(permits[0], givers | {row.author_agency_id for row in rows})
    keys = _unwrap(actor, case, permits, grants, trust)
    for row in rows:
        _check_reached(case, row, asked, keys)
    return {row.id: _read(row, keys, trust) for row in rows}


def unlock(actor: Actor, case: Case, permits: Sequence[Permit]) -> dict[Asked, Unlocked]:
    """Open case keys for writing or releasing; the caller records what it does with them.

    A key of the agency's own that was never made is left out when it is asked for to write.
    """
    if any(permit.permission not in _CHANGING for permit in permits):
        raise PermissionError("this permit opens nothing to change")
    grants = _grants(actor, case)
    trust = trust_of(permits[0], {grant.release.giver_agency_id for grant in grants})
    found = _unwrap(actor, case, permits, grants, trust).values()
    keys = {
        (item.row.kind, item.row.owner_agency_id): item
        for item in sorted(found, key=lambda unlocked: unlocked.row.version)
    }
    for permit in permits:
        kind, owner = _asked(permit)
        may_be_made = kind.has_owner and permit.permission is Permission.RECORD_WRITE
        if (kind, owner) not in keys and not may_be_made:
            raise _not_given(case, permit)
    return keys


def open_for_carrying(permit: Permit, grants: Sequence[Grant]) -> Iterator[tuple[Grant, CaseKey]]:
    """Open keys so that a rotation can seal them to the agency's next epoch, and nothing else.

    It takes a custodian's permit to rotate. No record is opened with it.
    """
    if permit.permission is not Permission.AGENCY_KEY_ROTATE:
        raise PermissionError("this permit carries nothing over")
    trust = trust_of(permit, {grant.release.giver_agency_id for grant in grants})
    for grant in grants:
        # A vouch that was withdrawn shuts what it let in, and must not keep the agency from
        # changing its own keys: what is carried over is opened only by who vouches again.
        giver = _giver(trust, grant.release, or_stored=True)
        yield grant, _open_grant(permit, grant.release.case, grant, giver)


def trust_of(permit: Permit, agencies: Iterable[UUID]) -> Trust:
    """Return whom the actor's agency trusts, judged from its own keys as the actor opens them."""
    key, secret = own_agency_key(permit)
    return Trust(key, secret.public, agencies)


def _asked(permit: Permit) -> Asked:
    facts = permit.facts
    if not isinstance(facts, CaseFacts) or not facts.asked:
        raise PermissionError("this permit opens nothing")
    return facts.asked, facts.owner


def _unwrap(
    actor: Actor, case: Case, permits: Sequence[Permit], grants: Sequence[Grant], trust: Trust
) -> Mapping[UUID, Unlocked]:
    for permit in permits:
        if permit.actor is not actor or permit.facts.case != case.id:
            raise PermissionError("a permit of another request or case opens nothing")
    wanted = {_asked(permit): permit for permit in permits}
    opened: dict[UUID, Unlocked] = {}
    unheard: dict[UUID, Unfinished] = {}
    for grant in grants:
        row = grant.release.case_key
        permit_for = wanted.get((row.kind, row.owner_agency_id))
        if permit_for is None or row.id in opened:
            continue
        try:
            giver = _giver(trust, grant.release)
            opened[row.id] = Unlocked(row, _open_grant(permit_for, case, grant, giver))
        except Unfinished as why:
            unheard[row.id] = why  # another release of the same key may be a trusted giver's
    for row_id, reason in unheard.items():
        if row_id not in opened:
            raise reason
    return opened


def _grants(actor: Actor, case: Case) -> Sequence[Grant]:
    return db.session.scalars(
        select(Grant)
        .join(Grant.release)
        .options(
            joinedload(Grant.release).joinedload(Release.case_key),
            joinedload(Grant.agency_key),
            joinedload(Grant.account_key),
        )
        .where(
            Release.case_id == case.id,
            Release.receiver_agency_id == actor.agency,
            Release.state == ReleaseState.LIVE,
            Release.until > actor.at,
            (Release.receiver_account_id == actor.account)
            if case.restricted
            else Release.receiver_account_id.is_(None),
        )
        .order_by(Release.created_at)
    ).all()


def _open_grant(permit: Permit, case: Case, grant: Grant, giver: VerifyKey) -> CaseKey:
    release, actor = grant.release, permit.actor
    if not (release.statement and release.signature and release.sealed_digest):
        raise Tampered(N_("A release that is in force was never signed."))
    signed = Given(release.statement, bytes(grant.sealed), release.signature)
    if grant.reseal is None and signed.sealed_digest != release.sealed_digest:
        raise Tampered(N_("A release is not what its agency signed."))
    if grant.agency_key is None:
        statement, key = open_case_key(signed, actor.keyring.account_key(permit), giver)
    elif grant.reseal is None:
        secret = own_agency_secret(permit, grant.agency_key.epoch)
        statement, key = open_case_key(signed, secret.seal, giver)
    else:
        secret = own_agency_secret(permit, grant.agency_key.epoch)
        statement, key = open_carried_key(_carried(grant, release), secret, giver)
    _check_statement(case, release, statement)
    if statement.until <= actor.at and permit.permission is not Permission.AGENCY_KEY_ROTATE:
        raise Tampered(N_("A release was kept in force beyond the day that was signed."))
    return key


def _carried(grant: Grant, release: Release) -> Carried:
    return Carried(
        release.statement or b"",
        release.sealed_digest or b"",
        release.signature or b"",
        Given(grant.reseal or b"", bytes(grant.sealed), grant.reseal_signature or b""),
    )


def _giver(trust: Trust, release: Release, *, or_stored: bool = False) -> VerifyKey:
    agency, epoch = release.giver_agency_id, release.giver_epoch or 0
    public = trust.key(agency, epoch)
    if public is None and or_stored:
        _, public = trust.stored(agency, epoch)
    if public is None:
        raise Unfinished(
            N_("Your agency has not vouched for the key of the agency that released this."),
            N_("A custodian compares fingerprints with them, or with the coordinating agency."),
        )
    return public.sign


def _check_statement(case: Case, release: Release, signed: Statement) -> None:
    # What was signed counts, not the row: whoever can write rows must gain nothing by it.
    row = release.case_key
    check_genuine(row)
    if row.kind.has_owner and signed.giver != row.owner_agency_id:
        raise Tampered(N_("An agency's own key was given by somebody else."))
    said = (signed.release, signed.hub, signed.case, signed.kind, signed.owner, signed.version)
    is_row = (release.id, case.hub_id, case.id, row.kind, row.owner_agency_id, row.version)
    between = (signed.giver, signed.giver_epoch, signed.receiver, signed.account)
    is_between = (
        release.giver_agency_id,
        release.giver_epoch,
        release.receiver_agency_id,
        release.receiver_account_id,
    )
    terms = (signed.commitment, signed.ground, signed.until)
    is_terms = (row.commitment, release.ground, release.until)
    if (said, between, terms) != (is_row, is_between, is_terms):
        raise Tampered(N_("A release is not what its agency signed."))


def address_of(row: Record, key: CaseKeyRow) -> RecordAddress:
    """Return where a record belongs, as its cipher text knows it."""
    return RecordAddress(
        contract=row.contract,
        record=row.id,
        case=row.case_id,
        kind=key.kind,
        owner=key.owner_agency_id,
        version=key.version,
        revision=row.revision,
        author=row.author_agency_id,
    )


def _check_reached(
    case: Case, row: Record, asked: Mapping[Asked, Permit], keys: Mapping[UUID, Unlocked]
) -> None:
    if row.case_key_id in keys or (row.own_wrap is not None and row.own_key_id in keys):
        return
    if row.case_id != case.id:
        raise PermissionError("a permit of another case opens nothing")
    key = row.case_key.kind, row.case_key.owner_agency_id
    raise _not_given(case, asked.get(key) or asked.get((KeyKind.OWN, row.author_agency_id)))


def _not_given(case: Case, permit: Permit | None) -> Exception:
    # Lists and policy go by the agency; in a restricted case the keys go by the person.
    if permit is not None and case.restricted:
        return Unfinished(
            N_("This case is restricted, and its key was not given to you."),
            N_("Two people who are on the case can add you."),
        )
    if permit is not None and _says_held(permit):
        return Tampered(N_("The lists say that your agency holds a key that no release gave it."))
    return PermissionError("no permit reaches this record")


def _says_held(permit: Permit) -> bool:
    (kind, owner), facts = _asked(permit), permit.facts
    assert isinstance(facts, CaseFacts)  # noqa: S101 - _asked has seen to it
    if kind is KeyKind.OWN:
        return owner == permit.actor.agency and kind in facts.made
    if kind is KeyKind.PART:
        return owner in facts.parts
    return facts.held.get(kind, permit.actor.at) > permit.actor.at


def _read(row: Record, keys: Mapping[UUID, Unlocked], trust: Trust) -> Document:
    address = address_of(row, row.case_key)
    author = trust.author_key(row.author_agency_id, row.author_epoch)
    check_record(address, row.body, row.signature, author.sign)
    contract = inventory[row.contract]
    if row.case_key_id in keys or row.own_wrap is None or row.own_key_id is None:
        padded = open_record(address, row.body, row.wrap, keys[row.case_key_id].key)
    else:
        padded = open_record(address, row.body, row.own_wrap, keys[row.own_key_id].key)
    return contract.read(padded)
