"""The folder `policies/`: where it is, what it holds, and the hash that every log entry carries."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from casehub.errors import Misconfigured, Problem


@dataclass(frozen=True)
class PolicyFile:
    """One file of the folder: its kind is the sub-folder's name, its name the file's."""

    kind: str
    name: str
    text: str

    @property
    def digest(self) -> str:
        """Return SHA-256 of the text as hexadecimal."""
        return hashlib.sha256(self.text.encode()).hexdigest()


def policy_files(folder: Path) -> list[PolicyFile]:
    """Return every data file of the folder, in order; decisions and the matrix are prose.

    Raises Misconfigured where the folder is missing or a file is not UTF-8.
    """
    if not folder.is_dir():
        remedy = "point CASEHUB_POLICIES at the folder that holds access.toml"
        raise Misconfigured([Problem(str(folder), "is no folder", remedy)])
    files = []
    for path in sorted(folder.rglob("*.toml")):
        inside = path.relative_to(folder)
        kind = inside.parent.as_posix() if inside.parent.parts else path.stem
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            remedy = "save it as UTF-8"
            raise Misconfigured([Problem(inside.as_posix(), "is not UTF-8", remedy)]) from None
        files.append(PolicyFile(kind, path.stem, text.replace("\r\n", "\n")))
    return files


def folder_digest(files: list[PolicyFile]) -> str:
    """Return SHA-256 over names and contents, the same on every machine and line ending."""
    whole = "".join(f"{item.kind}/{item.name} {item.digest}\n" for item in files)
    return hashlib.sha256(whole.encode()).hexdigest()
