"""Settings of a deployment: typed, from the environment and one file, all problems at once.

There is no default secret anywhere. Each of the five is a file of its own in `secrets_folder`; what
prints of them is their id and check value.
"""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from casehub.errors import Misconfigured, Problem
from casehub.store.migrating import folder_beside
from casehub.vault import SecretName, ServerSecret

PREFIX = "CASEHUB_"
FILE = "CASEHUB_SETTINGS"
_OF_THE_TESTS = "CASEHUB_NO_SKIPS"  # which dev.py sets; everything else with the prefix is ours
_MISSING, _UNKNOWN = "is missing", "is no setting of CaseHub"
_OWNER_ONLY = 0o600


class _Raw(BaseSettings):
    model_config = SettingsConfigDict(env_prefix=PREFIX, env_ignore_empty=True, extra="forbid")

    database_url: str = Field(min_length=1)
    secrets_folder: Path
    policies: Path = Field(default_factory=lambda: folder_beside("policies"))
    trusted_proxies: int = Field(default=0, ge=0, le=5)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Take what was gathered, and nothing from anywhere else."""
        del settings_cls, env_settings, dotenv_settings, file_secret_settings
        return (init_settings,)


@dataclass(frozen=True)
class Settings:
    """What a deployment runs with. Prints no secret."""

    database_url: str
    policies: Path
    secrets_folder: Path
    secrets: Mapping[SecretName, ServerSecret]
    trusted_proxies: int = 0
    """How many proxies stand in front whose word about address and scheme is taken."""

    def __repr__(self) -> str:
        # Without its query, which may hold a password too.
        shown = make_url(self.database_url).set(query={}).render_as_string(hide_password=True)
        ids = {name.value: secret.id for name, secret in self.secrets.items()}
        return f"Settings(database_url={shown!r}, policies={str(self.policies)!r}, secrets={ids})"


def load_settings() -> Settings:
    """Read the settings; raise Misconfigured with every missing or wrong one and what to do."""
    problems = _unknown_variables()
    given = EnvSettingsSource(_Raw)()
    try:
        given = _file() | given
    except Misconfigured as error:
        # What the file would have said is not missing as well.
        problems += error.problems
        problems += [item for item in _wrong(given) if item.what != _MISSING]
    else:
        problems += _wrong(given)
    secrets = _look_closer(given, problems)
    if problems:
        raise Misconfigured(problems)
    raw = _Raw.model_validate(given)
    return Settings(
        raw.database_url, raw.policies, raw.secrets_folder, secrets, raw.trusted_proxies
    )


def _unknown_variables() -> list[Problem]:
    known = {FILE, _OF_THE_TESTS, *(f"{PREFIX}{name.upper()}" for name in _Raw.model_fields)}
    return [
        Problem(name, _UNKNOWN, "unset it, or correct its spelling")
        for name in sorted(os.environ)
        if name.upper().startswith(PREFIX) and name.upper() not in known
    ]


def _file() -> dict[str, Any]:
    file = os.environ.get(FILE)
    if not file:
        return {}
    if not Path(file).is_file():
        problem = Problem(FILE, f"{file} is no file", "correct the path, or unset it")
    else:
        try:
            return tomllib.loads(Path(file).read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            problem = Problem(file, f"cannot be read ({error})", "write it as TOML")
    raise Misconfigured([problem])


def _wrong(given: dict[str, Any]) -> list[Problem]:
    try:
        _Raw.model_validate(given)
    except ValidationError as error:
        return [_problem(item) for item in error.errors(include_url=False)]
    return []


def _problem(item: Any) -> Problem:
    name = ".".join(str(part) for part in item["loc"])
    if item["type"] in ("missing", "string_too_short"):
        remedy = f"set {PREFIX}{name.upper()}, or {name} in the settings file"
        return Problem(name, _MISSING, remedy)
    if item["type"] == "extra_forbidden":
        return Problem(name, _UNKNOWN, "remove it, or correct its spelling")
    return Problem(name, str(item["msg"]), "correct its value")


def _look_closer(
    given: dict[str, Any], problems: list[Problem]
) -> Mapping[SecretName, ServerSecret]:
    """Add what is wrong with the things that the settings name, as far as they name any."""
    url, policies, folder = (
        given.get(name) for name in ("database_url", "policies", "secrets_folder")
    )
    if isinstance(url, str) and url:
        problems += _database_problems(url)
    if isinstance(policies, str) and not Path(policies).is_dir():
        remedy = "name the folder that holds access.toml"
        problems.append(Problem("policies", f"{policies} is no folder", remedy))
    return read_secrets(Path(folder), problems) if isinstance(folder, str) else {}


def _database_problems(url: str) -> list[Problem]:
    where = "database_url"
    remedy = "write sqlite:////path/to/casehub.sqlite or postgresql+psycopg://user@host/name"
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):  # ValueError is a port that is no number
        return [Problem(where, "is no database URL", remedy)]
    if parsed.drivername == "sqlite":
        what = _sqlite_problem(parsed.database or "")
        return [Problem(where, what, remedy)] if what else []
    if parsed.drivername != "postgresql+psycopg":
        return [Problem(where, f"names the driver {parsed.drivername}", remedy)]
    if find_spec("psycopg") is None:
        what, remedy = "needs psycopg, which is not installed", "install casehub[postgres]"
        return [Problem(where, what, remedy)]
    return []


def _sqlite_problem(path: str) -> str | None:
    if path in ("", ":memory:"):
        return "keeps nothing: the database would be in memory"
    if path.startswith("file:"):
        return "names its file in a roundabout way"
    return None if Path(path).is_absolute() else "is not a whole path"


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


def secrets_folder() -> Path | None:
    """Return the folder that the environment names for the secrets, whether it is there or not."""
    named = os.environ.get(f"{PREFIX}SECRETS_FOLDER")
    return Path(named) if named else None


def write_new_secrets(folder: Path) -> list[ServerSecret]:
    """Make the five secrets as files that only their owner may read.

    Raises Misconfigured where one is there already: a secret is never overwritten.
    """
    present = [name for name in SecretName if (folder / name.value).exists()]
    if present:
        remedy = "choose an empty folder; secrets in use are never overwritten"
        raise Misconfigured([Problem(str(folder / name), "exists", remedy) for name in present])
    secrets = [ServerSecret.new(name) for name in SecretName]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for secret in secrets:
            _write_new(folder / secret.name.value, secret.write())
    except OSError as error:
        remedy = "choose a folder that the server's user may write"
        problem = Problem(str(folder), f"cannot be written ({error.strerror})", remedy)
        raise Misconfigured([problem]) from None
    return secrets


def _write_new(path: Path, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ONLY)
    with os.fdopen(descriptor, "w", encoding="ascii", newline="\n") as file:
        file.write(text)
