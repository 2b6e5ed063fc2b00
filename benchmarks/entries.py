"""Entries as page views make them, for the benchmarks of the log."""

from dataclasses import dataclass, field
from uuid import UUID, uuid4

from casehub import clock
from casehub.audit.journal import Entry
from casehub.cases import acts

RECORDS = 5


@dataclass
class Views:
    """Entries of people of one hub who open five records of a case under two keys."""

    hub: UUID
    accounts: list[UUID] = field(default_factory=lambda: [uuid4() for _ in range(300)])
    agencies: list[UUID] = field(default_factory=lambda: [uuid4() for _ in range(15)])
    cases: list[UUID] = field(default_factory=lambda: [uuid4() for _ in range(5_000)])
    records: list[str] = field(default_factory=lambda: sorted(str(uuid4()) for _ in range(RECORDS)))
    made: int = 0

    def entry(self) -> Entry:
        """Return the next entry."""
        self.made += 1
        account = self.made % len(self.accounts)
        return Entry(
            log=self.hub,
            act=acts.CASE_OPENED,
            at=clock.now(),
            account=self.accounts[account],
            agency=self.agencies[account % len(self.agencies)],
            case=self.cases[self.made * 7 % len(self.cases)],
            rule="open-synopsis",
            facts={"keys": ["joint", "synopsis"], "records": self.records},
        )
