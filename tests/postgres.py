"""A PostgreSQL server of the tests' own: made in a temporary folder, gone afterwards."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

import psycopg
import pytest
from psycopg import sql

ROLE = "postgres"
HOST = "127.0.0.1"
START_SECONDS = 60
STOP_SECONDS = 30
ATTEMPTS = 5
"""How often another port is tried when somebody else takes the free one first."""

_PATTERNS = (
    "usr/lib/postgresql/*/bin",
    "usr/pgsql-*/bin",
    "opt/homebrew/opt/postgresql@*/bin",
    "usr/local/opt/postgresql@*/bin",
    "Library/PostgreSQL/*/bin",
    "Program Files/PostgreSQL/*/bin",
)
_FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
_REMEDY = (
    "PostgreSQL 15 or later is not installed, so what needs it is not tested."
    " Debian and Ubuntu: apt-get install postgresql; macOS: brew install postgresql."
)

if sys.platform == "win32":  # where only one signal ends a process, and not gently
    _GENTLY = _AT_ONCE = signal.SIGTERM
else:
    _GENTLY, _AT_ONCE = signal.SIGINT, signal.SIGQUIT


class NotStarted(Exception):
    """The server could not be made or did not come up; the message ends with its own log."""


def find_postgres() -> Path | None:
    """Return the folder with `initdb` and `postgres`: the one on the path, else the newest."""
    on_path = shutil.which("initdb")
    beside = [Path(on_path).resolve().parent] if on_path else []
    root = Path(Path.cwd().anchor)
    installed = [folder for pattern in _PATTERNS for folder in root.glob(pattern)]
    for folder in [*beside, *sorted(installed, key=_version, reverse=True)]:
        if all(shutil.which(name, path=str(folder)) for name in ("initdb", "postgres")):
            return folder
    return None


def require_postgres() -> Path:
    """Return the programs' folder; without it skip the test, or fail where skips are forbidden."""
    found = find_postgres()
    if found is not None:
        return found
    if os.environ.get("CASEHUB_NO_SKIPS"):
        pytest.fail(_REMEDY)
    pytest.skip(_REMEDY)


