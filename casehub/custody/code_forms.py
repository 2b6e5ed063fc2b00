"""What somebody types who comes with a code: it, and the ways in that they choose."""

from typing import Any

from casehub.accounts.service import NewAccount
from casehub.accounts.sign_in_names import suggested
from casehub.custody.forms import read_code
from casehub.custody.wording import ROLES
from casehub.policy import Role
from casehub.sign_in.forms import WaysInForm
from casehub.texts import N_
from casehub.vault import Code as HandedOver
from casehub.web.checks import one_alphabet
from casehub.web.fields import Choice, Choices, Code, Line
from casehub.web.language import LANGUAGES, language, translated

_LONGEST = 80
_BESIDES = (Role.SUPERVISOR, Role.HUB_MEMBER, Role.CASEWORKER, Role.COORDINATOR)


class UseCodeForm(WaysInForm):
    """An invitation's code, or that of a new way in."""

    given_code = Code(
        N_("The code that you were given"),
        hint=N_("By telephone or on paper: seven groups of letters and digits."),
        longest=_LONGEST,
        autocomplete="off",
        required=N_("Type the code."),
    )

    def __init__(self, **values: Any) -> None:
        """Put the code first, where the page has it: its error leads the list."""
        super().__init__(**values)
        fields: dict[str, Any] = self.__dict__["_fields"]
        self.__dict__["_fields"] = {"given_code": fields["given_code"], **fields}

    def handed_over(self) -> HandedOver:
        """Return the code; raise Invalid at its field for what is none."""
        return read_code(self.given_code.data, "given_code")


class StartForm(UseCodeForm):
    """A start code, and who the first custodian is."""

    name = Line(N_("Your name"), longest=120, autocomplete="name", required=N_("Give your name."))
    email = Line(
        N_("Your work e-mail"),
        longest=254,
        autocomplete="email",
        required=N_("Give your work e-mail address."),
    )
    sign_in_name = Line(
        N_("Name to sign in with"),
        longest=60,
        width=20,
        autocomplete="username",
        hint=N_("Leave it empty to take your own name, such as priya.nair."),
        required=None,
        checks=[one_alphabet],
    )
    besides = Choices(
        N_("What you are besides custodian"),
        hint=N_("Leave it empty if you look after keys and accounts only."),
        required=None,
    )
    language = Choice(N_("Language"), as_list=True, choices=list(LANGUAGES.items()))

    def __init__(self) -> None:
        """Offer the further roles in the reader's language."""
        super().__init__(language=language())
        self.besides.choices = [(role.value, translated(ROLES[role])) for role in _BESIDES]

    def command(self) -> NewAccount:
        """Return who begins the agency."""
        return NewAccount(
            name=self.name.data,
            email=self.email.data,
            language=self.language.data,
            roles=frozenset({Role.CUSTODIAN, *(Role(value) for value in self.besides.data)}),
            sign_in_name=self.sign_in_name.data or suggested(self.name.data),
        )


class RecoverForm(UseCodeForm):
    """The code of a recovery sheet, and which custodian comes back with it."""

    agency = Choice(N_("Agency"), required=N_("Choose the agency."))
    sign_in_name = Line(
        N_("Name that the custodian signs in with"),
        longest=60,
        width=20,
        autocomplete="username",
        required=N_("Type the name of a custodian of the agency."),
    )
