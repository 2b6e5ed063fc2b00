"""The catalogue of acts: what the log can say, each with exactly the facts it carries.

An act is `noun:verb` in the past. Its facts are ids, codes, counts and hashes, never text that a
person wrote. A slice enters its own acts; the catalogue is shut when the application is assembled.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any
from uuid import UUID

from casehub.clock import parse_timestamp
from casehub.texts import N_, Text

_CODE = re.compile(r"[a-z0-9]+([-/:@._][a-z0-9]+)*")
_HEX = re.compile(r"[0-9a-f]{2,128}")


class Fact(Enum):
    """What kind of value a fact is. None of them can hold a sentence."""

    ID = "id"
    IDS = "ids"
    CODE = "code"
    CODES = "codes"
    COUNT = "count"
    HASH = "hash"
    MOMENT = "moment"

    def admits(self, value: Any) -> bool:
        """Say whether a value, as it stands in an entry, is of this kind."""
        if self in _EACH:
            return isinstance(value, list) and all(map(_EACH[self].admits, value))
        if self is Fact.COUNT:
            return type(value) is int and 0 <= value <= _MOST
        return isinstance(value, str) and len(value) <= _LONGEST and _FORMS[self](value)


def _is_id(value: str) -> bool:
    try:
        return str(UUID(value)) == value
    except ValueError:
        return False


def _is_moment(value: str) -> bool:
    try:
        parse_timestamp(value)
    except (ValueError, OverflowError):  # the first and last hours of the calendar have no UTC
        return False
    return True


_LONGEST = 128
_MOST = 2**53 - 1  # canonical JSON has no larger number
_EACH = {Fact.IDS: Fact.ID, Fact.CODES: Fact.CODE}
_FORMS: dict[Fact, Callable[[str], bool]] = {
    Fact.ID: _is_id,
    Fact.CODE: lambda value: _CODE.fullmatch(value) is not None,
    Fact.HASH: lambda value: _HEX.fullmatch(value) is not None,
    Fact.MOMENT: _is_moment,
}


@dataclass(frozen=True)
class Act:
    """One kind of entry. `writes` says whether it may change rows."""

    name: str
    sentence: Text
    facts: Mapping[str, Fact]
    writes: bool

    def check(self, facts: Mapping[str, Any]) -> None:
        """Raise ValueError unless the facts are exactly those of the catalogue."""
        if facts.keys() != self.facts.keys():
            raise ValueError(f"{self.name} carries {sorted(self.facts)}, not {sorted(facts)}")
        for name, kind in self.facts.items():
            if facts[name] is not None and not kind.admits(facts[name]):
                raise ValueError(f"{self.name}: {name} is no {kind.value}")


class Catalogue:
    """All acts of the application."""

    def __init__(self) -> None:
        self._acts: dict[str, Act] = {}
        self._shut = False

    def act(self, name: str, sentence: Text, /, *, writes: bool = False, **facts: Fact) -> Act:
        """Enter an act; raise ValueError if its name is taken or no code, or when shut."""
        if self._shut:
            raise ValueError(f"the catalogue of acts is shut; {name} comes too late")
        if name in self._acts or not _CODE.fullmatch(name) or ":" not in name:
            raise ValueError(f"{name} is taken, or not of the form noun:verb")
        self._acts[name] = act = Act(name, sentence, facts, writes)
        return act

    def shut(self) -> None:
        """Admit no more acts."""
        self._shut = True

    def get(self, name: str) -> Act | None:
        """Return an act, or None."""
        return self._acts.get(name)

    def __iter__(self) -> Iterator[Act]:
        return iter(self._acts.values())


catalogue = Catalogue()
"""The one catalogue; slices enter their acts when they are imported."""

LOG_BEGUN = catalogue.act("log:begun", N_("The log began."))
HUB_ADDED = catalogue.act("hub:added", N_("The hub {added} came into being."), added=Fact.ID)
REFUSED = catalogue.act(
    "access:refused",
    N_("{account} was refused: {permission}."),
    permission=Fact.CODE,
    target=Fact.ID,
)
ALARM = catalogue.act("alarm:raised", N_("Alarm: {code}."), code=Fact.CODE, target=Fact.ID)
POLICY_LOADED = catalogue.act(
    "policy:loaded",
    N_("A changed policy came into force."),
    was=Fact.HASH,
    documents=Fact.CODES,
)
SECRET_ADOPTED = catalogue.act(
    "secret:adopted",
    N_("The server secret {name} with the id {secret} came into use."),
    name=Fact.CODE,
    secret=Fact.HASH,
    check=Fact.HASH,
)
