"""`casehub serve`: the web server, after everything was checked that can be checked before."""

import os
from typing import Any

import click
from flask import Flask

from casehub.app import create_app, start_up
from casehub.cli.context import entered
from casehub.errors import Misconfigured, Problem
from casehub.settings import Settings, load_settings

_THREADS = 8
_PATIENCE = 30
ON_WINDOWS = os.name == "nt"


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535))
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1, 64))
def serve(host: str, port: int, workers: int) -> None:
    """Serve CaseHub on this machine, for a proxy that speaks HTTPS in front of it.

    Starts only when settings, secrets, database and logs are in order. Addresses and schemes that a
    proxy reports are believed only where CASEHUB_TRUSTED_PROXIES says how many there are.
    """
    settings = load_settings()
    with entered(create_app(settings)):
        start_up(settings)
    click.echo(f"CaseHub listens on http://{host}:{port}.")
    if ON_WINDOWS:
        _serve_with_waitress(settings, host, port)
    else:
        _serve_with_gunicorn(settings, host, port, workers)


def _serve_with_waitress(settings: Settings, host: str, port: int) -> None:
    try:
        from waitress import serve as run  # noqa: PLC0415 - an extra
    except ImportError:
        raise _not_installed() from None
    run(create_app(settings), host=host, port=port, threads=_THREADS, ident=None)


def _serve_with_gunicorn(settings: Settings, host: str, port: int, workers: int) -> None:
    try:
        from gunicorn.app.base import BaseApplication  # noqa: PLC0415 - an extra
    except ImportError:
        raise _not_installed() from None

    class Server(BaseApplication):  # type: ignore[misc]
        def load_config(self) -> None:
            for name, value in gunicorn_options(host, port, workers).items():
                self.cfg.set(name, value)

        def load(self) -> Flask:
            # In each worker: connections and keys are not shared over a fork.
            return create_app(settings)

    Server().run()


def gunicorn_options(host: str, port: int, workers: int) -> dict[str, Any]:
    """Return what gunicorn is told. It reads nothing from the environment or a file."""
    return {
        "bind": f"{host}:{port}",
        "worker_class": "gthread",
        "workers": workers,
        "threads": _THREADS,
        "timeout": _PATIENCE,
        "control_socket_disable": True,  # nobody commands a running server through a file
        "accesslog": None,  # an address says which case somebody looked at
        "forwarded_allow_ips": "",  # whom to believe is the application's to say
        "preload_app": False,
    }


def _not_installed() -> Misconfigured:
    remedy = "install casehub[server]"
    return Misconfigured([Problem("server", "no web server is installed", remedy)])
