"""Pages about the recovery sheet: making, trying, laying it elsewhere, keeping another's."""

from uuid import UUID

from flask import redirect, url_for
from flask.typing import ResponseReturnValue

from casehub.accounts.sheets import (
    confirm_deposit,
    deposit_sheet,
    give_back_sheet,
    live_deposit,
    live_sheet,
)
from casehub.accounts.sheets import hold_drill as try_sheet
from casehub.accounts.sheets import make_sheet as make
from casehub.custody.blueprint import SEE_OTHER, pages
from casehub.custody.forms import ActForm, DepositForm, SheetCodeForm, told_at
from casehub.custody.queries import agency_for, deposit_for, last_drill, own_agency, standings
from casehub.errors import Unfinished
from casehub.hubs.models import Agency, AgencyState
from casehub.policy import Actor, Permission
from casehub.texts import N_
from casehub.web.guard import needs
from casehub.web.identity import signed_in_actor
from casehub.web.layout import page, tell


@pages.get("/agency/sheet")
@needs(Permission.SHEET_MAKE)
def show_sheet() -> ResponseReturnValue:
    """Show where the sheet lies and when it was tried; its code is on paper only."""
    actor = signed_in_actor()
    agency = own_agency(actor)
    try:
        sheet = live_sheet(agency)
    except Unfinished:
        sheet = None
    return page(
        "custody/show_sheet.html",
        sheet=sheet,
        deposit=None if sheet is None else live_deposit(sheet),
        drill_at=last_drill(agency),
    )


@pages.route("/agency/sheet/new", methods=["GET", "POST"])
@needs(Permission.SHEET_MAKE, step_up=True)
def make_sheet() -> ResponseReturnValue:
    """Make a new recovery sheet and show it, this once; the one before opens nothing."""
    actor, form = signed_in_actor(), ActForm()
    if form.accepted():
        issued = make(actor, form.row_id)
        return page("custody/_printed_sheet.html", issued=issued, agency=own_agency(actor))
    return page("custody/make_sheet.html", form=form)


@pages.route("/agency/sheet/drill", methods=["GET", "POST"])
@needs(Permission.SHEET_MAKE, step_up=True)
def hold_drill() -> ResponseReturnValue:
    """Try the sheet: its code opens the agency's keys, and they open a test seal."""
    form = SheetCodeForm()
    if form.accepted():
        with told_at("sheet_code"):
            try_sheet(signed_in_actor(), form.typed())
        tell(N_("The sheet opened the agency's keys, and they opened a test seal."))
        return redirect(url_for("custody.show_sheet"), SEE_OTHER)
    return page("custody/hold_drill.html", form=form)


@pages.route("/agency/sheet/deposit", methods=["GET", "POST"])
@needs(Permission.SHEET_MAKE, step_up=True)
def lay_sheet() -> ResponseReturnValue:
    """Say at which agency the sealed sheet lies; that agency confirms it."""
    actor, form = signed_in_actor(), DepositForm()
    others = _others(actor)
    form.keeper.choices = [(str(agency.id), agency.name) for agency in others]
    if form.accepted():
        deposit_sheet(actor, agency_for(actor, UUID(form.keeper.data)))
        tell(N_("It is noted. It counts once the other agency has confirmed it."))
        return redirect(url_for("custody.show_sheet"), SEE_OTHER)
    return page("custody/lay_sheet.html", form=form, others=others)


def _others(actor: Actor) -> list[Agency]:
    return [
        standing.agency
        for standing in standings(actor)
        if standing.agency.id != actor.agency and standing.agency.state is AgencyState.ACTIVE
    ]


@pages.route("/agency/kept-sheets/<uuid:deposit>/confirm", methods=["GET", "POST"])
@needs(Permission.SHEET_KEEP, step_up=True)
def confirm_kept(deposit: UUID) -> ResponseReturnValue:
    """Confirm that another agency's sealed sheet lies here."""
    actor, form = signed_in_actor(), ActForm()
    row = deposit_for(actor, deposit)
    if form.accepted():
        confirm_deposit(actor, row)
        tell(N_("It is confirmed: the sheet lies here."))
        return redirect(url_for("custody.show_agency"), SEE_OTHER)
    return page("custody/confirm_kept.html", form=form, row=row)


@pages.route("/agency/kept-sheets/<uuid:deposit>/give-back", methods=["GET", "POST"])
@needs(Permission.SHEET_KEEP, step_up=True)
def give_back_kept(deposit: UUID) -> ResponseReturnValue:
    """Say that another agency's sheet does not lie here, or lies here no more."""
    actor, form = signed_in_actor(), ActForm()
    row = deposit_for(actor, deposit)
    if form.accepted():
        give_back_sheet(actor, row)
        tell(N_("It is noted: the sheet does not lie here."))
        return redirect(url_for("custody.show_agency"), SEE_OTHER)
    return page("custody/give_back_kept.html", form=form, row=row)
