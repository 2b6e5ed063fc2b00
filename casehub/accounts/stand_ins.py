"""Keys that stand in for somebody until they come with a code: one mechanism for all codes.

An invitation, a reset and a recovery sheet differ in who agreed and what becomes of the account.
Making the stand-in, opening the agency's keys through it and taking it away again is the same.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from casehub import clock, references
from casehub.accounts.code_models import CodeKind, CodeRow
from casehub.accounts.code_numbers import code_numbers
from casehub.accounts.keys import make_member, open_member
from casehub.accounts.models import AccountKey, Membership
from casehub.audit import Replayed
from casehub.errors import Invalid, Stale, Tampered, Unfinished
from casehub.hubs.keys import hold_current_key
from casehub.hubs.models import Agency, AgencyKey
from casehub.store import Sealed, db
from casehub.texts import N_
from casehub.vault import AgencySecret, Code, Holder, PrivateKey

Keys = tuple[AgencyKey, AgencySecret]


@dataclass(frozen=True)
class Issued:
    """A code that was just made: its row, and what is shown once and handed over."""

    row: CodeRow
    code: Code = field(repr=False)


def make_stand_in(row: CodeRow, keys: Keys | None) -> tuple[Issued, list[Replayed]]:
    """Make a code with the key that stands in, a member of the agency if its keys are given.

    Returns what to show and the rows that were written; the caller records them.
    """
    code, private = Code.new(), PrivateKey.new()
    key = AccountKey(
        hub_id=row.hub_id,
        agency_id=row.agency_id,
        account_id=row.account_id,
        account=row.account,
        holder=Holder.RECOVERY_SHEET if row.kind is CodeKind.SHEET else Holder.STAND_IN,
        public_key=private.public.content,
    )
    db.session.add_all([row, key])
    db.session.flush()
    row.account_key_id, row.account_key = key.id, key
    row.wrapped = Sealed(code.wrap(private, str(row.id)))
    made: list[Replayed] = [row, key]
    if keys is not None:
        made.append(make_member(key, *keys))
    db.session.flush()
    return Issued(row, code), made


def done_already() -> Stale:
    """Return what is raised where there is nothing left to do: done, withdrawn or ended."""
    return Stale(
        N_("This was done already, or does not stand any more."),
        N_("Open the page again: it says how it stands now."),
    )


def check_agreement(proposed_at: datetime) -> None:
    """Raise Unfinished where what two people agreed to was proposed too long ago."""
    days = code_numbers().agreement_days
    if clock.now() - proposed_at > timedelta(days=days):
        raise Unfinished(
            N_("An agreement of two people holds for {days} days, and they are over."),
            N_("Withdraw it and propose it again."),
            days=days,
        )


def new_row_id(wanted: UUID | None) -> UUID:
    """Return the id of a row to be made; raise Stale where the form it came with made one already.

    Without this a page that is sent twice would end the code that it has just shown.
    """
    if wanted is not None and db.session.get(CodeRow, wanted) is not None:
        raise Stale(
            N_("This was sent already, and the code was shown then."),
            N_("If it was not written down, make another: the first one then opens nothing."),
        )
    return wanted or references.new_id()


def sheet_row(agency: Agency, row_id: UUID | None = None) -> CodeRow:
    """Return the row of a fresh recovery sheet, which holds until it is replaced."""
    return CodeRow(
        id=new_row_id(row_id),
        hub_id=agency.hub_id,
        agency_id=agency.id,
        agency=agency,
        kind=CodeKind.SHEET,
        issued_at=clock.now(),
        until=clock.FOREVER,
    )


def hold_row(row: CodeRow) -> None:
    """Read a code's row anew and hold it: of two who use it at once one finds it used."""
    db.session.refresh(row, with_for_update=True)


def check_usable(row: CodeRow) -> None:
    """Raise Stale for a code that was used or replaced, Unfinished for one not made or run out.

    A code that somebody else used is told as such: that is how its owner finds out.
    """
    if row.used_at is not None and row.kind is not CodeKind.SHEET:
        raise Stale(
            N_("This code was used already, on {day} at {time} UTC."),
            N_(
                "If it was not you, somebody else has had your code: tell a custodian of your "
                "agency at once, by telephone or in person, and the coordinating agency."
            ),
            day=row.used_at.date(),
            time=f"{row.used_at:%H:%M}",
        )
    if row.ended_at is not None:
        raise Stale(
            N_("This code was withdrawn or replaced by a newer one."),
            N_("Use the newest code and its own link, or ask a custodian of your agency."),
        )
    if row.until is None:
        raise Unfinished(
            N_("There is no code for this yet."),
            N_("A custodian of your agency makes it once two people have agreed."),
        )
    if row.until <= clock.now():
        raise Unfinished(
            N_("This code ran out on {day}."),
            N_("Ask a custodian of your agency for a new one, or the operator for a start code."),
            day=row.until.date(),
        )


def open_stand_in(row: CodeRow, code: Code) -> PrivateKey:
    """Open the key that stands in; raise Invalid for a code that is another link's or another's.

    Raises Tampered where the stored public key is not the one that was made with the code.
    """
    if row.wrapped is None or row.account_key is None:
        raise Stale(N_("This code was withdrawn or replaced by a newer one."))
    try:
        private = code.unwrap(bytes(row.wrapped), str(row.id))
    except Tampered:
        message = N_("This code does not fit this link. Check that both came together.")
        raise Invalid("code", message) from None
    if private.public.content != row.account_key.public_key:
        raise Tampered(N_("The key that a code stands for was replaced in the database."))
    return private


def keys_through(row: CodeRow, private: PrivateKey) -> Keys:
    """Open the agency's present keys with the stand-in's; held to the end of this transaction."""
    agency_key = hold_current_key(row.agency_id)
    membership = db.session.scalar(
        select(Membership).where(
            Membership.account_key_id == row.account_key_id,
            Membership.agency_key_id == agency_key.id,
        )
    )
    if membership is None:
        raise Tampered(N_("What a code gives access to was removed from the database."))
    return agency_key, open_member(membership, private)


def remove_stand_in(row: CodeRow) -> list[Replayed]:
    """Delete a stand-in, its memberships and its wrap; return the rows, for the log."""
    key = row.account_key
    row.account_key, row.account_key_id, row.wrapped = None, None, None
    if key is None:
        return [row]
    gone = delete_memberships(key.id)
    db.session.flush()
    db.session.delete(key)
    db.session.flush()
    return [row, *gone, key]


def delete_memberships(key: UUID) -> list[Replayed]:
    """Delete every membership of a key; return the rows, for the log."""
    found = db.session.scalars(select(Membership).where(Membership.account_key_id == key)).all()
    for membership in found:
        db.session.delete(membership)
    return list(found)


def live_codes(account: UUID) -> list[CodeRow]:
    """Return an account's codes that were neither used nor ended, proposed resets too."""
    return list(
        db.session.scalars(
            select(CodeRow)
            .where(
                CodeRow.account_id == account,
                CodeRow.used_at.is_(None),
                CodeRow.ended_at.is_(None),
            )
            .order_by(CodeRow.created_at)
        )
    )


def end_codes(account: UUID, *, but: CodeRow | None = None) -> list[Replayed]:
    """End an account's codes and take away what stands in; return the rows, for the log."""
    changed: list[Replayed] = []
    for row in live_codes(account):
        if row is not but:
            row.ended_at = clock.now()
            changed += remove_stand_in(row)
    return changed
