"""Pages for whoever comes with a code: an invitation, a new way in, a start, a recovery sheet.

Nobody is signed in here. The code is checked before the slow hash, and again in the change.
"""

from collections.abc import Sequence
from uuid import UUID

from flask import abort, url_for
from flask.typing import ResponseReturnValue

from casehub.accounts.code_models import CodeKind, CodeRow
from casehub.accounts.codes import account_of_code, check_code
from casehub.accounts.codes import use_code as take_up
from casehub.accounts.credentials import ChosenWays
from casehub.accounts.keys import account_of_key
from casehub.accounts.models import Account
from casehub.accounts.sheets import check_sheet, open_sheets, record_failed_try
from casehub.accounts.sheets import use_sheet as come_back
from casehub.accounts.sign_in_names import account_named
from casehub.accounts.stand_ins import check_usable
from casehub.accounts.starting import check_start_code, start_agency
from casehub.audit import changing
from casehub.cases.leavers import end_grants_of_old_key
from casehub.custody.blueprint import pages
from casehub.custody.code_forms import RecoverForm, StartForm, UseCodeForm
from casehub.custody.forms import told_at
from casehub.errors import Invalid, Stale
from casehub.sign_in.parts import shown
from casehub.store import db, reading
from casehub.texts import N_
from casehub.web.guard import open_to_all
from casehub.web.layout import page
from casehub.web.units import prepared_by

_NOBODY = "whoever comes with a code cannot be signed in yet"
_GIVEN = "given_code"
_NEW = "CaseHub"
"""What the telephone's app calls it: the link alone tells nobody whose it is."""


def _row(code: UUID, *kinds: CodeKind) -> CodeRow:
    row = db.session.get(CodeRow, code)
    if row is None or row.kind not in kinds:
        abort(404)
    return row


def ways_of_owner(code: UUID) -> ChosenWays | None:
    """Check the code, then make the ways in: slow."""
    form = UseCodeForm()
    if not form.accepted():
        return None
    with reading():
        row = _row(code, CodeKind.INVITATION, CodeKind.RESET)
        with told_at(_GIVEN):
            check_code(row, form.handed_over())
        account = account_of_code(row)
        about = [account.name, account.sign_in_name or "", row.agency.name]
    return form.chosen(about)


@pages.route("/use-code/<uuid:code>", methods=["GET", "POST"])
@open_to_all(_NOBODY)
@prepared_by(ways_of_owner)
def use_code(code: UUID, prepared: ChosenWays | None = None) -> ResponseReturnValue:
    """Take up an account, or come back to it, with a code and a key of one's own."""
    form = UseCodeForm()
    offer = form.offered()
    row = _row(code, CodeKind.INVITATION, CodeKind.RESET)
    check_usable(row)
    if form.accepted() and prepared is not None:
        key = take_up(row, form.handed_over(), prepared.key.public, prepared)
        end_grants_of_old_key(account_of_key(key))
        return _welcome(account_of_key(key), prepared)
    return page("custody/use_code.html", form=form, kind=row.kind, **shown(offer, _NEW))


def _welcome(account: Account, ways: ChosenWays) -> ResponseReturnValue:
    codes = ways.recovery_codes
    onward = url_for("sign_in.sign_in")
    return page("custody/_printed_welcome.html", account=account, codes=codes, onward=onward)


def ways_of_custodian(code: UUID) -> ChosenWays | None:
    """Check the start code, then make the first custodian's ways in: slow."""
    form = StartForm()
    if not form.accepted():
        return None
    with reading():
        row = _row(code, CodeKind.START)
        check_usable(row)
        with told_at(_GIVEN):
            check_start_code(row, form.handed_over())
        about = [form.name.data, form.sign_in_name.data, row.agency.name]
    return form.chosen(about)


@pages.route("/start/<uuid:code>", methods=["GET", "POST"])
@open_to_all(_NOBODY)
@prepared_by(ways_of_custodian)
def begin_agency(code: UUID, prepared: ChosenWays | None = None) -> ResponseReturnValue:
    """Begin an agency: its first custodian, its keys, its recovery sheet, shown once."""
    form = StartForm()
    offer = form.offered()
    row = _row(code, CodeKind.START)
    check_usable(row)
    if form.accepted() and prepared is not None:
        public = prepared.key.public
        begun = start_agency(row, form.handed_over(), form.command(), public, prepared)
        return page(
            "custody/_printed_beginning.html",
            account=account_of_key(begun.key),
            agency=row.agency,
            sheet=begun.sheet,
            codes=prepared.recovery_codes,
        )
    return page("custody/begin_agency.html", form=form, agency=row.agency, **shown(offer, _NEW))


def _recover_form(rows: Sequence[CodeRow]) -> RecoverForm:
    form = RecoverForm()
    form.agency.choices = [(str(row.id), row.agency.name) for row in rows]
    return form


def _open_row(form: RecoverForm, rows: Sequence[CodeRow]) -> CodeRow:
    row = next((item for item in rows if str(item.id) == form.agency.data), None)
    if row is None:
        raise Stale(N_("The page for this agency has shut meanwhile."))
    return row


def _custodian(form: RecoverForm) -> Account:
    # Asked only of whoever has the sheet: the page tells strangers nothing of anybody's name.
    account = account_named(form.sign_in_name.data)
    if account is None:
        message = N_("No custodian of this agency signs in with this name.")
        raise Invalid("sign_in_name", message)
    return account


def ways_of_returning() -> ChosenWays | None:
    """Check the sheet's code, then make the custodian's new ways in: slow."""
    with reading():
        rows = open_sheets()
        form = _recover_form(rows)
        if not form.accepted():
            return None
        row = _open_row(form, rows)
    _check_on_record(row, form)
    with reading():
        account = _custodian(form)
        about = [account.name, account.sign_in_name or "", row.agency.name]
    return form.chosen(about)


def _check_on_record(row: CodeRow, form: RecoverForm) -> None:
    # A wrong code here is somebody who is not who the page was opened for, or a slip: custodians
    # see it in the log either way. Nobody finds 128 bits by trying.
    try:
        with told_at(_GIVEN), reading():
            check_sheet(db.session.get_one(CodeRow, row.id), form.handed_over())
    except Invalid:
        with changing():
            record_failed_try(row)
        raise


@pages.route("/recovery", methods=["GET", "POST"])
@open_to_all(_NOBODY)
@prepared_by(ways_of_returning)
def use_sheet(prepared: ChosenWays | None = None) -> ResponseReturnValue:
    """Give a custodian a new way in with the agency's sheet, while the operator has it open."""
    rows = open_sheets()
    form = _recover_form(rows)
    offer = form.offered()
    if form.accepted() and prepared is not None:
        row, account = _open_row(form, rows), _custodian(form)
        come_back(row, form.handed_over(), account, prepared.key.public, prepared)
        end_grants_of_old_key(account)
        return _welcome(account, prepared)
    return page("custody/use_sheet.html", form=form, rows=rows, **shown(offer, _NEW))
