"""Accounts, their roles and keys, and their membership of an agency."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from casehub.audit import ReplayedHubRow
from casehub.hubs.models import Agency, AgencyKey
from casehub.policy import Role
from casehub.store import Coded, Sealed, one_of
from casehub.vault import Holder


class AccountKind(StrEnum):
    """Who signs in with it."""

    PERSON = "person"
    MACHINE = "machine"


class AccountState(StrEnum):
    """How far an account is."""

    INVITED = "invited"
    """Proposed by a custodian; its owner has not come with a code yet."""
    WAITING = "waiting"
    """Of before codes: its owner made a key that nobody admitted. Nothing makes it any more."""
    ADMITTED = "admitted"
    ENDED = "ended"


class AccountKeyState(StrEnum):
    """Whether anything is sealed to it."""

    CURRENT = "current"
    PAST = "past"


class Account(ReplayedHubRow):
    """Somebody who signs in: one person, one agency, one or more roles.

    Two people stand behind it, neither of them its owner: `proposed_by` and `seconded_by`, who may
    be the coordinating agency's custodian while the agency is alone. Both are empty for an agency's
    first custodian, and one person for the coordinating agency's first invitation. `sign_in_name`
    is folded, and nobody else in the installation has it; without one nobody signs in.
    """

    __tablename__ = "accounts"
    __table_args__ = (
        Index("uq_accounts_sign_in_name", "sign_in_name", unique=True),
        one_of("state", AccountState),
        one_of("kind", AccountKind),
    )

    agency_id: Mapped[UUID] = mapped_column(
        ForeignKey("agencies.id", ondelete="CASCADE"), index=True
    )
    name: Mapped[str] = mapped_column(String(120))
    sign_in_name: Mapped[str | None] = mapped_column(String(80))
    email: Mapped[str] = mapped_column(String(254))
    work_phone: Mapped[str | None] = mapped_column(String(40))
    language: Mapped[str] = mapped_column(String(10))
    kind: Mapped[AccountKind] = mapped_column(Coded(AccountKind), default=AccountKind.PERSON)
    state: Mapped[AccountState] = mapped_column(Coded(AccountState), default=AccountState.INVITED)
    proposed_by: Mapped[UUID | None]
    seconded_by: Mapped[UUID | None]
    admitted_at: Mapped[datetime | None]

    agency: Mapped[Agency] = relationship()


class AccountRole(ReplayedHubRow):
    """A role that an account has, had, or is to have once a second person agreed."""

    __tablename__ = "account_roles"
    __table_args__ = (one_of("role", Role),)

    account_id: Mapped[UUID] = mapped_column(
        ForeignKey("accounts.id", ondelete="CASCADE"), index=True
    )
    role: Mapped[Role] = mapped_column(Coded(Role))
    given_by: Mapped[UUID | None]
    seconded_by: Mapped[UUID | None]
    from_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]

    account: Mapped[Account] = relationship()


class AccountKey(ReplayedHubRow):
    """A public key that may be a member: a person's, a stand-in's, a recovery sheet's.

    A recovery sheet has no account; everything else has.
    """

    __tablename__ = "account_keys"
    __table_args__ = (
        Index(
            "uq_account_keys_current",
            "account_id",
            unique=True,
            sqlite_where=text("state = 'current' AND holder = 'person'"),
            postgresql_where=text("state = 'current' AND holder = 'person'"),
        ),
        one_of("state", AccountKeyState),
        one_of("holder", Holder),
    )

    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agencies.id", ondelete="CASCADE"))
    account_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("accounts.id", ondelete="CASCADE"), index=True
    )
    holder: Mapped[Holder] = mapped_column(Coded(Holder), default=Holder.PERSON)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    state: Mapped[AccountKeyState] = mapped_column(
        Coded(AccountKeyState), default=AccountKeyState.CURRENT
    )

    account: Mapped[Account | None] = relationship()


class Membership(ReplayedHubRow):
    """An agency's private keys of one epoch, sealed to one key under a signed statement.

    Deleting it ends access.
    """

    __tablename__ = "memberships"
    __table_args__ = (UniqueConstraint("account_key_id", "agency_key_id"),)

    account_key_id: Mapped[UUID] = mapped_column(ForeignKey("account_keys.id", ondelete="CASCADE"))
    agency_key_id: Mapped[UUID] = mapped_column(
        ForeignKey("agency_keys.id", ondelete="CASCADE"), index=True
    )
    statement: Mapped[bytes] = mapped_column(LargeBinary)
    sealed: Mapped[Sealed]
    signature: Mapped[bytes] = mapped_column(LargeBinary)

    account_key: Mapped[AccountKey] = relationship()
    agency_key: Mapped[AgencyKey] = relationship()
