"""How Alembic runs here: on the connection it is handed, one transaction a revision."""

from typing import Any

from alembic import context
from sqlalchemy import Connection, TypeDecorator

import casehub.models  # noqa: F401 - the metadata to compare with
from casehub.store import Base

_PLAIN = {
    "Coded": "sa.String(length=40)",
    "UtcDateTime": "sa.DateTime(timezone=True)",
    "SealedBytes": "sa.LargeBinary()",
}


def render_item(kind: str, item: Any, _context: Any) -> str | bool:
    """Write our column types as plain ones: a migration imports nothing of ours."""
    if kind == "type" and isinstance(item, TypeDecorator):
        return _PLAIN[type(item).__name__]
    return False


def run(connection: Connection) -> None:
    """Configure Alembic on a connection and run what was asked."""
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_item=render_item,
        render_as_batch=True,
        transaction_per_migration=True,
        compare_type=True,
        compare_server_default=True,
    )
    with context.begin_transaction():
        context.run_migrations()


run(context.config.attributes["connection"])
