"""What policy may look at when it decides about an agency."""

from dataclasses import dataclass
from typing import ClassVar, Self
from uuid import UUID

from casehub.hubs.models import Agency
from casehub.policy import Facts, Subject


@dataclass(frozen=True)
class AgencyFacts(Facts):
    """An agency, and the hub it belongs to."""

    about: ClassVar[Subject] = Subject.AGENCY

    agency: UUID
    hub: UUID

    @classmethod
    def of(cls, agency: Agency) -> Self:
        """Return the facts of a row."""
        return cls(agency.id, agency.hub_id)

    @property
    def target(self) -> UUID | None:
        """Return the agency."""
        return self.agency
