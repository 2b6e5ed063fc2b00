"""The blueprint that all pages of the slice hang on."""

from flask import Blueprint

from casehub.accounts.readiness import Step
from casehub.custody.wording import CODE_STATES, KINDS_OF_TRUST, ROLES, STATES

pages = Blueprint("custody", __name__, template_folder="templates")

SEE_OTHER = 303

STEP_PAGES = {
    Step.TELEPHONE: "custody.change_telephone",
    Step.WAYS_BACK: "custody.show_sheet",
    Step.DRILL: "custody.hold_drill",
    Step.COMPARED: "custody.show_hub",
}
"""Where a custodian does what the own agency has still to do."""


@pages.context_processor
def _words() -> dict[str, object]:
    return {
        "ROLES": ROLES,
        "STATES": STATES,
        "STEP_PAGES": STEP_PAGES,
        "CODE_STATES": CODE_STATES,
        "KINDS_OF_TRUST": KINDS_OF_TRUST,
    }
