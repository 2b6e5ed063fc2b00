"""The repository: what lies in it, its decisions, what it is made of."""

import importlib.metadata
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
TOP = (
    *("casehub", "migrations", "policies", "tests", "benchmarks"),
    *("config.py", "wsgi.py", "dev.py", "Makefile", ".ci/run"),
    *("pyproject.toml", "requirements.lock", ".gitignore"),
    *("README.md", "LICENSE", "THIRD-PARTY.md", "SECURITY.md", "CONTRIBUTING.md"),
)
DECISIONS = sorted((ROOT / "policies" / "decisions").glob("*"))
LAST_SECTION = "What would change our mind"
OURS = "casehub (pyproject.toml)"


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


class TestTheTopLevel:
    @pytest.mark.parametrize("name", TOP)
    def test_it_is_there(self, name):
        assert (ROOT / name).exists(), f"{name} is missing: make it, or change TOP if it moved."

    def test_the_tests_in_ci_are_the_readme_s(self):
        command = "python3 dev.py test"
        assert read(".ci/run").rstrip().endswith(command)
        assert command in read("README.md"), f"README.md must give the command: {command}"

    def test_contributing_lists_the_floors_as_they_are(self):
        contract = tomllib.loads(read("pyproject.toml"))["tool"]["importlinter"]["contracts"][0]
        listed = re.findall(r"^- (.+?)(?: {2,}.*)?$", fenced(read("CONTRIBUTING.md")), re.MULTILINE)
        assert listed == contract["layers"], "Copy the layers of pyproject.toml, top to bottom."


def fenced(text: str) -> str:
    """The first block between fences."""
    return text.split("```")[1]


class TestDecisions:
    def test_they_are_numbered_without_gaps(self):
        found = [path.name for path in DECISIONS]
        numbers = [f"{number:04}" for number in range(1, len(found) + 1)]
        assert found, "policies/decisions has no decision note: the first is 0001-*.md."
        assert [name.partition("-")[0] for name in found] == numbers
        assert all(re.fullmatch(r"\d{4}-[a-z0-9-]+\.md", name) for name in found)

    @pytest.mark.parametrize("path", DECISIONS, ids=lambda path: path.stem)
    def test_it_opens_with_what_it_protects_against_and_what_not(self, path):
        opening = opening_of(path.read_text(encoding="utf-8"))
        assert re.search(r"\bprotects? against\b", opening, re.IGNORECASE), (
            f"{path.name}: the first section says what this protects against."
        )
        assert re.search(r"\bnot\b", opening, re.IGNORECASE), (
            f"{path.name}: and it says what it does not."
        )

    @pytest.mark.parametrize("path", DECISIONS, ids=lambda path: path.stem)
    def test_it_ends_with_what_would_change_our_mind(self, path):
        last = path.read_text(encoding="utf-8").rpartition("\n## ")[2]
        title, _, text = last.partition("\n")
        assert title.strip() == LAST_SECTION, f"{path.name}: end with ## {LAST_SECTION}."
        assert text.strip(), f"{path.name}: say what would."

    def test_the_opening_is_what_stands_before_the_second_section(self):
        assert opening_of("# T\n\n## A\n\none\n\n## B\n\ntwo") == "A\n\none"
        assert opening_of("# T\n\none\n\n## B\n\ntwo") == "one"


def opening_of(note: str) -> str:
    """What stands before the first section of a note, or in it if nothing stands before."""
    before, *sections = re.split(r"^## ", note, flags=re.MULTILINE)
    text = before.partition("\n")[2] if before.startswith("# ") else before
    return (text.strip() or "".join(sections[:1])).strip()


def packages(lock: str) -> dict[str, tuple[str, str, list[str]]]:
    """Every package of a lock: its version, the whole entry, and by whom it is needed."""
    found = {}
    for entry in re.split(r"^(?=\S)", lock, flags=re.MULTILINE):
        head = re.match(r"([a-z0-9][a-z0-9._-]*)==([^\s;]+)", entry)
        if head:
            lines = entry.partition("# via")[2].splitlines()
            found[head[1]] = (head[2], entry, [line.strip("# ") for line in lines])
    return found