class PostgresServer:
    """One cluster, reached on the loopback address by anybody on this machine, without password.

    By default it forgoes every promise about power cuts, which makes it several times faster.
    With `durable` it keeps PostgreSQL's own defaults, for tests that crash it. `settings` are
    lines of `postgresql.conf`. It starts when the context is entered.
    """

    def __init__(self, *, durable: bool = False, settings: Mapping[str, str] | None = None) -> None:
        """Take how it is to run; nothing is made yet."""
        self.durable = durable
        self.settings = {} if durable else dict(_FAST)
        self.settings |= {"timezone": "UTC", "log_timezone": "UTC", **(settings or {})}
        self.port = 0
        self._folder: Path | None = None
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        """Make the cluster and start it."""
        programs = find_postgres()
        if programs is None:
            raise NotStarted(_REMEDY)
        self._programs = programs
        self._folder = Path(tempfile.mkdtemp(prefix="casehub-pg-"))
        try:
            self._make()
            self.start()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop the server and remove its folder."""
        self.stop()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None

    @property
    def folder(self) -> Path:
        """The temporary folder: `data`, `server.log` and the socket lie there."""
        if self._folder is None:
            raise NotStarted("The server has no folder yet: enter its context first.")
        return self._folder

    @property
    def pid(self) -> int:
        """The server's process id."""
        if self._process is None:
            raise NotStarted("The server does not run: start() it first.")
        return self._process.pid

    def url(self, name: str) -> str:
        """Return the address of a database in SQLAlchemy's form."""
        return f"postgresql+psycopg://{ROLE}@{HOST}:{self.port}/{name}"

    def connect(self, name: str = "postgres") -> psycopg.Connection:
        """Open a connection that commits every statement by itself."""
        return psycopg.connect(
            host=HOST, port=self.port, user=ROLE, dbname=name, autocommit=True, connect_timeout=5
        )

    def create_database(self, name: str, template: str | None = None) -> str:
        """Make a database, as a copy of `template` if one is named, and return its address.

        Nobody may be connected to the template meanwhile.
        """
        source = sql.Identifier(template or "template0")
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        with self.connect() as connection:
            connection.execute(statement.format(sql.Identifier(name), source))
        return self.url(name)

    def drop_database(self, name: str) -> None:
        """Drop a database if it is there, and throw out whoever is connected to it."""
        statement = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
        with self.connect() as connection:
            connection.execute(statement.format(sql.Identifier(name)))

    def start(self) -> None:
        """Start the server, on the port it had before if there was one, and wait until it answers.

        Raises NotStarted, with the end of its log, if it does not.
        """
        for _ in range(ATTEMPTS):
            port = self.port or _free_port()
            self._launch(port)
            if self._answers():
                self.port = port
                return
            self.stop()
        raise NotStarted(f"PostgreSQL did not start. The end of its log:\n{self._log_tail()}")

    def stop(self) -> None:
        """Stop it in good order: connections are closed, what was committed is written."""
        self._end(_GENTLY)

    def crash(self) -> None:
        """Stop it at once, without a checkpoint; `start()` then has to recover from its log."""
        self._end(_AT_ONCE)

    def _end(self, how: signal.Signals) -> None:
        if self._process is None:
            return
        if self._process.poll() is None:
            self._process.send_signal(how)
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None

    def _make(self) -> None:
        owner = _unprivileged()
        if owner is not None:
            shutil.chown(self.folder, owner)
        options = ["--auth=trust", f"--username={ROLE}", "--encoding=UTF8", "--locale=C"]
        if not self.durable:
            options.append("--no-sync")
        done = subprocess.run(
            [self._programs / "initdb", *options, "--pgdata", self.folder / "data"],
            cwd=self.folder,
            env=_environment(),
            user=owner,
            group=_group(owner),
            extra_groups=None if owner is None else [],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise NotStarted(f"initdb failed:\n{done.stdout}{done.stderr}")

    def _launch(self, port: int) -> None:
        sockets = "" if sys.platform == "win32" else str(self.folder)
        settings = {"listen_addresses": HOST, "unix_socket_directories": sockets, **self.settings}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        owner = _unprivileged()
        with (self.folder / "server.log").open("ab") as log:
            self._process = subprocess.Popen(
                [self._programs / "postgres", "-D", "data", "-p", str(port), *options],
                cwd=self.folder,
                env=_environment(),
                user=owner,
                group=_group(owner),
                extra_groups=None if owner is None else [],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def _answers(self) -> bool:
        """Wait until our own process, not one that took the port before it, says it is ready."""
        deadline = time.monotonic() + START_SECONDS
        while self._process is not None and self._process.poll() is None:
            if self._state() == (str(self.pid), "ready"):
                return True
            if time.monotonic() > deadline:
                raise NotStarted(f"PostgreSQL is not ready in time. Its log:\n{self._log_tail()}")
            time.sleep(0.02)
        return False

    def _state(self) -> tuple[str, str]:
        """Read the process id and the state from the first and eighth line of its own note."""
        note = self.folder / "data" / "postmaster.pid"
        lines = note.read_text().splitlines() if note.exists() else []
        return (lines[0].strip(), lines[7].strip()) if len(lines) > 7 else ("", "")

    def _log_tail(self) -> str:
        log = self.folder / "server.log"
        return log.read_text(errors="replace")[-2000:] if log.exists() else "(there is none)"


def _version(folder: Path) -> tuple[int, ...]:
    """Read the version out of a folder's path, for the newest to come first."""
    digits = "".join(letter if letter.isdigit() else " " for letter in str(folder))
    return tuple(int(number) for number in digits.split())


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _unprivileged() -> str | None:
    """Name the account that runs the server; PostgreSQL refuses to run as root."""
    if sys.platform == "win32" or os.geteuid() != 0:
        return None
    import pwd  # noqa: PLC0415  Windows has no such module

    known = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"


def _group(owner: str | None) -> int | None:
    if owner is None or sys.platform == "win32":
        return None
    import pwd  # noqa: PLC0415  Windows has no such module

    return pwd.getpwnam(owner).pw_gid


def _environment() -> dict[str, str]:
    """Pass the environment on without what would point the programs elsewhere."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return {**kept, "LC_ALL": "C"}
