"""Whether an agency may work: what is done, what is still to do, and who can do it.

Nothing is referred by or released to an agency before it has a signed agreement on file, its key
was compared, it has two ways back to its keys, one of them was tried, and people can reach it by
telephone (decision 12).
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import func, select

from casehub.accounts.code_models import CodeKind, CodeRow, SheetDeposit
from casehub.accounts.models import Account, AccountRole, AccountState
from casehub.errors import Unfinished
from casehub.hubs.agreements import agreement_of
from casehub.hubs.introductions import has_compared
from casehub.hubs.models import Agency, AgencyKey, AgencyState
from casehub.hubs.service import coordinating_agency
from casehub.policy import Role
from casehub.store import db
from casehub.texts import N_, Text

_TWO = 2


class Step(StrEnum):
    """One thing that an agency needs, in the order in which it is usually done."""

    BEGUN = "begun"
    TELEPHONE = "telephone"
    WAYS_BACK = "ways-back"
    DRILL = "drill"
    AGREEMENT = "agreement"
    COMPARED = "compared"


@dataclass(frozen=True)
class Words:
    """A step for people: what it is, what is missing, and who does what about it."""

    name: Text
    missing: Text
    remedy: Text


WORDS: dict[Step, Words] = {
    Step.BEGUN: Words(
        N_("The agency has begun"),
        N_("{agency} has not begun."),
        N_("Its first custodian uses the start code that the operator sent."),
    ),
    Step.TELEPHONE: Words(
        N_("A duty telephone is on file"),
        N_("{agency} has no duty telephone on file."),
        N_("A custodian of the agency enters it on the page of the agency."),
    ),
    Step.WAYS_BACK: Words(
        N_("There are two ways back to the agency's keys"),
        N_("{agency} has only one way back to its keys."),
        N_(
            "Invite a second custodian, or lay the recovery sheet, sealed, at another agency and "
            "have that agency confirm it."
        ),
    ),
    Step.DRILL: Words(
        N_("The recovery sheet was tried"),
        N_("The recovery sheet of {agency} was never tried."),
        N_("A custodian of the agency holds the recovery drill."),
    ),
    Step.AGREEMENT: Words(
        N_("A signed agreement is on file"),
        N_("No signed agreement of {agency} is on file."),
        N_("A custodian of the coordinating agency puts it on file."),
    ),
    Step.COMPARED: Words(
        N_("The keys were compared"),
        N_("The key of {agency} was not compared with the coordinating agency's."),
        N_("Both custodians read their digits to each other and each types what they hear."),
    ),
}


@dataclass(frozen=True)
class Item:
    """A step of one agency, done or not."""

    step: Step
    done: bool

    @property
    def words(self) -> Words:
        """Return the step's words for people."""
        return WORDS[self.step]


def readiness(agency: Agency) -> list[Item]:
    """Return every step of an agency, in order."""
    return [Item(step, _DONE[step](agency)) for step in Step]


def check_ready(agency: Agency) -> None:
    """Raise Unfinished with the first thing that is missing and who can do it."""
    for step in Step:
        if not _DONE[step](agency):
            raise Unfinished(WORDS[step].missing, WORDS[step].remedy, agency=agency.name)


def custodians_of(agency: Agency) -> int:
    """Count an agency's admitted custodians."""
    query = (
        select(func.count(func.distinct(Account.id)))
        .join(AccountRole, AccountRole.account_id == Account.id)
        .where(
            Account.agency_id == agency.id,
            Account.state == AccountState.ADMITTED,
            AccountRole.role == Role.CUSTODIAN,
            AccountRole.from_at.is_not(None),
            AccountRole.ended_at.is_(None),
        )
    )
    return db.session.scalar(query) or 0


def sheet_is_kept(agency: Agency) -> bool:
    """Say whether another agency has confirmed that it keeps this one's present sheet."""
    kept = (
        select(SheetDeposit.id)
        .join(CodeRow, CodeRow.id == SheetDeposit.code_id)
        .where(
            SheetDeposit.agency_id == agency.id,
            SheetDeposit.confirmed_at.is_not(None),
            SheetDeposit.ended_at.is_(None),
            CodeRow.kind == CodeKind.SHEET,
            CodeRow.ended_at.is_(None),
        )
    )
    return db.session.scalar(kept.limit(1)) is not None


def _two_ways(agency: Agency) -> bool:
    custodians = custodians_of(agency)
    return custodians >= _TWO or (custodians == 1 and sheet_is_kept(agency))


def _drill_held(agency: Agency) -> bool:
    held = select(AgencyKey.id).where(
        AgencyKey.agency_id == agency.id, AgencyKey.last_drill_at.is_not(None)
    )
    return db.session.scalar(held.limit(1)) is not None


def _compared(agency: Agency) -> bool:
    if not agency.coordinates:
        coordinator = coordinating_agency(agency.hub_id)
        return coordinator is not None and _each_other(coordinator, agency)
    others = db.session.scalars(
        select(Agency).where(
            Agency.hub_id == agency.hub_id,
            Agency.state == AgencyState.ACTIVE,
            Agency.id != agency.id,
        )
    )
    return any(_each_other(agency, other) for other in others)


def _each_other(one: Agency, other: Agency) -> bool:
    return has_compared(one, other) and has_compared(other, one)


_DONE: dict[Step, Callable[[Agency], bool]] = {
    Step.BEGUN: lambda agency: agency.state is AgencyState.ACTIVE,
    Step.TELEPHONE: lambda agency: bool(agency.duty_telephone),
    Step.WAYS_BACK: _two_ways,
    Step.DRILL: _drill_held,
    Step.AGREEMENT: lambda agency: agreement_of(agency) is not None,
    Step.COMPARED: _compared,
}
