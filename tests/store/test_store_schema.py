"""What every table has in common: names for all that can be violated, and the hub it belongs to."""

import pytest
from sqlalchemy import inspect

import casehub.models
from casehub.audit import Replayed
from casehub.hubs.models import Hub
from casehub.store import Base, HubRow, Row, Sealed, SealedBytes, UtcDateTime, db

TABLES = Base.metadata.sorted_tables
BELOW_HUBS = {
    "audit_logs",
    "audit_entries",
    "audit_nodes",
    "audit_checkpoints",
    "policy_documents",
    "hubs",
    "throttles",
}
"""The tables that are older than any hub, are the hubs themselves, or know of none."""

HOUSEKEEPING = {"browser_sessions", "factor_uses"}
"""The tables of hubs that no log vouches for."""

MODELS = sorted(
    (mapper.class_ for mapper in Base.registry.mappers), key=lambda model: model.__name__
)


def ids(table):
    return getattr(table, "name", getattr(table, "__name__", None))


@pytest.mark.parametrize("table", TABLES, ids=ids)
class TestATable:
    def test_all_that_can_be_violated_has_a_name(self, table):
        prefix = {"PrimaryKeyConstraint": "pk", "ForeignKeyConstraint": "fk"}
        prefix |= {"UniqueConstraint": "uq", "CheckConstraint": "ck"}
        for item in table.constraints:
            expected = f"{prefix[type(item).__name__]}_{table.name}"
            assert str(item.name).startswith(expected), item
        for index in table.indexes:
            kind = "uq" if index.unique else "ix"
            assert str(index.name).startswith(f"{kind}_{table.name}"), index

    def test_names_fit_into_postgresql(self, table):
        names = [item.name for item in (*table.constraints, *table.indexes)]
        assert all(len(name) <= 63 for name in names)
        assert len(set(names)) == len(names)

    def test_from_hubs_up_it_names_its_hub(self, table):
        if table.name in BELOW_HUBS:
            assert "hub_id" not in table.columns
            return
        column = table.columns["hub_id"]
        assert not column.nullable
        assert [key.target_fullname for key in column.foreign_keys] == ["hubs.id"]


class TestModels:
    def test_every_table_is_in_the_one_import(self):
        named = {getattr(casehub.models, name).__tablename__ for name in casehub.models.__all__}
        assert named == {table.name for table in TABLES}

    @pytest.mark.parametrize("model", MODELS, ids=ids)
    def test_what_the_log_vouches_for_is_found_by_its_hub(self, model):
        if issubclass(model, Replayed):
            assert issubclass(model, HubRow) or model is Hub
        elif issubclass(model, Row):
            assert model.__tablename__ in BELOW_HUBS | HOUSEKEEPING

    @pytest.mark.parametrize("model", MODELS, ids=ids)
    def test_moments_and_sealed_bytes_have_our_types(self, model):
        for column in model.__table__.columns:
            kind = column.type.python_type if not isinstance(column.type, SealedBytes) else Sealed
            if kind.__name__ == "datetime":
                assert isinstance(column.type, UtcDateTime), column
            if "sealed" in column.name and "digest" not in column.name:
                assert isinstance(column.type, SealedBytes), column

    def test_rows_know_their_id_before_they_are_stored(self, world):
        fresh = Hub(name="n", time_zone="UTC", languages="en", protocol="p")
        db.session.add(fresh)
        assert inspect(fresh).pending
        column = Hub.__table__.columns["id"]
        assert column.default.is_callable
        db.session.expunge(fresh)
