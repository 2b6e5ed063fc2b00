"""Changing an account's roles: proposed by one, agreed to by another, and signed into the keys."""

from casehub import clock
from casehub.accounts import acts
from casehub.accounts.facts import facts_about
from casehub.accounts.keys import live_keys, make_member, own_agency_key, roles_of
from casehub.accounts.logged import check_as_logged, permitted
from casehub.accounts.models import Account, AccountRole, AccountState
from casehub.accounts.service import hold_account, live_roles
from casehub.accounts.stand_ins import done_already
from casehub.audit import Replayed, record
from casehub.errors import Invalid
from casehub.hubs.keys import hold_current_key
from casehub.policy import Actor, Permission, Permit, Role
from casehub.store import db
from casehub.texts import N_


def propose_role(actor: Actor, account: Account, role: Role) -> AccountRole:
    """Propose a role for an account of the own agency; raise Invalid where it is held or asked."""
    permit = permitted(actor, Permission.ROLE_PROPOSE, facts_about(actor, account))
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

    A coordinating custodian, who may do so while the agency has nobody else, holds none of its
    keys: then a custodian of the agency still has to give it. Raises Tampered where the account,
    its key or its roles are not what the log says.
    """
    account = proposed.account
    _hold(account, proposed)
    permit = permitted(actor, Permission.ROLE_SECOND, facts_about(actor, account, proposed))
    _check_waiting(proposed)
    if proposed.seconded_by is not None:
        raise done_already()
    _check_what_will_be_signed(account)
    proposed.seconded_by = actor.account
    db.session.flush()
    if actor.agency == account.agency_id:
        _give(permit, proposed)
        return
    record(
        acts.ROLE_SECONDED,
        by=actor,
        rule=permit.rule,
        things=[proposed],
        subject=account.id,
        role=proposed.role,
    )


def give_role(actor: Actor, proposed: AccountRole) -> None:
    """Sign a role into the membership that somebody of the coordinating agency agreed to."""
    account = proposed.account
    _hold(account, proposed)
    permit = permitted(actor, Permission.ROLE_GIVE, facts_about(actor, account, proposed))
    _check_waiting(proposed)
    _check_what_will_be_signed(account)
    _give(permit, proposed)


def _check_waiting(proposed: AccountRole) -> None:
    if proposed.from_at is not None or proposed.ended_at is not None:
        raise done_already()


def _give(permit: Permit, proposed: AccountRole) -> None:
    account = proposed.account
    proposed.from_at = clock.now()
    db.session.flush()
    record(
        acts.ROLE_GIVEN,
        by=permit.actor,
        rule=permit.rule,
        things=[proposed, *_renewed(permit, account)],
        subject=account.id,
        role=proposed.role,
    )


def end_role(actor: Actor, held: AccountRole) -> None:
    """Take a role away; raise Stale where it has ended, Tampered as `second_role` does."""
    account = held.account
    _hold(account, held)
    permit = permitted(actor, Permission.ROLE_END, facts_about(actor, account, held))
    if held.ended_at is not None:
        raise done_already()
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
    check_as_logged(account.hub_id, [account, *live_keys(account.id), *live_roles(account.id)])


def _renewed(permit: Permit, account: Account) -> list[Replayed]:
    # The statement names the roles, so it has to be made again, also for what stands in while a
    # reset is under way; where no role opens anything any more, the membership goes.
    keys = live_keys(account.id)
    if not keys or account.state is not AccountState.ADMITTED:
        return []
    hold_current_key(account.agency_id)
    agency_key, secret = own_agency_key(permit)
    made = [make_member(key, agency_key, secret) for key in keys]
    if not any(role.opens_content for role in roles_of(account.id)):
        for membership in made:
            db.session.delete(membership)
        db.session.flush()
    return list(made)
