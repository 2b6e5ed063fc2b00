"""Pages about the agency's keys: what it holds, who vouches for it, a new epoch with progress."""

from flask import redirect, url_for
from flask.typing import ResponseReturnValue

from casehub.accounts.vouching import own_keys
from casehub.audit import changing, viewing
from casehub.cases.rotation import begin_epoch, carry_batch, left_behind, retire_epochs
from casehub.custody.blueprint import SEE_OTHER, pages
from casehub.custody.forms import RotateForm
from casehub.custody.queries import own_agency
from casehub.hubs.keys import public_of
from casehub.policy import Permission
from casehub.texts import N_
from casehub.web.forms import Form
from casehub.web.guard import needs
from casehub.web.identity import signed_in_actor
from casehub.web.layout import page, tell
from casehub.web.units import own_units

_AT_A_TIME = 20
"""How many batches one press carries over: some seconds' work."""


@pages.get("/agency/keys")
@needs(Permission.AGENCY_KEY_VOUCH)
def show_keys() -> ResponseReturnValue:
    """Open the agency's keys to show their digits, epochs, and who vouches for which."""
    actor = signed_in_actor()
    return page(
        "custody/show_keys.html",
        agency=own_agency(actor),
        keys=own_keys(actor),
        left=left_behind(actor),
        public_of=public_of,
    )


@pages.route("/agency/keys/rotate", methods=["GET", "POST"])
@needs(Permission.AGENCY_KEY_ROTATE, step_up=True)
def rotate_keys() -> ResponseReturnValue:
    """Begin a new epoch of the agency's keys; what lies under the old one is carried over next."""
    form = RotateForm()
    if form.accepted():
        begin_epoch(signed_in_actor(), routine=form.routine)
        return redirect(url_for("custody.carry_over"), SEE_OTHER)
    return page("custody/rotate_keys.html", form=form)


@pages.route("/agency/keys/carry-over", methods=["GET", "POST"])
@needs(Permission.AGENCY_KEY_ROTATE)
@own_units("every batch is a change of its own, so that what is stopped goes on where it stopped")
def carry_over() -> ResponseReturnValue:
    """Carry what lies under earlier epochs over to the present one, and show how far it is."""
    with viewing():
        form, left = Form(), left_behind(signed_in_actor())
    if not form.accepted():
        return page("custody/carry_over.html", form=form, left=left)
    for _ in range(_AT_A_TIME):
        if not left:
            break
        with changing():
            left = carry_batch(signed_in_actor())
    if left:
        return redirect(url_for("custody.carry_over"), SEE_OTHER)
    with changing():
        retire_epochs(signed_in_actor())
    tell(N_("Everything lies under the new key. The old one is deleted."))
    return redirect(url_for("custody.show_keys"), SEE_OTHER)
