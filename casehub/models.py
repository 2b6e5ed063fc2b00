"""Every table, in one import: for migrations and for whatever looks at the whole schema."""

from casehub.accounts.code_models import CodeRow, SheetDeposit
from casehub.accounts.models import Account, AccountKey, AccountRole, Membership
from casehub.accounts.sign_in_models import BrowserSession, Credential, FactorUse, Throttle
from casehub.audit.models import AuditCheckpoint, AuditEntry, AuditLog, AuditNode
from casehub.cases.models import (
    Assignment,
    Case,
    CaseAgency,
    CaseKeyRow,
    Grant,
    Record,
    Release,
)
from casehub.hubs.models import Agency, AgencyKey, Agreement, Hub, Vouching
from casehub.policy.documents import PolicyDocument

__all__ = [
    "Account",
    "AccountKey",
    "AccountRole",
    "Agency",
    "AgencyKey",
    "Agreement",
    "Assignment",
    "AuditCheckpoint",
    "AuditEntry",
    "AuditLog",
    "AuditNode",
    "BrowserSession",
    "Case",
    "CaseAgency",
    "CaseKeyRow",
    "CodeRow",
    "Credential",
    "FactorUse",
    "Grant",
    "Hub",
    "Membership",
    "PolicyDocument",
    "Record",
    "Release",
    "SheetDeposit",
    "Throttle",
    "Vouching",
]
