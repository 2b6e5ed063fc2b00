"""Drafting a release: what may go to whom on which ground, and what exactly that will show."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from casehub import clock
from casehub.case_file.queries import agencies_to_give, kinds_to_give
from casehub.case_file.sections import Opened, Section, open_section
from casehub.cases.facts import facts_about
from casehub.cases.grounds import Demand, Ground, regime_of
from casehub.cases.models import Case
from casehub.cases.releases import NewRelease
from casehub.errors import Invalid, NotThere
from casehub.hubs.models import Agency, Hub
from casehub.policy import Actor, Permission, denial
from casehub.store import db
from casehub.texts import N_
from casehub.vault import KeyKind

_SHOWS = {
    KeyKind.SYNOPSIS: Section.SYNOPSIS,
    KeyKind.IDENTIFIERS: Section.NAMES,
    KeyKind.PART: Section.WHAT_HAPPENED,
}


@dataclass(frozen=True)
class Draft:
    """What somebody is about to release, before they have seen what that is."""

    kinds: tuple[KeyKind, ...]
    to: Agency
    ground: Ground
    until: date | None = None
    zone: ZoneInfo = field(default=ZoneInfo("UTC"))

    @property
    def end(self) -> datetime:
        """Return the end of the last day, as the hub counts days."""
        if self.until is None:
            return clock.FOREVER
        return datetime.combine(self.until + timedelta(days=1), time(), self.zone)

    def commands(self, form: UUID, met: frozenset[Demand]) -> list[NewRelease]:
        """Return one command for each key; a form sent twice gives the same ids."""
        return [
            NewRelease(kind, self.to, self.ground.id, self.end, met=met, id=uuid5(form, kind.value))
            for kind in self.kinds
        ]


@dataclass(frozen=True)
class Offer:
    """What an actor may give of a case, to whom, on which grounds."""

    kinds: Sequence[KeyKind]
    agencies: dict[str, Agency]
    grounds: dict[str, Ground]
    zone: ZoneInfo

    def draft(self, kinds: Sequence[str], to: str, ground: str, until: str | None) -> Draft:
        """Return what was chosen; raise Invalid for what is not offered, or no longer."""
        wanted = tuple(kind for kind in self.kinds if kind.value in kinds)
        known = len(wanted) == len(set(kinds)) and to in self.agencies and ground in self.grounds
        day = _day(until)
        if not known or (until and day is None):
            raise Invalid("draft", N_("This is not offered any more. Begin again."))
        found = Draft(wanted, self.agencies[to], self.grounds[ground], day, self.zone)
        if found.end <= clock.now():
            raise Invalid("until", N_("This day has passed."))
        return found


def _day(text: str | None) -> date | None:
    # As the form writes it, and no other form of the same day.
    if not text or not re.fullmatch(r"2[01][0-9]{2}-[0-9]{2}-[0-9]{2}", text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def offer_of(actor: Actor, case: Case) -> Offer:
    """Return what the actor may give of a case.

    Raises NotThere where that is nothing, Unfinished without a list of grounds.
    """
    kinds = kinds_to_give(actor, case)
    if not kinds:
        facts = facts_about(actor, case.id)
        raise NotThere(denial(actor, Permission.KEY_RELEASE, facts, None))
    own = db.session.get_one(Agency, actor.agency)
    hub = db.session.get_one(Hub, actor.hub)
    return Offer(
        kinds,
        {str(agency.id): agency for agency in agencies_to_give(actor)},
        {ground.id: ground for ground in regime_of(own.regime).ground},
        ZoneInfo(hub.time_zone),
    )


def preview(actor: Actor, case: Case, draft: Draft) -> list[Opened]:
    """Open what a draft would give, so that whoever gives it has seen it; a recorded act.

    Of an account only the own agency's words: another's are not given with it.
    """
    return open_section(actor, case, [_SHOWS[kind] for kind in draft.kinds], own=True)
