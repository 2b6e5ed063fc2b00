"""A small model of the kernel: who opens what, in words, without keys and without SQL.

A record opens for the team of an agency that holds a live release of its key from somebody whom
that agency trusts, or for whoever wrote it.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from casehub import clock
from casehub.clock import FOREVER
from casehub.vault import KeyKind

NAMES = {"police": "Rivermouth Police", "harbour": "Harbour House", "housing": "Rivermouth Housing"}
PEOPLE = {
    "Ana Duarte": ("police", {"custodian"}),
    "Lev Marchenko": ("police", {"custodian", "supervisor"}),
    "Priya Nair": ("police", {"caseworker"}),
    "Bo Lindqvist": ("harbour", {"custodian"}),
    "Omar Haddad": ("harbour", {"hub-member"}),
    "Chantal Roy": ("housing", {"custodian"}),
    "Ines Prado": ("housing", {"hub-member"}),
}
COORDINATING = "police"
WORKING = {"hub-member", "caseworker", "supervisor"}


@dataclass
class Given:
    """A release, as the model sees it. One of an agency to itself says that it made the key."""

    case: int
    kind: KeyKind
    owner: str | None
    giver: str
    epoch: int
    receiver: str
    until: datetime = FOREVER
    row: Any = None


@dataclass
class Written:
    """A record, as the model sees it."""

    case: int
    kind: KeyKind
    owner: str | None
    author: str
    text: str
    row: Any


@dataclass
class Model:
    """Who may open what, in words."""

    origins: list[str] = field(default_factory=list)
    releases: list[Given] = field(default_factory=list)
    records: list[Written] = field(default_factory=list)
    team: set[tuple[int, str]] = field(default_factory=set)
    places: set[tuple[int, str]] = field(default_factory=set)
    gone: set[str] = field(default_factory=set)
    vouched: dict[tuple[str, str, int], int] = field(default_factory=dict)
    routine: dict[str, list[bool]] = field(default_factory=lambda: {name: [] for name in NAMES})

    def epoch(self, agency):
        return len(self.routine[agency]) + 1

    def trusts(self, by, of, epoch):
        if by == of or self.vouched.get((by, of, epoch)):
            return True
        return epoch > 1 and self.routine[of][epoch - 2] and self.trusts(by, of, epoch - 1)

    def live(self, case, agency, kind=None, owner=None):
        return [
            item
            for item in self.releases
            if (item.case, item.receiver) == (case, agency)
            and item.until > clock.now()
            and (kind is None or (item.kind, item.owner) == (kind, owner))
        ]

    def unlocks(self, case, agency, kind, owner):
        return any(
            self.trusts(agency, item.giver, item.epoch)
            for item in self.live(case, agency, kind, owner)
        )

    def on_case(self, case, agency):
        return self.origins[case] == agency or any(
            item.giver != agency for item in self.live(case, agency)
        )

    def works(self, name, case):
        return name not in self.gone and (case, name) in self.team and PEOPLE[name][1] & WORKING

    def opens(self, name, record):
        agency = PEOPLE[name][0]
        return bool(
            self.works(name, record.case)
            and self.unlocks(record.case, agency, record.kind, record.owner)
        )

    def opens_as_its_own(self, name, record):
        agency, roles = PEOPLE[name]
        may = self.works(name, record.case) or (name not in self.gone and "supervisor" in roles)
        return bool(may) and agency == record.author

    def made(self, case, agency, kind, owner):
        return any(item.giver == agency for item in self.live(case, agency, kind, owner))

    def writes(self, name, case, kind):
        agency = PEOPLE[name][0]
        owner = agency if kind.has_owner else None
        if not self.works(name, case) or not self.on_case(case, agency):
            return False
        return kind.has_owner or self.unlocks(case, agency, kind, owner)

    def releases_key(self, name, case, kind, to):
        agency = PEOPLE[name][0]
        owner = agency if kind.has_owner else None
        return bool(
            self.works(name, case)
            and kind is not KeyKind.OWN
            and agency != to
            and self.on_case(case, agency)
            and self.made(case, agency, kind, owner)
            and self.trusts(agency, to, self.epoch(to))
            and self.ready(agency)
            and self.ready(to)
        )

    def ready(self, agency):
        """Say whether the coordinating agency and this one compared keys, each the other's."""
        others = [name for name in NAMES if name != COORDINATING]
        pairs = [(COORDINATING, it) for it in ([agency] if agency in others else others)]
        return any(self.compared(one, other) and self.compared(other, one) for one, other in pairs)

    def compared(self, by, of):
        return any(self.trusts(by, of, epoch) for epoch in range(1, self.epoch(of) + 1))

    def refers(self, name):
        agency, roles = PEOPLE[name]
        return name not in self.gone and bool(roles & WORKING) and self.ready(agency)

    def ends(self, name, item):
        agency, roles = PEOPLE[name]
        if name in self.gone or item.giver != agency:
            return False
        team = {who for at, who in self.team if at == item.case and PEOPLE[who][0] == agency}
        alone = not team - self.gone and bool(roles & {"hub-member", "supervisor"})
        return bool(self.works(name, item.case)) or alone

    def assigns_colleague(self, name, case, colleague):
        ours = PEOPLE[name][0] == PEOPLE[colleague][0] and colleague not in self.gone
        return ours and self.assigns(name, case)

    def assigns(self, name, case):
        agency, roles = PEOPLE[name]
        if name in self.gone or not roles & WORKING or not self.on_case(case, agency):
            return False
        team = {who for at, who in self.team if at == case and PEOPLE[who][0] == agency}
        return name in team or (not team - self.gone and bool(roles - {"caseworker"}))

    def dissolve(self, case, agency):
        if self.origins[case] != agency and not any(
            item.giver != agency for item in self.live(case, agency)
        ):
            self.team -= {(case, who) for who in PEOPLE if PEOPLE[who][0] == agency}
