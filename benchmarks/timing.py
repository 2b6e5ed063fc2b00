"""Paired timings: contestants take turns, so that whatever else the machine does meets all alike.

Machines are shared. A number from one minute says little beside a number from the next; the ratio
of two that took turns says much. So everything is measured A B, B A, A B …, a ratio is taken within
each round, and what is reported is the median of the rounds and the middle half of them.
"""

import statistics
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from time import perf_counter, thread_time

Clocked = Callable[[], float]
"""Does something and returns what one of it took in seconds, or how many it did in one second."""


@dataclass(frozen=True)
class Spread:
    """What the rounds gave for one thing."""

    values: tuple[float, ...]

    @property
    def median(self) -> float:
        """Return the middle value."""
        return statistics.median(self.values)

    @property
    def middle_half(self) -> tuple[float, float]:
        """Return the first and the third quartile."""
        if len(self.values) == 1:
            return self.values[0], self.values[0]
        low, _, high = statistics.quantiles(self.values, n=4, method="inclusive")
        return low, high


def once(value: float) -> Spread:
    """Return the spread of something that was measured or counted a single time."""
    return Spread((value,))


def interleaved(
    contestants: Mapping[str, Clocked], rounds: int, *, warm: bool = True
) -> dict[str, Spread]:
    """Let the contestants take turns for some rounds; every other round goes backwards.

    `warm` False leaves out the unmeasured round before the first, for what is slow.
    """
    names = list(contestants)
    found: dict[str, list[float]] = {name: [] for name in names}
    if warm:
        for clocked in contestants.values():
            clocked()
    for number in range(rounds):
        for name in names if number % 2 == 0 else reversed(names):
            found[name].append(contestants[name]())
    return {name: Spread(tuple(values)) for name, values in found.items()}


def repeated(
    act: Callable[[], object], times: int, clock: Callable[[], float] = perf_counter
) -> Clocked:
    """Clock an act that is too quick to be clocked once."""

    def clocked() -> float:
        started = clock()
        for _ in range(times):
            act()
        return (clock() - started) / times

    return clocked


def processed(act: Callable[[], object], times: int) -> Clocked:
    """Clock the processor's time alone: not what was waited for, nor what others took meanwhile."""
    return repeated(act, times, thread_time)


def quotient(ours: Spread, theirs: Spread) -> Spread:
    """Divide two contestants of the same rounds, round by round."""
    return Spread(tuple(a / b for a, b in zip(ours.values, theirs.values, strict=True)))


def difference(ours: Spread, theirs: Spread, parts: int = 1) -> Spread:
    """Return what the one takes more than the other, round by round, shared by `parts`."""
    pairs = zip(ours.values, theirs.values, strict=True)
    return Spread(tuple((a - b) / parts for a, b in pairs))
