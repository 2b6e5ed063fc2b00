"""`casehub init` and `casehub start-code new`: a hub, its agencies' names, one start code each.

Nothing made here opens a case. The agencies' keys come into being later, in the browser of each
agency's first custodian.
"""

from pathlib import Path

import click
from sqlalchemy import select

from casehub.accounts.stand_ins import Issued
from casehub.accounts.starting import new_start_code
from casehub.audit import AuditLog, LogKind, changing
from casehub.cli.context import application
from casehub.cli.plan import Plan, ask_plan, read_plan
from casehub.errors import Invalid, Stale
from casehub.hubs.deployment import begin_deployment, check_secrets
from casehub.hubs.models import Agency, Hub
from casehub.hubs.service import NewAgency, NewHub, found_hub, name_agency
from casehub.settings import Settings, secrets_folder, write_new_secrets
from casehub.store import db, reading
from casehub.store.migrating import check_current, current, upgrade
from casehub.texts import N_
from casehub.vault import SecretName

_PAPER = """
Send each agency's first custodian the link by mail and the code by telephone or on paper, apart
from each other. Each code is shown now and never again; it is good for {days} days and once.
A custodian who finds the code used already knows that somebody else had it; and the keys do not
agree when the custodians compare them. Put your public address in place of YOUR-ADDRESS."""


@click.command()
@click.option(
    "--file",
    "file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Read hub and agencies from a TOML file instead of asking.",
)
@click.option("--another-hub", is_flag=True, help="Add one more hub to this installation.")
def init(file: Path | None, another_hub: bool) -> None:
    """Begin an installation: the server's secrets, a hub, its agencies' names, their start codes.

    All of it or nothing: stopped half-way it is simply run again. An empty secrets folder is
    filled, an empty database brought up to this version.

    The file has one table [hub] (name, time_zone; languages and protocol if they differ) and one
    [[agency]] for each agency (name, organisation, sector, regime; duty_telephone if it is known;
    coordinates = true for exactly one).
    """
    _make_missing_secrets()
    with application() as settings:
        if current(db.engine) is None:
            upgrade(db.engine)
        check_current(db.engine)
        with reading():
            begun = _check_beginning(settings, another_hub=another_hub)
        plan = ask_plan() if file is None else read_plan(file)
        with changing():
            if not begun:
                begin_deployment(settings.secrets.values())
            issued = _found(plan)
            shown = [(item.row.agency.name, item) for item in issued]
        click.echo(f"\n{plan.hub.name} is founded, with {len(shown)} agencies.")
        _show(shown)


def _make_missing_secrets() -> None:
    # Only where there is none at all: one that is missing among others was lost, not never made.
    folder = secrets_folder()
    if folder is None or any((folder / name.value).exists() for name in SecretName):
        return
    write_new_secrets(folder)
    click.echo(f"Made the five server secrets in {folder}. Keep a copy apart from the backups.")


def _check_beginning(settings: Settings, *, another_hub: bool) -> bool:
    begun = db.session.scalar(select(AuditLog.id).where(AuditLog.kind == LogKind.DEPLOYMENT))
    if begun is None:
        return False
    check_secrets(settings.secrets.values())
    if db.session.scalar(select(Hub.id).limit(1)) is not None and not another_hub:
        raise Stale(
            N_("This installation has a hub already."),
            N_(
                "To add one more, say --another-hub. For a start code that was lost: "
                "`casehub start-code new AGENCY`."
            ),
        )
    return True


def _found(plan: Plan) -> list[Issued]:
    wanted = plan.hub
    if db.session.scalar(select(Hub.id).where(Hub.name == wanted.name)) is not None:
        raise Invalid("name", N_("There is a hub of this name already."))
    hub = found_hub(NewHub(wanted.name, wanted.time_zone, tuple(wanted.languages), wanted.protocol))
    issued = []
    for agency in plan.agency:
        row = name_agency(hub, NewAgency(**agency.model_dump()))
        issued.append(new_start_code(row))
    return issued


def _show(shown: list[tuple[str, Issued]]) -> None:
    until = shown[0][1].row.until
    made = shown[0][1].row.issued_at
    days = (until - made).days if until and made else 0
    click.echo(_PAPER.format(days=days))
    for name, issued in shown:
        click.echo(f"\n{name}\n  link  https://YOUR-ADDRESS/start/{issued.row.id}")
        click.echo(f"  code  {issued.code.text}")


@click.group("start-code")
def start_code() -> None:
    """Look after start codes."""


@start_code.command("new")
@click.argument("agency")
@click.option("--hub", help="The hub's name, where several have an agency of this name.")
def new_code(agency: str, hub: str | None) -> None:
    """Make a new start code for AGENCY, whose first one was lost; that one ends. It is logged."""
    with application(), changing():
        row = agency_named(agency, hub)
        issued = new_start_code(row)
        name = row.name
    _show([(name, issued)])


def agency_named(name: str, hub: str | None) -> Agency:
    """Return the one agency of a name; raise Invalid where there is none, or more than one."""
    query = select(Agency).join(Agency.hub).where(Agency.name == name)
    if hub is not None:
        query = query.where(Hub.name == hub)
    found = db.session.scalars(query).all()
    if len(found) == 1:
        return found[0]
    known = ", ".join(sorted(db.session.scalars(select(Agency.name))))
    if found:
        raise Invalid("agency", N_("Several hubs have an agency “{name}”: say --hub."), name=name)
    message = N_("There is no agency “{name}”. There are: {known}.")
    raise Invalid("agency", message, name=name, known=known)
