"""What signing in leaves in the database: credentials, browser sessions, counters.

The log vouches for credentials. The rest is housekeeping: it is written often, read by nobody but
sign-in, and empty after a restore.
"""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from casehub.accounts.models import Account, AccountKey
from casehub.audit import ReplayedHubRow
from casehub.store import Coded, HubRow, Row, Sealed, one_of


class CredentialKind(StrEnum):
    """What an account's owner has or knows."""

    PASSPHRASE = "passphrase"  # noqa: S105 - a kind of credential
    """Wraps the account's private key: opening it is the check."""
    PHONE = "phone"
    """The secret of an authenticator app, sealed under the account's key."""
    CARD = "card"
    """Fifty printed codes, each good once, kept as keyed hashes."""
    RECOVERY = "recovery"
    """Ten codes that stand in for the second factor, each good once."""
    PIN = "pin"
    """The own agency's key as its owner last knew it, sealed under the account's key."""


class Credential(ReplayedHubRow):
    """One way in, or a part of one, to one account key.

    A passphrase has salt, cost (RFC 9106: KiB, passes, lanes) and the pepper's id. `sealed` holds
    what the kind seals, `digests` the hashes of codes one after the other.
    """

    __tablename__ = "credentials"
    __table_args__ = (
        UniqueConstraint("account_key_id", "kind"),
        one_of("kind", CredentialKind),
    )

    account_id: Mapped[UUID] = mapped_column(
        ForeignKey("accounts.id", ondelete="CASCADE"), index=True
    )
    account_key_id: Mapped[UUID] = mapped_column(ForeignKey("account_keys.id", ondelete="CASCADE"))
    kind: Mapped[CredentialKind] = mapped_column(Coded(CredentialKind))
    salt: Mapped[bytes | None] = mapped_column(LargeBinary)
    memory_kib: Mapped[int | None]
    passes: Mapped[int | None]
    lanes: Mapped[int | None]
    pepper: Mapped[str | None] = mapped_column(String(16))
    sealed: Mapped[Sealed | None]
    digests: Mapped[bytes | None] = mapped_column(LargeBinary)

    account_key: Mapped[AccountKey] = relationship()


class FactorUse(HubRow):
    """A code that was used: an app's step in time, or the hash of a printed code.

    One row each, so that of two requests with the same code one fails.
    """

    __tablename__ = "factor_uses"
    __table_args__ = (UniqueConstraint("credential_id", "mark"),)

    credential_id: Mapped[UUID] = mapped_column(ForeignKey("credentials.id", ondelete="CASCADE"))
    mark: Mapped[str] = mapped_column(String(64))
    step: Mapped[int | None]


class BrowserSession(HubRow):
    """A browser that somebody signed in with. The cookie's secret is not here.

    `digest` is the secret's id; `sealed` the account's key under the secret. The previous secret
    still answers for half a minute after a step-up. `member` says that the account held its
    agency's keys when this began, `pin_fits` that those were the keys it knew. `binding` is the
    server's word for whose session it is: somebody who writes the database cannot make their own
    session another's.
    """

    __tablename__ = "browser_sessions"

    account_id: Mapped[UUID] = mapped_column(
        ForeignKey("accounts.id", ondelete="CASCADE"), index=True
    )
    account_key_id: Mapped[UUID] = mapped_column(ForeignKey("account_keys.id", ondelete="CASCADE"))
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    sealed: Mapped[Sealed]
    previous_digest: Mapped[str | None] = mapped_column(String(64), index=True)
    previous_sealed: Mapped[Sealed | None]
    previous_until: Mapped[datetime | None]
    factor_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    browser: Mapped[str] = mapped_column(String(80))
    member: Mapped[bool]
    pin_fits: Mapped[bool]
    binding: Mapped[str] = mapped_column(String(32))

    account: Mapped[Account] = relationship()
    account_key: Mapped[AccountKey] = relationship()


class Throttle(Row):
    """How often something failed since a moment. `key` is a keyed hash of what was tried.

    It names no hub: nobody knows yet whose account it would have been, or whether there is one.
    """

    __tablename__ = "throttles"

    key: Mapped[str] = mapped_column(String(64), unique=True)
    failures: Mapped[int]
    since: Mapped[datetime] = mapped_column(index=True)
