"""What is typed to sign in, to step up, and to set up a passphrase and a second factor."""

from collections.abc import Iterable
from typing import Any

from flask import request

from casehub import clock
from casehub.accounts.credentials import ChosenWays, choose_ways
from casehub.accounts.factors import FactorKind, FactorOffer
from casehub.accounts.passphrases import check_passphrase
from casehub.accounts.queue import hashing
from casehub.accounts.sign_in_names import may_be_a_name
from casehub.accounts.signing_in import Attempt
from casehub.errors import Invalid
from casehub.sign_in.browsers import coarse
from casehub.sign_in.cookies import known_in
from casehub.texts import N_
from casehub.web.addresses import local_path
from casehub.web.checks import refuse
from casehub.web.fields import Choice, Code, Hidden, Line, Passphrase, Tick
from casehub.web.forms import Form, StepUpForm
from casehub.web.language import LANGUAGES

_LONGEST_CODE = 60


def _same(form: Any, field: Any) -> None:
    if field.data != (form.new_passphrase if "new_passphrase" in form else form.passphrase).data:
        raise refuse(N_("This is not the same as above. Type both again."))


def _a_name(_form: Any, field: Any) -> None:
    if not may_be_a_name(field.data or ""):
        raise refuse(
            N_("This is no name to sign in with: those have letters, digits, dots and dashes.")
        )


class SignInForm(Form):
    """Name, passphrase and code; and where to go afterwards."""

    name = Line(
        N_("Name you sign in with"),
        autocomplete="username",
        required=N_("Type the name that you sign in with."),
        checks=[_a_name],
    )
    passphrase = Passphrase(N_("Passphrase"), required=N_("Type your passphrase."))
    code = Code(
        N_("Code"),
        hint=N_("Six digits from the app on your telephone, or the next code on your card."),
        required=N_("Type the code of this moment."),
    )
    next = Hidden(N_("Next"), required=None)
    kept = Hidden(N_("Kept"), required=None)

    def __init__(self, *, kept: str | None = None, elsewhere: bool = False) -> None:
        """Take what was kept; `elsewhere` where this request was sent to another page."""
        self._elsewhere = elsewhere
        super().__init__(kept=kept or "", next=local_path(request.args.get("next")))

    def accepted(self) -> bool:
        """Say whether the form was posted and nothing is wrong with it.

        A passphrase that was typed into the name's box is not shown again; a name is.
        """
        good = super().accepted()
        if not may_be_a_name(self.name.data or ""):
            self.name.data = ""
        return good

    def process(self, formdata: Any = None, *given: Any, **more: Any) -> None:
        """Take what was typed, unless it was typed into another form."""
        super().process(None if self._elsewhere else formdata, *given, **more)

    def attempt(self) -> Attempt:
        """Return what is tried: as it was typed."""
        return Attempt(
            name=self.name.data,
            passphrase=self.passphrase.data,
            code=self.code.data,
            address=request.remote_addr or "",
            known=known_in(request),
            browser=coarse(request.user_agent.string),
        )

    @property
    def was_sent(self) -> bool:
        """Say whether somebody sent it, rather than opened the page."""
        return request.method == "POST"

    @property
    def onward(self) -> str:
        """Return the path to go to afterwards: one of ours."""
        return local_path(self.next.data)


class FactorFields:
    """The second factor that a form sets up: a telephone, or with `?with=card` a card.

    What is set up travels with the page, which shows it anyway, until a code confirms it.
    """

    offer: Any
    kind: Any
    new_code: Any

    def offered(self) -> FactorOffer:
        """Return the factor of this page; a new one where the page carries none."""
        if self.offer.data:
            try:
                return FactorOffer.read(FactorKind(self.kind.data), self.offer.data)
            except (Invalid, ValueError):
                self.offer.data = ""
        wanted = self.kind.data or request.args.get("with")
        kind = FactorKind.CARD if wanted == FactorKind.CARD else FactorKind.PHONE
        offer = FactorOffer.new(kind)
        self.offer.data, self.kind.data = offer.text, kind.value
        return offer

    def confirmed(self) -> FactorOffer:
        """Return the factor; raise Invalid at "new_code" unless a code of its own was typed."""
        offer = self.offered()
        try:
            offer.confirm(self.new_code.data or "", clock.now())
        except Invalid as problem:
            problem.place = "new_code"
            raise
        return offer


_NEW_CODE: dict[str, Any] = {
    "hint": N_("It shows that the telephone or the card works."),
    "required": N_("Type a code from what you have just set up."),
    "longest": _LONGEST_CODE,
}


class WaysInForm(FactorFields, Form):
    """A first passphrase and second factor, for whoever uses a code; a page adds what it needs."""

    passphrase = Passphrase(
        N_("New passphrase"),
        hint=N_("Four or five words that have nothing to do with each other or with you."),
        autocomplete="new-password",
        required=N_("Choose a passphrase."),
    )
    passphrase_again = Passphrase(
        N_("New passphrase again"),
        autocomplete="new-password",
        required=N_("Type the passphrase again."),
        checks=[_same],
    )
    new_code = Code(N_("First code from it"), **_NEW_CODE)
    kind = Hidden(N_("Kind"), required=None)
    offer = Hidden(N_("Offer"), required=None)

    def chosen(self, about: Iterable[str]) -> ChosenWays:
        """Make the key and its ways in; slow, and outside any transaction.

        `about` is what everybody knows of the person. Raises Invalid at its field.
        """
        passphrase = check_passphrase(self.passphrase.data, about)
        offer = self.confirmed()
        with hashing.turn():
            return choose_ways(passphrase, offer)


class PassphraseForm(StepUpForm):
    """Another passphrase."""

    passphrase = Passphrase(N_("Present passphrase"), required=N_("Type your passphrase."))
    new_passphrase = Passphrase(
        N_("New passphrase"),
        hint=N_("Four or five words that have nothing to do with each other or with you."),
        autocomplete="new-password",
        required=N_("Choose a passphrase."),
    )
    passphrase_again = Passphrase(
        N_("New passphrase again"),
        autocomplete="new-password",
        required=N_("Type the passphrase again."),
        checks=[_same],
    )


class FactorForm(FactorFields, StepUpForm):
    """Another second factor."""

    afresh = True

    code = Code(
        N_("Code from the telephone or card that you have now"),
        hint=N_("If you have lost it: one of your recovery codes."),
        required=None,
    )
    new_code = Code(N_("First code from it"), **_NEW_CODE)
    kind = Hidden(N_("Kind"), required=None)
    offer = Hidden(N_("Offer"), required=None)


class RecoveryForm(StepUpForm):
    """New recovery codes."""

    afresh = True


class AgencyKeyForm(StepUpForm):
    """That somebody compared the agency's key."""

    compared = Tick(
        N_("I compared all six groups with a custodian by voice or on paper, and they agree"),
        required=N_("Compare all six groups first, then tick this."),
    )


class LanguageForm(Form):
    """The language of the account."""

    language = Choice(N_("Language of the pages"), choices=list(LANGUAGES.items()))
