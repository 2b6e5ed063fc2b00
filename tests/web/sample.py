"""A page with every kind of field, and an act behind it: what the floor is tried with."""

from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from flask import Blueprint, Response, redirect, request

from casehub.audit import record
from casehub.errors import Invalid
from casehub.hubs.acts import HUB_FOUNDED
from casehub.hubs.models import Hub
from casehub.policy import Permission
from casehub.store import db
from casehub.texts import N_
from casehub.web.fields import Choice, Choices, Code, Day, Line, LongText, Passphrase, Tick
from casehub.web.forms import Form, Search, StepUpForm
from casehub.web.guard import needs, signed_in
from casehub.web.identity import signed_in_actor
from casehub.web.layout import navigation, page, tell

TEMPLATES = Path(__file__).parent / "templates"
AGENCIES = [("police", N_("Police")), ("health", N_("Health")), ("haven", N_("Haven"))]


@dataclass(frozen=True)
class Rename:
    """What the sample's service is asked for."""

    id: UUID
    name: str


class SampleForm(Form):
    """One field of each kind."""

    name = Line(N_("Name"), hint=N_("As the minutes have it."), longest=40)
    words = LongText(N_("What happened"), longest=200, rows=3)
    passphrase = Passphrase(N_("Passphrase"), required=None)
    card_code = Code(N_("Number on the card"), required=None)
    agency = Choice(N_("Agency"), choices=AGENCIES, hints={"haven": N_("Victim services")})
    other = Choice(N_("Other agency"), choices=AGENCIES, as_list=True, required=None)
    many = Choices(N_("Told"), choices=AGENCIES, required=None)
    sure = Tick(N_("I have read it"))
    until = Day(N_("Until"), required=None)

    def command(self) -> Rename:
        """Return what the service gets."""
        return Rename(self.row_id, self.name.data)


class RenameForm(StepUpForm):
    """A form of an act that needs the second factor."""

    name = Line(N_("Name"))


class Looking(Search):
    """A filter of a list."""

    name = Line(N_("Name"), required=None)


def rename(hub: UUID, command: Rename) -> None:
    """Rename the hub; refuse what the form could not know."""
    row = db.session.get_one(Hub, hub)
    row.name = command.name
    db.session.flush()
    record(HUB_FOUNDED, by=None, hub=hub, things=[row])
    if command.name == "Nowhere":
        raise Invalid("name", N_("{name} is taken."), name=command.name)
    if command.name == "Nobody":
        raise Invalid("elsewhere", N_("This does not go together."))


def sample_pages() -> Blueprint:
    """Return the sample's pages, to be registered on a test's application."""
    pages = Blueprint("sample", __name__, template_folder=str(TEMPLATES))
    seen: list[object] = []

    @pages.route("/sample", methods=["GET", "POST"])
    @signed_in("a sample")
    def edit_sample() -> Response:
        form = SampleForm()
        form.agency.choices = [*AGENCIES, ("new", "New & other")]
        if form.accepted():
            rename(signed_in_actor().hub, form.command())
            seen.append(form.data)
            tell(N_("Renamed, for {count} agencies."), count=3)
            return redirect("/sample", 303)
        return page("sample/edit_sample.html", form=form, seen=seen)

    @pages.route("/sample/rename", methods=["GET", "POST"])
    @needs(Permission.ROLE_PROPOSE, step_up=True)
    def rename_sample() -> Response:
        form = RenameForm()
        if form.accepted():
            rename(signed_in_actor().hub, Rename(form.row_id, form.name.data))
            return redirect("/sample", 303)
        return page("sample/rename_sample.html", form=form)

    @pages.post("/sample/careless")
    @needs(Permission.ROLE_PROPOSE, step_up=True)
    def act_without_form() -> Response:
        rename(signed_in_actor().hub, Rename(UUID(int=0), request.form["name"]))
        return redirect("/sample", 303)

    @pages.get("/sample/list")
    @signed_in("a sample")
    def list_samples() -> Response:
        return page("sample/list_samples.html", looking=Looking())

    pages.seen = seen  # type: ignore[attr-defined]
    navigation("sample.list_samples", N_("Samples"), order=90)
    navigation("sample.rename_sample", N_("Rename"), Permission.ROLE_PROPOSE, order=91)
    return pages
