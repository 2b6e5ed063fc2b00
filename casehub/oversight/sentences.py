"""Entries as sentences: each act's text with names in the places of ids and words for codes.

A sentence is a list of pieces, so that a page can set names in bold and references as links without
putting anybody's name into markup.
"""

import json
import string
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from casehub import clock
from casehub.audit import Act, Fact, catalogue
from casehub.cases.grounds import ground_named
from casehub.oversight.kinds import ActKind
from casehub.oversight.names import Names
from casehub.oversight.queries import Entry
from casehub.oversight.wording import KEYS, WORDS
from casehub.texts import N_, Text

_OPERATOR = N_("The operator")
_SOMEBODY = N_("somebody")
_A_CASE = N_("a case")
_NOTHING = N_("nothing")
_NO_END = N_("it is taken back")
_UNKNOWN_ACT = N_("{account} did something that this version has no words for: {act}.")


class PieceKind(StrEnum):
    """What a piece of a sentence is."""

    TEXT = "text"
    PERSON = "person"
    AGENCY = "agency"
    CASE = "case"


@dataclass(frozen=True)
class Piece:
    """A stretch of a sentence, translated."""

    kind: PieceKind
    text: str


@dataclass(frozen=True)
class Line:
    """One entry as a page shows it."""

    number: int
    at: datetime
    kind: ActKind
    refused: bool
    alarm: bool
    pieces: tuple[Piece, ...]

    @property
    def text(self) -> str:
        """Return the sentence alone."""
        return "".join(piece.text for piece in self.pieces)


@dataclass(frozen=True)
class Language:
    """How a page writes: its translations, its moments, its language among those of policies."""

    translate: Callable[[str], str]
    moment: Callable[[datetime], str]
    code: str = "en"


ENGLISH = Language(str, clock.timestamp)


def ids_in(entries: Iterable[Entry]) -> tuple[set[UUID], set[UUID]]:
    """Return the accounts, or what may be accounts, and the cases that entries name."""
    accounts: set[UUID] = set()
    cases: set[UUID] = set()
    for entry in entries:
        accounts |= {entry.account} if entry.account else set()
        cases |= {entry.case} if entry.case else set()
        accounts |= {UUID(value) for value in _ids(entry)}
    return accounts, cases


def _ids(entry: Entry) -> Iterable[str]:
    act = catalogue.get(entry.act)
    for name, value in _facts(entry).items():
        kind = act.facts.get(name) if act else None
        if kind is Fact.ID and value is not None:
            yield value


def _facts(entry: Entry) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(entry.body)["facts"]
    return found


@dataclass(frozen=True)
class Writer:
    """Writes entries for one reader: whose agency it is decides what of others is named."""

    names: Names
    reader: UUID | None
    language: Language = ENGLISH

    def write(self, entry: Entry) -> Line:
        """Return an entry as a line."""
        act = catalogue.get(entry.act)
        template = self.language.translate(act.sentence if act else _UNKNOWN_ACT)
        pieces: list[Piece] = []
        named = False
        for text, place, _, _ in string.Formatter().parse(template):
            pieces += [Piece(PieceKind.TEXT, text)] if text else []
            if place is not None:
                pieces += self._fill(place, act, entry)
                named = named or place == "case"
        if entry.case in self.names.cases and not named:
            pieces += [Piece(PieceKind.TEXT, " "), self._case(entry.case)]
        return Line(
            entry.number,
            entry.at,
            ActKind.of(entry.act),
            entry.outcome == "refused",
            entry.outcome == "alarm",
            tuple(pieces),
        )

    def _fill(self, place: str, act: Act | None, entry: Entry) -> list[Piece]:
        if place == "account":
            return [self._person(entry.account) if entry.account else self._text(_OPERATOR)]
        if place == "case":
            return [self._case(entry.case)]
        if place == "act":
            return [Piece(PieceKind.TEXT, entry.act)]
        value = _facts(entry).get(place)
        kind = act.facts.get(place) if act else None
        if kind is Fact.ID and value is not None:
            return [self._named(UUID(value))]
        return self._plain(place, kind, value, entry)

    def _plain(self, place: str, kind: Fact | None, value: Any, entry: Entry) -> list[Piece]:
        if value is None:
            return [self._text(_NOTHING)]
        if place in ("key", "keys"):
            return [Piece(PieceKind.TEXT, self._keys(value, entry))]
        if kind is Fact.MOMENT:
            moment = clock.parse_timestamp(value)
            endless = moment == clock.FOREVER
            return [
                self._text(_NO_END)
                if endless
                else Piece(PieceKind.TEXT, self.language.moment(moment))
            ]
        codes = value if isinstance(value, list) else [value]
        return [Piece(PieceKind.TEXT, ", ".join(self._code(place, code) for code in codes))]

    def _code(self, place: str, code: Any) -> str:
        if place == "ground":
            ground = ground_named(code)
            return getattr(ground.text, self.language.code) if ground else str(code)
        word = WORDS.get(place, {}).get(str(code))
        return self.language.translate(word) if word else str(code)

    def _keys(self, value: str | Sequence[str], entry: Entry) -> str:
        # A word for each key; another agency's own, and its part, are not the reader's business.
        found = []
        for name in [value] if isinstance(value, str) else value:
            kind, _, owner = name.partition("/")
            if self._others(owner, entry):
                continue
            word = self.language.translate(KEYS.get(kind, Text(kind)))
            agency = self.names.agencies.get(UUID(owner)) if owner else None
            found.append(word.format(agency=agency or self.language.translate(_SOMEBODY)))
        return ", ".join(found) or self.language.translate(N_("something"))

    def _others(self, owner: str, entry: Entry) -> bool:
        mine = (None, entry.agency)
        return bool(owner) and self.reader not in mine and owner != str(self.reader)

    def _named(self, row: UUID) -> Piece:
        if row in self.names.accounts:
            return self._person(row)
        if row in self.names.agencies:
            return Piece(PieceKind.AGENCY, self.names.agencies[row])
        return self._text(_SOMEBODY)

    def _person(self, row: UUID | None) -> Piece:
        name, agency = self.names.accounts.get(row, ("", None)) if row else ("", None)
        if not name:
            return self._text(_SOMEBODY)
        elsewhere = agency != self.reader and agency in self.names.agencies
        text = f"{name} ({self.names.agencies[agency]})" if agency and elsewhere else name
        return Piece(PieceKind.PERSON, text)

    def _case(self, row: UUID | None) -> Piece:
        known = self.names.cases.get(row) if row else None
        return Piece(PieceKind.CASE, known) if known else self._text(_A_CASE)

    def _text(self, text: Text) -> Piece:
        return Piece(PieceKind.TEXT, self.language.translate(text))
