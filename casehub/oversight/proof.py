"""How far the log proves itself: its size, its root, and who outside has seen it."""

import base64
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from casehub.audit import AuditLog, head
from casehub.audit.models import AuditCheckpoint
from casehub.policy import Permit
from casehub.store import db


@dataclass(frozen=True)
class Proof:
    """The end of the hub's log, and the last checkpoint that was given out, if any."""

    origin: str
    size: int
    root: str
    given_out: int | None
    given_out_at: datetime | None

    @property
    def since(self) -> int:
        """Return how many entries came after the last checkpoint that was given out."""
        return self.size - (self.given_out or 0)


def proof_of(permit: Permit) -> Proof:
    """Return how far the log of the permit's actor proves itself; raise LogBroken where it fails.

    Nobody outside cosigns checkpoints yet: a checkpoint that was given out proves something only to
    whoever kept it.
    """
    log = db.session.get_one(AuditLog, permit.actor.hub)
    end = head(log).checkpoint
    last = db.session.execute(
        select(AuditCheckpoint.size, AuditCheckpoint.at)
        .where(AuditCheckpoint.log_id == log.id)
        .order_by(AuditCheckpoint.size.desc())
        .limit(1)
    ).one_or_none()
    size, at = last or (None, None)
    return Proof(log.origin, end.size, base64.b64encode(end.root).decode(), size, at)
