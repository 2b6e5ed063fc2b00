"""Policy: who may do what, decided in one place and read from one table."""

from casehub.policy.actor import Actor, Keyring
from casehub.policy.book import Facts, Word, book
from casehub.policy.decide import (
    Decision,
    Permit,
    Policy,
    allowed_sql,
    asked_always,
    decide,
    denial,
    in_force,
    instead,
    may,
    put_in_force,
)
from casehub.policy.folder import PolicyFile, folder_digest, policy_files
from casehub.policy.matrix import matrix
from casehub.policy.permissions import Permission, Subject
from casehub.policy.roles import Role
from casehub.policy.table import load_table

__all__ = [
    "Actor",
    "Decision",
    "Facts",
    "Keyring",
    "Permission",
    "Permit",
    "Policy",
    "PolicyFile",
    "Role",
    "Subject",
    "Word",
    "allowed_sql",
    "asked_always",
    "book",
    "decide",
    "denial",
    "folder_digest",
    "in_force",
    "instead",
    "load_table",
    "matrix",
    "may",
    "policy_files",
    "put_in_force",
]
