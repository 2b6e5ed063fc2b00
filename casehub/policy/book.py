"""The book of words: what rules may ask, each as a sentence, a predicate and an SQL expression.

The slice that owns a table contributes the words about it. The book is shut when the application is
assembled, so that every word a rule uses was there when the rules were checked.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import ColumnElement

from casehub.policy.actor import Actor
from casehub.policy.permissions import Subject
from casehub.texts import Text


@dataclass(frozen=True)
class Facts:
    """What a decision may look at. Each slice has its own frozen facts with ids and codes only."""

    about: ClassVar[Subject]

    @property
    def case(self) -> UUID | None:
        """Return the case that a refusal is recorded for."""
        return None

    @property
    def target(self) -> UUID | None:
        """Return the agency or account that it is about, where it is not a case."""
        return None


Predicate = Callable[[Actor, Any], bool]
Expression = Callable[[Actor], ColumnElement[bool]]


@dataclass(frozen=True)
class Word:
    """One thing a rule may ask. Predicate and expression agree (a property test compares them)."""

    name: str
    about: Subject
    sentence: Text
    predicate: Predicate
    expression: Expression


class Book:
    """All words of the application."""

    def __init__(self) -> None:
        self._words: dict[str, Word] = {}
        self._shut = False

    def word(
        self,
        name: str,
        about: Subject,
        sentence: Text,
        predicate: Predicate,
        expression: Expression,
    ) -> Word:
        """Enter a word; raise ValueError if its name is taken or the book is shut."""
        if self._shut:
            raise ValueError(f"the book of words is shut; {name} comes too late")
        if name in self._words:
            raise ValueError(f"the word {name} exists already")
        self._words[name] = word = Word(name, about, sentence, predicate, expression)
        return word

    def shut(self) -> None:
        """Admit no more words."""
        self._shut = True

    def get(self, name: str) -> Word | None:
        """Return a word, or None."""
        return self._words.get(name)

    def __getitem__(self, name: str) -> Word:
        return self._words[name]

    def __iter__(self) -> Iterator[Word]:
        return iter(self._words.values())


book = Book()
"""The one book; slices enter their words when they are imported."""
