"""The inventory names every sealed document once, and old shapes are brought up on opening."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casehub.errors import Tampered, TooNew
from casehub.vault import Contract, KeyKind
from casehub.vault.inventory import Inventory
from casehub.vault.padding import pad

KINDS = frozenset({KeyKind.JOINT})
DOCUMENTS = st.dictionaries(
    st.text(max_size=8), st.text(max_size=40) | st.integers() | st.none(), max_size=6
)


def first_to_second(document):
    return document | {"steps": [*document.get("steps", []), 2]}


def second_to_third(document):
    return document | {"steps": [*document.get("steps", []), 3]}


FIRST = Contract("risk/assessment", KINDS)
SECOND = Contract("risk/assessment", KINDS, (first_to_second,))
THIRD = Contract("risk/assessment", KINDS, (first_to_second, second_to_third))


def shaped(shape, content):
    return pad(shape.to_bytes(2) + content)


@settings(max_examples=100, deadline=None)
@given(DOCUMENTS)
def test_a_document_is_read_as_it_was_written(document):
    assert FIRST.read(FIRST.write(document)) == document
    assert THIRD.read(THIRD.write(document)) == document


@pytest.mark.parametrize("text", ["Зоя O'Brien", "\u202eleft", "<b>&amp;", "x" * 10_000, ""])
def test_awkward_words_come_back_as_they_were(text):
    assert FIRST.read(FIRST.write({"text": text})) == {"text": text}


def test_old_shapes_take_every_later_step_in_order():
    assert THIRD.read(FIRST.write({"a": 1})) == {"a": 1, "steps": [2, 3]}
    assert THIRD.read(SECOND.write({"a": 1})) == {"a": 1, "steps": [3]}
    assert THIRD.read(THIRD.write({"a": 1})) == {"a": 1}


def test_a_later_shape_is_too_new_and_says_which():
    with pytest.raises(TooNew, match="risk/assessment has shape 3"):
        FIRST.read(THIRD.write({"a": 1}))


@pytest.mark.parametrize(
    "garbage",
    [
        shaped(1, b""),
        shaped(1, b"{"),
        shaped(1, b"[]"),
        shaped(1, b'"text"'),
        shaped(1, b"null"),
        shaped(1, b'{"a": 1} and more'),
        shaped(1, b"\xff\xfe\xfd"),
        shaped(1, b"1" * 5000),
        shaped(0, b"{}"),
        pad(b""),
        pad(b"\x00"),
        b"{}",
        b"",
    ],
)
def test_what_is_no_document_is_tampered(garbage):
    with pytest.raises(Tampered):
        FIRST.read(garbage)


def test_a_document_nested_without_end_is_tampered():
    with pytest.raises(Tampered):
        FIRST.read(shaped(1, b'{"a":' + b"[" * 100_000))


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=60))
def test_no_bytes_at_all_raise_anything_else(content):
    try:
        document = FIRST.read(pad(b"\x00\x01" + content))
    except Tampered:
        return
    assert document == json.loads(content)


def test_contracts_are_found_by_name_and_listed():
    inventory = Inventory()
    contract = inventory.contract("risk/assessment", [KeyKind.PART, KeyKind.JOINT])
    other = inventory.contract("case-notes/own-note", (KeyKind.OWN,), (first_to_second,))
    assert inventory["risk/assessment"] is contract
    assert contract.kinds == {KeyKind.PART, KeyKind.JOINT}
    assert (contract.shape, other.shape) == (1, 2)
    assert list(inventory) == [contract, other]


def test_a_name_that_nobody_entered_is_tampered():
    with pytest.raises(Tampered):
        Inventory()["risk/assessment"]


def test_a_name_is_entered_once():
    inventory = Inventory()
    inventory.contract("risk/assessment", KINDS)
    with pytest.raises(ValueError, match="exists already"):
        inventory.contract("risk/assessment", KINDS)


@pytest.mark.parametrize(
    "name",
    [
        *("", "risk", "risk/", "/note", "Risk/note", "risk/note/more", "risk/a_b", "risk|a/b"),
        *("risk/note\n", "risk/-a", "risk/a-", "risk/a--b", "ризик/note", "risk/note1"),
    ],
)
def test_a_name_of_another_form_is_refused(name):
    with pytest.raises(ValueError, match="no contract name"):
        Inventory().contract(name, KINDS)


def test_a_contract_without_a_kind_of_key_is_refused():
    inventory = Inventory()
    with pytest.raises(ValueError, match="names no kind of key"):
        inventory.contract("risk/assessment", [])
    assert list(inventory) == []


def test_a_contract_after_the_inventory_was_shut_is_refused():
    inventory = Inventory()
    inventory.shut()
    with pytest.raises(ValueError, match="comes too late"):
        inventory.contract("risk/assessment", KINDS)


def test_cases_have_keys_of_their_own_for_parts_and_own_notes_alone():
    assert {kind for kind in KeyKind if kind.has_owner} == {KeyKind.PART, KeyKind.OWN}
