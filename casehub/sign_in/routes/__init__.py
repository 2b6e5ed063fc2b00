"""The pages of signing in; one blueprint, its views in two modules."""

from flask import Blueprint

from casehub.sign_in.loading import find_out_who

pages = Blueprint("sign_in", __name__, template_folder="../templates")
pages.record_once(lambda state: find_out_who(state.app))

from casehub.sign_in.routes import door, own  # noqa: E402, F401 - they add their views to it
