"""Codes of one account: made for an invitation or a reset, handed over, and used by its owner."""

from uuid import UUID

from sqlalchemy import select

from casehub import clock
from casehub.accounts import acts
from casehub.accounts.browser_sessions import end_all
from casehub.accounts.code_models import CodeKind, CodeRow
from casehub.accounts.code_numbers import code_numbers
from casehub.accounts.credentials import ChosenWays, forget, set_up
from casehub.accounts.facts import facts_about
from casehub.accounts.keys import (
    current_account_key,
    held_agency_key,
    make_member,
    new_key,
    roles_of,
)
from casehub.accounts.logged import check_as_logged, permitted
from casehub.accounts.models import Account, AccountKey, AccountKeyState, AccountState
from casehub.accounts.service import hold_account, live_roles
from casehub.accounts.stand_ins import (
    Issued,
    Keys,
    check_agreement,
    check_usable,
    delete_memberships,
    done_already,
    end_codes,
    hold_row,
    keys_through,
    live_codes,
    make_stand_in,
    new_row_id,
    open_stand_in,
    remove_stand_in,
)
from casehub.audit import Replayed, record
from casehub.errors import Tampered
from casehub.policy import Actor, Permission, Permit
from casehub.store import db
from casehub.texts import N_
from casehub.vault import Code, PrivateKey, PublicKey

_BEFORE = {
    CodeKind.INVITATION: (AccountState.INVITED, AccountState.WAITING),
    CodeKind.RESET: (AccountState.ADMITTED,),
}


def issue_invitation(actor: Actor, account: Account, row_id: UUID | None = None) -> Issued:
    """Make the code with which somebody whom two people agreed to takes up the account.

    An earlier invitation's code ends. `row_id` is the id of the form it came with, so that one sent
    twice does not end the code that was just shown. What the code opens is the agency's keys, as
    the roles that were agreed to; accounts whose roles open nothing get a code without them. Raises
    Stale where the account is admitted or ended, Tampered where it is not what the log says.
    """
    hold_account(account)
    permit = permitted(actor, Permission.CODE_ISSUE, facts_about(actor, account))
    if account.state not in _BEFORE[CodeKind.INVITATION]:
        raise done_already()
    check_agreement(account.created_at)
    check_as_logged(account.hub_id, [account, *live_roles(account.id)])
    fresh = _fresh(account, CodeKind.INVITATION, account, new_row_id(row_id))
    return _issue(permit, fresh, end_codes(account.id, but=fresh))


def _fresh(account: Account, kind: CodeKind, agreed: Account | CodeRow, row_id: UUID) -> CodeRow:
    return CodeRow(
        id=row_id,
        hub_id=account.hub_id,
        agency_id=account.agency_id,
        account_id=account.id,
        account=account,
        kind=kind,
        proposed_by=agreed.proposed_by,
        seconded_by=agreed.seconded_by,
        created_at=agreed.created_at,  # the agreement's age goes along
    )


def issue_reset(actor: Actor, row: CodeRow, row_id: UUID | None = None) -> Issued:
    """Make the code of a reset that two people agreed to; an earlier code of it ends.

    The code gets a row and a link of its own, and what was agreed goes over to it. Raises Stale
    where the reset was used, withdrawn or has a newer code, Tampered where it is not what the log
    says.
    """
    account = account_of_code(row)
    hold_account(account)
    hold_row(row)
    permit = permitted(actor, Permission.CODE_ISSUE, facts_about(actor, account, row))
    if row.kind is not CodeKind.RESET or row.used_at is not None or row.ended_at is not None:
        raise done_already()
    check_agreement(row.created_at)
    check_as_logged(account.hub_id, [account, row, *live_roles(account.id)])
    fresh = _fresh(account, CodeKind.RESET, row, new_row_id(row_id))
    return _issue(permit, fresh, end_codes(account.id, but=fresh))


def _issue(permit: Permit, row: CodeRow, ended: list[Replayed]) -> Issued:
    drop_run_out(permit.actor)
    row.issued_by, row.issued_at = permit.actor.account, clock.now()
    row.until = clock.now() + code_numbers().holds_for(row.kind)
    opens = any(role.opens_content for role in roles_of(account_of_code(row).id))
    issued, made = make_stand_in(row, held_agency_key(permit) if opens else None)
    record(
        acts.CODE_ISSUED,
        by=permit.actor,
        rule=permit.rule,
        things=_once([*ended, *made]),
        subject=row.account_id,
        kind=row.kind,
        code=row.id,
        until=row.until,
    )
    return issued


