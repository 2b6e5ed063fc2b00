"""Start codes: one an agency, from the operator; with it the first custodian begins the agency."""

from dataclasses import dataclass, field

from sqlalchemy import select

from casehub import clock
from casehub.accounts import acts
from casehub.accounts.code_models import CodeKind, CodeRow
from casehub.accounts.code_numbers import code_numbers
from casehub.accounts.credentials import ChosenWays, set_up
from casehub.accounts.logged import check_as_logged
from casehub.accounts.models import AccountKey
from casehub.accounts.service import NewAccount, begin_agency
from casehub.accounts.stand_ins import Issued, check_usable, hold_row
from casehub.audit import record
from casehub.errors import Invalid, Stale
from casehub.hubs.models import Agency, AgencyState
from casehub.store import db
from casehub.texts import N_
from casehub.vault import Code, PublicKey


@dataclass(frozen=True)
class Begun:
    """An agency that has just begun: its first custodian's key, and its sheet, shown once."""

    key: AccountKey
    sheet: Issued = field(repr=False)


def new_start_code(agency: Agency) -> Issued:
    """Make an agency's start code; an earlier one ends. The operator's act.

    It opens no key: there is none before the first custodian makes it. Raises Stale where the
    agency has begun.
    """
    db.session.refresh(agency, with_for_update=True)
    _check_not_begun(agency)
    ended = _live_start_codes(agency)
    for row in ended:
        row.ended_at = clock.now()
    code = Code.new()
    row = CodeRow(
        hub_id=agency.hub_id,
        agency_id=agency.id,
        agency=agency,
        kind=CodeKind.START,
        digest=code.digest,
        issued_at=clock.now(),
        until=clock.now() + code_numbers().holds_for(CodeKind.START),
    )
    db.session.add(row)
    db.session.flush()
    record(
        acts.START_CODE_ISSUED,
        by=None,
        hub=agency.hub_id,
        things=[*ended, row],
        agency=agency.id,
        code=row.id,
        until=row.until,
    )
    return Issued(row, code)


def _check_not_begun(agency: Agency) -> None:
    if agency.state is not AgencyState.NAMED:
        raise Stale(
            N_("{agency} has begun already; a start code is of no use to it."),
            N_("Its custodians invite and reset. When none can sign in: `casehub recovery open`."),
            agency=agency.name,
        )


def _live_start_codes(agency: Agency) -> list[CodeRow]:
    return list(
        db.session.scalars(
            select(CodeRow).where(
                CodeRow.agency_id == agency.id,
                CodeRow.kind == CodeKind.START,
                CodeRow.used_at.is_(None),
                CodeRow.ended_at.is_(None),
            )
        )
    )


def check_start_code(row: CodeRow, code: Code) -> None:
    """Raise Invalid unless a code is this row's, Stale or Unfinished where it is no longer good."""
    check_usable(row)
    if not code.has_digest(row.digest or ""):
        message = N_("This code does not fit this link. Check that both came together.")
        raise Invalid("code", message)


def start_agency(
    row: CodeRow,
    code: Code,
    custodian: NewAccount,
    public: PublicKey,
    ways: ChosenWays | None = None,
) -> Begun:
    """Begin an agency with its start code: its first custodian, its keys, its recovery sheet.

    Raises what `check_start_code` and `begin_agency` raise, and Tampered where the code's row is
    not what the log says.
    """
    db.session.refresh(row.agency, with_for_update=True)
    hold_row(row)
    check_start_code(row, code)
    check_as_logged(row.hub_id, [row])
    key, sheet = begin_agency(row.agency, custodian, public)
    row.used_at = clock.now()
    record(
        acts.START_CODE_USED,
        by=None,
        hub=row.hub_id,
        things=[row, *([] if ways is None else set_up(key, ways))],
        agency=row.agency_id,
        code=row.id,
    )
    return Begun(key, sheet)
