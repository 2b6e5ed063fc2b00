"""What people see and change about themselves: roles, browsers, passphrase, second factor."""

from uuid import UUID

from flask import redirect, session, url_for
from flask.typing import ResponseReturnValue

from casehub.accounts import own_credentials
from casehub.accounts.browser_sessions import sessions_of
from casehub.accounts.credentials import PreparedLock, credential_of, factor_of
from casehub.accounts.factors import codes_left
from casehub.accounts.pins import Pin
from casehub.accounts.sign_in_models import CredentialKind
from casehub.accounts.signing_in import accept_key
from casehub.hubs.keys import current_key
from casehub.hubs.models import Agency
from casehub.sign_in.forms import (
    AgencyKeyForm,
    FactorForm,
    LanguageForm,
    PassphraseForm,
    RecoveryForm,
)
from casehub.sign_in.loading import live_here
from casehub.sign_in.parts import show_once, shown
from casehub.sign_in.routes import pages
from casehub.sign_in.wording import FACTORS, ROLES
from casehub.store import db
from casehub.texts import N_
from casehub.web.forms import Form
from casehub.web.guard import signed_in
from casehub.web.identity import signed_in_actor
from casehub.web.language import CHOSEN
from casehub.web.layout import page, tell
from casehub.web.units import prepared_by

_SEE_OTHER = 303
_OWN = "everybody looks after their own ways in"


def _back() -> ResponseReturnValue:
    return redirect(url_for("sign_in.show_me"), _SEE_OTHER)


@pages.get("/me")
@signed_in(_OWN)
def show_me() -> ResponseReturnValue:
    """Show somebody what CaseHub knows of them, and where they are signed in."""
    return _me(None)


def _me(form: Form | None) -> ResponseReturnValue:
    live, actor = live_here(), signed_in_actor()
    recovery = credential_of(actor.account, CredentialKind.RECOVERY)
    factor = factor_of(actor.account)
    return page(
        "sign_in/show_me.html",
        form=form,
        end_form=Form(),
        account=live.account,
        agency=db.session.get_one(Agency, actor.agency),
        roles=[ROLES[role] for role in ROLES if role in actor.roles],
        factor=FACTORS[factor.kind] if factor else None,
        card_left=codes_left(factor) if factor and factor.digests else None,
        recovery_left=codes_left(recovery) if recovery else 0,
        sessions=sessions_of(actor.account),
        this_one=live.session,
    )


@pages.post("/me/browsers/<uuid:browser>/end")
@signed_in(_OWN)
def end_session(browser: UUID) -> ResponseReturnValue:
    """Sign out of another browser."""
    live = live_here()
    found = [row for row in sessions_of(live.account.id) if row.id == browser]
    form = Form()
    if not form.accepted():
        return _me(form)
    if found:
        own_credentials.sign_out_there(live, signed_in_actor(), found[0])
    tell(N_("That browser is signed out."))
    return _back()


@pages.post("/me/browsers/end-others")
@signed_in(_OWN)
def end_other_sessions() -> ResponseReturnValue:
    """Sign out everywhere but here."""
    form = Form()
    if not form.accepted():
        return _me(form)
    own_credentials.sign_out_elsewhere(live_here(), signed_in_actor())
    tell(N_("You are signed in here and nowhere else."))
    return _back()


@pages.route("/me/language", methods=["GET", "POST"])
@signed_in(_OWN)
def choose_language() -> ResponseReturnValue:
    """Choose the language that the account speaks, in whatever browser."""
    form, live = LanguageForm(language=live_here().account.language), live_here()
    if form.accepted():
        own_credentials.choose_language(live, signed_in_actor(), form.language.data)
        session[CHOSEN] = form.language.data
        return _back()
    return page("sign_in/choose_language.html", form=form)


def new_passphrase() -> PreparedLock | None:
    """Check the present passphrase and lock the key under the new one: slow."""
    form = PassphraseForm()
    if not form.accepted():
        return None
    return own_credentials.prepare_passphrase(
        live_here(), form.passphrase.data, form.new_passphrase.data
    )


@pages.route("/me/passphrase", methods=["GET", "POST"])
@signed_in(_OWN, step_up=True)
@prepared_by(new_passphrase)
def change_passphrase(prepared: PreparedLock | None = None) -> ResponseReturnValue:
    """Choose another passphrase."""
    form = PassphraseForm()
    if form.accepted() and prepared is not None:
        own_credentials.change_passphrase(live_here(), signed_in_actor(), prepared)
        tell(N_("Your passphrase is changed. Every other browser is signed out."))
        return _back()
    name = live_here().account.sign_in_name
    return page("sign_in/change_passphrase.html", form=form, name=name)


@pages.route("/me/second-factor", methods=["GET", "POST"])
@signed_in(_OWN, afresh=True)
def change_factor() -> ResponseReturnValue:
    """Set up another telephone, or a card."""
    form, live = FactorForm(), live_here()
    offer = form.offered()
    if form.accepted():
        own_credentials.change_factor(live, signed_in_actor(), form.confirmed())
        tell(N_("Your second factor is changed. Every other browser is signed out."))
        return _back()
    name = live.account.sign_in_name or ""
    return page("sign_in/change_factor.html", form=form, **shown(offer, name))


@pages.route("/me/recovery-codes", methods=["GET", "POST"])
@signed_in(_OWN, afresh=True)
def renew_recovery_codes() -> ResponseReturnValue:
    """Make new recovery codes, shown once."""
    form = RecoveryForm()
    if form.accepted():
        codes = own_credentials.renew_recovery_codes(live_here(), signed_in_actor(), form.row_id)
        return show_once(codes, url_for("sign_in.show_me"))
    return page("sign_in/renew_recovery_codes.html", form=form)


@pages.route("/agency-key", methods=["GET", "POST"])
@signed_in("whoever's agency has another key than they knew has to compare it", step_up=True)
def compare_agency_key() -> ResponseReturnValue:
    """Say that the agency's key is another, and take it once it was compared."""
    form, live, actor = AgencyKeyForm(), live_here(), signed_in_actor()
    if live.session.pin_fits:
        return _back()
    if form.accepted():
        accept_key(live, actor)
        tell(N_("From now on this is the key that you know."))
        return _back()
    pin = Pin.of(current_key(actor.agency))
    return page("sign_in/compare_agency_key.html", form=form, groups=pin.fingerprint.split())
