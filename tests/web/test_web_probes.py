"""`/healthz` says that the process lives, `/readyz` that somebody can be served."""

from dataclasses import replace

import pytest
from sqlalchemy import text

from casehub.app import create_app
from casehub.demo.place import fresh_settings
from casehub.store import db, writing
from casehub.store.migrating import upgrade


def answer_of(url, settings, path, prepare=None):
    """Ask an application on another database; it is made ready first as far as the test says."""
    app = create_app(replace(settings, database_url=url))
    with app.app_context():
        if prepare:
            prepare(db.engine)
        db.engine.dispose()
    answer = app.test_client().get(path)
    with app.app_context():
        db.engine.dispose()
    return answer


@pytest.mark.database
def test_a_sound_installation_lives_and_is_ready(ask):
    for path, word in (("/healthz", "alive\n"), ("/readyz", "ready\n")):
        answer = ask(path)
        assert (answer.status_code, answer.text) == (200, word)
        assert ask(path, "HEAD").status_code == 200


@pytest.mark.parametrize(
    "url",
    ["sqlite:////nowhere/at/all.sqlite", "postgresql+psycopg://casehub:geheim@127.0.0.1:1/x"],
)
def test_without_a_database_it_lives_and_is_not_ready(tmp_path, url):
    settings = fresh_settings(tmp_path)
    assert answer_of(url, settings, "/healthz").status_code == 200
    answer = answer_of(url, settings, "/readyz")
    assert (answer.status_code, "cannot be reached" in answer.text) == (503, True)
    assert "geheim" not in answer.text


def test_one_that_is_not_migrated_is_not_ready(tmp_path):
    settings = fresh_settings(tmp_path)
    answer = answer_of(settings.database_url, settings, "/readyz")
    assert answer.status_code == 503
    assert "casehub migrate" in answer.text


def test_one_without_a_deployment_is_not_ready(tmp_path):
    settings = fresh_settings(tmp_path)
    answer = answer_of(settings.database_url, settings, "/readyz", upgrade)
    assert answer.status_code == 409
    assert "does not belong to a deployment yet" in answer.text


@pytest.mark.parametrize("table", ["audit_entries", "audit_logs"])
def test_one_whose_log_is_broken_is_not_ready(ask, place, table):
    broken = {
        "audit_entries": "UPDATE audit_entries SET signature = zeroblob(64)",
        "audit_logs": "UPDATE audit_logs SET public_key = zeroblob(32)",
    }
    with place.app.app_context(), writing():
        db.session.execute(text(f"DROP TRIGGER {table}_no_update"))
        db.session.execute(text(broken[table]))
    create_app(place.settings)  # a process that has not seen the log before
    answer = ask("/readyz")
    assert answer.status_code == 503
    assert "casehub audit verify" in answer.text


def test_probing_leaves_no_trace(ask, place):
    def entries():
        with place.app.app_context():
            return db.session.scalar(text("SELECT count(*) FROM audit_entries"))

    before = entries()
    for path in ("/healthz", "/readyz"):
        ask(path)
    assert entries() == before
