"""Changing an account's roles: proposed by one, agreed to by another, and signed into the keys."""

from casehub import clock
from casehub.accounts import acts
from casehub.accounts.facts import facts_about
from casehub.accounts.keys import current_account_key, make_member, own_agency_key, roles_of
from casehub.accounts.logged import check_as_logged
from casehub.accounts.models import Account, AccountRole, AccountState
from casehub.accounts.service import hold_account, live_roles
from casehub.audit import Replayed, record
from casehub.errors import Invalid, Stale
from casehub.hubs.keys import hold_current_key
from casehub.policy import Actor, Permission, Permit, Role, may
from casehub.store import db
from casehub.texts import N_


def propose_role(actor: Actor, account: Account, role: Role) -> AccountRole:
    """Propose a role for an account of the own agency; raise Invalid where it is held or asked."""
    permit = may(actor, Permission.ROLE_PROPOSE, facts_about(actor, account))
    if account.state is not AccountState.ADMITTED:
        raise Invalid("role", N_("Somebody who is not admitted yet has the roles of the proposal."))
    if any(held.role is role for held in live_roles(account.id)):
        raise Invalid("role", N_("This role is held or proposed already."))
    proposed = AccountRole(
        hub_id=account.hub_id, account_id=account.id, role=role, given_by=actor.account
    )
    db.session.add(proposed)
    db.session.flush()
    record(
        acts.ROLE_PROPOSED,
        by=actor,
        rule=permit.rule,
        things=[proposed],
        subject=account.id,
        role=role,
    )
    return proposed


def second_role(actor: Actor, proposed: AccountRole) -> None:
    """Agree to a role as the second person; the membership is signed anew with it.

    Raises Tampered where the account, its key or its roles are not what the log says.
    """
    account = proposed.account
    _hold(account, proposed)
    permit = may(actor, Permission.ROLE_SECOND, facts_about(actor, account, proposed))
    if proposed.from_at is not None or proposed.ended_at is not None:
        raise Stale(N_("Somebody else has done this already."))
    _check_what_will_be_signed(account)
    proposed.seconded_by, proposed.from_at = actor.account, clock.now()
    db.session.flush()
    record(
        acts.ROLE_GIVEN,
        by=actor,
        rule=permit.rule,
        things=[proposed, *_renewed(permit, account)],
        subject=account.id,
        role=proposed.role,
    )


def end_role(actor: Actor, held: AccountRole) -> None:
    """Take a role away; raise Stale where it has ended, Tampered as `second_role` does."""
    account = held.account
    _hold(account, held)
    permit = may(actor, Permission.ROLE_END, facts_about(actor, account, held))
    if held.ended_at is not None:
        raise Stale(N_("Somebody else has done this already."))
    _check_what_will_be_signed(account)
    held.ended_at = clock.now()
    db.session.flush()
    record(
        acts.ROLE_ENDED,
        by=actor,
        rule=permit.rule,
        things=[held, *_renewed(permit, account)],
        subject=account.id,
        role=held.role,
    )


def _hold(account: Account, role: AccountRole) -> None:
    # Two changes of one account's roles at a time would each sign a statement without the other's.
    hold_account(account)
    db.session.refresh(role)


def _check_what_will_be_signed(account: Account) -> None:
    # To sign anew is to vouch again: what somebody put into the database would become true.
    key = current_account_key(account.id)
    own = [] if key is None else [key]
    check_as_logged(account.hub_id, [account, *own, *live_roles(account.id)])


def _renewed(permit: Permit, account: Account) -> list[Replayed]:
    # The statement names the roles, so it has to be made again; where no role opens anything any
    # more, the membership goes.
    key = current_account_key(account.id)
    if key is None or account.state is not AccountState.ADMITTED:
        return []
    hold_current_key(account.agency_id)
    agency_key, secret = own_agency_key(permit)
    membership = make_member(key, agency_key, secret)
    if not any(role.opens_content for role in roles_of(account.id)):
        db.session.delete(membership)
        db.session.flush()
    return [membership]
