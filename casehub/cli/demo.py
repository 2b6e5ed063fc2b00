"""`casehub demo`: a fictional hub to try out, on a database that is gone afterwards."""

import signal
import sys

import click

from casehub import clock
from casehub.demo.cast import CAST, part_of
from casehub.demo.server import serve_demo
from casehub.demo.story import tell


@click.group(invoke_without_command=True)
@click.option("--port", type=click.IntRange(0, 65535), help="Where to listen, on this machine.")
@click.option("--tell", "telling", is_flag=True, help="Tell a short story here instead.")
@click.pass_context
def demo(ctx: click.Context, port: int | None, telling: bool) -> None:
    """Serve a fictional hub on this machine; its database is gone when it stops.

    It takes no settings and cannot be pointed at a real database.
    """
    if ctx.invoked_subcommand is not None:
        return
    if telling:
        tell(click.echo)
        return
    # Stopped by another program it takes its folder away too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        serve_demo(click.echo, port)
    except OSError as error:
        click.echo(
            f"The demo cannot listen there ({error.strerror}). Choose another --port.", err=True
        )
        sys.exit(1)
    except KeyboardInterrupt:
        pass


@demo.command()
@click.argument("name", nargs=-1, required=True)
def code(name: tuple[str, ...]) -> None:
    """Print the code that somebody's telephone shows now, in the demo. NAME may be a first name."""
    part = part_of(" ".join(name))
    if part is None:
        known = ", ".join(part.name for part in CAST)
        click.echo(f"Nobody of the cast is called that. There are: {known}.", err=True)
        sys.exit(1)
    click.echo(part.code_at(clock.now()))
