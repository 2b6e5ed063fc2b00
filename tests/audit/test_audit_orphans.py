"""What a check of each log by itself would never look at is named all the same."""

from uuid import uuid4

import pytest
from sqlalchemy import text

from casehub.audit.orphans import unvouched
from casehub.store import db, reading, writing

pytestmark = pytest.mark.database


def codes():
    with reading():
        return {code for code, _ in unvouched()}


def plain_id(value):
    return value.hex if db.engine.dialect.name == "sqlite" else str(value)


def test_an_installation_as_it_should_be_has_none(world):
    assert codes() == set()


def test_a_hub_without_a_log_is_named(world):
    with writing():
        db.session.execute(
            text(
                "INSERT INTO hubs (id, created_at, name, time_zone, languages, protocol) "
                "SELECT :ghost, created_at, 'Ghost', time_zone, languages, protocol FROM hubs"
            ),
            {"ghost": plain_id(uuid4())},
        )
    assert codes() == {"no-log"}


def test_a_hub_whose_log_was_taken_away_with_everything_is_named(world):
    hub = plain_id(world.hub_id)
    with writing():
        if db.engine.dialect.name == "sqlite":
            for table in ("audit_logs", "audit_entries", "audit_nodes"):
                db.session.execute(text(f"DROP TRIGGER {table}_no_delete"))
        else:
            db.session.execute(text("SET LOCAL session_replication_role = replica"))
        db.session.execute(text("DELETE FROM audit_nodes WHERE log_id = :hub"), {"hub": hub})
        db.session.execute(text("DELETE FROM audit_entries WHERE log_id = :hub"), {"hub": hub})
        db.session.execute(text("DELETE FROM audit_logs WHERE id = :hub"), {"hub": hub})
    assert codes() == {"no-log", "log-gone"}
