"""Pages about the hub's agencies: how ready each is, comparing, introductions, agreements."""

from uuid import UUID

from flask import redirect, url_for
from flask.typing import ResponseReturnValue

from casehub.accounts.vouching import accept_introduction as accept
from casehub.accounts.vouching import compare_key, own_keys
from casehub.custody.blueprint import SEE_OTHER, pages
from casehub.custody.forms import ActForm, AgreementForm, CompareForm
from casehub.custody.queries import agency_for, live_vouching, own_agency, standings
from casehub.hubs.agreements import agreement_of
from casehub.hubs.agreements import file_agreement as put_on_file
from casehub.hubs.service import withdraw_vouch as withdraw
from casehub.policy import Permission
from casehub.texts import N_
from casehub.web.guard import needs, within_reach
from casehub.web.identity import signed_in_actor
from casehub.web.layout import page, tell


@pages.get("/hub")
@needs(Permission.AGENCY_SEE)
def show_hub() -> ResponseReturnValue:
    """Show every agency of the hub and what it has still to do, with who can do it."""
    actor = signed_in_actor()
    vouches = within_reach(actor.roles, Permission.AGENCY_KEY_VOUCH)
    return page(
        "custody/show_hub.html",
        own=own_agency(actor),
        standings=standings(actor),
        keys=own_keys(actor) if vouches else None,
    )


@pages.route("/hub/agencies/<uuid:agency>/compare", methods=["GET", "POST"])
@needs(Permission.AGENCY_KEY_VOUCH, step_up=True)
def compare_keys(agency: UUID) -> ResponseReturnValue:
    """Vouch for another agency's key by the digits that its custodian reads out."""
    actor, form = signed_in_actor(), CompareForm()
    other = agency_for(actor, agency)
    if form.accepted():
        compare_key(actor, other, form.digits.data)
        tell(N_("The digits agree. Your agency now vouches for this key."))
        return redirect(url_for("custody.show_hub"), SEE_OTHER)
    own = own_keys(actor).public
    return page("custody/compare_keys.html", form=form, other=other, own=own)


@pages.route("/hub/agencies/<uuid:agency>/introduction", methods=["GET", "POST"])
@needs(Permission.AGENCY_KEY_VOUCH, step_up=True)
def accept_introduction(agency: UUID) -> ResponseReturnValue:
    """Take over the coordinating agency's word for another agency's key."""
    actor, form = signed_in_actor(), ActForm()
    other = agency_for(actor, agency)
    if form.accepted():
        accept(actor, other)
        tell(N_("Your agency now vouches for this key, as introduced."))
        return redirect(url_for("custody.show_hub"), SEE_OTHER)
    return page("custody/accept_introduction.html", form=form, other=other)


@pages.route("/hub/agencies/<uuid:agency>/withdraw", methods=["GET", "POST"])
@needs(Permission.AGENCY_KEY_VOUCH, step_up=True)
def withdraw_vouch(agency: UUID) -> ResponseReturnValue:
    """Withdraw the own agency's vouch: nothing more is sealed to that key."""
    actor, form = signed_in_actor(), ActForm()
    other = agency_for(actor, agency)
    vouching = live_vouching(actor, other)
    if form.accepted():
        withdraw(actor, vouching)
        tell(N_("The vouch is withdrawn. Nothing more is released to this agency."))
        return redirect(url_for("custody.show_hub"), SEE_OTHER)
    return page("custody/withdraw_vouch.html", form=form, other=other)


@pages.route("/hub/agencies/<uuid:agency>/agreement", methods=["GET", "POST"])
@needs(Permission.AGREEMENT_FILE, step_up=True)
def file_agreement(agency: UUID) -> ResponseReturnValue:
    """Put an agency's signed agreement on file."""
    actor, form = signed_in_actor(), AgreementForm()
    own = own_agency(actor)
    other = own if agency == own.id else agency_for(actor, agency)
    if form.accepted():
        put_on_file(actor, other, form.command())
        tell(N_("The agreement is on file."))
        return redirect(url_for("custody.show_hub"), SEE_OTHER)
    before = agreement_of(other)
    return page("custody/file_agreement.html", form=form, other=other, before=before)
