"""What no log vouches for: rows of a hub that has no log, and logs that are gone."""

import json
from collections.abc import Iterator
from contextlib import suppress
from uuid import UUID

from sqlalchemy import select

from casehub.audit.acts import HUB_ADDED
from casehub.audit.models import AuditEntry, AuditLog, LogKind
from casehub.audit.replay import UNREADABLE
from casehub.audit.things import replayed_models
from casehub.store import db


def unvouched() -> Iterator[tuple[str, str]]:
    """Name, as code and sentence, what a check of each log by itself would never look at.

    Somebody could put in a hub without a log, with roles and teams of their own under it, or take
    a hub's log away with everything in it; the deployment's log says which there must be.
    """
    found = db.session.scalars(select(AuditLog)).all()
    logs = {log.id for log in found}
    if logs and all(log.kind is LogKind.HUB for log in found):
        yield "log-gone", "The deployment's own log is gone."
    for kind, model in sorted(replayed_models().items()):
        belongs = model.__table__.c.get("hub_id", model.__table__.c.id)
        try:
            hubs = db.session.scalars(select(belongs).where(belongs.not_in(logs)).distinct()).all()
        except UNREADABLE:
            yield "no-log", f"{kind} has rows of something that is no hub."
        else:
            for hub in hubs:
                yield "no-log", f"{kind} has rows of {hub}, which has no log."
    for hub in _added_hubs() - logs:
        yield "log-gone", f"The log of the hub {hub} is gone."


def _added_hubs() -> set[UUID]:
    bodies = db.session.scalars(select(AuditEntry.body).where(AuditEntry.act == HUB_ADDED.name))
    hubs = set()
    for body in bodies:
        with suppress(*UNREADABLE):  # the check of its log names an entry that cannot be read
            hubs.add(UUID(json.loads(body)["facts"]["added"]))
    return hubs
