"""The blueprint that all pages of the slice hang on."""

from flask import Blueprint

from casehub.custody.wording import CODE_STATES, KINDS_OF_TRUST, ROLES, STATES

pages = Blueprint("custody", __name__, template_folder="templates")

SEE_OTHER = 303


@pages.context_processor
def _words() -> dict[str, object]:
    return {
        "ROLES": ROLES,
        "STATES": STATES,
        "CODE_STATES": CODE_STATES,
        "KINDS_OF_TRUST": KINDS_OF_TRUST,
    }
