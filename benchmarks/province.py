"""A province of hubs, agencies, accounts and cases, filled in by hand for the lists."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import islice
from uuid import UUID

from benchmarks.filling import fill, settle
from casehub import clock
from casehub.accounts.models import Account, AccountKind, AccountState
from casehub.cases.models import Assignment, AssignmentReason, Case, CaseAgency, Place
from casehub.hubs.models import Agency, AgencyState, Hub
from casehub.policy import Actor, Keyring, Role
from casehub.policy.documents import current_document
from casehub.store import writing

AGENCIES, ACCOUNTS = 15, 20
KNOWN, ON_TEAM = 500, 60
LARGE_HUB = 5_000
_CASES_A_HUB = 100_000 / 60
_BEGAN = datetime(2024, 1, 1, tzinfo=UTC)
_MINUTES = 60 * 24 * 700


@dataclass
class _AgencyOf:
    id: UUID
    hub: UUID
    accounts: list[UUID]


@dataclass(frozen=True)
class Member:
    """Somebody whose lists are timed: one account of one agency."""

    account: UUID
    agency: UUID
    hub: UUID

    def actor(self) -> Actor:
        """Return who acts in a new request of theirs; lists need no key."""
        roles = frozenset({Role.CASEWORKER})
        return Actor(self.account, self.agency, self.hub, roles, clock.now(), Keyring())


@dataclass
class Province:
    """Makes the rows, the same ones for the same number of cases.

    The first hub is as large as a hub gets. Its first agency knows 500 cases, however many there
    are, and one of its people is on the team of 60; its second agency knows every case of the hub.
    """

    cases: int
    chance: random.Random = field(default_factory=lambda: random.Random(7))

    def __post_init__(self) -> None:
        hubs = max(1, round(self.cases / _CASES_A_HUB))
        self._hubs = [
            [self._agency(hub) for _ in range(AGENCIES)] for hub in islice(self._ids(), hubs)
        ]

    def _id(self) -> UUID:
        return UUID(int=self.chance.getrandbits(128), version=4)

    def _ids(self) -> Iterator[UUID]:
        while True:
            yield self._id()

    def _agency(self, hub: UUID) -> _AgencyOf:
        return _AgencyOf(self._id(), hub, list(islice(self._ids(), ACCOUNTS)))

    @property
    def usual(self) -> Member:
        """Return a caseworker of the agency that knows 500 cases."""
        agency = self._hubs[0][0]
        return Member(agency.accounts[0], agency.id, agency.hub)

    @property
    def busy(self) -> Member:
        """Return a caseworker of the agency that knows every case of the first hub."""
        agency = self._hubs[0][1]
        return Member(agency.accounts[0], agency.id, agency.hub)

    def fill(self) -> None:
        """Put it all into an installation's database."""
        with writing():
            self._fill_hubs()
            self._fill_agencies()
            document = current_document("protocols", "four_filter")
            if document is None:
                raise LookupError("the protocol is not among the policies in force")
            places = self._fill_cases(document.id)
            self._fill_places(places)
            settle()

    def _fill_hubs(self) -> None:
        fill(
            Hub,
            ("id", "name"),
            ((hub[0].hub, f"Hub {number}") for number, hub in enumerate(self._hubs)),
            created_at=_BEGAN,
            time_zone="UTC",
            languages="en",
            protocol="four_filter",
        )

    def _fill_agencies(self) -> None:
        every = [agency for hub in self._hubs for agency in hub]
        fill(
            Agency,
            ("id", "hub_id", "name"),
            ((agency.id, agency.hub, f"Agency {number}") for number, agency in enumerate(every)),
            created_at=_BEGAN,
            organisation="Organisation",
            sector="sector",
            regime="ca-bc-public",
            coordinates=False,
            core=True,
            state=AgencyState.ACTIVE,
        )
        fill(
            Account,
            ("id", "hub_id", "agency_id"),
            ((who, agency.hub, agency.id) for agency in every for who in agency.accounts),
            created_at=_BEGAN,
            name="Somebody",
            email="somebody@province.example",
            language="en",
            kind=AccountKind.PERSON,
            state=AccountState.ADMITTED,
        )

    def _moment(self) -> datetime:
        return _BEGAN + timedelta(minutes=self.chance.randrange(_MINUTES), seconds=7)

    def _cases(self) -> Iterator[tuple[UUID, list[_AgencyOf]]]:
        first = min(self.cases, LARGE_HUB)
        known = set(self.chance.sample(range(first), KNOWN))
        for number in range(self.cases):
            hub = self._hubs[0 if number < first else self.chance.randrange(1, len(self._hubs))]
            here = self.chance.sample(hub[2:], self.chance.randint(2, 5))
            if number < first:
                here += [hub[1], *([hub[0]] if number in known else [])]
            yield self._id(), here

    def _fill_cases(self, protocol: UUID) -> list[tuple[UUID, list[_AgencyOf]]]:
        found = list(self._cases())
        fill(
            Case,
            ("id", "hub_id", "reference", "moved_at"),
            (
                (case, here[0].hub, f"R-{number}", self._moment())
                for number, (case, here) in enumerate(found)
            ),
            created_at=_BEGAN,
            opened_at=_BEGAN,
            protocol_id=protocol,
            originating_sector="sector",
            stage="active",
            restricted=False,
        )
        return found

    def _fill_places(self, cases: list[tuple[UUID, list[_AgencyOf]]]) -> None:
        fill(
            CaseAgency,
            ("id", "hub_id", "case_id", "agency_id", "moved_at"),
            (
                (self._id(), agency.hub, case, agency.id, self._moment())
                for case, here in cases
                for agency in here
            ),
            created_at=_BEGAN,
            place=Place.ASSISTING,
            speaks_for_survivor=False,
            synopsis_until=clock.FOREVER,
            identifiers_until=clock.FOREVER,
            joint_until=clock.FOREVER,
        )
        fill(
            Assignment,
            ("id", "hub_id", "case_id", "account_id", "by_account"),
            ((self._id(), agency.hub, case, who, who) for case, agency, who in self._teams(cases)),
            created_at=_BEGAN,
            reason=AssignmentReason.CASEWORKER,
            from_at=_BEGAN,
            until=clock.FOREVER,
        )

    def _teams(
        self, cases: list[tuple[UUID, list[_AgencyOf]]]
    ) -> Iterator[tuple[UUID, _AgencyOf, UUID]]:
        # One of each agency; the first account of the two that are timed is on 12 of 100 teams.
        watched: Sequence[_AgencyOf] = self._hubs[0][:2]
        seen = {agency.id: 0 for agency in watched}
        for case, here in cases:
            for agency in here:
                who = self.chance.choice(agency.accounts[1:])
                if agency.id in seen:
                    seen[agency.id] += 1
                    if seen[agency.id] * ON_TEAM % KNOWN < ON_TEAM:
                        who = agency.accounts[0]
                yield case, agency, who
