"""The case's pages. Each opens nothing but what somebody asked for, and says so in the log."""

from uuid import UUID

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue

from casehub.accounts.models import Account
from casehub.accounts.readiness import check_ready
from casehub.case_file.forms import (
    EndForm,
    GiveForm,
    ReferForm,
    ReleaseForm,
    TeamForm,
    Turning,
)
from casehub.case_file.giving import Offer, offer_of, preview
from casehub.case_file.listing import list_of_cases, read_position
from casehub.case_file.queries import (
    Frame,
    brought_by,
    colleague_named,
    colleagues_to_add,
    frame_of,
    release_to_end,
    team_on,
    who_can_see,
)
from casehub.case_file.sections import Section, open_section, openable
from casehub.case_file.service import give_drafted, refer_survivor
from casehub.case_file.wording import ENDINGS, GIVING, HELD, ON_THE_TEAM, PLACES
from casehub.cases.models import AssignmentReason
from casehub.cases.queries import case_for
from casehub.cases.releases import end_release as end_the_release
from casehub.cases.service import assign, unassign
from casehub.hubs.models import Agency
from casehub.policy import Permission
from casehub.store import db
from casehub.texts import N_
from casehub.web.forms import Form
from casehub.web.guard import needs
from casehub.web.identity import signed_in_actor
from casehub.web.layout import navigation, page, tell

pages = Blueprint("case_file", __name__, template_folder="templates")

_OPENING = (
    Permission.SYNOPSIS_OPEN,
    Permission.IDENTIFIERS_OPEN,
    Permission.PART_OPEN,
    Permission.JOINT_OPEN,
    Permission.OWN_OPEN,
    Permission.CONTACT_OPEN,
)
_SEE_OTHER = 303

navigation("case_file.list_cases", N_("Cases"), Permission.CASE_KNOW, order=20)
navigation("case_file.refer_case", N_("Refer a case"), Permission.CASE_REFER, order=30)


@pages.context_processor
def _words() -> dict[str, object]:
    return {"HELD": HELD, "ENDINGS": ENDINGS, "ON_THE_TEAM": ON_THE_TEAM, "PLACES": PLACES}


def _framed(reference: str) -> Frame:
    actor = signed_in_actor()
    return frame_of(actor, case_for(actor, reference))


def _to_case(reference: str) -> ResponseReturnValue:
    return redirect(url_for("case_file.show_case", reference=reference), _SEE_OTHER)


@pages.get("/cases")
@needs(Permission.CASE_KNOW)
def list_cases() -> ResponseReturnValue:
    """List the cases that the reader may know of; opens nothing."""
    after = read_position(Turning().after.data)
    listing = list_of_cases(signed_in_actor(), after)
    return page("case_file/list_cases.html", listing=listing, first=after is None)


@pages.route("/cases/refer", methods=["GET", "POST"])
@needs(Permission.CASE_REFER)
def refer_case() -> ResponseReturnValue:
    """Refer a survivor: names, what happened, and the coded synopsis."""
    check_ready(db.session.get_one(Agency, signed_in_actor().agency))  # before anybody types
    form = ReferForm()
    if form.accepted():
        case = refer_survivor(signed_in_actor(), form.command())
        tell(N_("The case is referred. Only your agency knows of it."))
        return _to_case(case.reference)
    return page("case_file/refer_case.html", form=form)


@pages.get("/cases/<reference:reference>")
@needs(Permission.CASE_KNOW)
def show_case(reference: str) -> ResponseReturnValue:
    """Show a case without opening anything."""
    actor, frame = signed_in_actor(), _framed(reference)
    return page(
        "case_file/show_case.html",
        frame=frame,
        sections=openable(actor, frame.case),
        team=team_on(actor, frame.case),
        given=[row for row in who_can_see(actor, frame) if row.holds],
        brought=brought_by(frame.case),
        taking=Form(),
    )


@pages.get("/cases/<reference:reference>/open")
@needs(*_OPENING)
def open_case(reference: str) -> ResponseReturnValue:
    """Open everything of a case that the reader may open, in one recorded act."""
    frame = _framed(reference)
    opened = open_section(signed_in_actor(), frame.case, list(Section))
    return page("case_file/open_case.html", frame=frame, opened=opened)


@pages.get("/cases/<reference:reference>/open/<any(synopsis,names,'what-happened',notes):section>")
@needs(*_OPENING)
def open_one(reference: str, section: str) -> ResponseReturnValue:
    """Open one portion of a case."""
    frame = _framed(reference)
    opened = open_section(signed_in_actor(), frame.case, [Section(section)])
    return page("case_file/open_one.html", frame=frame, opened=opened)


