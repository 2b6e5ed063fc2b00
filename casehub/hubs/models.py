"""Hubs, their agencies, the agencies' public keys, and who vouches for whose."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from casehub.audit import Replayed, ReplayedHubRow
from casehub.store import Coded, Sealed, one_of
from casehub.vault import VouchKind


class AgencyState(StrEnum):
    """How far an agency is."""

    NAMED = "named"
    """It has a name and no key yet."""
    ACTIVE = "active"
    ENDED = "ended"


class KeyState(StrEnum):
    """How an epoch of an agency's key is used."""

    CURRENT = "current"
    """Seal to it."""
    PAST = "past"
    """Its private half is kept, sealed to the next epoch, while a grant names it."""
    GONE = "gone"
    """Nothing is sealed to it any more; its private half is deleted. Old signatures still check."""


class Hub(Replayed):
    """A standing local team of agencies."""

    __tablename__ = "hubs"

    name: Mapped[str] = mapped_column(String(120), unique=True)
    time_zone: Mapped[str] = mapped_column(String(60))
    languages: Mapped[str] = mapped_column(String(60))
    protocol: Mapped[str] = mapped_column(String(80))


class Agency(ReplayedHubRow):
    """An organisation's team at one hub. At two hubs it is two agencies with two keys."""

    __tablename__ = "agencies"
    __table_args__ = (UniqueConstraint("hub_id", "name"), one_of("state", AgencyState))

    name: Mapped[str] = mapped_column(String(120))
    organisation: Mapped[str] = mapped_column(String(120))
    sector: Mapped[str] = mapped_column(String(40))
    regime: Mapped[str] = mapped_column(String(40))
    coordinates: Mapped[bool] = mapped_column(default=False)
    core: Mapped[bool] = mapped_column(default=True)
    duty_telephone: Mapped[str | None] = mapped_column(String(40))
    state: Mapped[AgencyState] = mapped_column(Coded(AgencyState), default=AgencyState.NAMED)

    hub: Mapped[Hub] = relationship()


class Agreement(ReplayedHubRow):
    """An agency's signed information-sharing agreement, as the coordinating agency has it on file.

    Without one nothing is released to it. The newest that was not replaced counts.
    """

    __tablename__ = "agreements"
    __table_args__ = (
        Index(
            "uq_agreements_live",
            "agency_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        CheckConstraint("review_on > signed_on", name="review_after_signing"),
    )

    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agencies.id", ondelete="CASCADE"))
    signed_by: Mapped[str] = mapped_column(String(120))
    signed_on: Mapped[date]
    review_on: Mapped[date]
    filed_by: Mapped[UUID]
    ended_at: Mapped[datetime | None]

    agency: Mapped[Agency] = relationship()


class AgencyKey(ReplayedHubRow):
    """One epoch of an agency's keys.

    `countersignature` is the server's, with the log key, over what the row says: a pair of keys
    that somebody put into the database is no agency's. `succession`, its signature and the sealed
    predecessor come with every epoch but the first; the predecessor goes when nothing needs it, and
    the hash that the signature covers stays.
    """

    __tablename__ = "agency_keys"
    __table_args__ = (
        UniqueConstraint("agency_id", "epoch"),
        Index(
            "uq_agency_keys_current",
            "agency_id",
            unique=True,
            sqlite_where=text("state = 'current'"),
            postgresql_where=text("state = 'current'"),
        ),
        one_of("state", KeyState),
    )

    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agencies.id", ondelete="CASCADE"))
    epoch: Mapped[int]
    seal_public: Mapped[bytes] = mapped_column(LargeBinary)
    sign_public: Mapped[bytes] = mapped_column(LargeBinary)
    countersignature: Mapped[bytes] = mapped_column(LargeBinary)
    succession: Mapped[bytes | None] = mapped_column(LargeBinary)
    succession_signature: Mapped[bytes | None] = mapped_column(LargeBinary)
    succession_sealed_digest: Mapped[bytes | None] = mapped_column(LargeBinary)
    sealed_predecessor: Mapped[Sealed | None]
    state: Mapped[KeyState] = mapped_column(Coded(KeyState), default=KeyState.CURRENT)
    last_drill_at: Mapped[datetime | None]

    agency: Mapped[Agency] = relationship()


class Vouching(ReplayedHubRow):
    """One agency's signed word that a key is another's."""

    __tablename__ = "vouchings"
    __table_args__ = (
        Index(None, "by_agency_id", "agency_key_id"),
        one_of("kind", VouchKind),
    )

    by_agency_id: Mapped[UUID] = mapped_column(ForeignKey("agencies.id", ondelete="CASCADE"))
    agency_key_id: Mapped[UUID] = mapped_column(ForeignKey("agency_keys.id", ondelete="CASCADE"))
    kind: Mapped[VouchKind] = mapped_column(Coded(VouchKind))
    statement: Mapped[bytes] = mapped_column(LargeBinary)
    signature: Mapped[bytes] = mapped_column(LargeBinary)
    by_account: Mapped[UUID]
    withdrawn_at: Mapped[datetime | None]

    agency_key: Mapped[AgencyKey] = relationship()
