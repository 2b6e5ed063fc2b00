"""A deployment to be: five secrets in a folder, and no setting in the environment."""

import os

import pytest

from casehub.errors import Misconfigured
from casehub.settings import load_settings, write_new_secrets


@pytest.fixture(autouse=True)
def no_settings(monkeypatch):
    """Take every setting out of the environment."""
    for name in list(os.environ):
        if name.upper().startswith("CASEHUB_"):
            monkeypatch.delenv(name)


@pytest.fixture
def secrets_folder(tmp_path):
    """Give a folder with five secrets."""
    write_new_secrets(tmp_path / "secrets")
    return tmp_path / "secrets"


@pytest.fixture
def environment(monkeypatch, tmp_path, secrets_folder):
    """Set what is enough, and give a function that changes it."""

    def change(**settings):
        for name, value in settings.items():
            variable = f"CASEHUB_{name.upper()}"
            if value is None:
                monkeypatch.delenv(variable, raising=False)
            else:
                monkeypatch.setenv(variable, str(value))

    change(database_url=f"sqlite:///{tmp_path / 'casehub.sqlite'}", secrets_folder=secrets_folder)
    return change


@pytest.fixture
def problems():
    """Give a function that returns what is wrong with the settings."""

    def problems():
        with pytest.raises(Misconfigured) as found:
            load_settings()
        assert all(item.what and item.remedy for item in found.value.problems)
        return found.value.problems

    return problems
