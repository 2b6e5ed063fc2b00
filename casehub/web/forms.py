"""Forms: what is typed, checked for its form, and handed to a service as a command.

    class RenameForm(Form):
        name = Line(N_("Name"), required=N_("Give the name."))

        def command(self) -> Rename:
            return Rename(id=self.row_id, name=self.name.data)

    form = RenameForm()
    if form.accepted():
        rename(actor, form.command())
        return redirect(...)
    return page("slice/rename.html", form=form)

Every form carries an id that is made when it is first shown. A row that the form makes takes it as
its own (`row_id`), so a form sent twice meets the row of the first time and says so. The id is
bound to the account: a form left open by one person is not sent by the next.

What a service finds wrong with a field (Invalid) comes back here by itself: the change is undone,
the view runs again reading only, `accepted()` says no, and the field shows the message.
"""

from typing import Any
from uuid import UUID, uuid4

import wtforms
from flask import current_app, g, request
from markupsafe import Markup

from casehub.errors import Invalid
from casehub.texts import N_
from casehub.vault import FormKey
from casehub.web import identity
from casehub.web.fields import Code, Hidden
from casehub.web.language import sentence_of, translated

SENT = "sent"
_NOBODY = "nobody"
_OTHER = N_("This page was opened in another sign-in. Check what it says, then send it again.")


def form_key() -> FormKey:
    """Return the server's key for forms."""
    key: FormKey = current_app.extensions["casehub.form_key"]
    return key


class Form(wtforms.Form):
    """A form that is posted."""

    sent = Hidden(N_("Sent"), required=None)
    asks_last = False

    def __init__(self, **values: Any) -> None:
        """Take what the fields show at first, by name."""
        posted = request.form if request.method == "POST" else None
        super().__init__(formdata=posted, **values)
        found = row_id_of(self.sent.data or "")
        self.is_ours = found is not None
        self.row_id = found or uuid4()
        self.sent.data = f"{self.row_id}.{_binding(self.row_id)}"

    def accepted(self) -> bool:
        """Say whether the form was posted and nothing is wrong with it."""
        if request.method != "POST":
            return False
        good = bool(self.validate())
        if not self.is_ours:
            self.form_errors.append(translated(_OTHER))
            good = False
        problem: Invalid | None = g.get("casehub_problem")
        if problem is None:
            return good
        g.casehub_problem_shown = True
        self._show(problem)
        return False

    def _show(self, problem: Invalid) -> None:
        field = self._fields.get(problem.place)
        message = sentence_of(problem)
        if field is None or field.widget is Hidden.widget:
            self.form_errors.append(message)
        elif message not in field.errors:
            field.errors = [*field.errors, message]

    @property
    def error_list(self) -> list[dict[str, str]]:
        """Return every message, each leading to what it is about, in the order of the page."""
        listed = [{"text": message} for message in self.form_errors]
        # The code stands above the button, wherever a form inherits it.
        for field in sorted(self, key=lambda field: field.name == "code" and self.asks_last):
            label = translated(field.label.text)
            seen = field.widget is not Hidden.widget  # nobody is led to what is not shown
            leads = {"href": f"#{field.anchor}"} if seen else {}
            listed += [{"text": f"{label}: {it}"} | leads for it in field.errors]
        return listed

    def hidden_fields(self) -> Markup:
        """Return the fields that nobody sees."""
        return Markup("").join(field() for field in self if field.widget is Hidden.widget)


class StepUpForm(Form):
    """A form of an act that needs the second factor again, if that is long ago."""

    asks_last = True
    afresh = False
    code = Code(
        N_("Code from your phone or card"),
        hint=N_("This act needs it again; other acts then do without for a while."),
        required=None,
    )

    def __init__(self, **values: Any) -> None:
        """Leave the field out for somebody who has stepped up already."""
        super().__init__(**values)
        who = identity.current()
        if who is not None and (who.stepped_up_just_now if self.afresh else who.stepped_up):
            del self.code


class Search(wtforms.Form):
    """Filters of a list, sent with GET: nothing changes, so nothing is bound."""

    def __init__(self, **values: Any) -> None:
        """Take the filters from the address."""
        super().__init__(formdata=request.args, **values)


def row_id_of(sent: str) -> UUID | None:
    """Return the id that a form carries, if it was shown to who sends it."""
    text, _, binding = sent.partition(".")
    try:
        row_id = UUID(text)
    except ValueError:
        return None
    return row_id if form_key().is_bound(binding, text, _account()) else None


def _binding(row_id: UUID) -> str:
    return form_key().bind(str(row_id), _account())


def _account() -> str:
    who = identity.current()
    return str(who.actor.account) if who else _NOBODY
