"""The loader of actors: from an account's id to who acts in this request."""

from uuid import UUID

from casehub import clock
from casehub.accounts.keys import roles_of
from casehub.accounts.models import Account, AccountState
from casehub.policy import Actor, Keyring
from casehub.store import db


def load_actor(account_id: UUID, keyring: Keyring) -> Actor | None:
    """Return the actor of an admitted account, or None where there is none any more."""
    account = db.session.get(Account, account_id, populate_existing=True)
    if account is None or account.state is not AccountState.ADMITTED:
        return None
    return Actor(
        account=account.id,
        agency=account.agency_id,
        hub=account.hub_id,
        roles=roles_of(account.id),
        at=clock.now(),
        keyring=keyring,
    )
