"""An agency's recovery sheet: made, tried, laid elsewhere, and used when nobody can sign in."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from casehub import clock
from casehub.accounts import acts
from casehub.accounts.code_models import CodeKind, CodeRow, SheetDeposit
from casehub.accounts.code_numbers import code_numbers
from casehub.accounts.codes import retire_key
from casehub.accounts.credentials import ChosenWays, set_up
from casehub.accounts.keys import held_agency_key, make_member, new_key, roles_of
from casehub.accounts.logged import check_as_logged, permitted
from casehub.accounts.models import Account, AccountKey, AccountState
from casehub.accounts.service import hold_account, live_roles
from casehub.accounts.stand_ins import (
    Issued,
    check_usable,
    done_already,
    end_codes,
    hold_row,
    keys_through,
    make_stand_in,
    open_stand_in,
    remove_stand_in,
    sheet_row,
)
from casehub.audit import Replayed, record
from casehub.errors import Invalid, Unfinished
from casehub.hubs.facts import AgencyFacts
from casehub.hubs.keys import public_of
from casehub.hubs.models import Agency, AgencyState
from casehub.policy import Actor, Permission, Role
from casehub.store import db
from casehub.texts import N_
from casehub.vault import Code, PrivateKey, PublicKey, open_test_seal


def live_sheet(agency: Agency) -> CodeRow:
    """Return the sheet that would open the agency now; raise Unfinished where it has none."""
    row = db.session.scalar(
        select(CodeRow).where(
            CodeRow.agency_id == agency.id,
            CodeRow.kind == CodeKind.SHEET,
            CodeRow.ended_at.is_(None),
        )
    )
    if row is None:
        raise Unfinished(
            N_("{agency} has no recovery sheet."),
            N_("A custodian of the agency makes one."),
            agency=agency.name,
        )
    return row


def make_sheet(actor: Actor, row_id: UUID | None = None) -> Issued:
    """Make a new recovery sheet of the own agency; the one before opens nothing any more.

    Wherever the old one lay, nothing lies there now. `row_id` is the id of the form it came with.
    """
    agency = db.session.get_one(Agency, actor.agency)
    permit = permitted(actor, Permission.SHEET_MAKE, AgencyFacts.of(agency))
    keys = held_agency_key(permit)
    fresh = sheet_row(agency, row_id)
    ended = _end_sheet(agency)
    issued, made = make_stand_in(fresh, keys)
    record(
        acts.SHEET_MADE,
        by=actor,
        rule=permit.rule,
        things=[*ended, *made],
        sheet=issued.row.id,
    )
    return issued


def _end_sheet(agency: Agency) -> list[Replayed]:
    try:
        row = live_sheet(agency)
    except Unfinished:
        return []
    hold_row(row)
    row.ended_at = clock.now()
    changed: list[Replayed] = remove_stand_in(row)
    changed += _end_deposit(row)
    db.session.flush()  # one live sheet an agency: the old one steps back first
    return changed


def _end_deposit(row: CodeRow) -> list[Replayed]:
    deposit = live_deposit(row)
    if deposit is None:
        return []
    deposit.ended_at = clock.now()
    db.session.flush()
    return [deposit]


def hold_drill(actor: Actor, code: Code) -> None:
    """Try the own agency's sheet: it opens the agency's keys, and they open a test seal.

    Nothing of a case is opened. Raises Invalid for a code that is not the sheet's, Tampered where
    what it opens are not the agency's keys.
    """
    agency = db.session.get_one(Agency, actor.agency)
    permit = permitted(actor, Permission.SHEET_MAKE, AgencyFacts.of(agency))
    row = live_sheet(agency)
    hold_row(row)
    key, secret = keys_through(row, _open_sheet(row, code))
    open_test_seal(public_of(key), secret)
    key.last_drill_at = actor.at
    db.session.flush()
    record(acts.SHEET_TRIED, by=actor, rule=permit.rule, things=[key], epoch=key.epoch)


def _open_sheet(row: CodeRow, code: Code) -> PrivateKey:
    try:
        return open_stand_in(row, code)
    except Invalid:
        message = N_("This is not the code of the agency's present recovery sheet.")
        raise Invalid("code", message) from None


def live_deposit(row: CodeRow) -> SheetDeposit | None:
    """Return where a sheet lies, confirmed or not, or None."""
    return db.session.scalar(
        select(SheetDeposit).where(SheetDeposit.code_id == row.id, SheetDeposit.ended_at.is_(None))
    )


def deposit_sheet(actor: Actor, keeper: Agency) -> SheetDeposit:
    """Say that the own agency's sheet lies, in a sealed envelope, at another agency.

    It counts once that agency has confirmed it. An earlier place of the same sheet ends. Raises
    Invalid for the own agency or one that cannot confirm.
    """
    agency = db.session.get_one(Agency, actor.agency)
    permit = permitted(actor, Permission.SHEET_MAKE, AgencyFacts.of(agency))
    if keeper.id == agency.id:
        raise Invalid("keeper", N_("A sheet in the own house burns with it: choose another one."))
    if keeper.hub_id != agency.hub_id or keeper.state is not AgencyState.ACTIVE:
        raise Invalid("keeper", N_("Choose an agency of the hub that has begun."))
    row = live_sheet(agency)
    hold_row(row)
    ended = _end_deposit(row)
    deposit = SheetDeposit(
        hub_id=agency.hub_id,
        agency_id=agency.id,
        code_id=row.id,
        kept_by_agency_id=keeper.id,
        given_by=actor.account,
    )
    db.session.add(deposit)
    db.session.flush()
    record(
        acts.SHEET_DEPOSITED,
        by=actor,
        rule=permit.rule,
        things=[*ended, deposit],
        keeper=keeper.id,
    )
    return deposit


def confirm_deposit(actor: Actor, deposit: SheetDeposit) -> None:
    """Confirm, for the own agency, that another agency's sealed sheet lies here."""
    permit = _keeping(actor, deposit)
    if deposit.confirmed_at is not None:
        raise done_already()
    deposit.confirmed_by, deposit.confirmed_at = actor.account, actor.at
    record(acts.SHEET_KEPT, by=actor, rule=permit, things=[deposit], owner=deposit.agency_id)


