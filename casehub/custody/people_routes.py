"""Pages about people: inviting, agreeing, codes, new ways in, leaving."""

from uuid import UUID

from flask import redirect, url_for
from flask.typing import ResponseReturnValue

from casehub.accounts.code_models import CodeRow
from casehub.accounts.codes import issue_invitation, issue_reset
from casehub.accounts.codes import withdraw_code as withdraw
from casehub.accounts.models import AccountRole
from casehub.accounts.readiness import custodians_of
from casehub.accounts.resets import propose_reset as propose
from casehub.accounts.resets import second_reset
from casehub.accounts.service import propose_account, second_account
from casehub.accounts.stand_ins import Issued
from casehub.cases.leavers import remove_leaver
from casehub.custody.blueprint import SEE_OTHER, pages
from casehub.custody.forms import ActForm, InviteForm
from casehub.custody.queries import (
    account_for,
    account_waiting,
    code_for,
    colleague,
    may_with,
    names_of,
    own_agency,
    person_of,
)
from casehub.policy import Actor, Permission, Role
from casehub.texts import N_
from casehub.web.guard import needs
from casehub.web.identity import signed_in_actor
from casehub.web.layout import page, tell


@pages.route("/agency/invite", methods=["GET", "POST"])
@needs(Permission.ACCOUNT_PROPOSE, step_up=True)
def invite_person() -> ResponseReturnValue:
    """Propose an account; somebody else has to agree."""
    form = InviteForm()
    if form.accepted():
        account = propose_account(signed_in_actor(), form.command())
        tell(N_("It is proposed. A second person has to agree."))
        return redirect(url_for("custody.show_person", account=account.id), SEE_OTHER)
    return page("custody/invite_person.html", form=form)


@pages.get("/agency/people/<uuid:account>")
@needs(Permission.AGENCY_SEE)
def show_person(account: UUID) -> ResponseReturnValue:
    """Show somebody of the own agency, and what the reader may do."""
    actor = signed_in_actor()
    person = person_of(colleague(actor, account))
    row = person.account
    return page(
        "custody/show_person.html",
        person=person,
        names=names_of([row.proposed_by, row.seconded_by, *_behind(person.code)]),
        may={item.name: may_with(actor, item, row, _about(item, person.code)) for item in _ASKED},
        givable=[role.id for role in person.waiting if _may_act_on(actor, role)],
    )


_ASKED = (
    Permission.ACCOUNT_SECOND,
    Permission.ACCOUNT_END,
    Permission.CODE_ISSUE,
    Permission.CODE_WITHDRAW,
    Permission.RESET_PROPOSE,
    Permission.RESET_SECOND,
    Permission.ROLE_PROPOSE,
    Permission.ROLE_END,
)


_OF_A_CODE = (Permission.CODE_ISSUE, Permission.CODE_WITHDRAW, Permission.RESET_SECOND)


def _about(permission: Permission, code: CodeRow | None) -> CodeRow | None:
    return code if permission in _OF_A_CODE else None


def _behind(code: CodeRow | None) -> list[UUID | None]:
    return [getattr(code, name, None) for name in ("proposed_by", "seconded_by", "issued_by")]


def _may_act_on(actor: Actor, role: AccountRole) -> bool:
    wanted = Permission.ROLE_SECOND if role.seconded_by is None else Permission.ROLE_GIVE
    return may_with(actor, wanted, role.account, role)


@pages.route("/agency/people/<uuid:account>/agree", methods=["GET", "POST"])
@needs(Permission.ACCOUNT_SECOND, step_up=True)
def agree_to_person(account: UUID) -> ResponseReturnValue:
    """Agree, as the second person, to somebody's account."""
    actor, form = signed_in_actor(), ActForm()
    row = account_waiting(actor, account)
    if form.accepted():
        second_account(actor, row)
        tell(N_("You have agreed. A custodian of the agency now makes the code."))
        return redirect(url_for("custody.show_agency"), SEE_OTHER)
    person = person_of(row)
    names = names_of([row.proposed_by])
    return page("custody/agree_to_person.html", form=form, person=person, names=names)


