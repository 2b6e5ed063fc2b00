"""The numbers of signing in, as `policies/sign_in.toml` has them."""

import tomllib
from collections.abc import Iterator
from datetime import timedelta
from functools import lru_cache
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from casehub.errors import Misconfigured, Problem
from casehub.policy import PolicyFile, in_force
from casehub.policy.table import shape_problems
from casehub.vault import Cost

KIND = "sign_in"
FILE = "sign_in.toml"


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class PassphraseRules(_Table):
    """What a passphrase must be: its length in characters, its score by zxcvbn."""

    shortest: Annotated[int, Field(ge=12, le=64)]
    longest: Annotated[int, Field(ge=64, le=1000)]
    least_score: Annotated[int, Field(ge=2, le=4)]


class CostRules(_Table):
    """What a guess costs; the least that is taken is OWASP's for Argon2id."""

    memory_kib: Annotated[int, Field(ge=19 * 1024, le=1024 * 1024)]
    passes: Annotated[int, Field(ge=2, le=20)]
    lanes: Annotated[int, Field(ge=1, le=8)]

    @property
    def cost(self) -> Cost:
        """Return it as the vault takes it."""
        return Cost(self.memory_kib, self.passes, self.lanes)


class SessionRules(_Table):
    """How long a browser stays signed in."""

    idle_minutes: Annotated[int, Field(ge=5, le=60)]
    hard_end_hours: Annotated[int, Field(ge=1, le=24)]
    warning_minutes: Annotated[int, Field(ge=1, le=10)]
    step_up_minutes: Annotated[int, Field(ge=1, le=60)]
    own_factor_minutes: Annotated[int, Field(ge=1, le=15)]
    old_cookie_seconds: Annotated[int, Field(ge=5, le=120)]
    refusals: Annotated[int, Field(ge=5, le=100)]
    refusals_minutes: Annotated[int, Field(ge=1, le=60)]

    @property
    def idle(self) -> timedelta:
        """Return after how long a browser that is left alone is signed out."""
        return timedelta(minutes=self.idle_minutes)

    @property
    def hard_end(self) -> timedelta:
        """Return after how long any browser is signed out."""
        return timedelta(hours=self.hard_end_hours)

    @property
    def warning(self) -> timedelta:
        """Return how long before either end the page says so."""
        return timedelta(minutes=self.warning_minutes)

    @property
    def step_up(self) -> timedelta:
        """Return for how long a second factor counts."""
        return timedelta(minutes=self.step_up_minutes)

    @property
    def own_factor(self) -> timedelta:
        """Return how fresh a second factor must be to change it."""
        return timedelta(minutes=self.own_factor_minutes)

    @property
    def old_cookie(self) -> timedelta:
        """Return for how long the cookie of before a step-up still answers."""
        return timedelta(seconds=self.old_cookie_seconds)

    @property
    def refusals_window(self) -> timedelta:
        """Return in which time refusals are counted."""
        return timedelta(minutes=self.refusals_minutes)


class FactorRules(_Table):
    """Second factors: how far a clock may be off, how many codes are printed."""

    clock_may_differ_seconds: Annotated[int, Field(ge=0, le=90)]
    card_codes: Annotated[int, Field(ge=20, le=100)]
    recovery_codes: Annotated[int, Field(ge=5, le=20)]

    @property
    def apart(self) -> timedelta:
        """Return how far a telephone's clock may be from ours, to either side."""
        return timedelta(seconds=self.clock_may_differ_seconds)


class ThrottleRules(_Table):
    """How many failures in which time, by what they are counted."""

    minutes: Annotated[int, Field(ge=1, le=24 * 60)]
    unknown_browser: Annotated[int, Field(ge=3, le=100)]
    known_browser: Annotated[int, Field(ge=3, le=100)]
    address: Annotated[int, Field(ge=10, le=10_000)]
    known_days: Annotated[int, Field(ge=1, le=3650)]

    @property
    def window(self) -> timedelta:
        """Return the time in which failures are counted."""
        return timedelta(minutes=self.minutes)


class SignInRules(_Table):
    """The whole file."""

    passphrase: PassphraseRules
    cost: CostRules
    session: SessionRules
    factor: FactorRules
    throttle: ThrottleRules


@lru_cache(maxsize=8)
def _read(text: str) -> SignInRules:
    return SignInRules.model_validate(tomllib.loads(text))


def check_sign_in(files: list[PolicyFile]) -> None:
    """Raise Misconfigured with everything that is wrong in the file."""
    file = next((item for item in files if item.kind == KIND), None)
    if file is None:
        remedy = "put the file back; it says how people sign in"
        raise Misconfigured([Problem(FILE, "is missing", remedy)])
    try:
        rules = _read(file.text)
    except tomllib.TOMLDecodeError as error:
        remedy = "mend the line named; TOML is described at toml.io"
        raise Misconfigured([Problem(FILE, f"is not TOML ({error})", remedy)]) from None
    except ValidationError as error:
        raise Misconfigured(shape_problems(FILE, error)) from None
    problems = list(_contradictions(rules.session))
    if problems:
        raise Misconfigured(problems)


def _contradictions(rules: SessionRules) -> Iterator[Problem]:
    where = f"{FILE}: session."
    if rules.warning >= rules.idle:
        yield Problem(
            f"{where}warning_minutes", "is no shorter than idle_minutes", "warn later than at once"
        )
    if rules.idle >= rules.hard_end:
        yield Problem(
            f"{where}hard_end_hours", "is no longer than idle_minutes", "let the hard end be later"
        )


def sign_in_rules() -> SignInRules:
    """Return the numbers in force."""
    return _read(next(item.text for item in in_force().files if item.kind == KIND))
