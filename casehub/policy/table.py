"""The table of access: rules of who, do and when, read from `policies/access.toml` and checked.

What is not allowed is denied, a deny beats every allow, an empty clause means no. A table that
names a word, role or permission nobody knows does not load.
"""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from casehub.errors import Misconfigured, Problem
from casehub.policy.book import Book
from casehub.policy.folder import read_text
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
    why: Annotated[str, StringConstraints(strip_whitespace=True, min_length=10)]
    who: Annotated[list[str], Field(min_length=1)]
    do: Annotated[list[str], Field(min_length=1)]
    when: Annotated[list[str], Field(min_length=1)]


class _TableShape(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    allow: list[Any]
    deny: list[Any] = []


def read_toml(path: Path) -> dict[str, Any]:
    """Read a TOML file; raise Misconfigured with file, place and remedy."""
    text = read_text(path, path.name)
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        remedy = "mend the line named; TOML is described at toml.io"
        raise Misconfigured([Problem(path.name, f"is not TOML ({error})", remedy)]) from None


def shape_problems(file: str, error: ValidationError) -> list[Problem]:
    """Turn the schema's findings into problems that name file and table path."""
    return [
        Problem(
            ": ".join(part for part in (file, ".".join(map(str, item["loc"]))) if part),
            item["msg"],
            "write it as the other tables of this file are written",
        )
        for item in error.errors(include_url=False, include_input=False)
    ]


def load_table(folder: Path, book: Book) -> Table:
    """Read and check the table of access; raise Misconfigured with every problem found."""
    content = read_toml(folder / FILE)
    problems: list[Problem] = []
    try:
        _TableShape.model_validate(content)
    except ValidationError as error:
        problems += shape_problems(FILE, error)
    given = list(_given(content))
    rules = {item.path: rule for item in given if (rule := _rule(item, book, problems)) is not None}
    problems += _repeated(given) + _contradictions(rules)
    if problems:
        raise Misconfigured(problems)
    return Table(tuple(rules.values()))


@dataclass(frozen=True)
class _Given:
    """One table of the file as somebody wrote it, which may be anything."""

    path: str
    allows: bool
    content: Any

    @property
    def id(self) -> Any:
        return self.content.get("id") if isinstance(self.content, dict) else None

    @property
    def where(self) -> str:
        return _where(self.path, "no id" if self.id is None else self.id)

    def names(self, clause: str) -> list[str]:
        listed = self.content.get(clause) if isinstance(self.content, dict) else None
        return (
            [item for item in listed if isinstance(item, str)] if isinstance(listed, list) else []
        )


def _where(paths: str, name: object) -> str:
    return f"{FILE}: {paths} ({name})"


def _given(content: dict[str, Any]) -> Iterator[_Given]:
    for kind in ("allow", "deny"):
        listed = content.get(kind)
        for place, item in enumerate(listed if isinstance(listed, list) else []):
            yield _Given(f"{kind}.{place}", kind == "allow", item)


def _rule(item: _Given, book: Book, problems: list[Problem]) -> Rule | None:
    # A rule whose form is wrong has its names checked all the same: every problem at once.
    before, shape = len(problems), None
    try:
        shape = _RuleShape.model_validate(item.content)
    except ValidationError as error:
        problems += shape_problems(item.where, error)
    who = _known(item, "who", Role, problems)
    do = _known(item, "do", Permission, problems)
    for name in item.names("when"):
        problems += _unfit(item.where, name, do, book)
    if shape is None or len(problems) > before:
        return None
    return Rule(shape.id, shape.why, frozenset(who), frozenset(do), tuple(shape.when), item.allows)


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


def _known(item: _Given, clause: str, words: Any, problems: list[Problem]) -> list[Any]:
    known = {member.value for member in words}
    names = item.names(clause)
    problems.extend(
        Problem(item.where, f"{clause} names “{name}”", f"use one of: {', '.join(sorted(known))}")
        for name in names
        if name not in known
    )
    return [words(name) for name in names if name in known]


def _repeated(given: list[_Given]) -> list[Problem]:
    paths: dict[str, list[str]] = {}
    for item in given:
        if isinstance(item.id, str):
            paths.setdefault(item.id, []).append(item.path)
    what, remedy = "this id is used more than once", "give each rule an id of its own"
    return [
        Problem(_where(", ".join(found), name), what, remedy)
        for name, found in paths.items()
        if len(found) > 1
    ]


def _contradictions(rules: dict[str, Rule]) -> list[Problem]:
    # A deny with the very clauses of an allow is a slip: the allow can never take effect.
    denies = [rule for rule in rules.values() if not rule.allows]
    return [
        Problem(
            _where(path, rule.id),
            f"can never allow anything: “{deny.id}” denies all of it",
            "drop one of the two",
        )
        for path, rule in rules.items()
        if rule.allows
        for deny in denies
        if rule.who <= deny.who and rule.do <= deny.do and set(deny.when) <= set(rule.when)
    ]
