"""What policy may look at when it decides about an agency."""

from dataclasses import dataclass
from typing import ClassVar, Self
from uuid import UUID

from sqlalchemy import select

from casehub.hubs.models import Agency
from casehub.policy import Facts, Subject
from casehub.store import db


@dataclass(frozen=True)
class AgencyFacts(Facts):
    """An agency, the hub it belongs to, and who coordinates there."""

    about: ClassVar[Subject] = Subject.AGENCY

    agency: UUID
    hub: UUID
    coordinators: frozenset[UUID] = frozenset()

    @classmethod
    def of(cls, agency: Agency) -> Self:
        """Return the facts of a row."""
        found = select(Agency.id).where(Agency.hub_id == agency.hub_id, Agency.coordinates)
        return cls(agency.id, agency.hub_id, frozenset(db.session.scalars(found)))

    @property
    def target(self) -> UUID | None:
        """Return the agency."""
        return self.agency
