"""Comparing rows with the log before an agency's keys are sealed on the strength of them.

A key that somebody made waits in the database for a custodian, and a role for a second person. In
that time nobody has signed anything about them; but the log has, and its end is signed.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select

from casehub.accounts.models import Account, AccountRole
from casehub.accounts.sign_in_models import Credential
from casehub.audit import AuditEntry, AuditLog, Replayed, catalogue, head, prove_inclusion
from casehub.audit.things import thing
from casehub.audit.tree import leaf_hash, root_from_inclusion
from casehub.errors import Tampered
from casehub.policy import Actor, Facts, Permission, Permit, may
from casehub.store import db
from casehub.texts import N_

_ABOUT = ("account", "role:", "agency:begun", "code:", "reset:", "sheet:")
"""How the acts begin that write accounts, their keys, roles and codes."""
_OWN = ("credential:",)
"""How the acts begin with which somebody changes their own credentials."""


@dataclass(frozen=True)
class _Said:
    """What one entry says of one row."""

    number: int
    body: str
    state: str | None


def check_as_logged(hub: UUID, rows: Sequence[Replayed]) -> None:
    """Raise Tampered unless each row is what the last entry about it says.

    Those entries are proved to be in the log up to its signed end. Call it before anything is
    changed: a row that this transaction has written is no longer what the log says.
    """
    log = db.session.get_one(AuditLog, hub)
    end = head(log).checkpoint
    said = _last_said(hub, rows)
    for row in rows:
        now = thing(row)
        last = said.get(now.key)
        if last is None or last.state != now.state:
            raise Tampered(N_("An account, its key, a role or a code is not what the log says."))
        path = prove_inclusion(log, last.number, end.size)
        leaf = leaf_hash(last.body.encode())
        if root_from_inclusion(leaf, last.number, end.size, path) != end.root:
            raise Tampered(N_("An entry about an account was changed in the log."))


def permitted(actor: Actor, permission: Permission, facts: Facts) -> Permit:
    """Give leave as `may` does, to somebody whose own account and roles are what the log says.

    Roles are read from rows. Whoever writes the database could make somebody a second person for
    the length of one act, and take the row away again: then nothing would be left to find. Call it
    where somebody is let in, or put out, before anything is changed.
    """
    permit = may(actor, permission, facts)
    account = db.session.get_one(Account, actor.account)
    held = select(AccountRole).where(
        AccountRole.account_id == actor.account, AccountRole.ended_at.is_(None)
    )
    check_as_logged(actor.hub, [account, *db.session.scalars(held)])
    return permit


def _last_said(hub: UUID, rows: Sequence[Replayed]) -> dict[tuple[str, UUID], _Said]:
    query = select(AuditEntry.number, AuditEntry.body).where(AuditEntry.log_id == hub)
    # Few entries are about accounts; only their texts are looked through.
    about = query.where(
        _acts(_ABOUT), or_(*(AuditEntry.body.contains(f'"{row.id}"') for row in rows))
    )
    owners = {row.account_id for row in rows if isinstance(row, Credential)}
    own = query.where(AuditEntry.account_id.in_(owners), _acts(_OWN))
    entries = [*db.session.execute(about), *(db.session.execute(own) if owners else ())]
    said: dict[tuple[str, UUID], _Said] = {}
    for number, body in sorted(map(tuple, entries)):
        for kind, row, state in _things(body):
            said[kind, UUID(row)] = _Said(number, body, state)
    return said


def _acts(beginnings: tuple[str, ...]) -> ColumnElement[bool]:
    return AuditEntry.act.in_([act.name for act in catalogue if act.name.startswith(beginnings)])


def _things(body: str) -> list[tuple[str, str, str | None]]:
    try:
        found: list[tuple[str, str, str | None]] = json.loads(body)["things"]
    except (ValueError, KeyError, TypeError) as error:
        raise Tampered(N_("An entry about an account was changed in the log.")) from error
    return found
