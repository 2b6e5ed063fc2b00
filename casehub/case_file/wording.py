"""The words of the case's pages for the codes that cases carry."""

from collections.abc import Mapping

from casehub.cases.grounds import Demand
from casehub.cases.models import AssignmentReason, EndCode, Place
from casehub.texts import N_, Text
from casehub.vault import KeyKind

GIVING: Mapping[KeyKind, Text] = {
    KeyKind.SYNOPSIS: N_("The synopsis, coded and without names"),
    KeyKind.IDENTIFIERS: N_("Names and dates of birth"),
    KeyKind.PART: N_("What happened, in our words"),
}
"""What the release page offers, each as a portion that the receiver then opens."""

HELD: Mapping[KeyKind, Text] = {
    KeyKind.SYNOPSIS: N_("synopsis"),
    KeyKind.IDENTIFIERS: N_("names"),
    KeyKind.CONTACT: N_("where the survivor is"),
    KeyKind.JOINT: N_("what was made together"),
    KeyKind.PART: N_("what {agency} says"),
    KeyKind.OWN: N_("own notes"),
}
"""What an agency holds, in a list."""

ENDINGS: Mapping[EndCode, Text] = {
    EndCode.WITHDRAWN: N_("We take it back"),
    EndCode.CONSENT_WITHDRAWN: N_("The survivor withdrew consent"),
    EndCode.EXPIRED: N_("Its time was over"),
    EndCode.STAGE_LEFT: N_("The case left the stage"),
    EndCode.REJECTED: N_("The table did not take the case on"),
    EndCode.WALL: N_("A wall"),
    EndCode.LEFT: N_("The person left the agency"),
    EndCode.MISTAKE: N_("It was a mistake"),
}

REASONS: Mapping[AssignmentReason, Text] = {
    AssignmentReason.CASEWORKER: N_("Caseworker"),
    AssignmentReason.AT_THE_TABLE: N_("Speaks for us at the table"),
    AssignmentReason.SUPERVISOR: N_("Supervisor"),
    AssignmentReason.COVER: N_("Cover for a colleague"),
}
"""As what somebody can be put on a team. Behind broken glass nobody puts somebody else."""

ON_THE_TEAM: Mapping[AssignmentReason, Text] = {
    **REASONS,
    AssignmentReason.BROKEN_GLASS: N_("Access taken in an emergency"),
}

DEMANDS: Mapping[Demand, Text] = {
    Demand.CONSENT: N_("The written consent is on file"),
    Demand.DIRECTIVE: N_("Our agency's directive is on file"),
    Demand.DECISION: N_("The head of our agency has decided it"),
    Demand.NOTICE: N_("The survivor was told, or telling would be a danger"),
    Demand.COMMISSIONER: N_("The commissioner was told in writing"),
    Demand.ENTRY: N_("It is entered in our own register"),
}
"""What a ground asks for first, as what somebody says is done."""

PLACES: Mapping[Place, Text] = {
    Place.ORIGINATING: N_("We brought it"),
    Place.TABLE: N_("At the table"),
    Place.LEAD: N_("We lead"),
    Place.ASSISTING: N_("We assist"),
    Place.NONE: N_("No place any more"),
}
