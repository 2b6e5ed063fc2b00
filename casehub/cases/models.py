"""The kernel of a case: its row, who stands where, its keys, releases, grants and records."""

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

from casehub.accounts.models import AccountKey
from casehub.audit import MarkedHubRow, ReplayedHubRow
from casehub.hubs.models import Agency, AgencyKey
from casehub.policy.documents import PolicyDocument
from casehub.store import Coded, Sealed, one_of
from casehub.vault import KeyKind


class Place(StrEnum):
    """Where an agency stands towards a case."""

    ORIGINATING = "originating"
    TABLE = "table"
    LEAD = "lead"
    ASSISTING = "assisting"
    NONE = "none"


class Involvement(StrEnum):
    """Whether an agency knows the people."""

    KNOWN = "known"
    NOT_KNOWN = "not-known"
    CHECKING = "checking"


class ReleaseState(StrEnum):
    """How far a release is."""

    CALLED_FOR = "called-for"
    WAITING = "waiting"
    LIVE = "live"
    ENDED = "ended"


class EndCode(StrEnum):
    """Why a release ended."""

    WITHDRAWN = "withdrawn"
    CONSENT_WITHDRAWN = "consent-withdrawn"
    EXPIRED = "expired"
    STAGE_LEFT = "stage-left"
    REJECTED = "rejected"
    WALL = "wall"
    LEFT = "left"
    MISTAKE = "mistake"


class AssignmentReason(StrEnum):
    """Why somebody is on a case's team."""

    CASEWORKER = "caseworker"
    AT_THE_TABLE = "at-the-table"
    SUPERVISOR = "supervisor"
    COVER = "cover"
    BROKEN_GLASS = "broken-glass"


class Case(ReplayedHubRow):
    """A case, as lists and clocks need it. What describes a person or an event is in records."""

    __tablename__ = "cases"
    __table_args__ = (UniqueConstraint("reference"),)

    reference: Mapped[str] = mapped_column(String(20))
    protocol_id: Mapped[UUID] = mapped_column(ForeignKey("policy_documents.id"))
    originating_sector: Mapped[str] = mapped_column(String(40))
    stage: Mapped[str] = mapped_column(String(40))
    urgency: Mapped[str | None] = mapped_column(String(40))
    agreed_level: Mapped[str | None] = mapped_column(String(40))
    level_since: Mapped[datetime | None]
    last_level: Mapped[str | None] = mapped_column(String(40))
    review_on: Mapped[date | None]
    attention_on: Mapped[date | None]
    opened_at: Mapped[datetime]
    moved_at: Mapped[datetime]
    closed_on: Mapped[date | None]
    closing_code: Mapped[str | None] = mapped_column(String(40))
    continues_id: Mapped[UUID | None] = mapped_column(ForeignKey("cases.id"))
    joined_to_id: Mapped[UUID | None] = mapped_column(ForeignKey("cases.id"))
    restricted: Mapped[bool] = mapped_column(default=False)
    legal_hold_until: Mapped[date | None]

    protocol: Mapped[PolicyDocument] = relationship()


class CaseAgency(ReplayedHubRow):
    """One agency's place towards one case, and until when it holds each of the case's keys.

    Every list starts here, from the actor's own agency. NULL in a `…_until` means not held.
    """

    __tablename__ = "case_agencies"
    __table_args__ = (
        UniqueConstraint("case_id", "agency_id"),
        Index(None, "agency_id", "moved_at", "id"),
        one_of("place", Place),
        one_of("involvement", Involvement),
    )

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"))
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agencies.id"))
    place: Mapped[Place] = mapped_column(Coded(Place))
    involvement: Mapped[Involvement | None] = mapped_column(Coded(Involvement))
    speaks_for_survivor: Mapped[bool] = mapped_column(default=False)
    synopsis_until: Mapped[datetime | None]
    identifiers_until: Mapped[datetime | None]
    contact_until: Mapped[datetime | None]
    joint_until: Mapped[datetime | None]
    part_until: Mapped[datetime | None]
    moved_at: Mapped[datetime]

    case: Mapped[Case] = relationship()


class CaseKeyRow(ReplayedHubRow):
    """That a key of a case exists, and the commitment that every release of it must name.

    `countersignature` is the server's: a key that somebody put into the database is none.
    """

    __tablename__ = "case_keys"
    __table_args__ = (
        UniqueConstraint("case_id", "kind", "owner_agency_id", "version"),
        # NULL owners are distinct to a unique constraint, and a case has one key of such a kind.
        Index(
            "uq_case_keys_unowned",
            "case_id",
            "kind",
            "version",
            unique=True,
            sqlite_where=text("owner_agency_id IS NULL"),
            postgresql_where=text("owner_agency_id IS NULL"),
        ),
        one_of("kind", KeyKind),
        CheckConstraint(
            "(kind IN ('part', 'own')) = (owner_agency_id IS NOT NULL)", name="owner_where_due"
        ),
    )

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"))
    kind: Mapped[KeyKind] = mapped_column(Coded(KeyKind))
    owner_agency_id: Mapped[UUID | None] = mapped_column(ForeignKey("agencies.id"))
    version: Mapped[int]
    commitment: Mapped[str] = mapped_column(String(64))
    countersignature: Mapped[bytes] = mapped_column(LargeBinary)
    destroyed_at: Mapped[datetime | None]


