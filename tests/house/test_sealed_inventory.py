"""What is sealed, where it lies, and who seals and opens: each in one list, and nowhere else."""

import ast
from pathlib import Path

import pytest

import casehub.app
from casehub.store import Base, SealedBytes
from casehub.vault import KeyKind, inventory

ROOT = Path(__file__).parents[2] / "casehub"
assert casehub.app  # whoever assembles the application imports every table and contract

COLUMNS = {
    "agency_keys.sealed_predecessor": "an agency's earlier private keys, to its next epoch",
    "browser_sessions.previous_sealed": "the same, under the cookie before a step-up",
    "browser_sessions.sealed": "an account's private key, under a browser's cookie",
    "credentials.sealed": "an account's private key under its passphrase; else under that key",
    "codes.wrapped": "the key that stands in for somebody, under the code handed to them",
    "grants.sealed": "a case key, to a receiver's public key",
    "memberships.sealed": "an agency's private keys, to a member's public key",
    "records.body": "a document, under its content key",
    "records.own_wrap": "that content key, under the author's own key of the case",
    "records.wrap": "that content key, under the case key",
}

CALLERS = {
    # What seals …
    "seal_record": {"cases/service.py"},
    "give_case_key": {"cases/keys.py"},
    "give_membership": {"accounts/keys.py"},
    "reseal_case_key": {"cases/rotation.py"},
    "succeed": {"hubs/keys.py"},
    "seal_own": {"accounts/credentials.py", "accounts/pins.py"},
    # … and what opens.
    "open_record": {"cases/opening.py"},
    "open_case_key": {"cases/opening.py"},
    "open_carried_key": {"cases/opening.py"},
    "open_membership": {"accounts/keys.py"},
    "open_predecessor": {"hubs/keys.py"},
    "open_own": {"accounts/factors.py", "accounts/pins.py"},
    # … and what may write without an entry in the log.
    "writing": {
        "audit/unit.py",
        "cli/doctor.py",
        "demo/story.py",
    },
    "housekeeping": {"accounts/signing_in.py", "sign_in/loading.py"},
}


def calls(name):
    found = set()
    for path in ROOT.rglob("*.py"):
        inside = path.relative_to(ROOT).as_posix()
        if inside.startswith("vault/"):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            called = node.func if isinstance(node, ast.Call) else None
            if isinstance(called, ast.Name) and called.id == name:
                found.add(inside)
            if isinstance(called, ast.Attribute) and called.attr == name:
                found.add(inside)
    return found


def test_every_sealed_column_is_in_the_list_and_the_list_has_no_other():
    found = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.tables.values()
        for column in table.columns
        if isinstance(column.type, SealedBytes)
    }
    assert found == set(COLUMNS), "say in COLUMNS what each sealed column holds"


@pytest.mark.parametrize("name", sorted(CALLERS))
def test_it_is_called_where_it_is_meant_to_be_and_nowhere_else(name):
    assert calls(name) == CALLERS[name], "one more place that seals or opens is one more to check"


def test_every_contract_lies_under_keys_that_cases_have():
    assert {kind for contract in inventory for kind in contract.kinds} == set(KeyKind)


def test_every_contract_is_named_after_the_slice_that_owns_it():
    for contract in inventory:
        slice_name = contract.name.partition("/")[0]
        assert (ROOT / slice_name).is_dir(), f"{contract.name} belongs to no slice"


def test_these_tests_see_calls():
    assert "cases/service.py" in calls("unlock")
