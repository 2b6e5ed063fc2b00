"""The whole vocabulary of failure.

Every error that CaseHub raises on purpose is one of these. `web` holds one table that maps each to
a status, a page and a next step; the command line prints the same sentence and remedy. Anything
else that escapes is a defect.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from casehub.texts import N_, Text


class CaseHubError(Exception):
    """A failure that has a name. `remedy` says what the reader can do next."""

    remedy: Text = N_("Try again; if it happens again, tell the operator.")

    def __init__(self, message: Text, remedy: Text | None = None, **values: object) -> None:
        """Take a message id, its values, and a remedy where the kind's own does not fit."""
        super().__init__(message)
        self.message = message
        self.values: Mapping[str, object] = values
        if remedy is not None:
            self.remedy = remedy

    def __str__(self) -> str:
        """Give the English sentence; pages translate `message` themselves."""
        return self.message.format(**self.values)


@dataclass(frozen=True)
class Denial:
    """What the log keeps of a refusal: ids and names, never content.

    `failed_word` names a word of the policy that could not answer: that is an alarm as well.
    """

    permission: str
    rule: str
    account: UUID | None = None
    agency: UUID | None = None
    hub: UUID | None = None
    case: UUID | None = None
    target: UUID | None = None
    failed_word: str | None = None


class Refused(CaseHubError):
    """Policy does not allow it. Shown exactly as `NotThere` is."""

    remedy = N_("Ask your supervisor if you think you should see it.")

    def __init__(self, denial: Denial) -> None:
        """Take what the log is to keep."""
        super().__init__(N_("There is nothing here that you may see."))
        self.denial = denial


class NotThere(Refused):
    """There is no such thing, or the actor may not know of it: nobody can tell which."""


class Stale(CaseHubError):
    """Somebody else changed it first; nothing was overwritten."""

    remedy = N_("Look at what changed, then do it again.")


class Tampered(CaseHubError):
    """Something stored is not what was sealed, signed or recorded. Never a wrong plain text."""

    remedy = N_("Do not act on this record. Run `casehub audit verify` and tell your custodian.")


class TooNew(CaseHubError):
    """It was written by a later CaseHub than this one."""

    remedy = N_("Upgrade this installation; nothing is lost.")


class Unfinished(CaseHubError):
    """Something must be done first. The message says what, the remedy how."""


class Invalid(CaseHubError):
    """What was asked makes no sense; `place` names the field that is the cause."""

    remedy = N_("Correct it and send it again.")

    def __init__(self, place: str, message: Text, **values: str | int) -> None:
        """Take the field's name and the message to show beside it."""
        super().__init__(message, None, **values)
        self.place = place


class Busy(CaseHubError):
    """The store is in use by somebody else for longer than we wait."""

    remedy = N_("Nothing was changed. Try again in a moment.")


class StoreFailed(CaseHubError):
    """The store cannot be read or written: full, read-only, gone, or not migrated."""


class LogBroken(CaseHubError):
    """The audit log contradicts itself, so nothing more may be added to it."""

    remedy = N_(
        "Stop the server, keep a copy of the database as it is, run `casehub audit verify`, "
        "and restore the last backup that verifies."
    )


class NotRecorded(CaseHubError):
    """A page could not be shown because its audit entry could not be stored."""

    remedy = N_("Nothing was shown and nothing was changed. Try again in a moment.")


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with what an operator or a steering group wrote."""

    where: str
    what: str
    remedy: str

    def __str__(self) -> str:
        """Give the three parts on one line."""
        return f"{self.where}: {self.what} → {self.remedy}"


class Misconfigured(CaseHubError):
    """Settings, secrets or policy files are wrong; every problem is listed at once."""

    remedy = N_("Mend each of the problems listed, then start again.")

    def __init__(self, problems: list[Problem]) -> None:
        """Take every problem that was found."""
        super().__init__(N_("CaseHub does not start: {count} problem(s)."), count=len(problems))
        self.problems = problems

    def __str__(self) -> str:
        """List the problems, one a line."""
        return "\n".join([super().__str__(), *(f"  - {problem}" for problem in self.problems)])
