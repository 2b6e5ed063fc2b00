"""The tables of the log. Rows are added and read, never changed: triggers refuse the rest."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from casehub.store import Base, Coded, Row, one_of


class LogKind(StrEnum):
    """Whose log it is."""

    DEPLOYMENT = "deployment"
    HUB = "hub"


class AuditLog(Row):
    """One log. A hub's has the hub's id; the deployment's id names the installation."""

    __tablename__ = "audit_logs"
    __table_args__ = (one_of("kind", LogKind),)

    kind: Mapped[LogKind] = mapped_column(Coded(LogKind))
    origin: Mapped[str] = mapped_column(String(120), unique=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)


class AuditEntry(Base):
    """One entry. `body` is what counts; the columns beside it repeat parts of it, for filters.

    `frontier` and `signature` stand with the last entry of each append: the signature is the log
    key's, over the checkpoint of the tree that ends here. So whoever can write the database but has
    no key can add nothing that the next append, or a check, would take for an entry.
    """

    __tablename__ = "audit_entries"
    __table_args__ = (
        Index(None, "log_id", "account_id", "number"),
        Index(None, "log_id", "agency_id", "number"),
        Index(None, "log_id", "case_id", "number"),
        Index(
            "ix_audit_entries_alarms",
            "log_id",
            "number",
            sqlite_where=text("outcome = 'alarm'"),
            postgresql_where=text("outcome = 'alarm'"),
        ),
    )

    log_id: Mapped[UUID] = mapped_column(ForeignKey("audit_logs.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    body: Mapped[str] = mapped_column(Text)
    leaf: Mapped[bytes] = mapped_column(LargeBinary)
    at: Mapped[datetime]
    act: Mapped[str] = mapped_column(String(80))
    outcome: Mapped[str] = mapped_column(String(20))
    account_id: Mapped[UUID | None]
    agency_id: Mapped[UUID | None]
    case_id: Mapped[UUID | None]
    frontier: Mapped[bytes | None] = mapped_column(LargeBinary)
    signature: Mapped[bytes | None] = mapped_column(LargeBinary)


class AuditNode(Base):
    """A completed node of a log's tree above its leaves, so that proofs need few reads."""

    __tablename__ = "audit_nodes"

    log_id: Mapped[UUID] = mapped_column(ForeignKey("audit_logs.id"), primary_key=True)
    level: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    hash: Mapped[bytes] = mapped_column(LargeBinary)


class AuditCheckpoint(Base):
    """A signed note that was given out: to a mailbox, to minutes, to a witness."""

    __tablename__ = "audit_checkpoints"

    log_id: Mapped[UUID] = mapped_column(ForeignKey("audit_logs.id"), primary_key=True)
    size: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    note: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]


APPEND_ONLY = (AuditLog, AuditEntry, AuditNode, AuditCheckpoint)
"""The tables that triggers guard against change and removal."""
