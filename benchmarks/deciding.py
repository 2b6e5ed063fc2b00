"""What one decision of policy costs, and its twin in SQL."""

from dataclasses import dataclass, replace
from uuid import uuid4

from benchmarks.places import Database, Run
from benchmarks.rows import Row
from benchmarks.story import AGENCIES, hub_of, small_case
from benchmarks.timing import interleaved, processed
from casehub.cases.facts import CaseFacts, facts_about
from casehub.cases.queries import case_for
from casehub.policy import Actor, Facts, Permission, allowed_sql, decide, may
from casehub.store import reading
from casehub.vault import KeyKind

TITLE = "A decision"
TEXT = """One call of `may()` with facts at hand, and the building of the same rules as an SQL
condition (not its execution), beside calling a function of three arguments that does nothing."""

_DECIDED = {
    "to know of a case": (Permission.CASE_KNOW, None),
    "to open its synopsis": (Permission.SYNOPSIS_OPEN, KeyKind.SYNOPSIS),
    "to open a part": (Permission.PART_OPEN, KeyKind.PART),
    "to write a record": (Permission.RECORD_WRITE, KeyKind.JOINT),
}


def _nothing(actor: Actor, permission: Permission, facts: Facts | None) -> None:
    del actor, permission, facts


def measure(run: Run) -> list[Row]:
    """Measure decisions about a real case; the policy in force is the one that ships."""
    with run.place(Database.SQLITE) as place, place.app.app_context():
        case = small_case(hub_of(AGENCIES[:2]))
        actor = case.people[0].actor()
        stranger = replace(actor, agency=uuid4(), account=uuid4())
        with reading():
            found = case_for(actor, case.reference)
            facts, none = facts_about(actor, found.id), facts_about(stranger, found.id)
    return [
        row
        for what, (permission, kind) in _DECIDED.items()
        for row in _decision(run, what, permission, _Pair(actor, _asking(actor, facts, kind), none))
    ]


@dataclass(frozen=True)
class _Pair:
    """Somebody, a case that they are on, and the same one as a stranger to it stands."""

    actor: Actor
    facts: CaseFacts
    strange: CaseFacts


def _asking(actor: Actor, facts: CaseFacts, kind: KeyKind | None) -> CaseFacts:
    if kind is None:
        return facts
    return facts.asking(kind, actor.agency if kind.has_owner else None)


def _decision(run: Run, what: str, permission: Permission, pair: _Pair) -> list[Row]:
    times, actor, facts = run.pick(2_000, 500), pair.actor, pair.facts
    found = interleaved(
        {
            "may": processed(lambda: may(actor, permission, facts), times),
            "refuse": processed(lambda: decide(actor, permission, pair.strange), times),
            "sql": processed(lambda: allowed_sql(actor, permission), times // 10),
            "nothing": processed(lambda: _nothing(actor, permission, facts), times * 10),
        },
        run.pick(31, 11),
    )
    empty = "an empty function call"
    return [
        Row.compare(f"allow {what}", found["may"], empty, found["nothing"]),
        Row.compare(f"refuse a stranger {what}", found["refuse"], empty, found["nothing"]),
        Row.compare(f"build the condition {what}", found["sql"], empty, found["nothing"]),
    ]