def drop_run_out(actor: Actor) -> None:
    """Take away what stands in behind the own agency's codes that ran out.

    The pages refuse such a code; this makes it open nothing in a copy of the database either. Done
    with every code that is made and with every rotation.
    """
    rows = db.session.scalars(
        select(CodeRow).where(
            CodeRow.agency_id == actor.agency,
            CodeRow.kind.in_([CodeKind.INVITATION, CodeKind.RESET]),
            CodeRow.until <= clock.now(),
            CodeRow.account_key_id.is_not(None),
        )
    ).all()
    gone = [item for row in rows for item in remove_stand_in(row)]
    if rows:
        record(acts.CODES_RAN_OUT, by=actor, things=_once(gone), count=len(rows))


def withdraw_code(actor: Actor, row: CodeRow) -> None:
    """End a code, or a reset that was only proposed; what it stood for opens nothing any more."""
    account = account_of_code(row)
    hold_account(account)
    hold_row(row)
    permit = permitted(actor, Permission.CODE_WITHDRAW, facts_about(actor, account, row))
    if row.used_at is not None or row.ended_at is not None:
        raise done_already()
    row.ended_at = clock.now()
    record(
        acts.CODE_WITHDRAWN,
        by=actor,
        rule=permit.rule,
        things=remove_stand_in(row),
        subject=account.id,
        kind=row.kind,
        code=row.id,
    )


def check_code(row: CodeRow, code: Code) -> PrivateKey:
    """Say, before any slow work, whether a code is this row's and still good.

    Raises what `use_code` would raise; changes and records nothing.
    """
    check_usable(row)
    return open_stand_in(row, code)


def use_code(
    row: CodeRow, code: Code, public: PublicKey, ways: ChosenWays | None = None
) -> AccountKey:
    """Take up an account, or come back to it, with a code and a fresh key of one's own.

    Statement and membership move from the stand-in to the owner's key in this transaction, and the
    stand-in goes. A reset ends the key that the account had, with every way in to it. `ways` are
    the new ones; without them nobody can sign in yet. Raises Invalid for a code that does
    not fit, Stale for one that was used, Tampered where account, roles, stand-in or code are not
    what the log says: nothing is given then.
    """
    account = account_of_code(row)
    hold_account(account)
    hold_row(row)
    private = check_code(row, code)
    if account.state not in _BEFORE[row.kind]:
        raise done_already()
    keys = _keys_behind(row, account, private)
    changed = retire_key(account)
    changed += end_codes(account.id, but=row)
    key = new_key(account, public)
    account.state, account.admitted_at = AccountState.ADMITTED, account.admitted_at or clock.now()
    changed += [account, key, *([make_member(key, *keys)] if keys else [])]
    changed += [] if ways is None else set_up(key, ways)
    row.used_at = clock.now()
    changed += remove_stand_in(row)
    record(
        acts.CODE_USED,
        by=None,
        hub=account.hub_id,
        things=_once(changed),
        subject=account.id,
        kind=row.kind,
        code=row.id,
        key=public.digest,
    )
    return key


def _keys_behind(row: CodeRow, account: Account, private: PrivateKey) -> Keys | None:
    # What the log says of account, roles, stand-in and code; what it does not say opens nothing.
    stand_in = [] if row.account_key is None else [row.account_key]
    check_as_logged(account.hub_id, [account, row, *stand_in, *live_roles(account.id)])
    opens = any(role.opens_content for role in roles_of(account.id))
    return keys_through(row, private) if opens else None


def retire_key(account: Account) -> list[Replayed]:
    """Make the account's present key a past one that opens nothing; return the rows, for the log.

    The ways in to it go, and whoever is signed in with it is signed out.

    What was sealed to it by name, in a restricted case, does not move: somebody on that case adds
    the account again.
    """
    key = current_account_key(account.id)
    if key is None:
        return []
    key.state = AccountKeyState.PAST
    end_all(account.id)
    gone = [*delete_memberships(key.id), *forget(account.id)]
    db.session.flush()  # one current key an account: the old one steps back first
    return [key, *gone]


def account_of_code(row: CodeRow) -> Account:
    """Return whose account a code is about; raise Tampered where the row lost it."""
    if row.account is None:
        raise Tampered(N_("A code is about nobody."))
    return row.account


def live_reset(account: Account) -> CodeRow | None:
    """Return the reset that is under way for an account, or None."""
    rows = [row for row in live_codes(account.id) if row.kind is CodeKind.RESET]
    return rows[-1] if rows else None


def _once(rows: list[Replayed]) -> list[Replayed]:
    return list({(row.__tablename__, row.id): row for row in rows}.values())
