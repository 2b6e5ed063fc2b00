"""The hub that `casehub demo` serves: agencies, people who can sign in, a few days' work.

All of it is told through services. The small hub of the terminal's story is in `story.py`.
"""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

from casehub import clock
from casehub.accounts.credentials import ChosenWays, choose_ways
from casehub.audit import changing, viewing
from casehub.case_file.sections import Section, open_section
from casehub.case_file.service import Referral, refer_survivor
from casehub.cases.models import AssignmentReason, Case, EndCode, Release
from casehub.cases.queries import case_for
from casehub.cases.releases import NewRelease, end_release, release_key
from casehub.cases.service import assign
from casehub.demo.cast import AGENCIES, CAST, HARBOUR, HEALTH, PASSPHRASE, PROBATION, Part
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
from casehub.errors import Refused
from casehub.policy import Role
from casehub.vault import Cost, KeyKind, Passphrase

GROUND = "ca-bc/danger"

WOMAN_IN_DANGER = Referral(
    name="Олена Бондар",
    born_on=date(1991, 3, 14),
    what_happened=(
        "She left him on the first of the month. On Friday he stood in front of her work for an"
        " hour, and her sister says that he took the shotgun out of the shed. She has told nobody"
        " where she sleeps."
    ),
    age_band="35-49",
    gender="woman",
    factors=("separation-just-past", "stalking", "firearm-within-reach"),
)
OLD_MAN_IN_DANGER = Referral(
    name="Walter O'Neil",
    what_happened=(
        "His grandson lives with him, takes his pension and locked him in twice. Neighbours heard"
        " shouting again last night."
    ),
    age_band="65-over",
    gender="man",
    factors=("control", "growing-worse"),
)
WOMAN_AT_THE_SHELTER = Referral(
    name="Noor Rahimi",
    what_happened="She came on Tuesday with two children. He telephones her mother every evening.",
    age_band="25-34",
    gender="woman",
    factors=("threats-to-kill", "children-in-dispute"),
)


def tell_hub(cost: Cost | None = None) -> World:
    """Found the demo's hub on an empty database and let its people work for a week.

    `cost` is what a guess at a passphrase costs, by default the policy's. Every moment lies in the
    past: the last act was a few minutes ago.
    """
    ways = _ways_of_everybody(cost)
    with clock.frozen_at(clock.now() - timedelta(days=9)) as later:
        world = _people(ways)
        later(timedelta(days=6))
        _work(world, later)
    return world


def _ways_of_everybody(cost: Cost | None) -> dict[str, ChosenWays]:
    # One hash takes a good part of a second and all of a core; they need nothing of each other.
    def ways(part: Part) -> tuple[str, ChosenWays]:
        return part.name, choose_ways(Passphrase.read(PASSPHRASE), part.offer, cost=cost)

    with ThreadPoolExecutor(os.cpu_count() or 1) as threads:
        return dict(threads.map(ways, CAST))


def _people(ways: dict[str, ChosenWays]) -> World:
    world = found("Hub of Rivermouth")
    custodians = []
    for agency in AGENCIES:
        first, *others = (part for part in CAST if part.agency is agency)
        begin(
            world,
            agency.name,
            agency.sector,
            first.name,
            coordinates=agency is AGENCIES[0],
            regime=agency.regime,
            roles=first.roles,
            ways=ways[first.name],
        )
        for part in others:
            second = _second_person(first, part)
            invite(world, first.name, second, part.name, part.roles, ways=ways[part.name])
        custodians.append(first.name)
    make_ready(world, custodians[0], custodians[1])
    for name in custodians[1:]:
        make_ready(world, name, custodians[0])
    vouch_all_round(world, custodians)
    return world


def _second_person(first: Part, part: Part) -> str:
    # Somebody of the agency who may agree; until there is one, the coordinating custodian.
    before = CAST[: CAST.index(part)]
    may_agree = {Role.CUSTODIAN, Role.SUPERVISOR}
    for other in before:
        if other.agency is part.agency and other is not first and may_agree & set(other.roles):
            return other.name
    return CAST[0].name


def _work(world: World, later: Callable[[timedelta], None]) -> None:
    priya, omar, amira = (world[name] for name in ("Priya Nair", "Omar Haddad", "Amira Saleh"))
    first = _refer(priya, WOMAN_IN_DANGER)
    later(timedelta(hours=2))
    _give(world, priya, first, HARBOUR.name, KeyKind.SYNOPSIS)
    later(timedelta(days=1))
    _take_on(omar, first)
    _open(omar, first, Section.SYNOPSIS)
    _give(world, priya, first, HARBOUR.name, KeyKind.IDENTIFIERS)
    later(timedelta(hours=1))
    _open(omar, first, Section.NAMES)
    _try(world["Ines Prado"], first)
    given = _give(world, priya, first, PROBATION.name, KeyKind.SYNOPSIS)
    _take_on(world["Kerry Blake"], first)
    later(timedelta(days=1))
    _end(priya, given)
    _refer(amira, WOMAN_AT_THE_SHELTER)
    second = _refer(priya, OLD_MAN_IN_DANGER)
    later(timedelta(hours=3))
    _give(world, priya, second, HEALTH.name, KeyKind.SYNOPSIS)


def _refer(person: Person, command: Referral) -> Case:
    actor = person.actor()
    with changing():
        return refer_survivor(actor, command)


def _give(world: World, person: Person, case: Case, to: str, kind: KeyKind) -> Release:
    actor = person.actor()
    with changing():
        return release_key(actor, case, NewRelease(kind, world.agencies[to], GROUND))


def _take_on(person: Person, case: Case) -> None:
    actor = person.actor()
    with changing():
        assign(actor, case, account_of(person), AssignmentReason.AT_THE_TABLE)


def _open(person: Person, case: Case, section: Section) -> None:
    actor = person.actor()
    with viewing():
        open_section(actor, case_for(actor, case.reference), [section])


def _try(person: Person, case: Case) -> None:
    actor = person.actor()
    try:
        with viewing():
            case_for(actor, case.reference)
    except Refused:
        return


def _end(person: Person, given: Release) -> None:
    actor = person.actor()
    with changing():
        end_release(actor, given, EndCode.WITHDRAWN)
