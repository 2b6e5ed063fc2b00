"""`casehub recovery open`: the page on which an agency's recovery sheet is used, for an hour."""

import click

from casehub.accounts.sheets import open_recovery
from casehub.audit import changing
from casehub.cli.context import application
from casehub.cli.init import agency_named


@click.group()
def recovery() -> None:
    """Help an agency none of whose custodians can sign in any more."""


@recovery.command("open")
@click.argument("agency")
@click.option("--hub", help="The hub's name, where several have an agency of this name.")
def open_page(agency: str, hub: str | None) -> None:
    """Open the page for AGENCY's recovery sheet.

    It opens no key: the sheet does. It is in the hub's log, and every custodian is shown it.
    """
    with application():
        with changing():
            row = agency_named(agency, hub)
            until, name = open_recovery(row), row.name
        click.echo(f"The page /recovery is open for {name} until {until:%Y-%m-%d %H:%M} UTC.")
        click.echo("Every custodian of the hub sees so. The sheet's code is typed there.")
