"""Grounds: on what an agency may give something away, as data by its regime in `policies/grounds/`.

Which grounds there are is a matter of the law that binds the giving agency; the file says of each
where it stands, whether somebody has read it there (`verified`), and what it asks for first.
"""

import tomllib
from enum import StrEnum
from functools import lru_cache
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from casehub.cases.protocol import Texts
from casehub.errors import Invalid, Misconfigured, Problem, Unfinished
from casehub.policy import PolicyFile, in_force
from casehub.policy.table import shape_problems
from casehub.texts import N_, Text

KIND = "grounds"
_Code = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z]{2,12}(-[a-z]{1,12}){0,2}/[a-z]{1,12}(-[a-z]{1,12}){0,2}$"),
]
_Source = Annotated[str, StringConstraints(min_length=5)]


class Demand(StrEnum):
    """What a ground asks for before anything is given on it."""

    CONSENT = "consent"
    """The written, time-limited consent of the person."""
    DIRECTIVE = "directive"
    """A directive of the agency's head about such releases."""
    DECISION = "decision"
    """The decision of the agency's head."""
    NOTICE = "notice"
    """Notice to the person, or the reason why not."""
    COMMISSIONER = "commissioner"
    """Notice to a commissioner."""
    ENTRY = "entry"
    """An entry in the agency's own register."""

    @property
    def on_file(self) -> bool:
        """Say whether CaseHub itself must hold it; until it can, nothing is given on such a ground.

        The others somebody says are done, by name, and the log keeps that they said so.
        """
        return self in (Demand.CONSENT, Demand.DIRECTIVE)


class Ground(BaseModel):
    """One ground: its code, which releases keep, its name for people, and its source in the law."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: _Code
    text: Texts
    source: _Source
    verified: bool
    demands: tuple[Demand, ...] = ()
    asks: Texts | None = None
    """What has to be answered about this one receiver, where the law asks."""


class Regime(BaseModel):
    """The grounds of one regime; the first is offered first."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    text: Texts
    ground: Annotated[tuple[Ground, ...], Field(min_length=1)]

    @classmethod
    def read(cls, text: str) -> Self:
        """Read a file's text; raise TOMLDecodeError or ValidationError where it is none."""
        return cls.model_validate(tomllib.loads(text))


_read = lru_cache(maxsize=32)(Regime.read)


def check_grounds(files: list[PolicyFile]) -> None:
    """Raise Misconfigured with everything that is wrong in the files of grounds."""
    problems: list[Problem] = []
    seen: dict[str, str] = {}
    for file in files:
        if file.kind != KIND:
            continue
        where = f"{KIND}/{file.name}.toml"
        try:
            regime = Regime.read(file.text)
        except tomllib.TOMLDecodeError as error:
            remedy = "mend the line named; TOML is described at toml.io"
            problems.append(Problem(where, f"is not TOML ({error})", remedy))
        except ValidationError as error:
            problems += shape_problems(where, error)
        else:
            problems += _repeated(where, regime, seen)
    if problems:
        raise Misconfigured(problems)


def _repeated(where: str, regime: Regime, seen: dict[str, str]) -> list[Problem]:
    # A code is unique over all files: a release keeps it alone, whoever gave on it.
    problems = []
    for ground in regime.ground:
        first = seen.setdefault(ground.id, where)
        if first != where or sum(item.id == ground.id for item in regime.ground) > 1:
            what, remedy = f"this id stands in {first} too", "give each ground an id of its own"
            problems.append(Problem(f"{where}: ground.{ground.id}", what, remedy))
    return problems


def regime_of(name: str) -> Regime:
    """Return the grounds of a regime; raise Unfinished where no file is in force for it."""
    for file in in_force().files:
        if (file.kind, file.name) == (KIND, name):
            return _read(file.text)
    raise Unfinished(
        N_("There is no list of grounds for the regime {regime}."),
        N_("Put its file into `policies/grounds/` and start again."),
        regime=name,
    )


def ground_named(code: str) -> Ground | None:
    """Return a ground by its code alone, whichever regime it belongs to: to show it, not to use."""
    for file in in_force().files:
        if file.kind == KIND:
            for ground in _read(file.text).ground:
                if ground.id == code:
                    return ground
    return None


_NOTHING_ON_FILE: dict[Demand, Text] = {
    Demand.CONSENT: N_("This ground rests on a written consent, and there is none on file."),
    Demand.DIRECTIVE: N_("This ground rests on your agency's directive, and none is on file."),
}


def check_ground(regime: str, code: str, met: frozenset[Demand]) -> Ground:
    """Return a ground of a regime; raise Invalid for another's, or where its demands are not met.

    `met` is what the actor says is done.
    """
    ground = next((item for item in regime_of(regime).ground if item.id == code), None)
    if ground is None:
        raise Invalid("ground", N_("A ground is chosen from the list of the agency's regime."))
    for demand in ground.demands:
        if demand.on_file:
            raise Invalid("ground", _NOTHING_ON_FILE[demand])
    if not met.issuperset(ground.demands):
        raise Invalid("met", N_("This ground asks for something that has to be done first."))
    return ground
