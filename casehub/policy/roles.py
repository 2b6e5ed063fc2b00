"""The roles an account may hold."""

from enum import StrEnum


class Role(StrEnum):
    """A role; one account has one or more. The operator is none: he has a shell, no account."""

    HUB_MEMBER = "hub-member"
    """Represents the agency at the case session."""
    CASEWORKER = "caseworker"
    """Refers, assesses, works on the safety plan, updates actions."""
    COORDINATOR = "coordinator"
    """Triages, builds the agenda, runs the session, chases actions, closes."""
    SUPERVISOR = "supervisor"
    """Answers for the agency's staff and reviews the audit trail."""
    CUSTODIAN = "custodian"
    """Looks after the agency's keys and accounts."""
    PRIVACY_OFFICER = "privacy-officer"
    """Reads the audit of the whole hub; opens no case."""
    ANALYST = "analyst"
    """Sees counts with small-number protection; opens no case."""

    @property
    def opens_content(self) -> bool:
        """Say whether an account needs this role's agency key at all."""
        return self not in (Role.PRIVACY_OFFICER, Role.ANALYST)
