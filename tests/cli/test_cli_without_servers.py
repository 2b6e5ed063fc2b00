"""Installed without the extra `server`, every command works but the two that serve."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
WITHOUT = """
import sys
for name in ("waitress", "waitress.server", "gunicorn", "gunicorn.app.base"):
    sys.modules[name] = None
from casehub.cli import main
main(sys.argv[1:])
"""


def run(*command):
    return subprocess.run(
        [sys.executable, "-c", WITHOUT, *command],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    "command", [["--help"], ["serve", "--help"], ["policy", "matrix"]], ids=str
)
def test_what_serves_nobody_works(command):
    assert run(*command).returncode == 0


def test_the_demo_says_what_to_install():
    done = run("demo", "--port", "0")
    assert done.returncode == 1
    assert "install casehub[server]" in done.stderr
