"""A small book of words over a small table, to try the oracle without the rest of CaseHub."""

import importlib
import itertools
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Integer,
    MetaData,
    Table,
    create_engine,
    insert,
    select,
)

from casehub.policy import Actor, Facts, Keyring, Permission, Policy, Role, Subject
from casehub.policy.book import Book
from casehub.policy.decide import allowed_sql, decide
from casehub.policy.table import Rule
from casehub.policy.table import Table as RuleTable
from casehub.texts import N_

ORACLE = importlib.import_module("casehub.policy.decide")
"""The module: in its package the name is the function's."""

AT = datetime(2026, 3, 29, 1, 0, tzinfo=UTC)
WHY = "Because a test asks for it."

STONES = Table(
    "stones",
    MetaData(),
    Column("number", Integer, primary_key=True),
    Column("red", Boolean),
    Column("weight", Integer),
    Column("lost", Boolean),
)


@dataclass(frozen=True)
class Stone(Facts):
    """A row of the small table; nobody may have weighed it."""

    about: ClassVar[Subject] = Subject.CASE

    number: int
    red: bool
    weight: int | None
    lost: bool

    @property
    def case(self) -> UUID:
        return UUID(int=self.number)


@dataclass(frozen=True)
class Person(Facts):
    """Facts about something else."""

    about: ClassVar[Subject] = Subject.ACCOUNT


ROWS = tuple(
    Stone(number, *values)
    for number, values in enumerate(
        itertools.product((True, False), (None, 1, 9), (True, False)), start=1
    )
)


def _breaks(_actor: Actor, facts: Stone) -> bool:
    raise LookupError(f"nobody knows stone {facts.number}")


def _heavy(_actor: Actor, facts: Stone) -> bool:
    return facts.weight is not None and facts.weight > 5


def small_book() -> Book:
    columns, words = STONES.c, Book()
    case, account = Subject.CASE, Subject.ACCOUNT
    weighed = columns.weight.is_not(None)
    words.word("red", case, N_("It is red."), lambda _, it: it.red, lambda _: columns.red)
    words.word("heavy", case, N_("It is heavy."), _heavy, lambda _: weighed & (columns.weight > 5))
    words.word("lost", case, N_("It is lost."), lambda _, it: it.lost, lambda _: columns.lost)
    words.word("breaks", case, N_("It breaks."), _breaks, lambda _: columns.number < 0)
    words.word("known", account, N_("It is known."), lambda *_: True, lambda _: columns.red)
    return words


def rule(
    allows: bool = True,
    *,
    id: str = "a-rule",  # noqa: A002 - the rules call it so
    who: Iterable[Role] = (Role.CASEWORKER,),
    do: Iterable[Permission] = (Permission.CASE_KNOW,),
    when: Iterable[str] = ("red",),
) -> Rule:
    return Rule(id, WHY, frozenset(who), frozenset(do), tuple(when), allows)


def policy(*rules: Rule, words: Book | None = None) -> Policy:
    return Policy(RuleTable(rules), words or small_book(), (), "0" * 64)


def somebody(*roles: Role, number: int = 1) -> Actor:
    return Actor(
        account=UUID(int=number),
        agency=UUID(int=100 + number),
        hub=UUID(int=200),
        roles=frozenset(roles or (Role.CASEWORKER,)),
        at=AT,
        keyring=Keyring(),
    )


@contextmanager
def decided_by(*rules: Rule, words: Book | None = None) -> Iterator[None]:
    """Put rules in force even where no application was assembled before."""
    before = ORACLE._in_force
    ORACLE.put_in_force(policy(*rules, words=words))
    try:
        yield
    finally:
        ORACLE._in_force = before


@contextmanager
def stones() -> Iterator[Connection]:
    """Give a connection to a database that holds every row."""
    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        STONES.create(connection)
        connection.execute(insert(STONES), [vars(row) for row in ROWS])
        yield connection
    engine.dispose()


def allowed_rows(actor: Actor, permission: Permission) -> set[int]:
    return {row.number for row in ROWS if decide(actor, permission, row).allowed}


def listed_rows(connection: Connection, actor: Actor, permission: Permission) -> set[int]:
    return set(connection.scalars(select(STONES.c.number).where(allowed_sql(actor, permission))))
