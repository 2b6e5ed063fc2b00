"""How long codes hold, as `policies/codes.toml` says."""

import tomllib
from datetime import timedelta
from functools import lru_cache
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from casehub.accounts.code_models import CodeKind
from casehub.errors import Misconfigured, Problem
from casehub.policy import PolicyFile, in_force
from casehub.policy.table import shape_problems

KIND = "codes"
FILE = "codes.toml"


class CodeNumbers(BaseModel):
    """The numbers of the file, each within what makes sense."""

    model_config = ConfigDict(extra="forbid", strict=True)

    invitation_hours: Annotated[int, Field(ge=1, le=14 * 24)]
    reset_hours: Annotated[int, Field(ge=1, le=14 * 24)]
    agreement_days: Annotated[int, Field(ge=1, le=60)]
    start_days: Annotated[int, Field(ge=1, le=60)]
    recovery_minutes: Annotated[int, Field(ge=5, le=24 * 60)]

    def holds_for(self, kind: CodeKind) -> timedelta:
        """Return how long a code of a kind holds; a recovery sheet's own time is that of its page.

        >>> numbers = CodeNumbers(
        ...     invitation_hours=72,
        ...     reset_hours=24,
        ...     agreement_days=7,
        ...     start_days=14,
        ...     recovery_minutes=60,
        ... )
        >>> str(numbers.holds_for(CodeKind.RESET))
        '1 day, 0:00:00'
        """
        return {
            CodeKind.INVITATION: timedelta(hours=self.invitation_hours),
            CodeKind.RESET: timedelta(hours=self.reset_hours),
            CodeKind.START: timedelta(days=self.start_days),
            CodeKind.SHEET: timedelta(minutes=self.recovery_minutes),
        }[kind]


@lru_cache(maxsize=8)
def _read(text: str) -> CodeNumbers:
    return CodeNumbers.model_validate(tomllib.loads(text))


def check_code_numbers(files: list[PolicyFile]) -> None:
    """Raise Misconfigured with everything that is wrong in the file."""
    file = next((item for item in files if item.kind == KIND), None)
    if file is None:
        remedy = "put the file back; it says how long codes hold"
        raise Misconfigured([Problem(FILE, "is missing", remedy)])
    try:
        _read(file.text)
    except tomllib.TOMLDecodeError as error:
        remedy = "mend the line named; TOML is described at toml.io"
        raise Misconfigured([Problem(FILE, f"is not TOML ({error})", remedy)]) from None
    except ValidationError as error:
        raise Misconfigured(shape_problems(FILE, error)) from None


def code_numbers() -> CodeNumbers:
    """Return the numbers in force."""
    return _read(next(item.text for item in in_force().files if item.kind == KIND))
