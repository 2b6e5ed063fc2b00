"""Filling tables by hand, where making every row through its service would take hours.

Such rows are of the right shape and are found as real ones are; no log vouches for them, so nothing
that replays a log may be asked about them.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import text

from casehub.store import Base, db, writing

Columns = Sequence[str]
Convert = Callable[[Any], Any]


def _converters(model: type[Base], columns: Columns) -> list[Convert | None]:
    dialect = db.engine.dialect
    types = (model.__table__.c[name].type for name in columns)
    return [kind.dialect_impl(dialect).bind_processor(dialect) for kind in types]


def _converted(converters: list[Convert | None], row: Sequence[Any]) -> tuple[Any, ...]:
    pairs = zip(converters, row, strict=True)
    return tuple(convert(value) if convert else value for convert, value in pairs)


def fill(
    model: type[Base], columns: Columns, rows: Iterable[Sequence[Any]], **same: object
) -> None:
    """Put rows into a table in the quickest way its database has; needs a writing transaction.

    `same` are columns that hold one value in every row.
    """
    names, table = ", ".join((*columns, *same)), model.__table__.name  # type: ignore[attr-defined]
    constant = _converted(_converters(model, tuple(same)), tuple(same.values()))
    converters = _converters(model, columns)
    ready = ((*_converted(converters, row), *constant) for row in rows)
    raw: Any = db.session.connection().connection.driver_connection
    if db.engine.dialect.name == "sqlite":
        marks = ", ".join("?" * (len(columns) + len(same)))
        raw.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", ready)
        return
    with raw.cursor() as cursor, cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
        for row in ready:
            copy.write_row(row)


@contextmanager
def without_indexes(model: type[Base]) -> Iterator[None]:
    """Take a table's indexes away while it is filled, and make them again afterwards."""
    indexes = sorted(model.__table__.indexes, key=str)  # type: ignore[attr-defined]
    with writing():
        for index in indexes:
            index.drop(db.session.connection())
    yield
    with writing():
        for index in indexes:
            index.create(db.session.connection())
        settle()


def settle() -> None:
    """Let PostgreSQL count what it holds, as it does by itself within a minute.

    SQLite is left as it is: CaseHub never asks it to count. Needs a writing transaction.
    """
    if db.engine.dialect.name != "sqlite":
        db.session.execute(text("ANALYZE"))
