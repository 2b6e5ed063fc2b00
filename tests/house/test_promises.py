"""Each promise in the README names a test that is there."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PROMISES = re.findall(r"^\| (.+?) \| `(tests/\S+?\.py)(?:::(\S+))?` \|$", README, re.MULTILINE)


def test_there_are_promises():
    assert len(PROMISES) >= 10


@pytest.mark.parametrize(("promise", "path", "name"), PROMISES, ids=[item[0] for item in PROMISES])
def test_a_promise_names_a_test_that_is_there(promise, path, name):
    file = ROOT / path
    assert file.is_file(), f"“{promise}” names {path}, which is not there."
    if not name:
        return
    found = {
        item.name
        for item in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(item, ast.FunctionDef | ast.ClassDef)
    }
    missing = [part for part in name.split("::") if part not in found]
    assert not missing, f"“{promise}” names {missing} in {path}, which is not there."
