"""The words of sign-in pages for what the code calls by codes."""

from casehub.accounts.sign_in_models import CredentialKind
from casehub.policy import Role
from casehub.texts import N_, Text

FACTORS: dict[CredentialKind, Text] = {
    CredentialKind.PHONE: N_("An app on a telephone"),
    CredentialKind.CARD: N_("A printed card of codes"),
}
ROLES: dict[Role, tuple[Text, Text]] = {
    Role.HUB_MEMBER: (
        N_("Hub member"),
        N_("You represent your agency at the case session."),
    ),
    Role.CASEWORKER: (
        N_("Caseworker"),
        N_("You refer people, assess danger and work on safety plans."),
    ),
    Role.COORDINATOR: (
        N_("Coordinator"),
        N_("You build the agenda, run the session and see that what was agreed is done."),
    ),
    Role.SUPERVISOR: (
        N_("Supervisor"),
        N_("You answer for your agency's staff and review what they opened."),
    ),
    Role.CUSTODIAN: (
        N_("Custodian"),
        N_("You look after your agency's keys and accounts."),
    ),
    Role.PRIVACY_OFFICER: (
        N_("Privacy officer"),
        N_("You read the log of the whole hub and open no case."),
    ),
    Role.ANALYST: (
        N_("Analyst"),
        N_("You see counts and open no case."),
    ),
}
