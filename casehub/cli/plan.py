"""What `casehub init` makes: asked at the terminal or read from a file, and checked at once."""

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import available_timezones

import click
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from casehub.cases.grounds import regime_of
from casehub.errors import Misconfigured, Problem
from casehub.policy import in_force
from casehub.policy.table import shape_problems

_Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
_Code = Annotated[str, StringConstraints(pattern=r"^[a-z]+(-[a-z]+)*$", max_length=40)]
_Telephone = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=40)]
SECTORS = (
    *("police", "victim-services", "child-protection", "adult-social-services", "health"),
    *("probation", "housing", "shelter", "education", "crown", "other"),
)
_MEND = "write it as `casehub init --help` shows"


class HubPlan(BaseModel):
    """The hub."""

    model_config = ConfigDict(extra="forbid", strict=True)

    name: _Name
    time_zone: str
    languages: Annotated[list[Literal["en", "fr", "uk"]], Field(min_length=1)] = ["en", "fr", "uk"]
    protocol: str = "four_filter"


class AgencyPlan(BaseModel):
    """One agency's name and what is known of it before it begins."""

    model_config = ConfigDict(extra="forbid", strict=True)

    name: _Name
    organisation: _Name
    sector: _Code
    regime: _Code
    duty_telephone: _Telephone | None = None
    coordinates: bool = False
    core: bool = True


class Plan(BaseModel):
    """Everything that one run makes."""

    model_config = ConfigDict(extra="forbid", strict=True)

    hub: HubPlan
    agency: Annotated[list[AgencyPlan], Field(min_length=1, max_length=60)]


def read_plan(path: Path) -> Plan:
    """Read a plan from a file; raise Misconfigured with everything that is wrong in it."""
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
        plan = Plan.model_validate(content)
    except OSError as error:
        problem = Problem(str(path), f"cannot be read ({error.strerror})", "name another file")
        raise Misconfigured([problem]) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Misconfigured([Problem(path.name, f"is not TOML ({error})", _MEND)]) from None
    except ValidationError as error:
        raise Misconfigured(shape_problems(path.name, error)) from None
    check_plan(plan, path.name)
    return plan


def check_plan(plan: Plan, where: str) -> None:
    """Raise Misconfigured with everything in a plan that makes no sense."""
    problems = []
    if plan.hub.time_zone not in available_timezones():
        what = f"“{plan.hub.time_zone}” is no time zone"
        problems.append(Problem(f"{where}: hub.time_zone", what, "as in America/Vancouver"))
    protocols = sorted(item.name for item in in_force().files if item.kind == "protocols")
    if plan.hub.protocol not in protocols:
        what = f"no protocol “{plan.hub.protocol}”"
        remedy = f"use one of: {', '.join(protocols)}"
        problems.append(Problem(f"{where}: hub.protocol", what, remedy))
    coordinating = sum(agency.coordinates for agency in plan.agency)
    if coordinating != 1:
        what, remedy = f"{coordinating} agencies coordinate", "exactly one agency coordinates"
        problems.append(Problem(f"{where}: agency", what, remedy))
    known = ", ".join(_regimes())
    problems += [
        Problem(f"{where}: agency.{place}", f"no regime “{agency.regime}”", f"use one of: {known}")
        for place, agency in enumerate(plan.agency)
        if agency.regime not in _regimes()
    ]
    names = [agency.name.casefold() for agency in plan.agency]
    problems += [
        Problem(f"{where}: agency.{place}", f"“{agency.name}” is there twice", "one name each")
        for place, agency in enumerate(plan.agency)
        if names.index(agency.name.casefold()) < place
    ]
    if problems:
        raise Misconfigured(problems)


def ask_plan() -> Plan:
    """Ask for everything at the terminal, the coordinating agency first."""
    click.echo("The hub. Its agencies' keys are made later, by their own custodians.")
    click.echo("Stop with Ctrl+C at any time: nothing is made before the last answer.")
    hub = HubPlan(
        name=_asked("Name of the hub"),
        time_zone=_asked("Time zone, as in America/Vancouver", check=_zone),
    )
    click.echo("\nLegal regimes: files in policies/grounds; copy one for another law.")
    for name, title in _titles().items():
        click.echo(f"  {name}: {title}")
    agencies = [_ask_agency("The agency that coordinates", coordinates=True)]
    while click.confirm("Another agency?", default=len(agencies) == 1):
        agencies.append(_ask_agency(f"Agency {len(agencies) + 1}", coordinates=False))
    plan = Plan(hub=hub, agency=agencies)
    check_plan(plan, "what you entered")
    return plan


def _ask_agency(heading: str, *, coordinates: bool) -> AgencyPlan:
    click.echo(f"\n{heading}")
    name = _asked("  Name of the agency")
    return AgencyPlan(
        name=name,
        organisation=_asked("  Organisation it belongs to", default=name),
        sector=click.prompt("  Sector", type=click.Choice(SECTORS)),
        regime=click.prompt("  Legal regime", type=click.Choice(_regimes())),
        duty_telephone=_asked("  Duty telephone (empty: its custodian enters it)", default="")
        or None,
        coordinates=coordinates,
    )


def _regimes() -> list[str]:
    return sorted(item.name for item in in_force().files if item.kind == "grounds") or ["other"]


def _titles() -> dict[str, str]:
    files = (item for item in in_force().files if item.kind == "grounds")
    return {item.name: regime_of(item.name).text.en for item in files}


def _asked(
    question: str, default: str | None = None, check: Callable[[str], str] | None = None
) -> str:
    asked = click.prompt(question, default=default, value_proc=check, show_default=bool(default))
    return str(asked).strip()


def _zone(text: str) -> str:
    if text.strip() not in available_timezones():
        raise click.BadParameter("there is no such time zone; write it as in America/Vancouver")
    return text.strip()
