"""Words for people: roles, states, permissions, alarms."""

from enum import StrEnum

from casehub.accounts.signing_in import PIN_ALARM, REFUSED_OFTEN
from casehub.accounts.vouching import FOREIGN_KEY
from casehub.policy import Permission, Role
from casehub.texts import N_, Text
from casehub.vault import VouchKind

ROLES: dict[Role, Text] = {
    Role.HUB_MEMBER: N_("Hub member"),
    Role.CASEWORKER: N_("Caseworker"),
    Role.COORDINATOR: N_("Coordinator"),
    Role.SUPERVISOR: N_("Supervisor"),
    Role.CUSTODIAN: N_("Custodian"),
    Role.PRIVACY_OFFICER: N_("Privacy officer"),
    Role.ANALYST: N_("Analyst"),
}

WHAT_ROLES_ARE: dict[Role, Text] = {
    Role.HUB_MEMBER: N_("Represents the agency at the case session."),
    Role.CASEWORKER: N_("Refers, assesses, works on the safety plan, updates actions."),
    Role.COORDINATOR: N_("Builds the agenda, runs the session, follows up and closes."),
    Role.SUPERVISOR: N_("Answers for the agency's staff and reads its log."),
    Role.CUSTODIAN: N_("Looks after the agency's keys and accounts."),
    Role.PRIVACY_OFFICER: N_("Reads the log of the whole hub; opens no case."),
    Role.ANALYST: N_("Sees counts with small numbers protected; opens no case."),
}


class PersonState(StrEnum):
    """How far somebody is, as the agency's page says it."""

    PROPOSED = "proposed"
    AGREED = "agreed"
    CODE_MADE = "code-made"
    RAN_OUT = "ran-out"
    WORKS = "works"
    RESET_PROPOSED = "reset-proposed"
    RESET_AGREED = "reset-agreed"
    RESET_MADE = "reset-made"
    ENDED = "ended"


STATES: dict[PersonState, tuple[str, Text, str]] = {
    PersonState.PROPOSED: ("wait", N_("Waits for a second person"), "wait"),
    PersonState.AGREED: ("wait", N_("Agreed, needs a code"), "wait"),
    PersonState.CODE_MADE: ("clock", N_("Has a code, not used yet"), ""),
    PersonState.RAN_OUT: ("warn", N_("The code ran out"), "care"),
    PersonState.WORKS: ("tick", N_("Has an account"), "go"),
    PersonState.RESET_PROPOSED: ("wait", N_("New way in waits for a second person"), "wait"),
    PersonState.RESET_AGREED: ("wait", N_("New way in agreed, needs a code"), "wait"),
    PersonState.RESET_MADE: ("clock", N_("Has a code for a new way in"), ""),
    PersonState.ENDED: ("block", N_("Ended"), "quiet"),
}
"""Icon, words and kind of each."""

CODE_STATES = {"invitation": N_("Invitation"), "reset": N_("New way in")}

KINDS_OF_TRUST: dict[VouchKind, Text] = {
    VouchKind.COMPARED: N_("Compared by you"),
    VouchKind.INTRODUCED: N_("Introduced by the coordinating agency"),
}

ALARMS: dict[str, Text] = {
    "tampered": N_("Something in the database is not what was signed or recorded."),
    FOREIGN_KEY: N_("An agency vouched for a key of yours that you do not hold."),
    PIN_ALARM: N_("An agency's key is another than somebody of it knew. Telephone; compare."),
    REFUSED_OFTEN: N_("Somebody asked many times for what they may not see."),
}
OTHER_ALARM = N_("An alarm with the code {code}.")

MAY_DO: dict[Permission, Text] = {
    Permission.AGENCY_KEY_ROTATE: N_("Begin a new epoch of the agency's keys."),
    Permission.AGENCY_KEY_VOUCH: N_("Vouch for another agency's key, or withdraw a vouch."),
    Permission.ACCOUNT_PROPOSE: N_("Propose a new account of the agency, with its roles."),
    Permission.ACCOUNT_SECOND: N_("Agree, as the second person, to a new account."),
    Permission.ACCOUNT_END: N_("End a leaver's account."),
    Permission.CODE_ISSUE: N_("Make the code of an invitation or of a new way in."),
    Permission.CODE_WITHDRAW: N_("Withdraw a code, or a new way in that was proposed."),
    Permission.RESET_PROPOSE: N_("Propose a new way in for somebody who cannot sign in."),
    Permission.RESET_SECOND: N_("Agree, as the second person, to a new way in for somebody."),
    Permission.ROLE_PROPOSE: N_("Propose a role for an account of the agency."),
    Permission.ROLE_SECOND: N_("Agree, as the second person, to a role."),
    Permission.ROLE_GIVE: N_("Give a role that the coordinating agency agreed to."),
    Permission.ROLE_END: N_("Take a role away."),
    Permission.AGENCY_SEE: N_("See the agency's people, roles and keys, and what is to do."),
    Permission.AGENCY_DESCRIBE: N_("Change the agency's duty telephone."),
    Permission.AGREEMENT_FILE: N_("Put an agency's signed agreement on file."),
    Permission.SHEET_MAKE: N_("Make a recovery sheet, try it, and say where it lies."),
    Permission.SHEET_KEEP: N_("Confirm that the agency keeps another agency's sheet."),
    Permission.CASE_REFER: N_("Refer a case."),
    Permission.CASE_KNOW: N_("Know that a case exists, its stage and its dates."),
    Permission.SYNOPSIS_OPEN: N_("Read the coded description, without names."),
    Permission.IDENTIFIERS_OPEN: N_("Read names, dates of birth and the address on file."),
    Permission.CONTACT_OPEN: N_("Read where the person in danger can be reached safely."),
    Permission.JOINT_OPEN: N_("Read what the agencies made together."),
    Permission.PART_OPEN: N_("Read what one agency said and answers for."),
    Permission.OWN_OPEN: N_("Read the own agency's private notes and all that it wrote."),
    Permission.RECORD_WRITE: N_("Write into a case."),
    Permission.TEAM_ASSIGN: N_("Put a colleague on a case, or take one off."),
    Permission.KEY_RELEASE: N_("Release a part of a case to another agency, on a ground."),
    Permission.RELEASE_END: N_("End a release that the own agency gave."),
    Permission.LOG_READ: N_("Read the log of the own agency's accounts and cases."),
    Permission.HUB_LOG_READ: N_("Read the log of the whole hub; open nothing."),
}
"""One short sentence for each permission; a test finds a missing one."""
