"""Make CaseHub's environment and run the project's commands in it.

    python3 dev.py demo     show CaseHub with a fictional hub
    python3 dev.py check    the quick part of the tests: format, lint, types, floors, tests
    python3 dev.py test     all tests
    python3 dev.py bench    the benchmarks
    python3 dev.py texts    collect what is to be translated
    python3 dev.py lock     pin the dependencies again

Only the standard library is needed, on Linux, macOS and Windows (`py dev.py demo`). The first
command makes `.venv` beside this file; later ones renew it when `requirements.lock` or
`pyproject.toml` changed.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
LOCK = ROOT / "requirements.lock"
PROJECT = ROOT / "pyproject.toml"
STAMP = VENV / "casehub-stamp.txt"
OLDEST = (3, 11)
NO_TESTS = 5
"""What pytest returns when it found no test."""

NOT_FOUND = 3
NO_SKIPS = "CASEHUB_NO_SKIPS"
PARALLEL = ("-n", "auto", "--maxprocesses=8")
COVERAGE = ("--cov=casehub", "--cov-branch", "--cov-append", "--cov-report=")
WHOLLY_TESTED = (
    "casehub/vault/*",
    "casehub/policy/*",
    "casehub/audit/*",
    "casehub/rules.py",
    "casehub/*/rules.py",
    "casehub/*/rules/*",
)
CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
PLAIN = "not database and not crash and not browser"
POSTGRES_REMEDY = (
    "PostgreSQL 15 or later was not found. Debian and Ubuntu: apt-get install postgresql;"
    " macOS: brew install postgresql."
)
CHROMIUM_REMEDY = (
    "Chromium was not found. Debian: apt-get install chromium chromium-driver;"
    " macOS: brew install chromium."
)
PYTHON_REMEDY = (
    "CaseHub needs Python 3.11 or later; this is {}.{}. Install a newer Python (Debian 12 and"
    " Ubuntu 24.04 bring one) and run dev.py with it, for instance: python3.11 dev.py demo"
)
VENV_REMEDY = (
    "This Python cannot make a virtual environment: its module venv or ensurepip is missing."
    " Debian and Ubuntu: apt-get install python3-venv. Then run the same command again."
)
UV_REMEDY = "The lock is made with uv. Install it (pipx install uv, or brew install uv) first."


class Stop(Exception):
    """The command cannot go on; the message says what to do."""


@dataclass(frozen=True)
class Part:
    """One invocation of pytest: where it looks, what it selects, how long it should take."""

    name: str
    marker: str
    paths: tuple[str, ...]
    budget: int | None = None
    options: tuple[str, ...] = ()


PARTS = (
    Part("floors", PLAIN, ("tests/house",), options=PARALLEL),
    Part("migrations", PLAIN, ("tests/migrations",), options=PARALLEL),
    Part("doctests", PLAIN, ("casehub",)),
    Part(
        "rules and vault",
        PLAIN,
        ("tests",),
        budget=60,
        options=(*PARALLEL, "--ignore=tests/house", "--ignore=tests/migrations"),
    ),
    Part("database", "database and not crash and not browser", ("tests",), 180, PARALLEL),
    Part("browser", "browser and not crash", ("tests",), 240),
    Part("crash and failover", "crash", ("tests",), 120),
)
"""Every test belongs to exactly one part."""


def main() -> int:
    """Run the command that was asked for and return its exit code."""
    commands = {"demo": demo, "check": check, "test": test, "bench": bench}
    commands |= {"texts": texts, "lock": lock}
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("command", choices=commands)
    parser.add_argument(
        "--no-skips",
        action="store_true",
        help=f"for test: a missing program is a failure (also {NO_SKIPS}=1)",
    )
    parser.add_argument("--upgrade", action="store_true", help="for lock: take the newest releases")
    options, rest = parser.parse_known_args()
    if rest and options.command not in ("demo", "bench"):
        parser.error(f"unknown: {' '.join(rest)}")
    options.rest = rest
    try:
        return commands[options.command](options)
    except Stop as stop:
        print(stop, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def demo(options: argparse.Namespace) -> int:
    """Run the demonstration; what follows the word goes to `casehub demo`."""
    prepare()
    process = subprocess.Popen([str(BIN / "casehub"), "demo", *options.rest], cwd=ROOT)
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            continue  # it has heard it too, and takes its folder away before it ends


def bench(options: argparse.Namespace) -> int:
    """Run the benchmarks; what follows the word goes to them."""
    prepare()
    return run(PYTHON, "-m", "benchmarks", *options.rest)


def check(_options: argparse.Namespace) -> int:
    """Run the quick part of the tests, without database and browser."""
    prepare()
    failed = statics()
    quick = ("floors", "migrations", "doctests", "rules and vault")
    for part in PARTS:
        if part.name in quick and not run_part(part).passed:
            failed.append(part.name)
    return verdict(failed)


def test(options: argparse.Namespace) -> int:
    """Run everything, and print what each part took against its budget."""
    prepare()
    if options.no_skips:
        os.environ[NO_SKIPS] = "1"
    skipped = missing_programs()
    failed = statics()
    run(PYTHON, "-m", "coverage", "erase")
    results = [run_part(part, COVERAGE) for part in PARTS if part.name not in skipped]
    failed += [result.part.name for result in results if not result.passed]
    includes = f"--include={','.join(WHOLLY_TESTED)}"
    report = ("-m", "coverage", "report", includes, "--fail-under=100", "--show-missing")
    if not step("vault, policy, audit and rules wholly tested", PYTHON, *report):
        failed.append("coverage")
    print_budgets(results)
    return verdict(failed)


def texts(_options: argparse.Namespace) -> int:
    """Bring the files of the translators up to date."""
    prepare()
    return run(PYTHON, ROOT / "tools" / "texts.py")


def lock(options: argparse.Namespace) -> int:
    """Pin every dependency, for every platform, with hashes and without an address."""
    uv = find_uv()
    if uv is None:
        raise Stop(UV_REMEDY)
    what = ["pyproject.toml", "--all-extras", "--group", "dev", "--universal"]
    how = ["--python-version", "3.11", "--generate-hashes", "--no-emit-index-url", "--no-header"]
    if options.upgrade:
        how.append("--upgrade")
    if not step("pin", uv, "pip", "compile", "--quiet", *what, *how, "-o", LOCK.name):
        return 1
    if "://" in LOCK.read_text(encoding="utf-8"):
        raise Stop(
            f"{LOCK.name} names an address: take it out of uv's settings or of pyproject.toml"
            " (only packages of the index can be pinned), and lock again."
        )
    prepare()
    return 0


def statics() -> list[str]:
    """Check format, lint and types; return the names of what failed."""
    steps = {
        "format": ("ruff", "format", "--check", "."),
        "lint": ("ruff", "check", "."),
        "types": ("mypy",),
    }
    return [name for name, command in steps.items() if not step(name, PYTHON, "-m", *command)]


def missing_programs() -> set[str]:
    """Say which programs are missing; return the parts that cannot run at all without them.

    Raises Stop where skips are forbidden. Without PostgreSQL the part `database` still runs on
    SQLite, and its tests skip the other half themselves.
    """
    finder = f"import sys, tests.postgres as p; sys.exit(p.find_postgres() is None and {NOT_FOUND})"
    missing = {}
    if not any(shutil.which(name) for name in CHROMIUM):
        missing["browser"] = CHROMIUM_REMEDY
    if run(PYTHON, "-c", finder) == NOT_FOUND:
        missing["PostgreSQL"] = POSTGRES_REMEDY
    if missing and os.environ.get(NO_SKIPS):
        raise Stop("\n".join(missing.values()))
    for remedy in missing.values():
        print(f"Skipped: the tests that need it. {remedy}")
    return set(missing)


@dataclass(frozen=True)
class Result:
    """What became of a part, and the seconds it took."""

    part: Part
    passed: bool
    seconds: float


def run_part(part: Part, options: tuple[str, ...] = ()) -> Result:
    """Run one part of the tests and show its progress."""
    print(f"{part.name}:", flush=True)
    started = time.monotonic()
    command = ("-m", "pytest", "-q", "-m", part.marker, *part.options, *options, *part.paths)
    code = run(PYTHON, *command)
    passed = code == 0 or (code == NO_TESTS and part.name == "browser")
    result = Result(part, passed, time.monotonic() - started)
    print(f"{part.name}: {word(passed)}, {result.seconds:.1f} s")
    return result


def print_budgets(results: list[Result]) -> None:
    """Print what each part took against its budget. Nothing fails for being slow."""
    print(f"\n{'part':<20}{'took':>8}{'budget':>8}")
    for result in results:
        budget = clock(result.part.budget) if result.part.budget else "-"
        print(f"{result.part.name:<20}{clock(result.seconds):>8}{budget:>8}")
    total = sum(part.budget or 0 for part in PARTS)
    took = sum(result.seconds for result in results)
    print(f"{'total':<20}{clock(took):>8}{clock(total):>8}")


def clock(seconds: float) -> str:
    """Write seconds as minutes and seconds."""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02}"


def verdict(failed: list[str]) -> int:
    """Print how it ended and return the exit code."""
    print(f"\nFailed: {', '.join(failed)}" if failed else "\nAll passed.")
    return 1 if failed else 0


def prepare() -> None:
    """Make or renew `.venv`, unless it is already what the two files ask for."""
    if sys.version_info < OLDEST:
        raise Stop(PYTHON_REMEDY.format(*sys.version_info[:2]))
    held = STAMP.read_text(encoding="utf-8").splitlines() if STAMP.exists() else []
    home = f"{ROOT}, Python {sys.version_info.major}.{sys.version_info.minor}"
    wanted = [home, *(sha256(file) for file in (LOCK, PROJECT))]
    moved = bool(held) and held[0] != home
    if held == wanted and PYTHON.exists():
        return
    if moved or not PYTHON.exists():
        make_venv()
    install("packages", "--require-hashes", "-r", LOCK)
    install("casehub", "--no-deps", "--no-build-isolation", "-e", ROOT)
    STAMP.write_text("\n".join(wanted) + "\n", encoding="utf-8")


def make_venv() -> None:
    """Make an empty `.venv`; without ensurepip only where uv can fill it."""
    has_pip = importlib.util.find_spec("ensurepip") is not None
    has_venv = importlib.util.find_spec("venv") is not None
    if not has_venv or not (has_pip or shutil.which("uv")):
        raise Stop(VENV_REMEDY)
    options = ["--clear"] if has_pip else ["--clear", "--without-pip"]
    if not step("environment", sys.executable, "-m", "venv", *options, VENV):
        raise Stop(VENV_REMEDY)


def install(name: str, *what: str | Path) -> None:
    """Install into `.venv`, with uv where it is there and works, else with pip."""
    uv = find_uv()
    if uv and step(f"{name} (uv)", uv, "pip", "install", "--python", PYTHON, *what):
        return
    if not step(f"{name} (pip)", PYTHON, "-m", "pip", "install", *what):
        raise Stop(f"The {name} could not be installed; the lines above say why.")


def find_uv() -> str | None:
    """Find uv on the path or in `.venv`."""
    return shutil.which("uv") or shutil.which("uv", path=str(BIN))


def sha256(file: Path) -> str:
    """Return the hash of a file that decides what is installed."""
    if not file.exists():
        raise Stop(f"{file.name} is missing. Make a fresh clone, or run: python3 dev.py lock")
    return hashlib.sha256(file.read_bytes()).hexdigest()


def step(name: str, *command: str | Path) -> bool:
    """Run a command behind one line that says how long it took; show its words if it fails."""
    print(f"{name} ... ", end="", flush=True)
    started = time.monotonic()
    done = subprocess.run(
        [str(part) for part in command],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    passed = done.returncode == 0
    print(f"{word(passed)}, {time.monotonic() - started:.1f} s")
    if not passed:
        sys.stdout.flush()
        sys.stdout.buffer.write(done.stdout)
        sys.stdout.buffer.flush()
    return passed


def word(passed: bool) -> str:
    """Name how a step ended."""
    return "done" if passed else "FAILED"


def run(*command: str | Path) -> int:
    """Run a command in the project's folder, with its words shown as they come."""
    return subprocess.run([str(part) for part in command], cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
