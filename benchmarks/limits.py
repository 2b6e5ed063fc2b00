"""The limits that CaseHub set itself, and the prototype's figures, with where each is written.

A limit is what the design promises. A figure is what a prototype reached on a machine with two
cores: what to expect, not what to keep to. Nothing fails when one is missed; it stands in the table
beside what was measured.
"""

from dataclasses import dataclass
from enum import Enum


class Unit(Enum):
    """In what something is measured."""

    SECONDS = "s"
    SHARE = "%"
    RATE = "/s"
    COUNT = ""
    BYTES = "B"
    TIMES = "×"  # noqa: RUF001  it is the sign that is meant


class About(Enum):
    """Which of a row's two numbers a limit is about."""

    MEASURED = "measured"
    RATIO = "ratio"


@dataclass(frozen=True)
class Limit:
    """A number that was written down before anything was measured, and where."""

    value: float
    unit: Unit
    source: str
    about: About = About.MEASURED
    promised: bool = True
    at_least: bool = False


def _figure(
    value: float, source: str, unit: Unit = Unit.SECONDS, *, at_least: bool = False
) -> Limit:
    return Limit(value, unit, source, promised=False, at_least=at_least)


_DESIGN, _KEYS, _POLICY, _LOG = "design", "design of keys", "design of policy", "design of the log"
_SIGN_IN = "design of signing in"

LIMITS: dict[str, Limit] = {
    "hpke-seal": _figure(93e-6, _KEYS),
    "hpke-open": _figure(71e-6, _KEYS),
    "hpke-open-from-seed": _figure(183e-6, _KEYS),
    "request-that-opens": _figure(339e-6, _KEYS),
    "key-to-14-agencies": _figure(2.1e-3, _KEYS),
    "page": Limit(25e-3, Unit.SECONDS, _DESIGN),
    "vault-share": Limit(0.10, Unit.SHARE, _DESIGN),
    "vault-of-page": _figure(1.5e-3, _KEYS),
    "carry-a-grant": _figure(130e-6, _KEYS),
    "list": Limit(1.3, Unit.TIMES, _DESIGN, About.RATIO),
    "page-of-known": _figure(0.1e-3, _POLICY),
    "page-of-open": _figure(1.9e-3, _POLICY),
    "pages-a-second": _figure(513.0, _LOG, Unit.RATE, at_least=True),
    "failed-views": Limit(0.0, Unit.COUNT, _LOG),
    "page-beside-strangers": _figure(6e-3, _SIGN_IN),
    "entry": Limit(0.5e-3, Unit.SECONDS, _DESIGN),
    "append-alone": _figure(0.1e-3, _LOG),
    "verify-an-entry": Limit(5e-6, Unit.SECONDS, _DESIGN),
    "verify-an-entry-prototype": _figure(2.4e-6, _LOG),
}
"""Every limit and figure by name. `hpke-open-from-seed` is 71 and 112 µs, `carry-a-grant` 1.3 s for
10,000 grants, `verify-an-entry` 5 s for a million entries."""
