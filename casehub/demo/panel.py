"""The demo's block on the sign-in page: the cast, their codes, one press to be one of them.

It lives here and nowhere else: `create_app` takes a block, and only the demo's server gives it one.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby

from flask import Blueprint, Flask, get_template_attribute, redirect, request, session
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from sqlalchemy import func, select

from casehub import clock
from casehub.accounts.models import Account, AccountState
from casehub.accounts.sign_in_models import Credential, CredentialKind, FactorUse
from casehub.accounts.signing_in import Attempt, sign_in, try_to_open
from casehub.audit import changing, viewing
from casehub.demo.cast import CAST, PASSPHRASE, Part, part_of
from casehub.errors import Invalid, Unfinished
from casehub.oversight.wording import ROLES
from casehub.sign_in import cookies
from casehub.store import db
from casehub.texts import N_
from casehub.web.fields import Hidden
from casehub.web.forms import Form
from casehub.web.guard import check_marks, open_to_all
from casehub.web.language import CHOSEN, language, translated
from casehub.web.units import own_units

STEP = 30
"""Seconds that a telephone shows one code."""

pages = Blueprint("demo", __name__, template_folder="templates")


@dataclass(frozen=True)
class Shown:
    """Somebody of the cast as the block shows them."""

    part: Part
    sign_in_name: str
    code: str
    form: "BeForm"

    @property
    def roles(self) -> str:
        """Return the roles in words."""
        return ", ".join(translated(ROLES[role]) for role in self.part.roles)


class BeForm(Form):
    """Whom to be."""

    who = Hidden(N_("Who"))

    @classmethod
    def of(cls, part: Part) -> "BeForm":
        """Return the form for one of the cast."""
        form = cls()
        form.who.data = part.name
        return form


def cast_panel() -> Markup:
    """Render the cast; an account that has ended, or has another telephone now, is left out."""
    groups = [(agency.name, list(people)) for agency, people in _by_agency(_shown())]
    cast = get_template_attribute("demo/_cast.html", "cast")
    shown: Markup = cast(groups, PASSPHRASE)
    return shown


def _by_agency(shown: Iterator[Shown]):  # type: ignore[no-untyped-def]  # noqa: ANN202
    return groupby(shown, lambda it: it.part.agency)


def _shown() -> Iterator[Shown]:
    found = _ways_in()
    for part in CAST:
        if part.name in found:
            name, used = found[part.name]
            yield Shown(part, name, code_for(part, used), BeForm.of(part))


def _ways_in() -> dict[str, tuple[str, int]]:
    # Who can sign in with the telephone that they were given, and the last step that was used.
    rows = db.session.execute(
        select(Account.name, Account.sign_in_name, func.max(FactorUse.step))
        .join(Credential, Credential.account_id == Account.id)
        .outerjoin(FactorUse, FactorUse.credential_id == Credential.id)
        .where(Account.state == AccountState.ADMITTED, Credential.kind == CredentialKind.PHONE)
        .group_by(Account.id)
    )
    return {name: (sign_in_name or "", used or 0) for name, sign_in_name, used in rows}


def code_for(part: Part, used: int) -> str:
    """Return a code of now that was not used yet: the telephone may be half a minute ahead."""
    now = clock.now()
    present = int(now.timestamp()) // STEP
    ahead = max(0, min(used + 1 - present, 1))
    return part.code_at(now + timedelta(seconds=ahead * STEP))


@pages.post("/demo/sign-in")
@open_to_all("the demo: everybody may be anybody of the cast")
@own_units("signing in hashes, counts and changes in turn")
def be_somebody() -> ResponseReturnValue:
    """Sign in as somebody of the cast, through the same steps as the sign-in page."""
    part = part_of(BeForm().who.data or "")
    with viewing():
        found = _ways_in()
    if part is None or part.name not in found:
        raise Unfinished(N_("This is nobody of the cast."), N_("Choose somebody on the list."))
    name, used = found[part.name]
    attempt = Attempt(
        name,
        PASSPHRASE,
        code_for(part, used),
        request.remote_addr or "",
        cookies.known_in(request),
    )
    try:
        way = try_to_open(attempt)
    except Invalid:
        raise Unfinished(
            N_("This person's code was used a moment ago: each is good once."),
            N_("Wait half a minute and press again, or be somebody else meanwhile."),
        ) from None
    with changing():
        done = sign_in(way)
        cookies.give(done)
    session[CHOSEN] = language()  # the cast speaks the language of the page that was pressed on
    return redirect("/" if done.live.session.pin_fits else "/agency-key", 303)


def add_cast(app: Flask) -> None:
    """Give an application the press that signs in; its block came with `create_app`."""
    app.register_blueprint(pages)
    check_marks(app)
