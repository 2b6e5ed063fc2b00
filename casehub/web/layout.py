"""What stands on every page: who is signed in, where they can go, and what a slice adds.

    navigation("case_file.list_cases", N_("Cases"), Permission.CASE_KNOW, order=20)

A slice registers its entries when its routes are imported; an entry is shown to whose roles may
have the permission, and to all who are signed in where there is none.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from flask import (
    Flask,
    Response,
    current_app,
    flash,
    make_response,
    render_template,
    request,
    url_for,
)
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup

from casehub.policy import Permission
from casehub.texts import Text
from casehub.web import identity
from casehub.web.guard import within_reach
from casehub.web.language import translated

STATIC = Path(__file__).parent / "static"
Panel = Callable[[], Markup]


@dataclass(frozen=True)
class Entry:
    """A place that people go to from anywhere."""

    endpoint: str
    label: Text
    permissions: tuple[Permission, ...]
    order: int


_entries: dict[str, Entry] = {}


def navigation(endpoint: str, label: Text, *permissions: Permission, order: int) -> None:
    """Add an entry to the bar, for whose roles may have one of the permissions."""
    _entries[endpoint] = Entry(endpoint, label, permissions, order)


def lay_out(app: Flask, sign_in_panel: Panel | None) -> None:
    """Give templates what the layout shows; `sign_in_panel` stands below the sign-in form."""
    app.jinja_env.globals.update(
        layout_entries=shown_entries,
        who_is_signed_in=identity.current,
        csrf_token=generate_csrf,
        sign_in_panel=sign_in_panel or Markup,
        here=_here,
        asset=_asset,
    )


def shown_entries() -> list[dict[str, Any]]:
    """Return the entries of the bar for whoever is signed in, the present one marked."""
    who = identity.current()
    if who is None:
        return []
    shown = [
        (translated(entry.label), url_for(entry.endpoint))
        for entry in sorted(_entries.values(), key=lambda entry: entry.order)
        if _is_for(entry, who)
    ]
    # Of two that lead here, /cases and /cases/refer, the nearer one is marked.
    present = max((href for _, href in shown if _leads_here(href)), key=len, default=None)
    return [{"text": text, "href": href, "active": href == present} for text, href in shown]


def _is_for(entry: Entry, who: identity.Identity) -> bool:
    if entry.endpoint not in current_app.view_functions:
        return False  # a slice that this application does without
    return not entry.permissions or any(within_reach(who.roles, it) for it in entry.permissions)


def page(name: str, /, status: int = 200, **values: Any) -> Response:
    """Render a template; a form with errors in it makes the answer 422."""
    form = values.get("form")
    if form is not None and (form.errors or form.form_errors):
        status = 422
    return make_response(render_template(name, **values), status)


def tell(text: Text, **values: object) -> None:
    """Show a message on the next page.

    It lies in a cookie until then: no reference, no name, no word typed.
    """
    flash(translated(text, **values))


def _leads_here(href: str) -> bool:
    return request.path == href or request.path.startswith(href.rstrip("/") + "/")


def _here() -> str:
    # An error page says nothing of its address: all of them look the same.
    return request.path if request.method == "GET" and request.endpoint else "/"


def _asset(name: str) -> str:
    return url_for("web.send_asset", name=name, v=_version(name))


@cache
def _version(name: str) -> str:
    # A file that changes gets another address: browsers may keep what they have for ever.
    return hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]
