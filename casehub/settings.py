"""Settings of a deployment: typed, from the environment and one file, all problems at once.

There is no default secret anywhere. Each of the five is a file of its own in `secrets_folder`; what
prints of them is their id and check value.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from casehub.errors import Misconfigured, Problem
from casehub.store.migrating import folder_beside
from casehub.vault import SecretName, ServerSecret

PREFIX = "CASEHUB_"
FILE = "CASEHUB_SETTINGS"
_OWNER_ONLY = 0o600


class _Raw(BaseSettings):
    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="forbid")

    database_url: str = Field(min_length=1)
    secrets_folder: Path
    policies: Path = Field(default_factory=lambda: folder_beside("policies"))

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Take the environment first, then the file that CASEHUB_SETTINGS names."""
        del init_settings, dotenv_settings, file_secret_settings
        file = os.environ.get(FILE)
        return (env_settings, *([TomlConfigSettingsSource(settings_cls, file)] if file else []))


@dataclass(frozen=True)
class Settings:
    """What a deployment runs with. Prints no secret."""

    database_url: str
    policies: Path
    secrets_folder: Path
    secrets: Mapping[SecretName, ServerSecret]

    def __repr__(self) -> str:
        shown = make_url(self.database_url).render_as_string(hide_password=True)
        ids = {name.value: secret.id for name, secret in self.secrets.items()}
        return f"Settings(database_url={shown!r}, policies={str(self.policies)!r}, secrets={ids})"


def load_settings() -> Settings:
    """Read the settings; raise Misconfigured with every missing or wrong one and what to do."""
    problems: list[Problem] = []
    raw = _raw(problems)
    if raw is None:
        raise Misconfigured(problems)
    problems += _database_problems(raw.database_url)
    secrets = read_secrets(raw.secrets_folder, problems)
    if problems:
        raise Misconfigured(problems)
    return Settings(raw.database_url, raw.policies, raw.secrets_folder, secrets)


def _raw(problems: list[Problem]) -> _Raw | None:
    file = os.environ.get(FILE)
    if file and not Path(file).is_file():
        problems.append(Problem(FILE, f"{file} is no file", "correct the path, or unset it"))
        return None
    try:
        return _Raw.model_validate({})
    except ValidationError as error:
        problems += [_problem(item) for item in error.errors(include_url=False)]
    except (OSError, ValueError) as error:
        problems.append(Problem(file or FILE, f"cannot be read ({error})", "write it as TOML"))
    return None


def _problem(item: Any) -> Problem:
    name = ".".join(str(part) for part in item["loc"])
    if item["type"] == "missing":
        what, remedy = "is missing", f"set {PREFIX}{name.upper()}, or {name} in the settings file"
    elif item["type"] == "extra_forbidden":
        what, remedy = "is no setting of CaseHub", "remove it, or correct its spelling"
    else:
        what, remedy = str(item["msg"]), "correct its value"
    return Problem(name, what, remedy)


def _database_problems(url: str) -> list[Problem]:
    where = "database_url"
    remedy = "write sqlite:////path/to/casehub.sqlite or postgresql+psycopg://user@host/name"
    try:
        parsed = make_url(url)
    except ArgumentError:
        return [Problem(where, "is no database URL", remedy)]
    if parsed.drivername not in ("sqlite", "postgresql+psycopg"):
        return [Problem(where, f"names the driver {parsed.drivername}", remedy)]
    if parsed.drivername == "sqlite" and parsed.database in (None, "", ":memory:"):
        return [Problem(where, "keeps nothing: the database would be in memory", remedy)]
    return []


def read_secrets(folder: Path, problems: list[Problem]) -> dict[SecretName, ServerSecret]:
    """Read the five secrets of a folder, adding what is wrong with each to `problems`."""
    secrets: dict[SecretName, ServerSecret] = {}
    for name in SecretName:
        path = folder / name.value
        where = f"secret {name.value}"
        try:
            secret = ServerSecret.read(path.read_text(encoding="ascii"))
        except FileNotFoundError:
            remedy = f"put its file into {folder}, or make new ones with `casehub secrets new`"
            problems.append(Problem(where, "is missing", remedy))
        except (OSError, UnicodeDecodeError):
            problems.append(Problem(where, "cannot be read", "check the file and its owner"))
        except ValueError as error:
            problems.append(Problem(where, str(error), "put back the copy you keep apart"))
        else:
            secrets[name] = secret
            if secret.name is not name:
                remedy = "give each file the name that stands inside it"
                problems.append(Problem(where, f"holds {secret.name.value}", remedy))
    return secrets


def write_new_secrets(folder: Path) -> list[ServerSecret]:
    """Make the five secrets as files that only their owner may read.

    Raises Misconfigured where one is there already: a secret is never overwritten.
    """
    present = [name for name in SecretName if (folder / name.value).exists()]
    if present:
        remedy = "choose an empty folder; secrets in use are never overwritten"
        raise Misconfigured([Problem(str(folder / name), "exists", remedy) for name in present])
    folder.mkdir(parents=True, exist_ok=True)
    secrets = [ServerSecret.new(name) for name in SecretName]
    for secret in secrets:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
        descriptor = os.open(folder / secret.name.value, flags, _OWNER_ONLY)
        with os.fdopen(descriptor, "w", encoding="ascii", newline="\n") as file:
            file.write(secret.write())
    return secrets
