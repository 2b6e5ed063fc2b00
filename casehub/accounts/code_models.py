"""Codes that people hand to each other, and where recovery sheets lie."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from casehub.accounts.models import Account, AccountKey
from casehub.audit import ReplayedHubRow
from casehub.hubs.models import Agency
from casehub.store import Coded, Sealed, one_of


class CodeKind(StrEnum):
    """What a code is for."""

    START = "start"
    """An agency's first custodian begins it; opens no key, for there is none yet."""
    INVITATION = "invitation"
    RESET = "reset"
    SHEET = "recovery-sheet"
    """The agency's way back when nobody can sign in any more; on paper, until replaced."""


class CodeRow(ReplayedHubRow):
    """A code: who agreed to it, the key that stands in until it is used, and what became of it.

    A start code has a digest and no key; every other one a stand-in, whose seed is wrapped under
    the code itself. Stand-in and wrap go when it is used or ended; the row stays, so that whoever
    comes with a code that somebody else used is told so. `open_until` is a sheet's: the operator
    opens its page for an hour.
    """

    __tablename__ = "codes"
    __table_args__ = (
        Index(
            "uq_codes_live_sheet",
            "agency_id",
            unique=True,
            sqlite_where=text("kind = 'recovery-sheet' AND ended_at IS NULL"),
            postgresql_where=text("kind = 'recovery-sheet' AND ended_at IS NULL"),
        ),
        CheckConstraint(
            "(account_id IS NOT NULL) = (kind IN ('invitation', 'reset'))",
            name="account_fits_kind",
        ),
        one_of("kind", CodeKind),
    )

    agency_id: Mapped[UUID] = mapped_column(
        ForeignKey("agencies.id", ondelete="CASCADE"), index=True
    )
    account_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("accounts.id", ondelete="CASCADE"), index=True
    )
    kind: Mapped[CodeKind] = mapped_column(Coded(CodeKind))
    account_key_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("account_keys.id", ondelete="SET NULL")
    )
    digest: Mapped[str | None] = mapped_column(String(64))
    wrapped: Mapped[Sealed | None]
    proposed_by: Mapped[UUID | None]
    seconded_by: Mapped[UUID | None]
    issued_by: Mapped[UUID | None]
    issued_at: Mapped[datetime | None]
    until: Mapped[datetime | None]
    open_until: Mapped[datetime | None]
    used_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]

    agency: Mapped[Agency] = relationship()
    account: Mapped[Account | None] = relationship()
    account_key: Mapped[AccountKey | None] = relationship()


class SheetDeposit(ReplayedHubRow):
    """A recovery sheet that lies sealed at another agency: said by one, confirmed by the other."""

    __tablename__ = "sheet_deposits"
    __table_args__ = (
        Index(
            "uq_sheet_deposits_live",
            "code_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        CheckConstraint("agency_id <> kept_by_agency_id", name="kept_by_another"),
    )

    agency_id: Mapped[UUID] = mapped_column(
        ForeignKey("agencies.id", ondelete="CASCADE"), index=True
    )
    code_id: Mapped[UUID] = mapped_column(ForeignKey("codes.id", ondelete="CASCADE"))
    kept_by_agency_id: Mapped[UUID] = mapped_column(
        ForeignKey("agencies.id", ondelete="CASCADE"), index=True
    )
    given_by: Mapped[UUID]
    confirmed_by: Mapped[UUID | None]
    confirmed_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]

    code: Mapped[CodeRow] = relationship()
    agency: Mapped[Agency] = relationship(foreign_keys=[agency_id])
    kept_by: Mapped[Agency] = relationship(foreign_keys=[kept_by_agency_id])
