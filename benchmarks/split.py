"""Where a page's time goes: each call into vault, policy, audit or database is clocked.

Only the outermost of nested calls counts, so that the shares add up: what the audit append asks of
the database is the audit's. The rest is Flask, rendering, and Python between the calls. What counts
is the processor's time, so that a machine that is busy with other things gives the same shares.
"""

import functools
import inspect
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from time import thread_time
from typing import Any

from sqlalchemy.engine.result import Result, ScalarResult
from sqlalchemy.orm import Session

from casehub import vault
from casehub.audit import unit
from casehub.cases import opening

VAULT, POLICY, AUDIT, DATABASE = "vault", "policy", "audit", "database"
_SESSION = ("execute", "scalar", "scalars", "get", "get_one", "commit", "rollback", "flush")
_RESULT = ("all", "first", "one", "one_or_none")
_FLOORS = {"casehub.vault": VAULT, "casehub.policy": POLICY}
_DATA = ("casehub.policy.book", "casehub.policy.actor", "casehub.policy.documents")


class Stopwatch:
    """Seconds of the processor by region, since it was last emptied."""

    def __init__(self) -> None:
        self.seconds: defaultdict[str, float] = defaultdict(float)
        self._inside = False

    @contextmanager
    def clock(self, region: str) -> Iterator[None]:
        """Count what happens inside towards a region, unless another one is being clocked."""
        if self._inside:
            yield
            return
        self._inside, started = True, thread_time()
        try:
            yield
        finally:
            self.seconds[region] += thread_time() - started
            self._inside = False

    def wrapped(self, region: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """Return a function that is clocked whenever it is called."""

        @functools.wraps(function)
        def clocked(*args: Any, **kwargs: Any) -> Any:
            if self._inside:
                return function(*args, **kwargs)
            self._inside, started = True, thread_time()
            try:
                return function(*args, **kwargs)
            finally:
                self.seconds[region] += thread_time() - started
                self._inside = False

        return clocked


@contextmanager
def watching() -> Iterator[Stopwatch]:
    """Clock the calls for a while. Everything is put back afterwards."""
    watch = Stopwatch()
    changed: list[tuple[Any, str, Any]] = []

    def put(owner: Any, name: str, new: Any) -> None:
        changed.append((owner, name, vars(owner)[name]))
        setattr(owner, name, new)

    try:
        for owner, name, region, function in [*_functions(), *_methods(), *_database()]:
            put(owner, name, watch.wrapped(region, function))
        for result in (Result, ScalarResult):
            put(result, "__iter__", _at_once(watch, vars(result)["__iter__"]))
        put(unit, "writing", _as_audit(watch, vars(unit)["writing"]))
        put(opening, "record", watch.wrapped(AUDIT, vars(opening)["record"]))
        yield watch
    finally:
        for owner, name, was in reversed(changed):
            setattr(owner, name, was)


Clockable = tuple[Any, str, str, Callable[..., Any]]


def _functions() -> Iterator[Clockable]:
    # Where a module of another floor imported a function of the vault or of policy by name.
    for module in list(sys.modules.values()):
        home = getattr(module, "__name__", "")
        if not home.startswith(("casehub.", "benchmarks.")) or home.startswith(tuple(_FLOORS)):
            continue
        for name, value in list(vars(module).items()):
            region = _region(value)
            if region is not None and inspect.isfunction(value):
                yield module, name, region, value


def _region(value: Any) -> str | None:
    home = str(getattr(value, "__module__", None))
    if home in _DATA:  # values and tables, no decisions
        return None
    return next((region for floor, region in _FLOORS.items() if home.startswith(floor)), None)


def _methods() -> Iterator[Clockable]:
    for cls in {getattr(vault, name) for name in vault.__all__}:
        if inspect.isclass(cls):
            for name, value in list(vars(cls).items()):
                if inspect.isfunction(value) and not name.startswith("__"):
                    yield cls, name, VAULT, value


def _database() -> Iterator[Clockable]:
    for owner, names in ((Session, _SESSION), (Result, _RESULT), (ScalarResult, _RESULT)):
        for name in names:
            yield owner, name, DATABASE, vars(owner)[name]


def _at_once(watch: Stopwatch, iterate: Callable[..., Any]) -> Callable[..., Any]:
    # Rows are made while one goes through them; so that they are clocked, they are all made first.
    return lambda result: iter(watch.wrapped(DATABASE, list)(iterate(result)))


def _as_audit(
    watch: Stopwatch, writing: Callable[[], AbstractContextManager[None]]
) -> Callable[[], AbstractContextManager[None]]:
    @contextmanager
    def recorded() -> Iterator[None]:
        with watch.clock(AUDIT), writing():
            yield

    return recorded
