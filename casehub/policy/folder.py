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


def read_text(path: Path, where: str) -> str:
    """Read a file of the folder; raise Misconfigured with what is wrong with it."""
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        remedy = "put the file back, or point CASEHUB_POLICIES at a folder that has it"
        problem = Problem(where, "is missing", remedy)
    except OSError as error:
        what = f"cannot be read ({error.strerror})"
        problem = Problem(where, what, "check the file and its owner")
    except UnicodeDecodeError:
        problem = Problem(where, "is not UTF-8", "save it as UTF-8")
    raise Misconfigured([problem])


def policy_files(folder: Path) -> list[PolicyFile]:
    """Return every data file of the folder, in order; decisions and the matrix are prose.

    Raises Misconfigured where the folder is missing, or with every file that cannot be read.
    """
    if not folder.is_dir():
        remedy = "point CASEHUB_POLICIES at the folder that holds access.toml"
        raise Misconfigured([Problem(str(folder), "is no folder", remedy)])
    files, problems = [], list[Problem]()
    # By the text of their names: paths compare otherwise on other machines, and the hash with them.
    found = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*.toml")}
    for name, path in sorted(found.items()):
        try:
            text = read_text(path, name)
        except Misconfigured as error:
            problems += error.problems
        else:
            kind = name.rpartition("/")[0] or path.stem
            files.append(PolicyFile(kind, path.stem, text.replace("\r\n", "\n")))
    if problems:
        raise Misconfigured(problems)
    return files


def folder_digest(files: list[PolicyFile]) -> str:
    """Return SHA-256 over names and contents, the same on every machine and line ending."""
    whole = "".join(f"{item.kind}/{item.name} {item.digest}\n" for item in files)
    return hashlib.sha256(whole.encode()).hexdigest()