@pages.route("/agency/people/<uuid:account>/code", methods=["GET", "POST"])
@needs(Permission.CODE_ISSUE, step_up=True)
def make_code(account: UUID) -> ResponseReturnValue:
    """Make an invitation's code and show it, this once."""
    actor, form = signed_in_actor(), ActForm()
    row = account_for(actor, account, Permission.CODE_ISSUE)
    if form.accepted():
        return _shown_once(issue_invitation(actor, row, form.row_id))
    return page("custody/make_code.html", form=form, person=person_of(row))


def _shown_once(issued: Issued) -> ResponseReturnValue:
    link = url_for("custody.use_code", code=issued.row.id, _external=True)
    return page("custody/_shown_code.html", issued=issued, link=link)


@pages.route("/agency/people/<uuid:account>/reset", methods=["GET", "POST"])
@needs(Permission.RESET_PROPOSE, step_up=True)
def propose_reset(account: UUID) -> ResponseReturnValue:
    """Propose a new way in for somebody who cannot sign in."""
    actor, form = signed_in_actor(), ActForm()
    row = account_for(actor, account, Permission.RESET_PROPOSE)
    if form.accepted():
        propose(actor, row)
        tell(N_("It is proposed. A second person has to agree."))
        return redirect(url_for("custody.show_person", account=row.id), SEE_OTHER)
    return page("custody/propose_reset.html", form=form, person=person_of(row))


@pages.route("/agency/resets/<uuid:code>/agree", methods=["GET", "POST"])
@needs(Permission.RESET_SECOND, step_up=True)
def agree_to_reset(code: UUID) -> ResponseReturnValue:
    """Agree, as the second person, to somebody's new way in."""
    actor, form = signed_in_actor(), ActForm()
    row = code_for(actor, code, Permission.RESET_SECOND)
    if form.accepted():
        second_reset(actor, row)
        tell(N_("You have agreed. A custodian of the agency now makes the code."))
        return redirect(url_for("custody.show_agency"), SEE_OTHER)
    names = names_of([row.proposed_by])
    return page("custody/agree_to_reset.html", form=form, row=row, names=names)


@pages.route("/agency/resets/<uuid:code>/code", methods=["GET", "POST"])
@needs(Permission.CODE_ISSUE, step_up=True)
def make_reset_code(code: UUID) -> ResponseReturnValue:
    """Make the code of a new way in and show it, this once."""
    actor, form = signed_in_actor(), ActForm()
    row = code_for(actor, code, Permission.CODE_ISSUE)
    if form.accepted():
        return _shown_once(issue_reset(actor, row, form.row_id))
    return page("custody/make_reset_code.html", form=form, row=row)


@pages.route("/agency/codes/<uuid:code>/withdraw", methods=["GET", "POST"])
@needs(Permission.CODE_WITHDRAW, step_up=True)
def withdraw_code(code: UUID) -> ResponseReturnValue:
    """End a code, or a new way in that was only proposed."""
    actor, form = signed_in_actor(), ActForm()
    row = code_for(actor, code, Permission.CODE_WITHDRAW)
    if form.accepted():
        withdraw(actor, row)
        tell(N_("It is withdrawn. What it stood for opens nothing any more."))
        return redirect(url_for("custody.show_person", account=row.account_id), SEE_OTHER)
    return page("custody/withdraw_code.html", form=form, row=row)


@pages.route("/agency/people/<uuid:account>/end", methods=["GET", "POST"])
@needs(Permission.ACCOUNT_END, step_up=True)
def end_person(account: UUID) -> ResponseReturnValue:
    """End a leaver's account, with everything it could do."""
    actor, form = signed_in_actor(), ActForm()
    row = account_for(actor, account, Permission.ACCOUNT_END)
    if form.accepted():
        remove_leaver(actor, row)
        tell(N_("The account has ended. Nothing opens for it any more."))
        return redirect(url_for("custody.show_agency"), SEE_OTHER)
    person = person_of(row)
    custodian = any(role.role is Role.CUSTODIAN for role in person.roles)
    left = custodians_of(own_agency(actor)) - custodian
    return page("custody/end_person.html", form=form, person=person, custodians_left=left)
