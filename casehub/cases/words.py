"""The words about cases. They look at `cases`' own tables only, starting from the actor's rows.

Each SQL twin stands in a query that has joined `Case` with `CaseAgency`, the row of the actor's own
agency (`cases.queries`).
"""

from datetime import datetime

from sqlalchemy import ColumnElement, exists, false, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute

from casehub.accounts.models import Account, AccountState
from casehub.cases.facts import CaseFacts
from casehub.cases.models import (
    Assignment,
    Case,
    CaseAgency,
    CaseKeyRow,
    Place,
    Release,
    ReleaseState,
)
from casehub.policy import Actor, Subject, book
from casehub.texts import N_, Text
from casehub.vault import KeyKind


def _had_place(actor: Actor, facts: CaseFacts) -> bool:
    del actor
    return facts.place is not None


def _on_case(actor: Actor, facts: CaseFacts) -> bool:
    holds = any(until > actor.at for until in facts.held.values())
    return facts.place is Place.ORIGINATING or (facts.place is not None and holds)


def _in_team(actor: Actor, facts: CaseFacts) -> bool:
    del actor
    return facts.on_team


def _in_team_sql(actor: Actor) -> ColumnElement[bool]:
    return exists().where(
        Assignment.case_id == CaseAgency.case_id,
        Assignment.account_id == actor.account,
        Assignment.from_at <= actor.at,
        Assignment.until > actor.at,
    )


def _no_team(actor: Actor, facts: CaseFacts) -> bool:
    del actor
    return not facts.has_team


def _no_team_sql(actor: Actor) -> ColumnElement[bool]:
    return ~exists(
        select(Assignment.id)
        .join(Account, Account.id == Assignment.account_id)
        .where(
            Assignment.case_id == CaseAgency.case_id,
            Account.agency_id == actor.agency,
            Account.state == AccountState.ADMITTED,
            Assignment.from_at <= actor.at,
            Assignment.until > actor.at,
        )
        .correlate(CaseAgency)
    )


def _walled(actor: Actor, facts: CaseFacts) -> bool:
    return facts.case_id in actor.walled


def _enter_holding(
    kind: KeyKind, column: InstrumentedAttribute[datetime | None], says: Text
) -> None:
    def holds(actor: Actor, facts: CaseFacts) -> bool:
        until = facts.held.get(kind)
        return until is not None and until > actor.at

    def holds_sql(actor: Actor) -> ColumnElement[bool]:
        return column.is_not(None) & (column > actor.at)

    book.word(f"holds_{kind.value}", Subject.CASE, says, holds, holds_sql)


def _holds_part(actor: Actor, facts: CaseFacts) -> bool:
    del actor
    return bool(facts.parts) if facts.owner is None else facts.owner in facts.parts


def _holds_part_sql(actor: Actor) -> ColumnElement[bool]:
    return exists(
        select(Release.id)
        .join(CaseKeyRow, CaseKeyRow.id == Release.case_key_id)
        .where(
            Release.case_id == CaseAgency.case_id,
            Release.receiver_agency_id == actor.agency,
            or_(
                Release.receiver_account_id.is_(None),
                Release.receiver_account_id == actor.account,
            ),
            Release.state == ReleaseState.LIVE,
            Release.until > actor.at,
            CaseKeyRow.kind == KeyKind.PART,
        )
        .correlate(CaseAgency)
    )


def _owns_asked(actor: Actor, facts: CaseFacts) -> bool:
    return facts.owner in (None, actor.agency)


def _holds_asked(actor: Actor, facts: CaseFacts) -> bool:
    if facts.asked is None or facts.asked.has_owner:
        return _on_case(actor, facts) and _owns_asked(actor, facts)
    until = facts.held.get(facts.asked)
    return until is not None and until > actor.at


def _asks_own(actor: Actor, facts: CaseFacts) -> bool:
    del actor
    return facts.asked is KeyKind.OWN


def _asks_no_contact(actor: Actor, facts: CaseFacts) -> bool:
    del actor
    return facts.asked is not KeyKind.CONTACT


