"""In and out."""

from flask import Response, redirect
from flask.typing import ResponseReturnValue

from casehub.accounts import signing_in
from casehub.accounts.sign_in_models import CredentialKind
from casehub.accounts.signing_in import WayIn
from casehub.sign_in.cookies import give
from casehub.sign_in.forms import SignInForm
from casehub.sign_in.loading import end_session_before, sign_out, use
from casehub.sign_in.routes import pages
from casehub.texts import N_
from casehub.web import identity
from casehub.web.guard import open_to_all
from casehub.web.kept import kept_form, resend
from casehub.web.layout import page, tell
from casehub.web.units import own_units, prepared_by

_SEE_OTHER = 303


def open_door() -> WayIn | None:
    """Try what was typed: slow, counted, and before the transaction."""
    form = SignInForm()
    return signing_in.try_to_open(form.attempt()) if form.accepted() else None


@pages.route("/sign-in", methods=["GET", "POST"])
@open_to_all("nobody is signed in yet")
@prepared_by(open_door)
def sign_in(prepared: WayIn | None = None) -> ResponseReturnValue:
    """Sign in with name, passphrase and code."""
    form = SignInForm()
    if form.accepted() and prepared is not None:
        return _come_in(prepared, form)
    if identity.current() is not None and not form.was_sent:
        return redirect(form.onward, _SEE_OTHER)
    return page("sign_in/sign_in.html", form=form, ended=False)


def _come_in(way: WayIn, form: SignInForm) -> ResponseReturnValue:
    end_session_before()
    done = signing_in.sign_in(way)
    give(done)
    use(done.live)
    if way.match.kind is CredentialKind.RECOVERY:
        tell(N_("You used a recovery code. Make new ones before the last is used."))
    if not done.live.session.pin_fits:
        return redirect("/agency-key", _SEE_OTHER)
    kept = kept_form(form.kept.data)
    return resend(kept) if kept else redirect(form.onward, _SEE_OTHER)


@identity.sign_in_page_with
def sign_in_again(kept: str | None) -> Response:
    """Show the page to somebody whose session ended while they typed."""
    return page("sign_in/sign_in.html", form=SignInForm(kept=kept, elsewhere=True), ended=True)


@pages.post("/sign-out")
@open_to_all("it must work when the session has just ended, too")
@own_units("the cookie goes even where the database does not answer")
def leave() -> ResponseReturnValue:
    """Sign out of this browser."""
    sign_out()
    tell(N_("You are signed out."))
    return redirect("/sign-in", _SEE_OTHER)
