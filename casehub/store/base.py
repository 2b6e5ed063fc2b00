"""The typed base of all tables, and the one database object."""

from datetime import datetime
from uuid import UUID

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import ForeignKey, MetaData, Uuid
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column, registry

from casehub import clock, references
from casehub.store.columns import Sealed, SealedBytes, UtcDateTime

_NAMES = {
    "pk": "pk_%(table_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
}


class Base(DeclarativeBase):
    """The base of every table: constraints have names, moments one type, sealed bytes another."""

    # A registry of our own, not `type_annotation_map`: Flask-SQLAlchemy copies this class's body,
    # and SQLAlchemy refuses a copy that has both a registry and a map.
    registry = registry(
        metadata=MetaData(naming_convention=_NAMES),
        type_annotation_map={UUID: Uuid(), datetime: UtcDateTime(), Sealed: SealedBytes()},
    )


class Row(Base):
    """A row with an id made in Python, known before the insert, and the moment it was made."""

    __abstract__ = True

    id: Mapped[UUID] = mapped_column(primary_key=True, default=references.new_id)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)


class HubRow(Row):
    """A row that belongs to one hub: every list, log and later row-level security ask for it."""

    __abstract__ = True

    @declared_attr
    @classmethod
    def hub_id(cls) -> Mapped[UUID]:
        """Return the column that names the hub."""
        return mapped_column(ForeignKey("hubs.id"))


db = SQLAlchemy(
    model_class=Base,
    disable_autonaming=True,
    session_options={"expire_on_commit": False},
)
"""The one database object; `db.session` is SQLAlchemy's session, never a browser's or a case's."""
