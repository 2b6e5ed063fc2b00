"""The kind of machine that a run was made on: enough to compare, nothing that names it."""

import os
import platform
import sqlite3
from importlib.metadata import version

_LIBRARIES = ("cryptography", "SQLAlchemy", "Flask", "psycopg")


def cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def kind(server: str | None) -> list[str]:
    """Describe the machine in a few lines; `server` is PostgreSQL's version where it is there."""
    memory = _memory()
    return [
        f"{cores()} cores ({platform.machine()}){f', {memory} GB of memory' if memory else ''}",
        f"{platform.system()}, {platform.python_implementation()} {platform.python_version()}",
        f"SQLite {sqlite3.sqlite_version}, {server or 'no PostgreSQL'}",
        ", ".join(f"{name} {version(name)}" for name in _LIBRARIES if _is_there(name)),
    ]


def load() -> float | None:
    """Return how many processes wanted a core in the last minute, where the system counts that."""
    return os.getloadavg()[0] if hasattr(os, "getloadavg") else None


def busy(loads: list[float | None]) -> str:
    """Say how busy the machine was with other things, from the load before each benchmark."""
    known = [value for value in loads if value is not None]
    if not known:
        return "How busy the machine was otherwise is not known."
    span = f"{min(known):.1f} to {max(known):.1f}"
    return f"Between {span} processes wanted one of the cores; the run itself is about one of them."


def _memory() -> int | None:
    try:
        size = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return None
    return round(size / 1024**3)


def _is_there(name: str) -> bool:
    try:
        version(name)
    except ModuleNotFoundError:
        return False
    return True
