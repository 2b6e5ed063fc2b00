"""Permits come out of one place, and no code of ours reaches around the oracle."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MINT = "casehub/policy/decide.py"
TREES = {
    path.relative_to(ROOT).as_posix(): ast.parse(path.read_text(encoding="utf-8"))
    for path in sorted((ROOT / "casehub").rglob("*.py"))
}


def calls(tree, name):
    """The lines where something of this name is called, also under a prefix or another name."""
    names = {name} | {
        alias.asname
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if alias.name == name and alias.asname
    }
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and names & {getattr(node.func, "id", None), getattr(node.func, "attr", None)}
    ]


def mentions(tree, name):
    """The lines where a name is used, imported or read from a module."""
    return [
        node.lineno
        for node in ast.walk(tree)
        if name in {getattr(node, "id", None), getattr(node, "attr", None)}
        or (isinstance(node, ast.ImportFrom) and name in {alias.name for alias in node.names})
    ]


def test_permits_are_made_in_one_place():
    found = {path for path, tree in TREES.items() if calls(tree, "Permit")}
    assert found == {MINT}, "Ask may(): a permit made elsewhere was allowed by nobody."
    assert len(calls(TREES[MINT], "Permit")) == 1


def test_what_makes_them_real_is_known_there_only():
    assert [path for path, tree in TREES.items() if mentions(tree, "_MINT")] == [MINT]


@pytest.mark.parametrize("around", ["__new__", "__setattr__", "deepcopy"])
def test_no_code_of_ours_makes_objects_behind_their_own_backs(around):
    assert [path for path, tree in TREES.items() if mentions(tree, around)] == []


def test_another_policy_is_for_tests():
    at_home = {"casehub/policy/__init__.py", MINT}
    users = {path for path, tree in TREES.items() if mentions(tree, "instead")}
    assert users <= at_home, "instead() lets anything be decided: it belongs to tests."
    assert not any(calls(TREES[path], "instead") for path in at_home)


def test_a_policy_comes_into_force_when_the_application_is_assembled_and_nowhere_else():
    users = {path for path, tree in TREES.items() if calls(tree, "put_in_force")}
    assert users == {MINT, "casehub/app.py"}


def test_keys_are_asked_of_a_keyring_with_a_permit():
    """Whoever reads a keyring's own attributes goes around its check."""
    for name in ("_account_key", "_opened"):
        users = {path for path, tree in TREES.items() if mentions(tree, name)}
        assert users == {"casehub/policy/actor.py"}


def test_these_tests_find_what_they_look_for():
    tree = ast.parse(
        "from casehub.policy import Permit as Pass\nimport casehub.policy as p\n"
        "Pass(1)\np.Permit(2)\nPermit(3)\n_MINT\np._MINT\n"
    )
    assert calls(tree, "Permit") == [3, 4, 5]
    assert mentions(tree, "_MINT") == [6, 7]
    assert calls(ast.parse("def f(permit: Permit): permit.mint"), "Permit") == []
