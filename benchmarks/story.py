"""People and cases for the benchmarks to work with, made through the same services as real ones."""

from collections.abc import Sequence
from dataclasses import dataclass

from casehub.audit import changing
from casehub.cases import contracts
from casehub.cases.models import AssignmentReason, Case
from casehub.cases.releases import NewRelease, release_key
from casehub.cases.service import NewRecord, assign, refer_case, write_record
from casehub.demo.world import (
    Person,
    World,
    account_of,
    begin,
    found,
    invite,
    make_ready,
    vouch_all_round,
)
from casehub.policy import Role
from casehub.vault import Contract, KeyKind

AGENCIES = ("Police", "Harbour House", "Housing", "Health", "Probation")
"""The first opens the case; all vouch for each other."""

GROUND = "ca-bc/danger"
_DOCUMENT = {"text": "He waits outside her work, and has been told not to. " * 4}
_SHARED = (KeyKind.SYNOPSIS, KeyKind.IDENTIFIERS, KeyKind.JOINT)
_ROLES = (Role.CASEWORKER, Role.HUB_MEMBER)


@dataclass(frozen=True)
class Opened:
    """A case to look at, and the people of its agency who may."""

    reference: str
    people: tuple[Person, ...]


def custodian_of(agency: str) -> str:
    """Return the name of an agency's custodian."""
    return f"Custodian of {agency}"


def member_of(agency: str, number: int = 0) -> str:
    """Return the name of one of an agency's members."""
    return f"Member {number} of {agency}"


def hub_of(agencies: Sequence[str] = AGENCIES, members: int = 1) -> World:
    """Found a hub whose agencies vouch for each other, with some members in the first of them.

    Two agencies are the fewest: none may refer anything before it compared keys with another.
    """
    world = found()
    first, deputy = custodian_of(agencies[0]), f"Deputy of {agencies[0]}"
    begin(world, agencies[0], "sector", first, coordinates=True)
    invite(world, first, first, deputy, [Role.CUSTODIAN, Role.SUPERVISOR])
    for number in range(members):
        invite(world, first, deputy, member_of(agencies[0], number), _ROLES)
    for agency in agencies[1:]:
        begin(world, agency, "sector", custodian_of(agency))
        invite(world, custodian_of(agency), first, member_of(agency), _ROLES)
    others = [custodian_of(agency) for agency in agencies[1:]]
    make_ready(world, first, others[0])
    for other in others:
        make_ready(world, other, first)
    vouch_all_round(world, [first, *others])
    return world


def _is_member(person: Person, world: World) -> bool:
    here = person.agency == world.agencies[AGENCIES[0]].id
    return here and person.name.startswith("Member")


def _write(person: Person, case: Case, contract: Contract, kind: KeyKind, records: int) -> None:
    actor = person.actor()
    for _ in range(records):
        with changing():
            write_record(actor, case, NewRecord(contract, kind, _DOCUMENT))


def _release(person: Person, case: Case, kind: KeyKind, world: World, agency: str) -> None:
    actor = person.actor()
    with changing():
        release_key(actor, case, NewRelease(kind, world.agencies[agency], GROUND))


def _put_on_team(actor_of: Person, case: Case, colleague: Person) -> None:
    actor = actor_of.actor()
    with changing():
        assign(actor, case, account_of(colleague), AssignmentReason.AT_THE_TABLE)


def _refer(world: World, records: dict[tuple[Contract, KeyKind], int]) -> tuple[Case, list[Person]]:
    everybody = world.people.values()
    people = [person for person in everybody if _is_member(person, world)]
    actor = people[0].actor()
    with changing():
        case = refer_case(actor)
    for (contract, kind), number in records.items():
        _write(people[0], case, contract, kind, number)
    for colleague in people[1:]:
        _put_on_team(people[0], case, colleague)
    return case, people


def small_case(world: World) -> Opened:
    """Open a case with four records under three keys."""
    case, people = _refer(
        world,
        {
            (contracts.SYNOPSIS, KeyKind.SYNOPSIS): 1,
            (contracts.IDENTITY, KeyKind.IDENTIFIERS): 1,
            (contracts.MINUTE, KeyKind.JOINT): 2,
        },
    )
    return Opened(case.reference, tuple(people))


def full_case(world: World) -> Opened:
    """Open a case of thirty records: ten of the first agency's own and twenty in five parts."""
    case, people = _refer(
        world,
        {
            (contracts.SYNOPSIS, KeyKind.SYNOPSIS): 1,
            (contracts.IDENTITY, KeyKind.IDENTIFIERS): 1,
            (contracts.MINUTE, KeyKind.JOINT): 6,
            (contracts.NOTE, KeyKind.OWN): 2,
            (contracts.WHAT_HAPPENED, KeyKind.PART): 4,
        },
    )
    for agency in AGENCIES[1:]:
        other = world[member_of(agency)]
        for kind in _SHARED:
            _release(people[0], case, kind, world, agency)
        _put_on_team(other, case, other)
        _write(other, case, contracts.STATEMENT, KeyKind.PART, 4)
        _release(other, case, KeyKind.PART, world, AGENCIES[0])
    return Opened(case.reference, tuple(people))
