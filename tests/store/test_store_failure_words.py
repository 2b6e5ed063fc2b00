"""What a database says, word by word, where the thing itself is hard to bring about."""

import sqlite3

import psycopg
import pytest
from psycopg import errors
from sqlalchemy.exc import DatabaseError, DBAPIError, OperationalError

from casehub.errors import Busy, Invalid, StoreFailed
from casehub.store.failures import in_our_words

STATES = {
    errors.DiskFull: "is full",
    errors.ReadOnlySqlTransaction: "cannot be written",
    errors.InsufficientPrivilege: "cannot be written",
    errors.UndefinedTable: "lacks a table",
    errors.UndefinedColumn: "lacks a table",
    errors.DataCorrupted: "is damaged",
    errors.IndexCorrupted: "is damaged",
    errors.AdminShutdown: "cannot be reached",
    errors.CrashShutdown: "cannot be reached",
    errors.CannotConnectNow: "cannot be reached",
    errors.ConnectionFailure: "cannot be reached",
}
TEXTS = {
    "database or disk is full": "is full",
    "attempt to write a readonly database": "cannot be written",
    "unable to open database file": "cannot be reached",
    "disk I/O error": "cannot be reached",
    "file is not a database": "cannot be reached",
    "database disk image is malformed": "is damaged",
    "no such table: hubs": "lacks a table",
    "no such column: hubs.colour": "lacks a table",
    "table hubs has no column named colour": "lacks a table",
}


def wrapped(orig, kind=DBAPIError, *, lost=False):
    return kind("SELECT 1", {}, orig, connection_invalidated=lost)


@pytest.mark.parametrize("kind", STATES, ids=lambda kind: kind.__name__)
def test_what_postgresql_says_by_its_code(kind):
    ours = in_our_words(wrapped(kind("in any language")))
    assert isinstance(ours, StoreFailed)
    assert STATES[kind] in str(ours)
    assert ours.remedy != StoreFailed.remedy


@pytest.mark.parametrize("said", TEXTS)
def test_what_sqlite_says_by_its_text(said):
    ours = in_our_words(wrapped(sqlite3.OperationalError(said), OperationalError))
    assert isinstance(ours, StoreFailed)
    assert TEXTS[said] in str(ours)
    assert ours.remedy != StoreFailed.remedy


@pytest.mark.parametrize(
    "orig",
    [
        errors.LockNotAvailable(),
        errors.DeadlockDetected(),
        errors.SerializationFailure(),
        sqlite3.OperationalError("database is locked"),
        sqlite3.OperationalError("database table is locked: hubs"),
    ],
    ids=lambda orig: type(orig).__name__,
)
def test_who_is_in_the_way(orig):
    assert isinstance(in_our_words(wrapped(orig)), Busy)


@pytest.mark.parametrize(
    "orig",
    [
        errors.StringDataRightTruncation(),
        errors.NumericValueOutOfRange(),
        errors.CharacterNotInRepertoire(),
        psycopg.DataError("PostgreSQL text fields cannot contain NUL (0x00) bytes"),
    ],
    ids=lambda orig: type(orig).__name__,
)
def test_what_somebody_typed_that_does_not_fit(orig):
    assert isinstance(in_our_words(wrapped(orig)), Invalid)


def test_a_connection_that_is_lost_without_a_code():
    lost = psycopg.OperationalError("server closed the connection unexpectedly")
    assert "cannot be reached" in str(in_our_words(wrapped(lost, lost=True)))
    refused = psycopg.OperationalError("connection failed: connection refused")
    assert "cannot be reached" in str(in_our_words(wrapped(refused)))


@pytest.mark.parametrize(
    "orig",
    [
        errors.SyntaxError("syntax error"),
        errors.DivisionByZero("division by zero"),
        errors.RaiseException("audit_logs is append-only"),
        sqlite3.OperationalError('near "SELEC": syntax error'),
        sqlite3.InterfaceError("bad parameter"),
    ],
    ids=lambda orig: type(orig).__name__,
)
def test_everything_else_is_a_defect_and_stays_what_it_is(orig):
    assert in_our_words(wrapped(orig, DatabaseError)) is None
