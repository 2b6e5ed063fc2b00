"""The demo's server: a fresh database and fresh secrets in a temporary folder, on loopback only.

It takes nothing from the environment, so it cannot be pointed at a real database; whoever tries is
told.
"""

import os
import socket
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

from flask import Flask, Response, request

from casehub.demo.cast import AGENCIES, CAST, PASSPHRASE
from casehub.demo.panel import add_cast, cast_panel
from casehub.demo.place import fresh_application, fresh_settings
from casehub.demo.telling import tell_hub
from casehub.errors import Misconfigured, Problem
from casehub.settings import PREFIX
from casehub.store import db
from casehub.vault import Cost

HOST = "127.0.0.1"
PORT = 8000
_TRIES = 50
_THREADS = 8

Say = Callable[[str], None]


@dataclass(frozen=True)
class Demo:
    """A demo that is ready to be served."""

    app: Flask
    seconds: float


@contextmanager
def fresh_demo(cost: Cost | None = None) -> Iterator[Demo]:
    """Make a demo in a temporary folder, which is gone afterwards."""
    started = perf_counter()
    with tempfile.TemporaryDirectory(prefix="casehub-demo-") as folder:
        settings = fresh_settings(Path(folder))
        app = fresh_application(settings, cast_panel)
        add_cast(app)
        app.before_request(_only_this_machine)
        with app.app_context():
            tell_hub(cost)
            db.session.remove()
            try:
                yield Demo(app, perf_counter() - started)
            finally:
                db.engine.dispose()


def _only_this_machine() -> Response | None:
    # A name that somebody else points at this machine is not this machine's.
    name = request.host.rpartition(":")[0] or request.host
    return None if name in ("localhost", HOST) else Response("Not here.\n", 400)


def serve_demo(say: Say, port: int | None = None) -> None:
    """Make a demo and serve it until somebody stops it."""
    for line in what_is_ignored():
        say(line)
    say(
        f"Making a hub of {len(AGENCIES)} agencies and {len(CAST)} people, all of them made up, in"
        " a temporary folder ..."
    )
    create_server = _server()
    with fresh_demo() as demo, listening(port) as found:
        server = create_server(demo.app, sockets=[found], threads=_THREADS, ident=None)
        say(_welcome(demo, found.getsockname()[1]))
        try:
            server.run()
        finally:
            server.close()
            say("The demo is gone, and everything in it.")


def _server() -> Callable[..., Any]:
    try:
        from waitress.server import create_server  # noqa: PLC0415 - an extra
    except ImportError:
        remedy = "install casehub[server]"
        raise Misconfigured([Problem("server", "no web server is installed", remedy)]) from None
    made: Callable[..., Any] = create_server
    return made


def _welcome(demo: Demo, port: int) -> str:
    return (
        f"\n  This is a demo. Ready in {demo.seconds:.1f} seconds:\n\n"
        f"      http://localhost:{port}/sign-in\n\n"
        "  Its sign-in page lists everybody, with a button to be each of them. By hand: any name"
        f"\n  there, the passphrase “{PASSPHRASE}” and a code from the page, or from"
        "\n  `casehub demo code NAME`. Nothing you type here is kept. Ctrl+C ends it.\n"
    )


def what_is_ignored() -> list[str]:
    """Return a line for every setting in the environment, which the demo does not look at."""
    names = sorted(name for name in os.environ if name.upper().startswith(PREFIX))
    return [
        f"{name} is set and is ignored: the demo never touches a real database." for name in names
    ]


@contextmanager
def listening(port: int | None) -> Iterator[socket.socket]:
    """Listen on loopback: on the port that was asked for, else on the first free one from 8000.

    Raises OSError where the one that was asked for is taken.
    """
    wanted = [port] if port is not None else [*range(PORT, PORT + _TRIES), 0]
    for number in wanted:
        found = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        try:
            found.bind((HOST, number))
        except OSError:
            found.close()
            if number == wanted[-1]:
                raise
            continue
        with found:
            yield found
        return
