"""Beginning a new epoch of an agency's keys, while releases to it come and go.

The new epoch is published first, with every member's share of it; from then on everybody seals to
it. Then what lies under the old epoch is carried over in batches, each a change of its own, by
UPDATE and never by INSERT: what was withdrawn meanwhile stays gone. Killed at any moment, it is
begun again where it stopped. When nothing names the old epoch any more, its private half goes.
"""

from collections.abc import Callable, Sequence

from sqlalchemy import func, select, true
from sqlalchemy.orm import joinedload

from casehub.accounts.codes import drop_run_out
from casehub.accounts.keys import (
    check_member,
    make_member,
    members_of,
    own_agency_key,
)
from casehub.audit import Replayed, changing, record, viewing
from casehub.cases import acts
from casehub.cases.models import Grant, Release
from casehub.cases.opening import open_for_carrying
from casehub.hubs import acts as hub_acts
from casehub.hubs.facts import AgencyFacts
from casehub.hubs.keys import hold_current_key, key_of_epoch, succeed_key
from casehub.hubs.models import Agency, AgencyKey, KeyState
from casehub.policy import Actor, Permission, may
from casehub.store import Sealed, db
from casehub.vault import reseal_case_key

BATCH = 200
Progress = Callable[[int, int], None]


def begin_epoch(actor: Actor, *, routine: bool = True) -> AgencyKey:
    """Publish the next epoch and seal it to every member with a valid statement.

    A membership that its agency did not sign raises Tampered, and nothing is rotated: whoever put
    it there would otherwise be carried along. `routine` False says that the old key may be known to
    somebody, so the succession proves nothing and others must compare the new key.
    """
    before = hold_current_key(actor.agency, alone=True)
    permit = may(actor, Permission.AGENCY_KEY_ROTATE, AgencyFacts.of(before.agency))
    _, old = own_agency_key(permit)
    drop_run_out(actor)
    members = members_of(before)
    keys = [check_member(membership) for membership in members]
    key, new = succeed_key(before, old, routine)
    db.session.flush()
    made: list[Replayed] = [before, key]
    made += [make_member(member, key, new) for member in keys]
    for membership in members:
        db.session.delete(membership)
    db.session.flush()
    record(
        hub_acts.KEYS_MADE,
        by=actor,
        rule=permit.rule,
        things=[*made, *members],
        epoch=key.epoch,
        seal_key=new.public.seal.digest,
        routine=int(routine),
    )
    return key


def carry_batch(actor: Actor, batch: int = BATCH) -> int:
    """Carry up to `batch` grants over to the current epoch; return how many are left.

    One change of its own. A grant that went meanwhile is not made again.
    """
    permit = may(actor, Permission.AGENCY_KEY_ROTATE, _own_facts(actor))
    key, secret = own_agency_key(permit)
    grants = _to_carry(key, batch)
    for grant, case_key in open_for_carrying(permit, grants):
        given = reseal_case_key(grant.release.statement or b"", case_key, secret, key.epoch)
        grant.agency_key = key
        grant.sealed, grant.reseal = Sealed(given.sealed), given.statement
        grant.reseal_signature = given.signature
    db.session.flush()
    record(
        acts.GRANTS_CARRIED,
        by=actor,
        rule=permit.rule,
        things=grants,
        epoch=key.epoch,
        count=len(grants),
    )
    return left_behind(actor)


def _to_carry(key: AgencyKey, batch: int) -> Sequence[Grant]:
    return db.session.scalars(
        select(Grant)
        .join(Grant.agency_key)
        .options(
            joinedload(Grant.release).options(
                joinedload(Release.case_key), joinedload(Release.case)
            )
        )
        .where(AgencyKey.agency_id == key.agency_id, AgencyKey.id != key.id)
        .order_by(Grant.id)
        .limit(batch)
        .with_for_update(of=Grant, skip_locked=True)
    ).all()


def left_behind(actor: Actor) -> int:
    """Count the grants that still lie under an earlier epoch of the actor's agency."""
    return (
        db.session.scalar(
            select(func.count())
            .select_from(Grant)
            .join(Grant.agency_key)
            .where(AgencyKey.agency_id == actor.agency, AgencyKey.state == KeyState.PAST)
        )
        or 0
    )


def retire_epochs(actor: Actor) -> list[AgencyKey]:
    """Delete the private halves of earlier epochs that no grant names any more."""
    permit = may(actor, Permission.AGENCY_KEY_ROTATE, _own_facts(actor))
    hold_current_key(actor.agency, alone=True)  # another custodian may begin the next one just now
    # Each epoch's private half lies under the next: what is older than the oldest in use may go,
    # and nothing between.
    oldest = db.session.scalar(
        select(func.min(AgencyKey.epoch))
        .join(Grant, Grant.agency_key_id == AgencyKey.id)
        .where(AgencyKey.agency_id == actor.agency)
    )
    past = db.session.scalars(
        select(AgencyKey)
        .where(
            AgencyKey.agency_id == actor.agency,
            AgencyKey.state == KeyState.PAST,
            true() if oldest is None else AgencyKey.epoch < oldest,
        )
        .order_by(AgencyKey.epoch)
    ).all()
    for key in past:
        after = key_of_epoch(actor.agency, key.epoch + 1)
        key.state, after.sealed_predecessor = KeyState.GONE, None
        db.session.flush()
        record(
            hub_acts.KEYS_RETIRED,
            by=actor,
            rule=permit.rule,
            things=[key, after],
            epoch=key.epoch,
        )
    return list(past)


def finish_rotation(actor: Actor, progress: Progress = lambda _done, _all: None) -> None:
    """Carry over whatever is left, batch by batch, then delete the old private halves.

    Every batch is a change of its own; called again after a crash it goes on where it stopped.
    """
    with viewing():
        total = left = left_behind(actor)
    while left:
        with changing():
            left = carry_batch(actor)
        progress(total - left, total)
    with changing():
        retire_epochs(actor)


def _own_facts(actor: Actor) -> AgencyFacts:
    return AgencyFacts.of(db.session.get_one(Agency, actor.agency))
