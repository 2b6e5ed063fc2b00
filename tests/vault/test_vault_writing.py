"""What could not be read again is not written."""

import pytest

from casehub.errors import Invalid
from casehub.vault import KeyKind
from casehub.vault.inventory import Contract

NOTE = Contract("tests/note", frozenset({KeyKind.OWN}))


def nested(levels):
    document = {}
    for _ in range(levels - 1):
        document = {"in": document}
    return document


@pytest.mark.parametrize(
    "document",
    [
        nested(33),
        {"list": [[nested(31)]]},
        {"number": float("nan")},
        {"bytes": b"plain"},
        {"half": "\ud800"},
        ["a list"],
        "a text",
        {"long": "x" * (1024 * 1024)},
    ],
    ids=["deep", "deep-list", "nan", "bytes", "half-character", "list", "text", "long"],
)
def test_it_is_said_beside_the_field(document):
    with pytest.raises(Invalid) as refusal:
        NOTE.write(document)
    assert refusal.value.place == "document"


@pytest.mark.parametrize("levels", [1, 5, 31])
def test_what_is_nested_no_deeper_than_that_comes_back(levels):
    assert NOTE.read(NOTE.write(nested(levels))) == nested(levels)
