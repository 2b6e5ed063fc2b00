"""The inventory of what is sealed: every contract, and the shapes its documents have had.

A contract names one kind of sealed document, for ever, whatever its table is called. The slice that
owns it registers it here with the kinds of key it may lie under and, for each change of shape, a
step that turns the older shape into the next. Old documents are brought up when they are opened; a
migration never touches them, since nobody can open them all.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from casehub.errors import Invalid, Tampered, TooNew
from casehub.texts import N_
from casehub.vault.kinds import KeyKind
from casehub.vault.padding import pad, unpad

Document = dict[str, Any]
Step = Callable[[Document], Document]
_NAME = re.compile(r"[a-z]+(-[a-z]+)*/[a-z]+(-[a-z]+)*")
_SHAPE_BYTES = 2
_DEEPEST = 32
_MOST_BYTES = 1024 * 1024


@dataclass(frozen=True)
class Contract:
    """One kind of sealed document: its lasting name, its keys, the steps between its shapes."""

    name: str
    kinds: frozenset[KeyKind]
    steps: tuple[Step, ...] = ()

    @property
    def shape(self) -> int:
        """Return the number of the present shape; the first is 1."""
        return len(self.steps) + 1

    def write(self, document: Document) -> bytes:
        """Turn a document into the padded bytes that are sealed, in the present shape.

        Raises Invalid for what could not be read again: values that are not JSON's, half
        characters, more than a megabyte, or more than 32 levels.
        """
        written: Any = document
        try:
            _check_depth(written)
            content = json.dumps(
                document, ensure_ascii=False, separators=(",", ":"), allow_nan=False
            ).encode()
        except (TypeError, ValueError, RecursionError):
            raise Invalid("document", N_("This cannot be stored as it is written.")) from None
        if not isinstance(written, dict) or len(content) > _MOST_BYTES:
            raise Invalid("document", N_("This is too long to be stored in one piece."))
        return pad(self.shape.to_bytes(_SHAPE_BYTES) + content)

    def read(self, padded: bytes) -> Document:
        """Turn opened bytes into a document of the present shape.

        Raises Tampered if the bytes are no document, and TooNew if a later version wrote them.
        """
        content = unpad(padded)
        shape = int.from_bytes(content[:_SHAPE_BYTES])
        if shape > self.shape:
            raise TooNew(
                N_("A record of the kind {contract} has shape {shape}."),
                contract=self.name,
                shape=shape,
            )
        try:
            document: Any = json.loads(content[_SHAPE_BYTES:])
        except (ValueError, RecursionError) as error:
            raise Tampered(N_("A sealed document cannot be read.")) from error
        if shape < 1 or not isinstance(document, dict):
            raise Tampered(N_("A sealed document cannot be read."))
        present: Document = document
        for step in self.steps[shape - 1 :]:
            present = step(present)
        return present


def _check_depth(value: Any, left: int = _DEEPEST) -> None:
    # A page opens documents far down its own stack; what is written must be readable there too.
    if left == 0:
        raise ValueError("nested too deeply")
    if isinstance(value, dict | list | tuple):
        for item in value.values() if isinstance(value, dict) else value:
            _check_depth(item, left - 1)


class Inventory:
    """All contracts of the application; shut once it is assembled."""

    def __init__(self) -> None:
        self._contracts: dict[str, Contract] = {}
        self._shut = False

    def contract(
        self, name: str, kinds: Iterable[KeyKind], steps: tuple[Step, ...] = ()
    ) -> Contract:
        """Enter a contract; raise ValueError for a bad or used name, or when shut."""
        if self._shut:
            raise ValueError(f"the inventory is shut; {name} comes too late")
        if not _NAME.fullmatch(name):
            raise ValueError(f"{name!r} is no contract name: write slice/document")
        if name in self._contracts:
            raise ValueError(f"the contract {name} exists already")
        contract = Contract(name, frozenset(kinds), steps)
        if not contract.kinds:
            raise ValueError(f"the contract {name} names no kind of key")
        self._contracts[name] = contract
        return contract

    def shut(self) -> None:
        """Admit no more contracts."""
        self._shut = True

    def __getitem__(self, name: str) -> Contract:
        """Return a contract by name; raise Tampered for a name nobody entered."""
        try:
            return self._contracts[name]
        except KeyError:
            raise Tampered(N_("A record is of a kind that nobody knows.")) from None

    def __iter__(self) -> Iterator[Contract]:
        return iter(self._contracts.values())


inventory = Inventory()
"""The one inventory; slices enter their contracts when they are imported."""
