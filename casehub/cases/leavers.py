"""What a leaver, or somebody who comes back with a new key, leaves behind on cases."""

from uuid import UUID

from sqlalchemy import select

from casehub import clock
from casehub.accounts.models import Account
from casehub.accounts.service import end_account
from casehub.audit import Replayed, record
from casehub.cases import acts
from casehub.cases.models import EndCode, Release, ReleaseState
from casehub.cases.releases import close_release
from casehub.cases.service import end_assignments, live_assignments
from casehub.policy import Actor
from casehub.store import db


def remove_leaver(actor: Actor, account: Account) -> list[UUID]:
    """End an account, its places on teams and its keys to restricted cases; return those cases.

    The cases are the supervisor's to hand on.
    """
    end_account(actor, account)
    assignments = live_assignments(None, account.id)
    end_assignments(assignments, actor)
    cases = {assignment.case_id for assignment in assignments}
    things: list[Replayed] = list(assignments)
    for release in _releases_to(account.id):
        things += close_release(release, actor.account, EndCode.LEFT, actor.at)
        cases.add(release.case_id)
    record(acts.LEAVER_REMOVED, by=actor, things=things, subject=account.id, cases=len(cases))
    return sorted(cases)


def end_grants_of_old_key(account: Account) -> None:
    """End what restricted cases gave to a key that its owner lost; they do not move by themselves.

    Call it where a reset or a recovery sheet gave the account a new key. Somebody on the case adds
    the account again.
    """
    things: list[Replayed] = []
    releases = _releases_to(account.id)
    for release in releases:
        things += close_release(release, account.id, EndCode.LEFT, clock.now())
    if releases:
        record(
            acts.OLD_KEY_LEFT,
            by=None,
            hub=account.hub_id,
            things=things,
            subject=account.id,
            cases=len({release.case_id for release in releases}),
        )


def _releases_to(account: UUID) -> list[Release]:
    return list(
        db.session.scalars(
            select(Release).where(
                Release.receiver_account_id == account, Release.state == ReleaseState.LIVE
            )
        )
    )
