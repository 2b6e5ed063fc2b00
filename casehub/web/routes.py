"""The web's own pages: the beginning, the language, *Hide*, and what machines ask."""

import calendar
from contextlib import suppress
from datetime import date
from typing import Any

from babel import Locale
from babel.dates import format_date, get_day_names
from flask import (
    Blueprint,
    Response,
    make_response,
    redirect,
    render_template,
    request,
    send_from_directory,
    session,
)
from werkzeug.wrappers import Response as BaseResponse

from casehub import audit, clock
from casehub.errors import CaseHubError
from casehub.store import db
from casehub.store.migrating import check_current
from casehub.web import identity
from casehub.web.addresses import local_path
from casehub.web.errors import SIGN_IN
from casehub.web.guard import open_to_all, signed_in
from casehub.web.headers import ONE_YEAR
from casehub.web.language import CHOSEN, LANGUAGES, LOCALES, language
from casehub.web.layout import STATIC, shown_entries
from casehub.web.units import own_units

pages = Blueprint("web", __name__, template_folder="templates")


@pages.get("/")
@open_to_all("leads to the first page, or to signing in")
def begin() -> BaseResponse:
    """Lead to the first page of whoever is signed in."""
    if identity.current() is None:
        return redirect(SIGN_IN, 303)
    entries = shown_entries()
    return redirect(entries[0]["href"] if entries else "/me", 303)


@pages.post("/language")
@open_to_all("the language of the pages is nobody's secret")
@own_units("changes nothing but a cookie")
def choose_language() -> BaseResponse:
    """Show pages in another language from now on."""
    chosen = request.form.get("language", "")
    if chosen in LANGUAGES:
        session[CHOSEN] = chosen
    return redirect(local_path(request.form.get("back")), 303)


@pages.post("/hide")
@open_to_all("it must work whatever happened to the session")
@own_units("the page must change even where the database does not answer")
def hide() -> BaseResponse:
    """Sign out, forget, and show something that could be anybody's."""
    chosen = session.get(CHOSEN)
    session.clear()
    if chosen:
        session[CHOSEN] = chosen
    with suppress(CaseHubError):  # the cookie goes all the same, and the session ends by itself
        identity.sign_out()
    return redirect("/calendar", 303)


@pages.get("/calendar")
@open_to_all("shows a month and nothing else")
@own_units("reads no table")
def show_calendar() -> Response:
    """Show the present month."""
    return make_response(render_template("web/show_calendar.html", **_month(clock.now().date())))


@pages.get("/still-here")
@signed_in("keeps a session that is in use from ending")
def stay_signed_in() -> Response:
    """Answer nothing; being asked is what counts."""
    return Response(status=204)


@pages.get("/static/<path:name>")
@open_to_all("style sheets, scripts and pictures, the same for everybody")
@own_units("reads no table")
def send_asset(name: str) -> Response:
    """Send a file of the design."""
    answer = send_from_directory(STATIC, name)
    lasting = "v" in request.args  # what a script loads has no version in its address
    answer.headers["Cache-Control"] = f"private, max-age={ONE_YEAR}" if lasting else "no-cache"
    return answer


@pages.get("/healthz")
@open_to_all("says that the process lives")
@own_units("reads no table")
def health() -> Response:
    """Say that the process lives."""
    return Response("alive\n", mimetype="text/plain")


@pages.get("/readyz")
@open_to_all("says that somebody can be served, and nothing else")
def readiness() -> Response:
    """Say whether database and log would serve somebody."""
    check_current(db.engine)
    audit.head(audit.deployment_log())
    return Response("ready\n", mimetype="text/plain")


def _month(today: date) -> dict[str, Any]:
    locale = Locale.parse(LOCALES[language()])
    names = get_day_names("abbreviated", "stand-alone", locale)
    weeks = calendar.Calendar().monthdatescalendar(today.year, today.month)
    return {
        "title": format_date(today, "LLLL yyyy", locale),
        "days": [names[number] for number in range(7)],
        "weeks": weeks,
        "today": today,
    }