def _made_asked(actor: Actor, facts: CaseFacts) -> bool:
    if not _owns_asked(actor, facts):
        return False
    return bool(facts.made) if facts.asked is None else facts.asked in facts.made


def _made_asked_sql(actor: Actor) -> ColumnElement[bool]:
    return exists().where(
        Release.case_id == CaseAgency.case_id,
        Release.giver_agency_id == actor.agency,
        Release.receiver_agency_id == actor.agency,
        or_(Release.receiver_account_id.is_(None), Release.receiver_account_id == actor.account),
        Release.state == ReleaseState.LIVE,
        Release.until > actor.at,
    )


def _gave_it(actor: Actor, facts: CaseFacts) -> bool:
    return facts.giver == actor.agency


_UNTIL = (
    CaseAgency.synopsis_until,
    CaseAgency.identifiers_until,
    CaseAgency.contact_until,
    CaseAgency.joint_until,
    CaseAgency.part_until,
)


def _on_case_sql(actor: Actor) -> ColumnElement[bool]:
    holds = (column.is_not(None) & (column > actor.at) for column in _UNTIL)
    return (CaseAgency.agency_id == actor.agency) & or_(
        CaseAgency.place == Place.ORIGINATING, *holds
    )


book.word(
    "had_place",
    Subject.CASE,
    N_("The actor's agency has, or had, a place on the case."),
    _had_place,
    lambda actor: CaseAgency.agency_id == actor.agency,
)
book.word(
    "asks_no_contact",
    Subject.CASE,
    N_("What is asked for is not where she is."),
    _asks_no_contact,
    lambda _actor: true(),
)
book.word(
    "made_asked",
    Subject.CASE,
    N_("The actor's agency made the key that is asked for, and no other owns it."),
    _made_asked,
    _made_asked_sql,
)
book.word(
    "on_case",
    Subject.CASE,
    N_("The actor's agency brought the case, or holds a key of it now."),
    _on_case,
    _on_case_sql,
)
book.word(
    "in_team",
    Subject.CASE,
    N_("The actor is on the agency's team for the case now."),
    _in_team,
    _in_team_sql,
)
book.word(
    "no_team_yet",
    Subject.CASE,
    N_("Nobody of the actor's agency is on the case."),
    _no_team,
    _no_team_sql,
)
book.word(
    "walled",
    Subject.CASE,
    N_("A wall keeps the actor or the agency from the case."),
    _walled,
    lambda actor: Case.id.in_(actor.walled),
)
_enter_holding(
    KeyKind.SYNOPSIS, CaseAgency.synopsis_until, N_("The actor's agency holds the synopsis now.")
)
_enter_holding(
    KeyKind.IDENTIFIERS,
    CaseAgency.identifiers_until,
    N_("The actor's agency holds the identifiers now."),
)
_enter_holding(
    KeyKind.CONTACT, CaseAgency.contact_until, N_("The actor's agency holds the contact key now.")
)
_enter_holding(
    KeyKind.JOINT, CaseAgency.joint_until, N_("The actor's agency holds the joint key now.")
)
book.word(
    "holds_part",
    Subject.CASE,
    N_("The actor's agency holds the part that is asked for now, or made it."),
    _holds_part,
    _holds_part_sql,
)
book.word(
    "owns_asked",
    Subject.CASE,
    N_("What is asked for is no other agency's own."),
    _owns_asked,
    lambda actor: CaseAgency.agency_id == actor.agency,
)
book.word(
    "holds_asked",
    Subject.CASE,
    N_("The actor's agency holds the key that is asked for now; a part or private notes, its own."),
    _holds_asked,
    _on_case_sql,
)
book.word(
    "asks_own",
    Subject.CASE,
    N_("The key that is asked for is an agency's private one."),
    _asks_own,
    lambda _actor: false(),
)
book.word(
    "gave_it",
    Subject.CASE,
    N_("The actor's agency gave the release in question."),
    _gave_it,
    lambda actor: exists().where(
        Release.case_id == Case.id, Release.giver_agency_id == actor.agency
    ),
)
