"""The forms of the case's pages: what is typed, as commands for the services."""

from casehub.case_file.giving import Draft, Offer
from casehub.case_file.service import LONGEST_NAME, LONGEST_TEXT, Referral
from casehub.case_file.synopsis_codes import Choice as Coded
from casehub.case_file.synopsis_codes import factors_in_force
from casehub.case_file.wording import DEMANDS, ENDINGS, GIVING, REASONS
from casehub.cases.grounds import Demand, Ground
from casehub.cases.models import AssignmentReason, EndCode
from casehub.texts import N_, Text
from casehub.vault import KeyKind
from casehub.web.fields import Choice, Choices, Day, Hidden, Line, LongText
from casehub.web.forms import Form, Search, StepUpForm
from casehub.web.language import language, translated

ENDS = (EndCode.WITHDRAWN, EndCode.CONSENT_WITHDRAWN, EndCode.MISTAKE)


class Turning(Search):
    """Where a list goes on."""

    after = Hidden(N_("After"), required=None)


class ReferForm(Form):
    """Who the survivor is, what happened, and the synopsis."""

    name = Line(
        N_("Name"),
        longest=LONGEST_NAME,
        hint=N_("As the survivor writes it, in that alphabet."),
        required=N_("Write the name."),
    )
    born_on = Day(N_("Date of birth"), hint=N_("Leave it empty if you do not know."), required=None)
    what_happened = LongText(
        N_("What happened"),
        longest=LONGEST_TEXT,
        rows=7,
        hint=N_("What you know, and from whom. Your agency answers for these words."),
        required=N_("Say what happened."),
    )
    age_band = Choice(N_("Age"), as_list=True)
    gender = Choice(N_("Gender"))
    factors = Choices(
        N_("What bears on the danger"),
        hint=N_("The synopsis has no name and no free text: the table decides on these codes."),
        required=N_("Choose at least one: the synopsis says nothing else."),
    )

    def __init__(self) -> None:
        """Offer the codes that are in force, in the reader's language."""
        super().__init__()
        lists = factors_in_force()
        self.age_band.choices = _pairs(lists.age_band)
        self.gender.choices = _pairs(lists.gender)
        self.factors.choices = _pairs(lists.factor)

    def command(self) -> Referral:
        """Return what was typed."""
        return Referral(
            id=self.row_id,
            name=self.name.data,
            what_happened=self.what_happened.data,
            age_band=self.age_band.data,
            gender=self.gender.data,
            factors=tuple(self.factors.data),
            born_on=self.born_on.data,
        )


def _pairs(choices: tuple[Coded, ...]) -> list[tuple[str, str]]:
    return [(choice.id, str(getattr(choice.text, language()))) for choice in choices]


class ReleaseForm(Form):
    """What is to go to whom, on which ground."""

    what = Choices(N_("What"), required=N_("Choose what is to be released."))
    to = Choice(N_("To which agency"), required=N_("Choose an agency."))
    ground = Choice(
        N_("Ground"),
        hint=N_("Of the law that binds your agency."),
        required=N_("Choose the ground."),
    )
    until = Day(
        N_("Until"), hint=N_("The last day. Leave it empty: until you take it back."), required=None
    )

    def __init__(self, offered: Offer) -> None:
        """Offer what the actor may give, to whom, on the grounds of the agency's regime."""
        super().__init__(what=[KeyKind.SYNOPSIS.value], ground=next(iter(offered.grounds)))
        self.offered = offered
        self.what.choices = [(kind.value, GIVING[kind]) for kind in offered.kinds]
        self.to.choices = [(key, agency.name) for key, agency in offered.agencies.items()]
        self.ground.choices = [
            (key, str(getattr(ground.text, language()))) for key, ground in offered.grounds.items()
        ]
        self.ground.hints = {key: _source(ground) for key, ground in offered.grounds.items()}

    def draft(self) -> Draft:
        """Return what was chosen."""
        until = self.until.data.isoformat() if self.until.data else None
        return self.offered.draft(self.what.data, self.to.data, self.ground.data, until)


def _source(ground: Ground) -> Text:
    if any(demand.on_file for demand in ground.demands):
        return N_("Nothing can be released on it yet: what it rests on is not on file.")
    if ground.verified:
        return Text(ground.source)
    unsure = N_("{source}. Not checked against the law yet.")
    return Text(translated(unsure, source=ground.source))


class GiveForm(StepUpForm):
    """The press that releases: what was drafted, and what is said to be done first."""

    what = Hidden(N_("What"))
    to = Hidden(N_("To which agency"))
    ground = Hidden(N_("Ground"))
    until = Hidden(N_("Until"), required=None)
    met = Choices(N_("Done first"), required=None)

    def __init__(self, draft: Draft | None = None) -> None:
        """Take what was drafted, the first time this is shown."""
        values = {}
        if draft is not None:
            values = {
                "what": ",".join(draft.kinds),
                "to": str(draft.to.id),
                "ground": draft.ground.id,
                "until": draft.until.isoformat() if draft.until else "",
            }
        super().__init__(**values)
        if draft is not None:
            for name, value in values.items():
                self[name].data = value

    def ask(self, ground: Ground) -> None:
        """Ask for what a ground demands first."""
        if ground.demands:
            self.met.choices = [(demand.value, DEMANDS[demand]) for demand in ground.demands]
        else:
            del self.met

    def draft(self, offered: Offer) -> Draft:
        """Return what was drafted; raise Invalid where it is not offered any more."""
        until = self.until.data or None
        return offered.draft(self.what.data.split(","), self.to.data, self.ground.data, until)

    def done(self) -> frozenset[Demand]:
        """Return what is said to be done."""
        return frozenset(Demand(value) for value in self.met.data) if "met" in self else frozenset()


class EndForm(Form):
    """Why a release ends."""

    why = Choice(N_("Why it ends"), choices=[(code.value, ENDINGS[code]) for code in ENDS])

    def reason(self) -> EndCode:
        """Return what was chosen."""
        return EndCode(self.why.data)


class TeamForm(Form):
    """Whom to put on the team, and as what."""

    colleague = Choice(N_("Colleague"), as_list=True)
    reason = Choice(N_("As what"), choices=[(code.value, text) for code, text in REASONS.items()])

    def as_what(self) -> AssignmentReason:
        """Return what was chosen."""
        return AssignmentReason(self.reason.data)
