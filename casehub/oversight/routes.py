"""The page of the log."""

from collections.abc import Sequence
from datetime import date, datetime
from itertools import groupby
from zoneinfo import ZoneInfo

from flask import Blueprint
from flask.typing import ResponseReturnValue

from casehub.oversight.forms import LogFilter
from casehub.oversight.queries import (
    leave_to_read,
    people_to_choose,
    reads_whole_hub,
    time_zone_of,
)
from casehub.oversight.sentences import Language, Line
from casehub.oversight.service import read_log
from casehub.policy import Permission
from casehub.texts import N_
from casehub.web.guard import needs
from casehub.web.identity import signed_in_actor
from casehub.web.language import day, language, moment, translated
from casehub.web.layout import navigation, page

pages = Blueprint("oversight", __name__, template_folder="templates")

navigation(
    "oversight.show_log",
    N_("Audit review"),
    Permission.LOG_READ,
    Permission.HUB_LOG_READ,
    order=60,
)


@pages.get("/audit")
@needs(Permission.LOG_READ, Permission.HUB_LOG_READ)
def show_log() -> ResponseReturnValue:
    """Show the log as sentences, newest first; that it was read is an entry itself."""
    actor, form = signed_in_actor(), LogFilter()
    permit = leave_to_read(actor)
    form.who.choices = [(str(row), name) for row, name in people_to_choose(permit)]
    form.validate()
    reading = read_log(actor, form.wanted(), _language(), form.number)
    return page(
        "oversight/show_log.html",
        filters=form,
        reading=reading,
        days=_by_day(reading.lines, time_zone_of(actor)),
        whole_hub=reads_whole_hub(permit),
    )


def _language() -> Language:
    return Language(translated, moment, language())


def _by_day(lines: Sequence[Line], zone: ZoneInfo) -> list[tuple[str, list[Line]]]:
    def own_day(line: Line) -> date:
        return _there(line.at, zone)

    return [(day(own), list(found)) for own, found in groupby(lines, own_day)]


def _there(moment_of: datetime, zone: ZoneInfo) -> date:
    return moment_of.astimezone(zone).date()
