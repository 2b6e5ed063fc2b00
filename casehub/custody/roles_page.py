"""What each role may do, in plain words, from the policy in force."""

from dataclasses import dataclass

from casehub.custody.wording import MAY_DO, ROLES, WHAT_ROLES_ARE
from casehub.policy import Permission, Role, Subject, book, in_force
from casehub.texts import N_, Text

SUBJECTS: dict[Subject, Text] = {
    Subject.CASE: N_("Cases"),
    Subject.ACCOUNT: N_("People"),
    Subject.AGENCY: N_("The agency and the hub"),
}


@dataclass(frozen=True)
class Line:
    """One thing that a role may do, and the conditions of which one set has to hold."""

    text: Text
    conditions: list[list[Text]]


@dataclass(frozen=True)
class Chapter:
    """One role."""

    role: Role
    name: Text
    what: Text
    parts: list[tuple[Text, list[Line]]]


def what_roles_may_do() -> list[Chapter]:
    """Return a chapter for each role, in the order of the roles."""
    return [Chapter(role, ROLES[role], WHAT_ROLES_ARE[role], _parts(role)) for role in Role]


def _parts(role: Role) -> list[tuple[Text, list[Line]]]:
    lines: dict[Subject, list[Line]] = {}
    for permission in Permission:
        conditions = _conditions(role, permission)
        if conditions:
            line = Line(MAY_DO[permission], conditions)
            lines.setdefault(permission.about, []).append(line)
    return [(text, lines[subject]) for subject, text in SUBJECTS.items() if subject in lines]


def _conditions(role: Role, permission: Permission) -> list[list[Text]]:
    rules = in_force().table.about(permission, allows=True)
    return [[book[word].sentence for word in rule.when] for rule in rules if role in rule.who]
