"""The filters of the log. They travel in the address: codes and days, never a name."""

from uuid import UUID

from casehub.oversight.kinds import ActKind
from casehub.oversight.queries import Filter
from casehub.references import is_case_reference
from casehub.texts import N_
from casehub.web.checks import refuse
from casehub.web.fields import Choice, Choices, Day, Hidden, Line, Tick
from casehub.web.forms import Search

NO_CASE = "R-0000-0000"
"""A reference that no case has: what is not a reference finds nothing."""


def _well_formed(_form: Search, field: Line) -> None:
    if field.data and not is_case_reference(field.data.upper()):
        raise refuse(N_("A reference looks like R-7KQ2-M4XW."))


class LogFilter(Search):
    """Who, which acts, which case, from when to when."""

    who = Choice(N_("Account"), as_list=True, empty=N_("Anybody"), required=None)
    kind = Choices(N_("Act"), choices=[(kind.value, kind.text) for kind in ActKind], required=None)
    case = Line(N_("Case"), longest=20, required=None, checks=[_well_formed])
    since = Day(N_("From"), required=None)
    until = Day(N_("To"), required=None)
    refused = Tick(N_("Refused only"), required=None)
    before = Hidden(N_("Before"), required=None)

    def wanted(self) -> Filter:
        """Return what to look for; what is not well-formed is left out and says so at its field."""
        good = {field.name: not field.errors for field in self}
        return Filter(
            who=UUID(self.who.data) if self.who.data and good["who"] else None,
            kinds=frozenset(ActKind(it) for it in self.kind.data) if good["kind"] else frozenset(),
            case=(self.case.data.upper() if good["case"] else NO_CASE) if self.case.data else "",
            since=self.since.data if good["since"] else None,
            until=self.until.data if good["until"] else None,
            refused=self.refused.data,
        )

    @property
    def number(self) -> int | None:
        """Return the entry to go on from, if the address names one."""
        text = self.before.data or ""
        return (
            int(text) if text.isascii() and text.isdigit() and len(text) < len("9" * 16) else None
        )

    def address(self, **changed: object) -> dict[str, object]:
        """Return the filters that are on, as an address carries them, with some changed."""
        found: dict[str, object] = {
            "who": self.who.data or None,
            "kind": self.kind.data or None,
            "case": self.case.data or None,
            "refused": "yes" if self.refused.data else None,
        }
        for field in (self.since, self.until):
            found |= {f"{field.name}-{part}": typed or None for part, typed in field.typed.items()}
        return {name: value for name, value in (found | changed).items() if value is not None}