@pages.get("/cases/<reference:reference>/who-can-see")
@needs(Permission.CASE_KNOW)
def show_who_can_see(reference: str) -> ResponseReturnValue:
    """Show who was given what of a case, since when and on what ground."""
    frame = _framed(reference)
    return page(
        "case_file/show_who_can_see.html",
        frame=frame,
        given=who_can_see(signed_in_actor(), frame),
        brought=brought_by(frame.case),
    )


@pages.route("/cases/<reference:reference>/team", methods=["GET", "POST"])
@needs(Permission.TEAM_ASSIGN)
def change_team(reference: str) -> ResponseReturnValue:
    """Show the own agency's team, and put a colleague on it."""
    actor, frame = signed_in_actor(), _framed(reference)
    team, form = team_on(actor, frame.case), TeamForm()
    colleagues = {str(it.id): it for it in colleagues_to_add(actor, team)}
    form.colleague.choices = [(key, account.name) for key, account in colleagues.items()]
    if form.accepted():
        assign(actor, frame.case, colleagues[form.colleague.data], form.as_what())
        tell(N_("The team has changed."))
        return redirect(url_for("case_file.change_team", reference=reference), _SEE_OTHER)
    return page("case_file/change_team.html", frame=frame, team=team, form=form)


@pages.route("/cases/<reference:reference>/team/<uuid:account>/end", methods=["GET", "POST"])
@needs(Permission.TEAM_ASSIGN)
def leave_team(reference: str, account: UUID) -> ResponseReturnValue:
    """Ask, then take a colleague off the team."""
    actor, frame, form = signed_in_actor(), _framed(reference), Form()
    colleague = colleague_named(actor, frame.case, account)
    if form.accepted():
        unassign(actor, frame.case, colleague)
        tell(N_("The team has changed."))
        return _to_case(reference)
    return page(
        "case_file/leave_team.html",
        frame=frame,
        form=form,
        colleague=colleague,
        myself=account == actor.account,
        last=[member.account for member in team_on(actor, frame.case)] == [account],
    )


@pages.post("/cases/<reference:reference>/take-on")
@needs(Permission.TEAM_ASSIGN)
def take_on(reference: str) -> ResponseReturnValue:
    """Take a case on that has come to the agency."""
    actor, frame = signed_in_actor(), _framed(reference)
    if Form().accepted():
        own = db.session.get_one(Account, actor.account)
        assign(actor, frame.case, own, AssignmentReason.AT_THE_TABLE)
        tell(N_("You are on the case. You can open what was released to your agency."))
    return _to_case(reference)


@pages.route("/cases/<reference:reference>/release", methods=["GET", "POST"])
@needs(Permission.KEY_RELEASE)
def prepare_release(reference: str) -> ResponseReturnValue:
    """Choose what is to go to whom on which ground, then show what exactly that is."""
    frame = _framed(reference)
    offered = offer_of(signed_in_actor(), frame.case)
    form = ReleaseForm(offered)
    if form.accepted():
        return _look_at(frame, offered, GiveForm(form.draft()))
    return page("case_file/prepare_release.html", frame=frame, form=form)


def _look_at(frame: Frame, offered: Offer, form: GiveForm) -> ResponseReturnValue:
    draft = form.draft(offered)
    form.ask(draft.ground)
    shown = preview(signed_in_actor(), frame.case, draft)
    template = "case_file/give_release.html"
    return page(template, frame=frame, form=form, draft=draft, opened=shown, GIVING=GIVING)


@pages.post("/cases/<reference:reference>/release/give")
@needs(Permission.KEY_RELEASE, step_up=True)
def give_release(reference: str) -> ResponseReturnValue:
    """Release what was looked at."""
    actor, frame, form = signed_in_actor(), _framed(reference), GiveForm()
    offered = offer_of(actor, frame.case)
    draft = form.draft(offered)
    form.ask(draft.ground)
    if not form.accepted():
        return _look_at(frame, offered, form)
    give_drafted(actor, frame.case, draft.commands(form.row_id, form.done()))
    tell(N_("It is released. The agency has to take the case on before anybody opens it there."))
    return redirect(url_for("case_file.show_who_can_see", reference=reference), _SEE_OTHER)


@pages.route("/cases/<reference:reference>/releases/<uuid:release>/end", methods=["GET", "POST"])
@needs(Permission.RELEASE_END)
def end_release(reference: str, release: UUID) -> ResponseReturnValue:
    """Ask, then end a release."""
    actor, frame, form = signed_in_actor(), _framed(reference), EndForm()
    found = release_to_end(actor, frame.case, release)
    if form.accepted():
        end_the_release(actor, found, form.reason())
        tell(N_("The release has ended. Nobody there can open it any more."))
        return redirect(url_for("case_file.show_who_can_see", reference=reference), _SEE_OTHER)
    given = next(row for row in who_can_see(actor, frame) if row.release == release)
    return page("case_file/end_release.html", frame=frame, form=form, given=given)
