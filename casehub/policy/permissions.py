"""Every permission there is, with what it is asked about."""

from enum import StrEnum


class Subject(StrEnum):
    """What a permission and a word are about."""

    CASE = "case"
    AGENCY = "agency"
    ACCOUNT = "account"


class Permission(StrEnum):
    """What somebody may do, `noun:verb`. What no rule allows is denied."""

    AGENCY_KEY_ROTATE = "agency-key:rotate"
    """Begin a new epoch of the agency's keys."""
    AGENCY_KEY_VOUCH = "agency-key:vouch"
    """Vouch for another agency's key, or withdraw a vouch."""
    ACCOUNT_PROPOSE = "account:propose"
    """Propose a new account of the agency, with its roles."""
    ACCOUNT_SECOND = "account:second"
    """Agree, as the second person, to what a custodian proposed for an account."""
    ACCOUNT_END = "account:end"
    """End a leaver's account."""
    CODE_ISSUE = "code:issue"
    """Make the code of an invitation or a reset that two people agreed to."""
    CODE_WITHDRAW = "code:withdraw"
    """Withdraw a code, or a reset that was proposed."""
    RESET_PROPOSE = "reset:propose"
    """Propose a new way in for somebody who cannot sign in any more."""
    RESET_SECOND = "reset:second"
    """Agree, as the second person, to a new way in for somebody."""
    ROLE_PROPOSE = "role:propose"
    """Propose a role for an account of the agency."""
    ROLE_SECOND = "role:second"
    """Agree, as the second person, to a role."""
    ROLE_GIVE = "role:give"
    """Sign a role into the agency's keys that the coordinating agency agreed to."""
    ROLE_END = "role:end"
    """Take a role away."""
    AGENCY_SEE = "agency:see"
    """See the agency's people, roles and keys, and what is still to do."""
    AGENCY_DESCRIBE = "agency:describe"
    """Change the agency's duty telephone."""
    AGREEMENT_FILE = "agreement:file"
    """Put an agency's signed agreement on file."""
    SHEET_MAKE = "sheet:make"
    """Make a new recovery sheet, try the present one, and say where it lies."""
    SHEET_KEEP = "sheet:keep"
    """Confirm that the agency keeps another agency's sealed recovery sheet."""
    CASE_REFER = "case:refer"
    """Open a case with its keys."""
    CASE_KNOW = "case:know"
    """Know that a case exists, its stage and its dates."""
    SYNOPSIS_OPEN = "synopsis:open"
    """Read the coded, de-identified description."""
    IDENTIFIERS_OPEN = "identifiers:open"
    """Read names, dates of birth and the address on file."""
    CONTACT_OPEN = "contact:open"
    """Read where she is and how to reach her safely."""
    JOINT_OPEN = "joint:open"
    """Read what the agencies made together."""
    PART_OPEN = "part:open"
    """Read what one agency said and answers for."""
    OWN_OPEN = "own:open"
    """Read the own agency's private notes and everything it wrote."""
    RECORD_WRITE = "record:write"
    """Write a record under a key of the case."""
    TEAM_ASSIGN = "team:assign"
    """Put a colleague on a case, or take one off."""
    KEY_RELEASE = "key:release"
    """Give a key of the case to another agency, on a ground."""
    RELEASE_END = "release:end"
    """End a release that the own agency gave."""
    LOG_READ = "log:read"
    """Read the log of the own agency's accounts and cases, as sentences."""
    HUB_LOG_READ = "hub-log:read"
    """Read the log of the whole hub, as sentences; open nothing."""

    @property
    def about(self) -> Subject:
        """Return what facts a decision on it needs."""
        return _ABOUT.get(self.value, _ABOUT.get(self.value.partition(":")[0], Subject.CASE))


_ABOUT = {
    "case:refer": Subject.AGENCY,  # there is no case yet
    "agency-key": Subject.AGENCY,
    "agency": Subject.AGENCY,
    "agreement": Subject.AGENCY,
    "sheet": Subject.AGENCY,
    "log": Subject.AGENCY,
    "hub-log": Subject.AGENCY,
    "account": Subject.ACCOUNT,
    "role": Subject.ACCOUNT,
    "code": Subject.ACCOUNT,
    "reset": Subject.ACCOUNT,
}
