"""Referring a survivor: a case, and what its first three records say, in one act."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from casehub.case_file.synopsis_codes import Choice, factors_in_force
from casehub.cases import contracts
from casehub.cases.models import Case, Release
from casehub.cases.releases import NewRelease, release_key
from casehub.cases.service import NewRecord, refer_case, write_record
from casehub.errors import Invalid
from casehub.policy import Actor
from casehub.texts import N_
from casehub.vault import Document, KeyKind

OLDEST = 130
LONGEST_NAME, LONGEST_TEXT = 200, 10_000


@dataclass(frozen=True)
class Referral:
    """What referring takes: who the survivor is, what happened, and the coded synopsis of it."""

    name: str = field(repr=False)
    what_happened: str = field(repr=False)
    age_band: str
    gender: str
    factors: tuple[str, ...]
    born_on: date | None = field(default=None, repr=False)
    id: UUID | None = None
    """The id of the form it came with, which the case takes."""


def refer_survivor(actor: Actor, command: Referral) -> Case:
    """Open a case with names, an account of what happened and a synopsis; nobody else learns of it.

    Raises Invalid, with the field that is the cause, for what makes no sense.
    """
    _check_sense(actor, command)
    case = refer_case(actor, command.id)
    born = command.born_on.isoformat() if command.born_on else None
    documents: tuple[tuple[KeyKind, Document], ...] = (
        (KeyKind.IDENTIFIERS, {"name": command.name, "born_on": born}),
        (KeyKind.PART, {"text": command.what_happened}),
        (
            KeyKind.SYNOPSIS,
            {
                "age_band": command.age_band,
                "gender": command.gender,
                "factors": sorted(command.factors),
            },
        ),
    )
    for kind, document in documents:
        write_record(actor, case, NewRecord(_CONTRACTS[kind], kind, document))
    return case


_CONTRACTS = {
    KeyKind.IDENTIFIERS: contracts.IDENTITY,
    KeyKind.PART: contracts.WHAT_HAPPENED,
    KeyKind.SYNOPSIS: contracts.SYNOPSIS,
}


def give_drafted(actor: Actor, case: Case, commands: Sequence[NewRelease]) -> list[Release]:
    """Release several keys of a case to one agency, all of them or none."""
    return [release_key(actor, case, command) for command in commands]


def _check_sense(actor: Actor, command: Referral) -> None:
    today = actor.at.date()
    if not command.name.strip() or len(command.name) > LONGEST_NAME:
        raise Invalid("name", N_("Write a name of at most {most} characters."), most=LONGEST_NAME)
    if not command.what_happened.strip() or len(command.what_happened) > LONGEST_TEXT:
        raise Invalid(
            "what_happened",
            N_("Say in at most {most} characters what happened."),
            most=LONGEST_TEXT,
        )
    if command.born_on and not today.year - OLDEST <= command.born_on.year <= today.year:
        raise Invalid("born_on", N_("Nobody alive was born on this day."))
    if command.born_on and command.born_on > today:
        raise Invalid("born_on", N_("Nobody alive was born on this day."))
    lists = factors_in_force()
    _check_known("age_band", [command.age_band], lists.age_band)
    _check_known("gender", [command.gender], lists.gender)
    _check_known("factors", command.factors, lists.factor)
    if not command.factors:
        raise Invalid("factors", N_("Choose at least one factor: the synopsis says nothing else."))


def _check_known(place: str, codes: list[str] | tuple[str, ...], of: tuple[Choice, ...]) -> None:
    if not {choice.id for choice in of}.issuperset(codes):
        raise Invalid(place, N_("Choose from the list."))
