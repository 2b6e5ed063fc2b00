"""The fields of forms: what each takes, tidied and checked, shown with the design system's macros.

Every field has a label and may have a hint; both are texts marked with `N_`. What was typed is kept
when a form is shown again, but in a `Passphrase` and a `Code`.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from wtforms import Field
from wtforms.utils import unset_value

from casehub.texts import N_, Text
from casehub.web import widgets
from casehub.web.checks import (
    Check,
    filled,
    no_longer_than,
    one_line,
    readable,
    refuse,
)
from casehub.web.language import translated

LONGEST = {"line": 200, "text": 10_000, "passphrase": 1_000}
SECRET = re.compile("passphrase|code")
"""What the name of a field holds whose content is never kept and never shown again."""

FIRST_YEAR, LAST_YEAR = 1850, 2200
"""What a day that somebody types may be: beyond, arithmetic with time zones leaves the calendar."""

_TWICE = N_("This was sent twice. Fill it in once.")


class OurField(Field):
    """A field with a label, a hint, and a message where it is required and empty."""

    data: Any
    secret = False
    """Whether what is typed is never shown again and never kept."""
    many = False
    """Whether the field may come several times in one post."""

    def __init__(
        self,
        label: Text,
        *,
        hint: Text | None = None,
        required: Text | None = N_("Fill this in."),
        checks: Iterable[Check] = (),
        **options: Any,
    ) -> None:
        """Take the texts; `required` is the message for an empty field, None where it may be."""
        self.hint, self.required = hint, required
        if self.secret and not SECRET.search(options.get("name", "")):
            raise TypeError("the name of a secret field says what it is: passphrase or code")
        always = [filled(required)] if required else []
        super().__init__(label, validators=[*always, *self.own_checks(), *checks], **options)

    def own_checks(self) -> list[Check]:
        """Return what this kind of field always checks."""
        return []

    def process(self, formdata: Any, data: Any = unset_value, extra_filters: Any = None) -> None:
        """Take what was sent; a field that comes more often than its form has it is an error."""
        super().process(formdata, data, extra_filters)
        if formdata is not None and not self.many and len(formdata.getlist(self.name)) > 1:
            self.process_errors = [translated(_TWICE)]

    @property
    def anchor(self) -> str:
        """Return the id of the first thing to type into, for the list of errors."""
        return str(self.id)


class Line(OurField):
    """One line of text, in Unicode's composed form and without blanks around it."""

    widget = staticmethod(widgets.line)

    def __init__(
        self, label: Text, *, longest: int = LONGEST["line"], width: int = 0, **more: Any
    ) -> None:
        """Take the most characters, and the width in characters where it tells something."""
        self.longest, self.width = longest, width
        self.autocomplete = more.pop("autocomplete", "off")
        super().__init__(label, **more)

    def own_checks(self) -> list[Check]:
        """Check length and letters."""
        return [readable, one_line, no_longer_than(self.longest)]

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Tidy what was typed."""
        self.data = unicodedata.normalize("NFC", valuelist[0]).strip() if valuelist else ""


class LongText(Line):
    """Several lines of text."""

    widget = staticmethod(widgets.long_text)

    def __init__(
        self, label: Text, *, longest: int = LONGEST["text"], rows: int = 5, **more: Any
    ) -> None:
        """Take the most characters and the height in rows."""
        self.rows = rows
        super().__init__(label, longest=longest, **more)

    def own_checks(self) -> list[Check]:
        """Check length and letters."""
        return [readable, no_longer_than(self.longest)]

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Tidy what was typed; a browser ends lines with two characters."""
        super().process_formdata([text.replace("\r\n", "\n") for text in valuelist])


class Passphrase(OurField):
    """A passphrase, as typed; never shown again."""

    widget = staticmethod(widgets.passphrase)
    secret = True

    def __init__(self, label: Text, *, autocomplete: str = "current-password", **more: Any) -> None:
        """Take what a password manager is told about it."""
        self.autocomplete = autocomplete
        super().__init__(label, **more)

    def own_checks(self) -> list[Check]:
        """Check the length: it is bounded before anything is computed from it."""
        return [no_longer_than(LONGEST["passphrase"])]

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Take it as it is; the vault normalises it."""
        self.data = valuelist[0] if valuelist else ""


class Code(Line):
    """A code from a telephone, a card or a sheet; never shown again."""

    widget = staticmethod(widgets.code)
    secret = True

    def __init__(self, label: Text, *, longest: int = 60, **more: Any) -> None:
        """Take the most characters; blanks and dashes are the reader's business."""
        more.setdefault("autocomplete", "one-time-code")
        super().__init__(label, longest=longest, **more)


