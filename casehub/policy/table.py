"""The table of access: rules of who, do and when, read from `policies/access.toml` and checked.

What is not allowed is denied, a deny beats every allow, an empty clause means no. A table that
names a word, role or permission nobody knows does not load.
"""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from casehub.errors import Misconfigured, Problem
from casehub.policy.book import Book
from casehub.policy.permissions import Permission
from casehub.policy.roles import Role

FILE = "access.toml"
_Id = Annotated[str, StringConstraints(pattern=r"^[a-z]+(-[a-z]+)*$")]


@dataclass(frozen=True)
class Rule:
    """One rule. All words of `when` must hold."""

    id: str
    why: str
    who: frozenset[Role]
    do: frozenset[Permission]
    when: tuple[str, ...]
    allows: bool


@dataclass(frozen=True)
class Table:
    """All rules, allows and denies in the order of the file."""

    rules: tuple[Rule, ...]

    def about(self, permission: Permission, allows: bool) -> tuple[Rule, ...]:
        """Return the rules that allow, or deny, a permission."""
        return tuple(rule for rule in self.rules if rule.allows is allows and permission in rule.do)


class _RuleShape(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    id: _Id
    why: Annotated[str, StringConstraints(min_length=10)]
    who: Annotated[list[str], Field(min_length=1)]
    do: Annotated[list[str], Field(min_length=1)]
    when: Annotated[list[str], Field(min_length=1)]


class _TableShape(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    allow: list[_RuleShape]
    deny: list[_RuleShape] = []


def read_toml(path: Path) -> dict[str, Any]:
    """Read a TOML file; raise Misconfigured with file, place and remedy."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        remedy = "put the file back, or point CASEHUB_POLICIES at a folder that has it"
        raise Misconfigured([Problem(path.name, "is missing", remedy)]) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        remedy = "mend the line named; TOML is described at toml.io"
        raise Misconfigured([Problem(path.name, f"is not TOML ({error})", remedy)]) from None


def shape_problems(file: str, error: ValidationError) -> list[Problem]:
    """Turn the schema's findings into problems that name file and table path."""
    return [
        Problem(
            f"{file}: {'.'.join(str(part) for part in item['loc'])}",
            item["msg"],
            "write it as the other tables of this file are written",
        )
        for item in error.errors(include_url=False, include_input=False)
    ]


def load_table(folder: Path, book: Book) -> Table:
    """Read and check the table of access; raise Misconfigured with every problem found."""
    content = read_toml(folder / FILE)
    try:
        shape = _TableShape.model_validate(content)
    except ValidationError as error:
        raise Misconfigured(shape_problems(FILE, error)) from None
    problems: list[Problem] = []
    rules = [
        rule
        for kind, shapes in (("allow", shape.allow), ("deny", shape.deny))
        for place, item in enumerate(shapes)
        if (rule := _rule(f"{FILE}: {kind}.{place} ({item.id})", item, kind, book, problems))
    ]
    problems += _repeated(rules) + _contradictions(rules)
    if problems:
        raise Misconfigured(problems)
    return Table(tuple(rules))


def _rule(
    where: str, shape: _RuleShape, kind: str, book: Book, problems: list[Problem]
) -> Rule | None:
    before = len(problems)
    who = _known(where, "who", shape.who, Role, problems)
    do = _known(where, "do", shape.do, Permission, problems)
    for name in shape.when:
        problems += _unfit(where, name, do, book)
    if len(problems) > before:
        return None
    return Rule(
        shape.id, shape.why, frozenset(who), frozenset(do), tuple(shape.when), kind == "allow"
    )


def _unfit(where: str, name: str, do: list[Permission], book: Book) -> list[Problem]:
    word = book.get(name)
    if word is None:
        known = ", ".join(sorted(item.name for item in book))
        return [Problem(where, f"no word “{name}”", f"use one of: {known}")]
    return [
        Problem(
            where,
            f"“{name}” is about a {word.about}, “{permission}” about a {permission.about}",
            "split the rule, or use a word about the same thing",
        )
        for permission in do
        if permission.about is not word.about
    ]


def _known(
    where: str, clause: str, names: list[str], words: Any, problems: list[Problem]
) -> list[Any]:
    known = {member.value for member in words}
    problems.extend(
        Problem(where, f"{clause} names “{name}”", f"use one of: {', '.join(sorted(known))}")
        for name in names
        if name not in known
    )
    return [words(name) for name in names if name in known]


def _repeated(rules: list[Rule]) -> list[Problem]:
    ids = [rule.id for rule in rules]
    return [
        Problem(f"{FILE}: {name}", "this id is used twice", "give each rule an id of its own")
        for name in sorted({name for name in ids if ids.count(name) > 1})
    ]


def _contradictions(rules: list[Rule]) -> list[Problem]:
    # A deny with the very clauses of an allow is a slip: the allow can never take effect.
    denies = [rule for rule in rules if not rule.allows]
    return [
        Problem(
            f"{FILE}: {rule.id}",
            f"can never allow anything: “{deny.id}” denies all of it",
            "drop one of the two",
        )
        for rule in rules
        if rule.allows
        for deny in denies
        if rule.who <= deny.who and rule.do <= deny.do and set(deny.when) <= set(rule.when)
    ]
