"""The agency's own page, its telephone, and what each role may do."""

from flask import redirect, url_for
from flask.typing import ResponseReturnValue

from casehub.accounts.readiness import readiness
from casehub.accounts.sheets import open_sheets
from casehub.custody.blueprint import SEE_OTHER, pages
from casehub.custody.forms import TelephoneForm
from casehub.custody.queries import (
    alarms_of,
    deposits_kept_by,
    own_agency,
    people_of,
    waiting_for,
)
from casehub.custody.roles_page import what_roles_may_do
from casehub.custody.wording import ALARMS, OTHER_ALARM
from casehub.hubs.service import change_duty_telephone
from casehub.policy import Permission
from casehub.texts import N_
from casehub.web.guard import needs, signed_in, within_reach
from casehub.web.identity import signed_in_actor
from casehub.web.layout import navigation, page, tell

navigation("custody.show_agency", N_("Agency"), Permission.AGENCY_SEE, order=70)
navigation("custody.show_hub", N_("Hub"), Permission.AGENCY_SEE, order=75)


@pages.get("/agency")
@needs(Permission.AGENCY_SEE)
def show_agency() -> ResponseReturnValue:
    """Show people, what waits, what is still to do, alarms; opens no key."""
    actor = signed_in_actor()
    agency = own_agency(actor)
    return page(
        "custody/show_agency.html",
        agency=agency,
        people=people_of(actor),
        waiting=waiting_for(actor),
        items=readiness(agency),
        alarms=alarms_of(actor),
        ALARMS=ALARMS,
        OTHER_ALARM=OTHER_ALARM,
        kept=deposits_kept_by(actor),
        open_sheets=[row for row in open_sheets() if row.hub_id == actor.hub],
        may_invite=within_reach(actor.roles, Permission.ACCOUNT_PROPOSE),
        may_keep=within_reach(actor.roles, Permission.SHEET_MAKE),
    )


@pages.route("/agency/telephone", methods=["GET", "POST"])
@needs(Permission.AGENCY_DESCRIBE, step_up=True)
def change_telephone() -> ResponseReturnValue:
    """Change the number at which the agency answers at any hour."""
    actor = signed_in_actor()
    form = TelephoneForm(duty_telephone=own_agency(actor).duty_telephone)
    if form.accepted():
        change_duty_telephone(actor, form.duty_telephone.data)
        tell(N_("The duty telephone is changed."))
        return redirect(url_for("custody.show_agency"), SEE_OTHER)
    return page("custody/change_telephone.html", form=form)


@pages.get("/what-roles-may-do")
@signed_in("everybody may read what the policy lets whom do")
def show_roles() -> ResponseReturnValue:
    """Show what each role may do, from the policy in force."""
    return page("custody/show_roles.html", chapters=what_roles_may_do())
