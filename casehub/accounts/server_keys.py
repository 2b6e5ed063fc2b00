"""The two server secrets that signing in needs; the application says which they are."""

from collections.abc import Mapping
from dataclasses import dataclass

from casehub.vault import FormKey, SecretName, ServerSecret


@dataclass(frozen=True)
class ServerKeys:
    """The pepper of passphrases, and the key of what a browser carries. Prints no secret."""

    pepper: ServerSecret
    form: FormKey


_keys: ServerKeys | None = None


def use_secrets(secrets: Mapping[SecretName, ServerSecret]) -> None:
    """Take the server's secrets, when the application is assembled."""
    global _keys  # noqa: PLW0603 - one deployment, one pepper
    _keys = ServerKeys(secrets[SecretName.PEPPER], FormKey(secrets[SecretName.FORM_KEY].value))


def server_keys() -> ServerKeys:
    """Return them; raise RuntimeError before the application is assembled."""
    if _keys is None:
        raise RuntimeError("the application has taken no secrets yet")
    return _keys
