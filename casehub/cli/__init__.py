"""The command line: what an operator needs. Nothing here opens a case; there is no key to do it."""

import sys

import click

from casehub.cli.audit import audit
from casehub.cli.demo import demo
from casehub.cli.doctor import doctor
from casehub.cli.init import init, start_code
from casehub.cli.operate import migrate, secrets
from casehub.cli.policy import policy
from casehub.cli.recovery import recovery
from casehub.cli.serve import serve
from casehub.errors import CaseHubError


class _Commands(click.Group):
    def invoke(self, ctx: click.Context) -> object:
        """Run a command; say a failure of our vocabulary in its own words, with the next step."""
        try:
            return super().invoke(ctx)
        except CaseHubError as error:
            click.echo(f"{error}\n{error.remedy}", err=True)
            sys.exit(1)


@click.group(cls=_Commands)
@click.version_option(package_name="casehub")
def main() -> None:
    """Look after a CaseHub installation."""


for command in (audit, demo, doctor, init, migrate, policy, recovery, secrets, serve, start_code):
    main.add_command(command)
