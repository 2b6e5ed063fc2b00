"""The server's own secrets as files: made, read, and known by a check value.

There are five and no more, and none opens a case. A file names its secret, its id and a check
value, so that a wrong or damaged one is found at start and not in the middle of a night.
"""

import base64
import re
import secrets
from dataclasses import dataclass, field
from enum import StrEnum

from casehub.vault.derive import SECRET_CHECK, derive

_BYTES = 32
_FORM = re.compile(
    r"casehub secret 1\nname: (?P<name>[a-z-]+)\nid: (?P<id>[0-9a-f]{16})\n"
    r"value: (?P<value>[A-Za-z0-9+/=]+)\ncheck: (?P<check>[0-9a-f]{32})\n"
)


class SecretName(StrEnum):
    """The five secrets; what each one's loss, theft and change mean stands in SECURITY.md."""

    PEPPER = "pepper"
    MATCH_HALF = "match-half"
    WALL_KEY = "wall-key"
    LOG_SIGNING_KEY = "log-signing-key"
    FORM_KEY = "form-key"


@dataclass(frozen=True)
class ServerSecret:
    """One secret of 32 random bytes with a public id. Prints its name and id only."""

    name: SecretName
    id: str
    value: bytes = field(repr=False)

    @classmethod
    def new(cls, name: SecretName) -> "ServerSecret":
        """Make a fresh secret."""
        return cls(name, secrets.token_hex(8), secrets.token_bytes(_BYTES))

    @property
    def check(self) -> str:
        """Return a value that tells two secrets apart and gives neither away (128 bits)."""
        label = SECRET_CHECK + f"/{self.name}/{self.id}".encode()
        return derive(self.value, label, 16).hex()

    def write(self) -> str:
        """Return the text of the secret's file."""
        value = base64.b64encode(self.value).decode()
        return (
            f"casehub secret 1\nname: {self.name}\nid: {self.id}\n"
            f"value: {value}\ncheck: {self.check}\n"
        )

    @classmethod
    def read(cls, text: str) -> "ServerSecret":
        """Read a secret's file; raise ValueError with what is wrong, never with what it holds."""
        form = _FORM.fullmatch(text.replace("\r\n", "\n"))
        if form is None:
            raise ValueError("is not a secret file, or was cut off")
        try:
            secret = cls(
                SecretName(form["name"]), form["id"], base64.b64decode(form["value"], validate=True)
            )
        except ValueError:
            raise ValueError("is not one of the five secrets, or was damaged") from None
        if len(secret.value) != _BYTES or secret.check != form["check"]:
            raise ValueError("was damaged: its check value does not fit")
        return secret
