"""What is typed on the pages about an agency."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from casehub.accounts.service import NewAccount
from casehub.accounts.sign_in_names import suggested
from casehub.custody.wording import ROLES, WHAT_ROLES_ARE
from casehub.errors import Invalid
from casehub.hubs.agreements import NewAgreement
from casehub.policy import Role
from casehub.texts import N_
from casehub.vault import Code as SheetCode
from casehub.web.checks import one_alphabet
from casehub.web.fields import Choice, Choices, Code, Day, Line, Tick
from casehub.web.forms import StepUpForm
from casehub.web.language import LANGUAGES, language, translated

_SHEET_LONGEST = 80


class ActForm(StepUpForm):
    """An act that takes nothing but the second factor."""


class InviteForm(StepUpForm):
    """Proposing an account."""

    name = Line(N_("Name"), longest=120, required=N_("Give the person's name."))
    email = Line(
        N_("Work e-mail"),
        longest=254,
        hint=N_("The link goes there. The code does not."),
        required=N_("Give the work e-mail address."),
    )
    work_phone = Line(N_("Work telephone"), longest=40, width=20, required=None)
    sign_in_name = Line(
        N_("Name to sign in with"),
        longest=60,
        width=20,
        hint=N_("Leave it empty to take the person's own name, such as priya.nair."),
        required=None,
        checks=[one_alphabet],
    )
    roles = Choices(
        N_("Roles"),
        hints={role.value: text for role, text in WHAT_ROLES_ARE.items()},
        required=N_("Choose at least one role."),
    )
    language = Choice(N_("Language"), as_list=True, choices=list(LANGUAGES.items()))

    def __init__(self) -> None:
        """Offer the roles in the reader's language."""
        super().__init__(language=language())
        self.roles.choices = [(role.value, translated(text)) for role, text in ROLES.items()]

    def command(self) -> NewAccount:
        """Return what is proposed; a name to sign in with is made where none was typed."""
        return NewAccount(
            name=self.name.data,
            email=self.email.data,
            language=self.language.data,
            roles=frozenset(Role(value) for value in self.roles.data),
            work_phone=self.work_phone.data or None,
            sign_in_name=self.sign_in_name.data or suggested(self.name.data),
        )


class RoleForm(StepUpForm):
    """Proposing a role for somebody."""

    role = Choice(N_("Role"), hints={role.value: text for role, text in WHAT_ROLES_ARE.items()})

    def __init__(self, held: set[Role]) -> None:
        """Offer the roles that are neither held nor proposed."""
        super().__init__()
        self.role.choices = [
            (role.value, translated(text)) for role, text in ROLES.items() if role not in held
        ]

    @property
    def wanted(self) -> Role:
        """Return the role."""
        return Role(self.role.data)


class TelephoneForm(StepUpForm):
    """The duty telephone."""

    duty_telephone = Line(
        N_("Duty telephone"),
        longest=40,
        width=20,
        autocomplete="tel",
        hint=N_("A number that somebody answers at any hour, such as +1 604 555 0123."),
        required=N_("Give the number."),
    )


class SheetCodeForm(StepUpForm):
    """Typing the code of a recovery sheet."""

    sheet_code = Code(
        N_("Code on the recovery sheet"),
        longest=_SHEET_LONGEST,
        autocomplete="off",
        hint=N_("Seven groups of letters and digits. Blanks and dashes do not matter."),
        required=N_("Type the code as it stands on the sheet."),
    )

    def typed(self) -> SheetCode:
        """Return the code; raise Invalid at its field for what is none."""
        return read_code(self.sheet_code.data, "sheet_code")


class DepositForm(StepUpForm):
    """Where the sheet lies."""

    keeper = Choice(
        N_("Agency that keeps the sealed envelope"),
        required=N_("Choose the agency."),
    )


class RotateForm(StepUpForm):
    """Why there is a new epoch."""

    why = Choice(
        N_("Why"),
        choices=[("routine", ""), ("compromise", "")],
        hints={
            "routine": N_("The key is old, or somebody who knew the sheet has left."),
            "compromise": N_("Others then compare your new key before they release anything."),
        },
    )

    def __init__(self) -> None:
        """Offer both reasons in the reader's language."""
        super().__init__()
        self.why.choices = [
            ("routine", translated(N_("As a routine"))),
            ("compromise", translated(N_("Somebody else may know the key"))),
        ]

    @property
    def routine(self) -> bool:
        """Say whether the old key vouches for the new one."""
        return bool(self.why.data == "routine")


class CompareForm(StepUpForm):
    """The digits that the other custodian reads out."""

    digits = Line(
        N_("The thirty digits that they read to you"),
        longest=120,
        hint=N_("Six groups of five. Type what you hear, not what you expect."),
        required=N_("Type the digits."),
    )
    spoke = Tick(
        N_("I spoke to somebody I know there, in person or at a number I had before"),
        required=N_("Compare only with somebody you know, by a way you had before."),
    )


class AgreementForm(StepUpForm):
    """A signed agreement."""

    signed_by = Line(
        N_("Signed by"), longest=120, hint=N_("Name and office."), required=N_("Say who signed.")
    )
    signed_on = Day(N_("Signed on"), required=N_("Give the day."))
    review_on = Day(N_("To be reviewed on"), required=N_("Give the day."))

    def command(self) -> NewAgreement:
        """Return what is filed."""
        signed: date = self.signed_on.data
        return NewAgreement(self.signed_by.data, signed, self.review_on.data)


@contextmanager
def told_at(place: str) -> Iterator[None]:
    """Show what is wrong with a code beside the field that it was typed into.

    Services call it "code", which on a page is the second factor's.
    """
    try:
        yield
    except Invalid as problem:
        problem.place = place if problem.place == "code" else problem.place
        raise


def read_code(typed: str, place: str) -> SheetCode:
    """Read a code; raise Invalid at the field it was typed into."""
    with told_at(place):
        return SheetCode.read(typed)
