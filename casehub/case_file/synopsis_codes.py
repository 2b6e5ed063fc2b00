"""What a synopsis may say: codes from `policies/factors/danger.toml`, each with its texts."""

import tomllib
from collections.abc import Sequence
from functools import lru_cache
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from casehub.cases.protocol import Texts
from casehub.errors import Misconfigured, Problem, Unfinished
from casehub.policy import PolicyFile, in_force
from casehub.policy.table import shape_problems
from casehub.texts import N_

KIND, NAME = "factors", "danger"
_Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]


class Choice(BaseModel):
    """One code and what it means."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: _Id
    text: Texts


_Choices = Annotated[tuple[Choice, ...], Field(min_length=1)]


class Factors(BaseModel):
    """The age bands, genders and factors that a synopsis chooses from."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    text: Texts
    age_band: _Choices
    gender: _Choices
    factor: _Choices

    @classmethod
    def read(cls, text: str) -> Self:
        """Read a file's text; raise TOMLDecodeError or ValidationError where it is none."""
        return cls.model_validate(tomllib.loads(text))


_read = lru_cache(maxsize=4)(Factors.read)


def check_factors(files: list[PolicyFile]) -> None:
    """Raise Misconfigured with everything that is wrong in the file of factors."""
    problems: list[Problem] = []
    for file in files:
        if file.kind != KIND:
            continue
        where = f"{KIND}/{file.name}.toml"
        try:
            factors = Factors.read(file.text)
        except tomllib.TOMLDecodeError as error:
            remedy = "mend the line named; TOML is described at toml.io"
            problems.append(Problem(where, f"is not TOML ({error})", remedy))
        except ValidationError as error:
            problems += shape_problems(where, error)
        else:
            for choices in (factors.age_band, factors.gender, factors.factor):
                problems += _repeated(where, [choice.id for choice in choices])
    if problems:
        raise Misconfigured(problems)


def _repeated(where: str, ids: Sequence[str]) -> list[Problem]:
    return [
        Problem(f"{where}: {name}", "this id is used twice", "give each choice an id of its own")
        for name in sorted({name for name in ids if ids.count(name) > 1})
    ]


def factors_in_force() -> Factors:
    """Return what a synopsis chooses from; raise Unfinished where its file is not in force."""
    for file in in_force().files:
        if (file.kind, file.name) == (KIND, NAME):
            return _read(file.text)
    raise Unfinished(
        N_("The list of factors is not among the policies in force."),
        N_("Put `policies/factors/danger.toml` back and start again."),
    )


def words_for(code: object, choices: Sequence[Choice], language: str) -> str:
    """Return what a code means, or the code itself where the list has lost it since.

    >>> texts = Texts(en="Woman", fr="Femme", uk="Жінка")
    >>> words_for("woman", [Choice(id="woman", text=texts)], "fr"), words_for("x", [], "fr")
    ('Femme', 'x')
    """
    for choice in choices:
        if choice.id == code:
            return str(getattr(choice.text, language))
    return str(code)
