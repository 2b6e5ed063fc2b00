"""Column types of our own, and shortcuts for columns that every table has."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, DateTime, Dialect, LargeBinary, String, TypeDecorator


class Sealed(bytes):
    """Sealed bytes as they come from a column. They print as a size, and loading opens nothing."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"<sealed {len(self)} bytes>"

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return format(repr(self), spec)


class SealedBytes(TypeDecorator[Sealed]):
    """A column of sealed bytes. Sealing and opening are a service's acts, never the column's.

    A decorator cannot see its row, so it could bind nothing to its place; it only makes sure that
    plain bytes are not stored by mistake and that sealed ones do not print.
    """

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: Sealed | None, dialect: Dialect) -> bytes | None:
        """Admit sealed bytes and nothing else."""
        del dialect
        if value is not None and not isinstance(value, Sealed):
            raise TypeError(f"a sealed column takes Sealed, not {type(value).__name__}")
        return None if value is None else bytes(value)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> Sealed | None:
        """Mark the bytes as sealed."""
        del dialect
        return None if value is None else Sealed(value)


class UtcDateTime(TypeDecorator[datetime]):
    """A moment: takes any time zone, stores and returns UTC (SQLite would forget the zone)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn a moment into UTC; raise ValueError for one without a time zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone is no moment")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the moment in UTC."""
        del dialect
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Coded(TypeDecorator[Any]):
    """A word of an enumeration, stored as its value."""

    impl = String(40)
    cache_ok = True

    def __init__(self, words: type[StrEnum]) -> None:
        """Take the enumeration."""
        super().__init__()
        self.words = words

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        """Store the word; raise ValueError for one the enumeration does not have."""
        del dialect
        return None if value is None else self.words(value).value

    def process_result_value(self, value: str | None, dialect: Dialect) -> StrEnum | None:
        """Return the member."""
        del dialect
        return None if value is None else self.words(value)


def one_of(column: str, words: type[StrEnum]) -> CheckConstraint:
    """Return the check that a column holds one of the words, named after the column."""
    allowed = ", ".join(f"'{word.value}'" for word in words)
    return CheckConstraint(f"{column} IN ({allowed})", name=f"{column}_is_known")
