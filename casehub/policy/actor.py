"""Who acts: a frozen value of ids and roles, and a keyring that opens lazily and prints nothing.

A service takes keys from its actor and from nowhere else. An actor lives for one request.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from casehub.errors import Unfinished
from casehub.policy.roles import Role
from casehub.texts import N_
from casehub.vault import AgencySecret, PrivateKey

if TYPE_CHECKING:
    from casehub.policy.decide import Permit


class Keyring:
    """An account's private key for the length of one request, and what it opened meanwhile."""

    def __init__(self, account_key: PrivateKey | None = None) -> None:
        """Take the account's key; without one (worker, command line) nothing can be opened."""
        self._account_key = account_key
        self._opened: dict[int, AgencySecret] = {}

    def __repr__(self) -> str:
        return "<keyring>"

    def account_key(self, permit: "Permit") -> PrivateKey:
        """Hand out the account's key to whoever holds a permit of this very actor.

        Raises Unfinished where the actor has no key, PermissionError for somebody else's permit.
        """
        self._check(permit)
        if self._account_key is None:
            raise Unfinished(
                N_("This needs somebody who is signed in with their own key."),
                N_("Sign in and do it in the browser."),
            )
        return self._account_key

    def opened(self, permit: "Permit", epoch: int) -> AgencySecret | None:
        """Return an epoch of the agency's keys that this request has opened already."""
        self._check(permit)
        return self._opened.get(epoch)

    def keep(self, permit: "Permit", epoch: int, secret: AgencySecret) -> None:
        """Remember an opened epoch until the request ends."""
        self._check(permit)
        self._opened[epoch] = secret

    def _check(self, permit: "Permit") -> None:
        if permit.actor.keyring is not self:
            raise PermissionError("a permit of another request opens nothing")


@dataclass(frozen=True, eq=False)
class Actor:
    """Somebody signed in, for one request.

    `at` is the moment of the request, by which everything in it is judged. `walled` holds the
    cases that a wall keeps from this account or its agency.
    """

    account: UUID
    agency: UUID
    hub: UUID
    roles: frozenset[Role]
    at: datetime
    keyring: Keyring = field(repr=False)
    walled: frozenset[UUID] = field(default=frozenset(), repr=False)
