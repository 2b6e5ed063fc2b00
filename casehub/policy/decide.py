"""The one oracle: may this actor do this? And its twin for lists, as SQL.

Policy is one of two nets. The other is keys: `may()` alone makes a `Permit`, and without one not
even the agency's key is unwrapped.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import InitVar, dataclass

from sqlalchemy import ColumnElement, and_, false, not_, or_

from casehub.errors import Denial, Refused
from casehub.policy.actor import Actor
from casehub.policy.book import Book, Facts
from casehub.policy.folder import PolicyFile
from casehub.policy.permissions import Permission
from casehub.policy.table import Rule, Table

NO_RULE = "no-rule"
_MINT = object()


@dataclass(frozen=True, eq=False)
class Permit:
    """Leave for one actor, in one request, to do one thing with what the facts describe.

    Only `may()` makes one: whoever holds a permit was allowed, by the rule it names. It does not
    keep what it was made with, so no permit is a mould for another.
    """

    actor: Actor
    permission: Permission
    facts: Facts
    rule: str
    mint: InitVar[object]

    def __post_init__(self, mint: object) -> None:
        if mint is not _MINT:
            raise PermissionError("only may() makes a permit")


@dataclass(frozen=True)
class Policy:
    """The rules in force, the words they use, and the folder they came from, with its SHA-256."""

    table: Table
    words: Book
    files: tuple[PolicyFile, ...]
    digest: str


@dataclass(frozen=True)
class Step:
    """What one rule said, and each of its words as far as they were asked."""

    rule: Rule
    holds: bool
    words: tuple[tuple[str, bool], ...]


@dataclass(frozen=True)
class Decision:
    """What policy says, by which rule, and how it came to it."""

    allowed: bool
    rule: str
    failed_word: str | None
    steps: tuple[Step, ...]


_in_force: Policy | None = None


def in_force() -> Policy:
    """Return the policy in force; raise RuntimeError before the application is assembled."""
    if _in_force is None:
        raise RuntimeError("no policy is in force: assemble the application first")
    return _in_force


def put_in_force(policy: Policy) -> None:
    """Make a policy the one that decides."""
    global _in_force  # noqa: PLW0603 - one deployment, one policy
    _in_force = policy


@contextmanager
def instead(policy: Policy) -> Iterator[None]:
    """Decide by another policy for a while. For tests."""
    before = in_force()
    put_in_force(policy)
    try:
        yield
    finally:
        put_in_force(before)


def decide(actor: Actor, permission: Permission, facts: Facts) -> Decision:
    """Say whether policy allows it, and why.

    Default deny; a deny wins; a word that fails to answer is a denial, whatever else holds.
    """
    policy = in_force()
    if facts.about is not permission.about:
        raise TypeError(f"{permission} is not about a {facts.about}")
    steps: list[Step] = []
    failed: list[str] = []
    for allows in (False, True):
        for rule in policy.table.about(permission, allows):
            if actor.roles.isdisjoint(rule.who):
                continue
            step = _ask(policy, rule, actor, facts, failed)
            steps.append(step)
            if failed or (step.holds and not allows):
                return Decision(False, rule.id, failed[0] if failed else None, tuple(steps))
    allowing = next((step.rule.id for step in steps if step.rule.allows and step.holds), None)
    return Decision(allowing is not None, allowing or NO_RULE, None, tuple(steps))


def _ask(policy: Policy, rule: Rule, actor: Actor, facts: Facts, failed: list[str]) -> Step:
    asked: list[tuple[str, bool]] = []
    for name in rule.when:
        try:
            answer = bool(policy.words[name].predicate(actor, facts))
        except Exception:  # noqa: BLE001 - a word that cannot answer must never let anybody in
            failed.append(name)
            answer = False
        asked.append((name, answer))
        if not answer:
            return Step(rule, False, tuple(asked))
    return Step(rule, bool(rule.when), tuple(asked))


def may(actor: Actor, permission: Permission, facts: Facts) -> Permit:
    """Give leave, or raise Refused with what the log is to keep."""
    decision = decide(actor, permission, facts)
    if not decision.allowed:
        raise Refused(denial(actor, permission, facts, decision))
    return Permit(actor, permission, facts, decision.rule, _MINT)


def denial(
    actor: Actor, permission: Permission, facts: Facts | None, decision: Decision | None
) -> Denial:
    """Put a refusal into what the log keeps of it."""
    return Denial(
        permission=permission.value,
        rule=decision.rule if decision else NO_RULE,
        account=actor.account,
        agency=actor.agency,
        hub=actor.hub,
        case=facts.case if facts else None,
        target=facts.target if facts else None,
        failed_word=decision.failed_word if decision else None,
    )


def asked_always(actor: Actor, permission: Permission, word: str) -> bool:
    """Say whether every rule that could allow it to this actor asks for a word."""
    rules = in_force().table.about(permission, allows=True)
    return all(word in rule.when for rule in rules if not actor.roles.isdisjoint(rule.who))


def allowed_sql(actor: Actor, permission: Permission) -> ColumnElement[bool]:
    """Return the rows that `may()` would allow, as one SQL condition.

    It fits a query over the tables that the permission's words are about, joined as the owning
    slice joins them, from the actor's own rows.
    """
    policy = in_force()

    def matching(allows: bool) -> list[ColumnElement[bool]]:
        return [
            and_(*(policy.words[name].expression(actor) for name in rule.when))
            for rule in policy.table.about(permission, allows)
            if rule.when and not actor.roles.isdisjoint(rule.who)
        ]

    return and_(or_(false(), *matching(True)), not_(or_(false(), *matching(False))))