class Choice(OurField):
    """One of several: small radios, or a list to open with `as_list`.

    `choices` are pairs of a value and a text; a form sets them after it was made where they come
    from the database: `form.agency.choices = [...]`.
    """

    widget = staticmethod(widgets.choice)

    def __init__(
        self,
        label: Text,
        *,
        choices: Iterable[tuple[str, str]] = (),
        as_list: bool = False,
        hints: dict[str, Text] | None = None,
        empty: Text = N_("Choose"),
        **more: Any,
    ) -> None:
        """Take the pairs, a second line for some by value, and what a list says before a choice."""
        self.choices, self.as_list, self.hints = list(choices), as_list, hints or {}
        self.empty = empty
        more.setdefault("required", N_("Choose one."))
        super().__init__(label, **more)

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Take what was chosen."""
        self.data = valuelist[0] if valuelist else ""

    def pre_validate(self, form: Any) -> None:
        """Refuse what is not one of them."""
        del form
        if self.data and self.data not in {value for value, _ in self.choices}:
            raise refuse(N_("Choose one of those listed."))


class Choices(OurField):
    """Any of several, as small checkboxes; the data is a list of values."""

    widget = staticmethod(widgets.choices)
    many = True

    def __init__(
        self,
        label: Text,
        *,
        choices: Iterable[tuple[str, str]] = (),
        hints: dict[str, Text] | None = None,
        **more: Any,
    ) -> None:
        """Take the pairs of value and text, and a second line for some of them."""
        self.choices, self.hints = list(choices), hints or {}
        more.setdefault("required", N_("Choose at least one."))
        super().__init__(label, **more)

    def process_data(self, value: Any) -> None:
        """Start with nothing chosen."""
        self.data = list(value or [])

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Take what was chosen, each once."""
        self.data = list(dict.fromkeys(valuelist))

    def pre_validate(self, form: Any) -> None:
        """Refuse what is not among them."""
        del form
        if not {value for value, _ in self.choices}.issuperset(self.data):
            raise refuse(N_("Choose one of those listed."))


class Tick(OurField):
    """One box to tick: the data is True or False."""

    widget = staticmethod(widgets.tick)

    def __init__(self, label: Text, **more: Any) -> None:
        """Take the sentence beside the box."""
        more.setdefault("required", N_("Tick this to go on."))
        super().__init__(label, **more)

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Take whether it was ticked."""
        self.data = bool(valuelist)


class Day(OurField):
    """A day, in three boxes that any keyboard fills."""

    widget = staticmethod(widgets.day)
    PARTS = (("day", N_("Day"), 2), ("month", N_("Month"), 2), ("year", N_("Year"), 4))

    def __init__(self, label: Text, **more: Any) -> None:
        """Take the label over the three boxes."""
        self.typed = {part: "" for part, _, _ in self.PARTS}
        self._unreal: str | None = None
        more.setdefault("required", N_("Give the day."))
        super().__init__(label, **more)

    @property
    def anchor(self) -> str:
        """Return the id of the first box."""
        return f"{self.id}-day"

    def process(self, formdata: Any, data: Any = unset_value, extra_filters: Any = None) -> None:
        """Take the three boxes."""
        super().process(None, data, extra_filters)
        if self.data:
            self.typed = {part: str(getattr(self.data, part)) for part in self.typed}
        if formdata is None:
            return
        self.typed = {part: formdata.get(f"{self.name}-{part}", "").strip() for part in self.typed}
        if any(len(formdata.getlist(f"{self.name}-{part}")) > 1 for part in self.typed):
            self.process_errors = [translated(_TWICE)]
        self.data = self._read()

    def pre_validate(self, form: Any) -> None:
        """Refuse a day that no calendar has."""
        del form
        if self._unreal:
            raise refuse(N_("There is no such day. Change the day, the month or the year."))

    def _read(self) -> date | None:
        texts = [self.typed[part] for part, _, _ in self.PARTS]
        if not any(texts):
            return None
        try:
            day, month, year = (int(text) for text in texts if len(text) <= len("2026"))
            found = date(year, month, day)
        except ValueError:
            found = date.min
        if FIRST_YEAR <= found.year <= LAST_YEAR:
            return found
        self._unreal = " ".join(texts)
        return None


class Hidden(OurField):
    """A value that travels with the form and that nobody types."""

    widget = staticmethod(widgets.hidden)

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Take it as it came."""
        self.data = valuelist[0] if valuelist else ""
