"""What a case holds, in portions that people open deliberately, each time as a recorded act."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import select

from casehub.case_file.synopsis_codes import factors_in_force, words_for
from casehub.cases import contracts
from casehub.cases.facts import CaseFacts, facts_about
from casehub.cases.models import Case, Record
from casehub.cases.opening import open_records
from casehub.cases.queries import readable_records
from casehub.errors import NotThere
from casehub.hubs.models import Agency
from casehub.policy import Actor, Permission, Permit, denial
from casehub.store import db
from casehub.texts import N_, Text
from casehub.vault import Document, KeyKind


class Section(StrEnum):
    """A portion of a case that is opened in one act."""

    SYNOPSIS = "synopsis"
    NAMES = "names"
    WHAT_HAPPENED = "what-happened"
    CONTACT = "contact"
    TOGETHER = "together"
    NOTES = "notes"

    @property
    def text(self) -> Text:
        """Return its name for people."""
        return _TEXTS[self]

    @property
    def contracts(self) -> tuple[str, ...]:
        """Return the kinds of record that it holds."""
        return _CONTRACTS[self]

    @property
    def permission(self) -> Permission:
        """Return the permission that is asked for first."""
        return _PERMISSIONS[self]


_TEXTS = {
    Section.SYNOPSIS: N_("Synopsis, coded"),
    Section.NAMES: N_("Names and dates of birth"),
    Section.WHAT_HAPPENED: N_("What happened"),
    Section.CONTACT: N_("Where the survivor is"),
    Section.TOGETHER: N_("What the agencies made together"),
    Section.NOTES: N_("Our private notes"),
}
_CONTRACTS = {
    Section.SYNOPSIS: (contracts.SYNOPSIS.name,),
    Section.NAMES: (contracts.IDENTITY.name,),
    Section.WHAT_HAPPENED: (contracts.WHAT_HAPPENED.name, contracts.STATEMENT.name),
    Section.CONTACT: (contracts.SAFE_CONTACT.name,),
    Section.TOGETHER: (contracts.MINUTE.name,),
    Section.NOTES: (contracts.NOTE.name,),
}
_PERMISSIONS = {
    Section.SYNOPSIS: Permission.SYNOPSIS_OPEN,
    Section.NAMES: Permission.IDENTIFIERS_OPEN,
    Section.WHAT_HAPPENED: Permission.PART_OPEN,
    Section.CONTACT: Permission.CONTACT_OPEN,
    Section.TOGETHER: Permission.JOINT_OPEN,
    Section.NOTES: Permission.OWN_OPEN,
}


@dataclass(frozen=True)
class Openable:
    """A section that the actor may open: how many records it has, and whose."""

    section: Section
    records: int
    authors: tuple[str, ...]
    written_at: datetime


@dataclass(frozen=True)
class Opened:
    """One record, open. It prints nothing of what it says."""

    section: Section
    author: str
    at: datetime
    document: Document

    def __repr__(self) -> str:
        return f"<opened {self.section.value}>"

    @property
    def born_on(self) -> date | None:
        """Return the date of birth that a record of names holds."""
        written = self.document.get("born_on")
        return date.fromisoformat(written) if written else None

    def word(self, name: str, language: str) -> str:
        """Return what one code of a synopsis means: `age_band` or `gender`."""
        return words_for(self.document.get(name), getattr(factors_in_force(), name), language)

    def factors(self, language: str) -> list[str]:
        """Return what the factors of a synopsis mean."""
        known = factors_in_force().factor
        return [words_for(code, known, language) for code in self.document.get("factors", [])]


def openable(actor: Actor, case: Case) -> list[Openable]:
    """Return what the actor may open of a case; opens nothing.

    What lies there that the actor may not open is left out without a trace.
    """
    _, rows = readable_records(actor, case)
    names = _names_of(rows)
    found = []
    for section in Section:
        mine = [row for row in rows if row.contract in section.contracts]
        if mine:
            authors = dict.fromkeys(names[row.author_agency_id] for row in mine)
            found.append(Openable(section, len(mine), tuple(authors), mine[-1].created_at))
    return found


def open_section(
    actor: Actor, case: Case, sections: Sequence[Section], *, own: bool = False
) -> list[Opened]:
    """Open sections of a case in one recorded act; raise NotThere where there is nothing to open.

    What one may not open looks exactly like what is not there. With `own` only what the actor's
    agency wrote is opened.
    """
    wanted = [name for section in sections for name in section.contracts]
    permits, readable = readable_records(actor, case, wanted)
    rows = [row for row in readable if not own or row.author_agency_id == actor.agency]
    if not rows:
        facts = facts_about(actor, case.id)
        raise NotThere(denial(actor, sections[0].permission, facts, None))
    documents = open_records(actor, case, _needed(actor, permits, rows), rows)
    names = _names_of(rows)
    return [
        Opened(section, names[row.author_agency_id], row.created_at, documents[row.id])
        for section in sections
        for row in rows
        if row.contract in section.contracts
    ]


def _needed(actor: Actor, permits: Sequence[Permit], rows: Sequence[Record]) -> list[Permit]:
    # Only the keys that these records lie under, so that the entry says what was opened; the
    # agency's own key where it has lost the one that its record lies under.
    held = {_key_of(permit): permit for permit in permits}
    keys = {(row.case_key.kind, row.case_key.owner_agency_id) for row in rows}
    if not keys <= held.keys():
        keys.add((KeyKind.OWN, actor.agency))
    return [held[key] for key in sorted(keys & held.keys(), key=str)]


def _key_of(permit: Permit) -> tuple[KeyKind | None, UUID | None]:
    assert isinstance(permit.facts, CaseFacts)  # noqa: S101 - they are about a case
    return permit.facts.asked, permit.facts.owner


def _names_of(rows: Sequence[Record]) -> dict[UUID, str]:
    ids = {row.author_agency_id for row in rows}
    found = db.session.execute(select(Agency.id, Agency.name).where(Agency.id.in_(ids)))
    return dict(found.all())
