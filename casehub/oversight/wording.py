"""The words for the codes that entries carry. A code without one is shown as it stands."""

from collections.abc import Mapping

from casehub.accounts.code_models import CodeKind
from casehub.accounts.factors import FactorKind
from casehub.accounts.sign_in_models import CredentialKind
from casehub.accounts.signing_in import PIN_ALARM, REFUSED_OFTEN
from casehub.accounts.vouching import FOREIGN_KEY
from casehub.cases.models import AssignmentReason, EndCode
from casehub.policy import Permission, Role
from casehub.texts import N_, Text
from casehub.vault import KeyKind, VouchKind

KEYS: Mapping[str, Text] = {
    KeyKind.SYNOPSIS: N_("the synopsis"),
    KeyKind.IDENTIFIERS: N_("names and dates of birth"),
    KeyKind.CONTACT: N_("where the survivor is"),
    KeyKind.JOINT: N_("what the agencies made together"),
    KeyKind.PART: N_("what {agency} says"),
    KeyKind.OWN: N_("the private notes of {agency}"),
}
"""What lies under a key, as the object of a sentence. The last two belong to an agency."""

ROLES: Mapping[str, Text] = {
    Role.HUB_MEMBER: N_("hub member"),
    Role.CASEWORKER: N_("caseworker"),
    Role.COORDINATOR: N_("coordinator"),
    Role.SUPERVISOR: N_("supervisor"),
    Role.CUSTODIAN: N_("custodian"),
    Role.PRIVACY_OFFICER: N_("privacy officer"),
    Role.ANALYST: N_("analyst"),
}

PERMISSIONS: Mapping[str, Text] = {
    Permission.AGENCY_KEY_ROTATE: N_("change the keys of the agency"),
    Permission.AGENCY_KEY_VOUCH: N_("vouch for a key"),
    Permission.ACCOUNT_PROPOSE: N_("propose an account"),
    Permission.ACCOUNT_SECOND: N_("agree to an account"),
    Permission.ACCOUNT_END: N_("end an account"),
    Permission.ROLE_PROPOSE: N_("propose a role"),
    Permission.ROLE_SECOND: N_("agree to a role"),
    Permission.ROLE_END: N_("take a role away"),
    Permission.ROLE_GIVE: N_("give a role"),
    Permission.CODE_ISSUE: N_("make a code for somebody"),
    Permission.CODE_WITHDRAW: N_("withdraw a code"),
    Permission.RESET_PROPOSE: N_("propose a new way in for somebody"),
    Permission.RESET_SECOND: N_("agree to a new way in for somebody"),
    Permission.AGENCY_SEE: N_("look after the agency"),
    Permission.AGENCY_DESCRIBE: N_("change what is said of the agency"),
    Permission.AGREEMENT_FILE: N_("put an agreement on file"),
    Permission.SHEET_MAKE: N_("make a recovery sheet"),
    Permission.SHEET_KEEP: N_("keep a recovery sheet"),
    Permission.CASE_REFER: N_("refer a case"),
    Permission.CASE_KNOW: N_("see a case"),
    Permission.SYNOPSIS_OPEN: N_("open the synopsis"),
    Permission.IDENTIFIERS_OPEN: N_("open names and dates of birth"),
    Permission.CONTACT_OPEN: N_("open where the survivor is"),
    Permission.JOINT_OPEN: N_("open what the agencies made together"),
    Permission.PART_OPEN: N_("open what an agency says"),
    Permission.OWN_OPEN: N_("open private notes"),
    Permission.RECORD_WRITE: N_("write into a case"),
    Permission.TEAM_ASSIGN: N_("change a team"),
    Permission.KEY_RELEASE: N_("release something"),
    Permission.RELEASE_END: N_("end a release"),
    Permission.LOG_READ: N_("read the log"),
    Permission.HUB_LOG_READ: N_("read the log of the hub"),
}

ENDINGS: Mapping[str, Text] = {
    EndCode.WITHDRAWN: N_("taken back"),
    EndCode.CONSENT_WITHDRAWN: N_("consent was withdrawn"),
    EndCode.EXPIRED: N_("its time was over"),
    EndCode.STAGE_LEFT: N_("the case left the stage"),
    EndCode.REJECTED: N_("the table did not take the case on"),
    EndCode.WALL: N_("a wall"),
    EndCode.LEFT: N_("the person left the agency"),
    EndCode.MISTAKE: N_("it was a mistake"),
}

REASONS: Mapping[str, Text] = {
    AssignmentReason.CASEWORKER: N_("caseworker of the case"),
    AssignmentReason.AT_THE_TABLE: N_("speaks for the agency at the table"),
    AssignmentReason.SUPERVISOR: N_("supervisor"),
    AssignmentReason.COVER: N_("cover for a colleague"),
    AssignmentReason.BROKEN_GLASS: N_("access taken in an emergency"),
}

CONTRACTS: Mapping[str, Text] = {
    "cases/synopsis": N_("the synopsis"),
    "cases/identity": N_("names and dates of birth"),
    "cases/safe-contact": N_("how to reach the survivor safely"),
    "cases/what-happened": N_("what happened"),
    "cases/statement": N_("a statement"),
    "cases/note": N_("a private note"),
    "cases/minute": N_("a minute"),
}

VOUCHES: Mapping[str, Text] = {
    VouchKind.COMPARED: N_("fingerprints compared"),
    VouchKind.INTRODUCED: N_("introduced by the coordinating agency"),
}

ALARMS: Mapping[str, Text] = {
    "tampered": N_("something stored is not what was sealed or signed"),
    PIN_ALARM: N_("the agency's key is not the one that this person knew"),
    REFUSED_OFTEN: N_("refused twenty times in ten minutes, and signed out"),
    FOREIGN_KEY: N_("a key was vouched for that is not the agency's"),
}

ENDED_SESSIONS: Mapping[str, Text] = {
    "elsewhere": N_("all other places, by the person"),
    "there": N_("one place, by the person"),
    "credentials-changed": N_("the passphrase or the second factor was changed"),
}

FACTORS: Mapping[str, Text] = {
    FactorKind.PHONE: N_("a code from the phone"),
    FactorKind.CARD: N_("a code from the printed card"),
    CredentialKind.RECOVERY: N_("a recovery code"),
}

CODES: Mapping[str, Text] = {
    CodeKind.START: N_("start code"),
    CodeKind.INVITATION: N_("invitation"),
    CodeKind.RESET: N_("new way in"),
    CodeKind.SHEET: N_("recovery sheet"),
}

SCOPES: Mapping[str, Text] = {"agency": N_("the agency"), "hub": N_("the hub")}

WORDS: Mapping[str, Mapping[str, Text]] = {
    "role": ROLES,
    "roles": ROLES,
    "permission": PERMISSIONS,
    "contract": CONTRACTS,
    "reason": REASONS,
    "scope": SCOPES,
    "code": {**ENDINGS, **ALARMS, **ENDED_SESSIONS},
    "kind": {**VOUCHES, **CODES},
    "factor": FACTORS,
}
"""By the name of the fact: the words for its codes."""
