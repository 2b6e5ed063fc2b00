"""The command line as an operator has it: settings from the environment, and nothing else."""

import os
import shutil
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from click.testing import CliRunner

from casehub.cli import main
from casehub.store import db


@dataclass
class Shell:
    """A shell with settings in its environment; `run` gives back exit code and output."""

    environment: dict[str, str] = field(default_factory=dict)

    def set(self, **settings: object) -> None:
        self.environment |= {f"CASEHUB_{name.upper()}": str(it) for name, it in settings.items()}

    def run(self, *command: object) -> tuple[int, str]:
        done = CliRunner().invoke(main, [str(part) for part in command], env=self.environment)
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        assert "Traceback" not in done.output
        return done.exit_code, done.output

    def fails(self, *command: object) -> str:
        code, output = self.run(*command)
        assert code == 1, output
        return output

    def succeeds(self, *command: object) -> str:
        code, output = self.run(*command)
        assert code == 0, output
        return output


@pytest.fixture(autouse=True)
def no_settings(monkeypatch):
    """Take every setting out of the environment."""
    for name in list(os.environ):
        if name.upper().startswith("CASEHUB_"):
            monkeypatch.delenv(name)


@pytest.fixture
def secrets_folder(place, tmp_path) -> Path:
    """Give a copy of the place's secrets, which the test may spoil."""
    copy = tmp_path / "secrets-copy"
    shutil.copytree(place.settings.secrets_folder, copy)
    return copy


@pytest.fixture
def shell(place, secrets_folder) -> Shell:
    """Give a shell whose settings are the place's."""
    db.session.remove()
    shell = Shell()
    settings = place.settings
    shell.set(database_url=settings.database_url, policies=settings.policies)
    shell.set(secrets_folder=secrets_folder)
    return shell


@pytest.fixture
def empty_shell(place, secrets_folder, tmp_path) -> Shell:
    """Give a shell with the same secrets on a database that is not there yet."""
    shell = Shell()
    shell.set(database_url=f"sqlite:///{tmp_path / 'new.sqlite'}", secrets_folder=secrets_folder)
    return shell
