"""Protocols: the stages a case goes through, as data in `policies/protocols/`."""

import tomllib
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from casehub.errors import Misconfigured, Problem, Unfinished
from casehub.policy import PolicyFile
from casehub.policy.documents import PolicyDocument
from casehub.policy.table import shape_problems
from casehub.texts import N_

KIND = "protocols"
_Id = Annotated[str, StringConstraints(pattern=r"^[a-z]+([-_][a-z]+)*$")]
_Words = Annotated[str, StringConstraints(min_length=2)]


class Texts(BaseModel):
    """One text in every language that CaseHub speaks."""

    model_config = ConfigDict(extra="forbid", strict=True)

    en: _Words
    fr: _Words
    uk: _Words


class Stage(BaseModel):
    """One stage: its id, which cases keep, and its name for people."""

    model_config = ConfigDict(extra="forbid", strict=True)

    id: _Id
    text: Texts


class Protocol(BaseModel):
    """A protocol: its name and its stages in order; a case begins in the first."""

    model_config = ConfigDict(extra="forbid", strict=True)

    text: Texts
    stage: Annotated[list[Stage], Field(min_length=2)]

    @property
    def first_stage(self) -> str:
        """Return the stage that a case begins in."""
        return self.stage[0].id


def check_protocols(files: list[PolicyFile]) -> None:
    """Raise Misconfigured with everything that is wrong in the protocol files."""
    problems = []
    for file in files:
        if file.kind != KIND:
            continue
        where = f"{KIND}/{file.name}.toml"
        try:
            protocol = read_protocol(file.text)
        except tomllib.TOMLDecodeError as error:
            remedy = "mend the line named; TOML is described at toml.io"
            problems.append(Problem(where, f"is not TOML ({error})", remedy))
        except ValidationError as error:
            problems += shape_problems(where, error)
        else:
            problems += _repeated(where, [stage.id for stage in protocol.stage])
    if problems:
        raise Misconfigured(problems)


def _repeated(where: str, ids: list[str]) -> list[Problem]:
    return [
        Problem(f"{where}: stage.{name}", "this id is used twice", "give each stage its own id")
        for name in sorted({name for name in ids if ids.count(name) > 1})
    ]


def read_protocol(text: str) -> Protocol:
    """Read a protocol's text; raise TOMLDecodeError or ValidationError where it is none."""
    return Protocol.model_validate(tomllib.loads(text))


def needs_protocol(document: PolicyDocument | None) -> PolicyDocument:
    """Return a hub's protocol; raise Unfinished where the folder has none of that name."""
    if document is None:
        raise Unfinished(
            N_("The hub's protocol is not among the policies in force."),
            N_("Put its file back into `policies/protocols/` and start again."),
        )
    return document