def at_run_time(lock: str) -> dict[str, str]:
    """The packages that CaseHub or its extras need, directly or through others: version by name."""
    every = packages(lock)
    found: set[str] = set()
    fresh = {name for name, (_, _, needed_by) in every.items() if OURS in needed_by}
    while fresh:
        found |= fresh
        fresh = {name for name, (_, _, by) in every.items() if found & set(by)} - found
    return {name: every[name][0] for name in sorted(found)}


LOCK = read("requirements.lock")
RUN_TIME = at_run_time(LOCK)


class TestTheLock:
    @pytest.mark.parametrize("name", packages(LOCK))
    def test_a_package_is_pinned_with_hashes(self, name):
        assert "--hash=sha256:" in packages(LOCK)[name][1], "Make it with: python3 dev.py lock"

    def test_it_holds_nothing_but_pinned_packages(self):
        lines = [line for line in LOCK.splitlines() if line and not line.startswith((" ", "#"))]
        assert len(lines) == len(packages(LOCK))

    def test_it_names_no_address(self):
        for sign in ("://", "--index", "--extra-index", "--find-links", " @ "):
            assert sign not in LOCK, f"The lock contains {sign!r}: python3 dev.py lock"

    def test_it_has_what_installing_it_takes(self):
        project: dict[str, Any] = tomllib.loads(read("pyproject.toml"))["project"]
        extras = [line for lines in project["optional-dependencies"].values() for line in lines]
        named = {canonical(line) for line in [*project["dependencies"], *extras]}
        assert named <= set(RUN_TIME), "pyproject.toml has more than the lock: python3 dev.py lock"
        assert {"hatchling", "editables"} <= set(packages(LOCK))

    def test_what_only_the_tools_need_is_not_taken_for_run_time(self):
        assert {"flask", "werkzeug", "psycopg-binary"} <= set(RUN_TIME)
        assert not {"pymerkle", "pytest", "cachetools", "hatchling"} & set(RUN_TIME)


def canonical(requirement: str) -> str:
    """The name in a requirement, as a lock writes it."""
    name = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert name is not None
    return re.sub(r"[-_.]+", "-", name[0]).lower()


def rows(text: str) -> dict[str, list[str]]:
    """The rows of the tables in a page, by their first cell."""
    cells = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("| ")]
    return {row[0].strip(): [cell.strip() for cell in row[1:]] for row in cells}


THIRD_PARTY = rows(read("THIRD-PARTY.md"))
STATED = {
    canonical(package.name): package.metadata["License-Expression"]
    for package in importlib.metadata.distributions()
    if package.metadata["License-Expression"]
}
"""What the installed packages say themselves; older ones do not say it in one word."""


class TestThirdParties:
    @pytest.mark.parametrize("name", RUN_TIME)
    def test_a_package_stands_there_with_version_and_licence(self, name):
        assert name in THIRD_PARTY, f"Add a row about {name} to THIRD-PARTY.md, At run time."
        version, _, licence, use = THIRD_PARTY[name]
        assert version == RUN_TIME[name], f"THIRD-PARTY.md: {name} is locked at {RUN_TIME[name]}."
        assert licence, f"THIRD-PARTY.md: the licence of {name} is missing."
        assert use, f"THIRD-PARTY.md: what {name} is for is missing."

    @pytest.mark.parametrize("name", sorted(set(RUN_TIME) & STATED.keys()))
    def test_its_licence_is_the_one_it_states_itself(self, name):
        assert THIRD_PARTY[name][2] == STATED[name]

    def test_nothing_under_the_gpl_is_needed_at_run_time(self):
        assert [name for name in RUN_TIME if re.match(r"A?GPL", THIRD_PARTY[name][2])] == []

    def test_nothing_is_listed_that_is_gone(self):
        head = {"package"}
        assert set(THIRD_PARTY) - head <= set(packages(LOCK)), "Take it out of THIRD-PARTY.md."

    @pytest.mark.parametrize("name", ["pymerkle", "rfc8785"])
    def test_an_oracle_is_listed_as_never_shipped(self, name):
        shipped, _, tests_only = read("THIRD-PARTY.md").partition("never shipped")
        assert f"| {name} |" in tests_only
        assert f"| {name} |" not in shipped