def give_back_sheet(actor: Actor, deposit: SheetDeposit) -> None:
    """Say that another agency's sheet does not lie here, or lies here no more."""
    permit = _keeping(actor, deposit)
    deposit.ended_at = actor.at
    record(
        acts.SHEET_GIVEN_BACK,
        by=actor,
        rule=permit,
        things=[deposit],
        owner=deposit.agency_id,
        keeper=deposit.kept_by_agency_id,
    )


def _keeping(actor: Actor, deposit: SheetDeposit) -> str:
    db.session.refresh(deposit, with_for_update=True)
    permit = permitted(actor, Permission.SHEET_KEEP, AgencyFacts.of(deposit.kept_by))
    if deposit.ended_at is not None:
        raise done_already()
    return permit.rule


def open_recovery(agency: Agency) -> datetime:
    """Open the page on which an agency's sheet is used, for a while. The operator's act.

    It opens no key; it is in the log, and every custodian of the hub is shown it. Returns until
    when.
    """
    row = live_sheet(agency)
    hold_row(row)
    until = clock.now() + code_numbers().holds_for(CodeKind.SHEET)
    row.open_until = until
    record(
        acts.SHEET_OPENED,
        by=None,
        hub=agency.hub_id,
        things=[row],
        agency=agency.id,
        until=until,
    )
    return until


def open_sheets() -> list[CodeRow]:
    """Return the sheets whose page is open now, of all hubs."""
    return list(
        db.session.scalars(
            select(CodeRow)
            .where(CodeRow.kind == CodeKind.SHEET, CodeRow.ended_at.is_(None))
            .where(CodeRow.open_until > clock.now())
            .order_by(CodeRow.open_until)
        )
    )


def check_sheet(row: CodeRow, code: Code) -> PrivateKey:
    """Say, before any slow work, whether a sheet's page is open and the code is the sheet's.

    Raises Unfinished where the page is shut.
    """
    if row.open_until is None or row.open_until <= clock.now():
        raise Unfinished(
            N_("The page for recovery sheets is shut."),
            N_("The operator opens it for an hour with `casehub recovery open`, and all are told."),
        )
    check_usable(row)
    return _open_sheet(row, code)


def record_failed_try(row: CodeRow) -> None:
    """Say in the hub's log that somebody typed a code that is not the sheet's."""
    record(acts.SHEET_FAILED, by=None, hub=row.hub_id, agency=row.agency_id)


def use_sheet(
    row: CodeRow,
    code: Code,
    account: Account,
    public: PublicKey,
    ways: ChosenWays | None = None,
) -> AccountKey:
    """Give a custodian of the agency a new key, with its sheet and in the hour it may be used.

    The key that the account had ends, and the page shuts. The sheet was typed and is no secret any
    more: it opens until the new one is made that the custodian is now asked for. Raises Invalid for
    an account that is not an admitted custodian's of this agency.
    """
    hold_account(account)
    hold_row(row)
    private = check_sheet(row, code)
    admitted = account.state is AccountState.ADMITTED and account.agency_id == row.agency_id
    if not admitted or Role.CUSTODIAN not in roles_of(account.id):
        raise Invalid("sign_in_name", N_("No custodian of this agency signs in with this name."))
    sheet_key = [] if row.account_key is None else [row.account_key]
    check_as_logged(account.hub_id, [account, row, *sheet_key, *live_roles(account.id)])
    keys = keys_through(row, private)
    changed = [*end_codes(account.id), *retire_key(account)]
    key = new_key(account, public)
    row.used_at, row.open_until = clock.now(), None
    changed += [row, key, make_member(key, *keys), *([] if ways is None else set_up(key, ways))]
    record(
        acts.SHEET_USED,
        by=None,
        hub=row.hub_id,
        things=changed,
        agency=row.agency_id,
        subject=account.id,
        key=public.digest,
    )
    return key
