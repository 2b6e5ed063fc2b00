"""A lost passphrase: proposed by a custodian, agreed to by somebody else, ended by a code's use."""

from casehub.accounts import acts
from casehub.accounts.code_models import CodeKind, CodeRow
from casehub.accounts.codes import account_of_code, live_reset
from casehub.accounts.facts import facts_about
from casehub.accounts.logged import check_as_logged, permitted
from casehub.accounts.models import Account, AccountState
from casehub.accounts.service import hold_account
from casehub.accounts.stand_ins import check_agreement, done_already, hold_row
from casehub.audit import record
from casehub.policy import Actor, Permission
from casehub.store import db


def propose_reset(actor: Actor, account: Account) -> CodeRow:
    """Propose that somebody who cannot sign in any more gets a new key.

    Nothing changes for the account until the code is used: somebody who finds the passphrase again
    goes on, and the reset is withdrawn. Raises Stale where one is under way.
    """
    hold_account(account)
    permit = permitted(actor, Permission.RESET_PROPOSE, facts_about(actor, account))
    if account.state is not AccountState.ADMITTED or live_reset(account) is not None:
        raise done_already()
    row = CodeRow(
        hub_id=account.hub_id,
        agency_id=account.agency_id,
        account_id=account.id,
        account=account,
        kind=CodeKind.RESET,
        proposed_by=actor.account,
    )
    db.session.add(row)
    db.session.flush()
    record(
        acts.RESET_PROPOSED,
        by=actor,
        rule=permit.rule,
        things=[row],
        subject=account.id,
    )
    return row


def second_reset(actor: Actor, row: CodeRow) -> None:
    """Agree, as the second person, to a reset; neither its subject nor who proposed it can.

    Raises Stale where somebody was quicker, Tampered where it is not what the log says.
    """
    account = account_of_code(row)
    hold_account(account)
    hold_row(row)
    permit = permitted(actor, Permission.RESET_SECOND, facts_about(actor, account, row))
    if row.seconded_by is not None or row.used_at is not None or row.ended_at is not None:
        raise done_already()
    check_agreement(row.created_at)
    check_as_logged(account.hub_id, [account, row])
    row.seconded_by = actor.account
    record(
        acts.RESET_SECONDED,
        by=actor,
        rule=permit.rule,
        things=[row],
        subject=account.id,
    )
