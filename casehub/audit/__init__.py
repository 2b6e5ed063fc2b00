"""The audit log: every act, in a tree that proves itself, and the units of work that keep it so."""

from casehub.audit.acts import Act, Fact, catalogue
from casehub.audit.journal import Outcome, raise_alarm, record
from casehub.audit.log import (
    attested,
    attests,
    begin_log,
    deployment_log,
    head,
    prove_consistency,
    prove_inclusion,
    publish_checkpoint,
    sign_with,
)
from casehub.audit.marks import MarkedHubRow
from casehub.audit.models import AuditEntry, AuditLog, LogKind
from casehub.audit.things import RECORDED, Replayed, ReplayedHubRow, Thing, state_of
from casehub.audit.unit import changing, housekeeping, loaded, viewing
from casehub.audit.verify import Finding, Report, verify_log

__all__ = [
    "RECORDED",
    "Act",
    "AuditEntry",
    "AuditLog",
    "Fact",
    "Finding",
    "LogKind",
    "MarkedHubRow",
    "Outcome",
    "Replayed",
    "ReplayedHubRow",
    "Report",
    "Thing",
    "attested",
    "attests",
    "begin_log",
    "catalogue",
    "changing",
    "deployment_log",
    "head",
    "housekeeping",
    "loaded",
    "prove_consistency",
    "prove_inclusion",
    "publish_checkpoint",
    "raise_alarm",
    "record",
    "sign_with",
    "state_of",
    "verify_log",
    "viewing",
]