class Release(ReplayedHubRow):
    """That an agency gives a key of a case to a receiver. `statement` is what it signed.

    A release of an agency to itself says that it made the key.
    """

    __tablename__ = "releases"
    __table_args__ = (
        Index(None, "case_id", "receiver_agency_id"),
        Index(None, "receiver_agency_id", "state"),
        one_of("state", ReleaseState),
        one_of("end_code", EndCode),
    )

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"))
    case_key_id: Mapped[UUID] = mapped_column(
        ForeignKey("case_keys.id", ondelete="CASCADE"), index=True
    )
    giver_agency_id: Mapped[UUID] = mapped_column(ForeignKey("agencies.id"))
    giver_epoch: Mapped[int | None]
    receiver_agency_id: Mapped[UUID] = mapped_column(ForeignKey("agencies.id"))
    receiver_account_id: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
    ground: Mapped[str] = mapped_column(String(80))
    state: Mapped[ReleaseState] = mapped_column(Coded(ReleaseState))
    statement: Mapped[bytes | None] = mapped_column(LargeBinary)
    sealed_digest: Mapped[bytes | None] = mapped_column(LargeBinary)
    signature: Mapped[bytes | None] = mapped_column(LargeBinary)
    until: Mapped[datetime]
    by_account: Mapped[UUID]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[UUID | None]
    end_code: Mapped[EndCode | None] = mapped_column(Coded(EndCode))

    case: Mapped[Case] = relationship()
    case_key: Mapped[CaseKeyRow] = relationship()


class Grant(ReplayedHubRow):
    """A case key, sealed to a receiver's public key. It lives while its release lives.

    After a rotation `reseal` and its signature say under which statement of the receiver's own the
    key was carried over; before, the release itself is the statement.
    """

    __tablename__ = "grants"
    __table_args__ = (
        UniqueConstraint("release_id"),
        Index(None, "agency_key_id"),
        Index(None, "account_key_id"),
        CheckConstraint("(agency_key_id IS NULL) <> (account_key_id IS NULL)", name="one_receiver"),
    )

    release_id: Mapped[UUID] = mapped_column(ForeignKey("releases.id", ondelete="CASCADE"))
    agency_key_id: Mapped[UUID | None] = mapped_column(ForeignKey("agency_keys.id"))
    account_key_id: Mapped[UUID | None] = mapped_column(ForeignKey("account_keys.id"))
    sealed: Mapped[Sealed]
    reseal: Mapped[bytes | None] = mapped_column(LargeBinary)
    reseal_signature: Mapped[bytes | None] = mapped_column(LargeBinary)

    release: Mapped[Release] = relationship()
    agency_key: Mapped[AgencyKey | None] = relationship()
    account_key: Mapped[AccountKey | None] = relationship()


class Record(ReplayedHubRow):
    """One sealed document of a case, signed by its author agency. A correction supersedes it."""

    __tablename__ = "records"
    __table_args__ = (
        Index(None, "case_id", "contract"),
        UniqueConstraint("supersedes_id"),
    )

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"))
    contract: Mapped[str] = mapped_column(String(80))
    case_key_id: Mapped[UUID] = mapped_column(
        ForeignKey("case_keys.id", ondelete="CASCADE"), index=True
    )
    own_key_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("case_keys.id", ondelete="CASCADE"), index=True
    )
    author_agency_id: Mapped[UUID] = mapped_column(ForeignKey("agencies.id"))
    author_epoch: Mapped[int]
    signature: Mapped[bytes] = mapped_column(LargeBinary)
    revision: Mapped[int]
    supersedes_id: Mapped[UUID | None] = mapped_column(ForeignKey("records.id", ondelete="CASCADE"))
    body: Mapped[Sealed]
    wrap: Mapped[Sealed]
    own_wrap: Mapped[Sealed | None]

    case: Mapped[Case] = relationship()
    case_key: Mapped[CaseKeyRow] = relationship(foreign_keys=[case_key_id])
    author: Mapped[Agency] = relationship()


class Assignment(MarkedHubRow):
    """That somebody is on an agency's team for a case, why, and until when."""

    __tablename__ = "assignments"
    __table_args__ = (
        Index(None, "account_id", "until", "case_id"),
        Index(None, "case_id", "account_id"),
        one_of("reason", AssignmentReason),
    )

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"))
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    reason: Mapped[AssignmentReason] = mapped_column(Coded(AssignmentReason))
    from_at: Mapped[datetime]
    until: Mapped[datetime]
    by_account: Mapped[UUID]

    case: Mapped[Case] = relationship()
