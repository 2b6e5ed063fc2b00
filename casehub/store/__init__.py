"""The store: tables, transactions and migrations, the same on SQLite and PostgreSQL."""

from flask import Flask

from casehub.store.base import Base, HubRow, Row, db
from casehub.store.columns import Coded, Sealed, SealedBytes, UtcDateTime, one_of
from casehub.store.engine import engine_options, prepare, sqlite_path
from casehub.store.transactions import end_reading, our_words, reading, writing

__all__ = [
    "Base",
    "Coded",
    "HubRow",
    "Row",
    "Sealed",
    "SealedBytes",
    "UtcDateTime",
    "db",
    "end_reading",
    "one_of",
    "open_store",
    "our_words",
    "reading",
    "sqlite_path",
    "writing",
]


def open_store(app: Flask, url: str) -> None:
    """Give an application its database."""
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = engine_options(url)
    db.init_app(app)
    with app.app_context():
        prepare(db.engine)
