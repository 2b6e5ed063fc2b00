"""One row of the table: what was measured, against what, and beside which limit."""

from dataclasses import dataclass
from typing import Self

from benchmarks.limits import LIMITS, About, Limit, Unit
from benchmarks.timing import Spread, quotient

_STEPS = ((1.0, 1.0, "s"), (1e-3, 1e3, "ms"), (1e-6, 1e6, "µs"), (0.0, 1e9, "ns"))
HEAD = ("", "measured", "middle half", "against", "ratio", "middle half", "limit or figure")


@dataclass(frozen=True)
class Row:
    """Something measured; `missing` says why it was not."""

    what: str
    measured: Spread | None = None
    unit: Unit = Unit.SECONDS
    against: str = ""
    ratio: Spread | None = None
    limits: tuple[Limit, ...] = ()
    missing: str = ""

    @classmethod
    def compare(cls, what: str, ours: Spread, against: str, theirs: Spread, *limits: str) -> Self:
        """Return the row of a contestant in seconds beside another of the same rounds."""
        ratio, known = quotient(ours, theirs), tuple(LIMITS[name] for name in limits)
        return cls(what, ours, Unit.SECONDS, against, ratio, known)

    @property
    def cells(self) -> tuple[str, ...]:
        """Return the row as texts, one for each column of HEAD."""
        if self.measured is None:
            return (self.what, self.missing, "", self.against, "", "", "")
        return (
            self.what,
            shown(self.measured.median, self.unit),
            _middle(self.measured, self.unit),
            self.against,
            shown(self.ratio.median, Unit.TIMES) if self.ratio else "",
            _middle(self.ratio, Unit.TIMES) if self.ratio else "",
            "; ".join(self._beside(limit) for limit in self.limits),
        )

    def _beside(self, limit: Limit) -> str:
        of = self.ratio if limit.about is About.RATIO else self.measured
        if of is None:
            return ""
        sign = ("≥ " if limit.at_least else "≤ ") if limit.promised else "prototype "
        share = f", {digits(of.median / limit.value)} of it" if limit.value else ""
        return f"{sign}{shown(limit.value, limit.unit)}{share} ({limit.source})"


def digits(value: float) -> str:
    """Write a number with two or three digits that count.

    >>> digits(0.00012), digits(1.234), digits(56.78), digits(1234.5)
    ('0.00012', '1.23', '56.8', '1,234')
    """
    if value == 0:
        return "0"
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}" if abs(value) >= 1 else f"{value:.2g}"


def shown(value: float, unit: Unit) -> str:
    """Write a value with its unit.

    >>> shown(0.0000931, Unit.SECONDS), shown(0.0741, Unit.SHARE), shown(1234, Unit.RATE)
    ('93.1 µs', '7.4 %', '1,234 /s')
    """
    if unit is Unit.SHARE:
        return f"{value:.1%}".replace("%", " %")
    if unit is not Unit.SECONDS:
        return f"{digits(value)} {unit.value}".rstrip()
    factor, name = next(step[1:] for step in _STEPS if abs(value) >= step[0])
    return f"{digits(value * factor)} {name}"


def _middle(spread: Spread, unit: Unit) -> str:
    low, high = (shown(value, unit) for value in spread.middle_half)
    if len(spread.values) == 1:
        return ""
    amount, _, name = low.partition(" ")
    same = name == high.partition(" ")[2]
    return f"{amount} to {high}" if same else f"{low} to {high}"


def table(rows: list[Row]) -> str:
    """Write rows as a Markdown table that can be read in a terminal as well."""
    cells = [HEAD, *(row.cells for row in rows)]
    widths = [max(len(line[place]) for line in cells) for place in range(len(HEAD))]
    lines = [
        "| "
        + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        + " |"
        for line in cells
    ]
    rule = "|" + "|".join("-" * (width + 2) for width in widths) + "|"
    return "\n".join([lines[0], rule, *lines[1:]])
