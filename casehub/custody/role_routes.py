"""Pages about roles: proposing, agreeing, giving, taking away."""

from uuid import UUID

from flask import redirect, url_for
from flask.typing import ResponseReturnValue

from casehub.accounts.roles import end_role, second_role
from casehub.accounts.roles import give_role as give
from casehub.accounts.roles import propose_role as propose
from casehub.custody.blueprint import SEE_OTHER, pages
from casehub.custody.forms import ActForm, RoleForm
from casehub.custody.queries import account_for, names_of, person_of, role_for
from casehub.policy import Permission
from casehub.texts import N_
from casehub.web.guard import needs
from casehub.web.identity import signed_in_actor
from casehub.web.layout import page, tell


@pages.route("/agency/people/<uuid:account>/roles", methods=["GET", "POST"])
@needs(Permission.ROLE_PROPOSE, step_up=True)
def propose_role(account: UUID) -> ResponseReturnValue:
    """Propose a role for somebody; a second person has to agree."""
    actor = signed_in_actor()
    person = person_of(account_for(actor, account, Permission.ROLE_PROPOSE))
    form = RoleForm({role.role for role in (*person.roles, *person.waiting)})
    if form.accepted():
        propose(actor, person.account, form.wanted)
        tell(N_("It is proposed. A second person has to agree."))
        return redirect(url_for("custody.show_person", account=account), SEE_OTHER)
    return page("custody/propose_role.html", form=form, person=person)


@pages.route("/agency/roles/<uuid:role>/agree", methods=["GET", "POST"])
@needs(Permission.ROLE_SECOND, step_up=True)
def agree_to_role(role: UUID) -> ResponseReturnValue:
    """Agree, as the second person, to a role."""
    actor, form = signed_in_actor(), ActForm()
    row = role_for(actor, role, Permission.ROLE_SECOND)
    if form.accepted():
        second_role(actor, row)
        tell(N_("You have agreed to the role."))
        return redirect(url_for("custody.show_agency"), SEE_OTHER)
    names = names_of([row.given_by])
    return page("custody/agree_to_role.html", form=form, row=row, names=names)


@pages.route("/agency/roles/<uuid:role>/give", methods=["GET", "POST"])
@needs(Permission.ROLE_GIVE, step_up=True)
def give_role(role: UUID) -> ResponseReturnValue:
    """Sign a role into the agency's keys that the coordinating agency agreed to."""
    actor, form = signed_in_actor(), ActForm()
    row = role_for(actor, role, Permission.ROLE_GIVE)
    if form.accepted():
        give(actor, row)
        tell(N_("The role is given."))
        return redirect(url_for("custody.show_person", account=row.account_id), SEE_OTHER)
    names = names_of([row.given_by, row.seconded_by])
    return page("custody/give_role.html", form=form, row=row, names=names)


@pages.route("/agency/roles/<uuid:role>/end", methods=["GET", "POST"])
@needs(Permission.ROLE_END, step_up=True)
def take_role(role: UUID) -> ResponseReturnValue:
    """Take a role away, or drop one that was only proposed."""
    actor, form = signed_in_actor(), ActForm()
    row = role_for(actor, role, Permission.ROLE_END)
    if form.accepted():
        end_role(actor, row)
        tell(N_("The role has ended."))
        return redirect(url_for("custody.show_person", account=row.account_id), SEE_OTHER)
    return page("custody/take_role.html", form=form, row=row, person=person_of(row.account))
