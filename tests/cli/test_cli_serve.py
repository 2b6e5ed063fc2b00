"""`casehub serve`: it starts when everything is in order, and says what is not."""

import importlib
import sys
from dataclasses import replace

import pytest
from flask import request
from sqlalchemy import text

from casehub.app import create_app
from casehub.cli.serve import gunicorn_options
from casehub.store import db, writing
from tests.cli.conftest import Shell

serve = importlib.import_module("casehub.cli.serve")  # not the command of that name


@pytest.fixture
def served(monkeypatch):
    """Serve nothing; keep what the servers were started with."""
    started = []
    monkeypatch.setattr(serve, "_serve_with_gunicorn", lambda *given: started.append(given))
    monkeypatch.setattr(serve, "_serve_with_waitress", lambda *given: started.append(given))
    return started


class TestInOrder:
    def test_it_listens_on_loopback_unless_it_is_told_otherwise(self, shell, served):
        assert "http://127.0.0.1:8000" in shell.succeeds("serve")
        assert served[0][1:] == ("127.0.0.1", 8000, 2)

    def test_elsewhere_only_when_asked(self, shell, served):
        shell.succeeds("serve", "--host", "10.0.0.5", "--port", "9000", "--workers", "4")
        assert served[0][1:] == ("10.0.0.5", 9000, 4)

    def test_on_windows_another_server_is_used(self, shell, served, monkeypatch):
        monkeypatch.setattr(serve, "ON_WINDOWS", True)
        shell.succeeds("serve")
        assert served[0][1:] == ("127.0.0.1", 8000)

    def test_without_a_web_server_it_says_what_to_install(self, shell, monkeypatch):
        monkeypatch.setitem(sys.modules, "gunicorn.app.base", None)
        assert "install casehub[server]" in shell.fails("serve")


class TestNotInOrder:
    def test_a_missing_secret_is_named(self, shell, secrets_folder, served):
        (secrets_folder / "log-signing-key").unlink()
        assert "secret log-signing-key: is missing" in shell.fails("serve")
        assert served == []

    def test_a_foreign_secret_is_named(self, shell, tmp_path, served):
        Shell().succeeds("secrets", "new", tmp_path / "others")
        (tmp_path / "others" / "log-signing-key").replace(
            tmp_path / "secrets-copy" / "log-signing-key"
        )
        assert "is another one" in shell.fails("serve")
        assert served == []

    def test_a_database_that_is_not_migrated_is_said(self, empty_shell, served):
        assert "casehub migrate" in empty_shell.fails("serve")
        assert served == []

    def test_a_database_of_no_installation_is_said(self, empty_shell, served):
        empty_shell.succeeds("migrate")
        assert "casehub init" in empty_shell.fails("serve")
        assert served == []

    def test_a_log_with_an_end_that_nobody_signed_is_said(self, place, shell, served):
        with writing():
            connection = db.session.connection()
            found = connection.execute(
                text("SELECT name FROM sqlite_master WHERE type = 'trigger'")
            ).scalars()
            for name in [it for it in found if "audit_entries" in it]:
                connection.execute(text(f"DROP TRIGGER {name}"))
            connection.execute(text("UPDATE audit_entries SET signature = zeroblob(64)"))
        db.session.remove()
        assert "has an end that nobody signed" in shell.fails("serve")
        assert served == []


class TestGunicorn:
    OPTIONS = gunicorn_options("127.0.0.1", 8000, 2)

    def test_every_option_is_one_that_gunicorn_knows(self):
        config = pytest.importorskip("gunicorn.config").Config()
        for name, value in self.OPTIONS.items():
            config.set(name, value)
        assert config.address == [("127.0.0.1", 8000)]
        assert config.worker_class_str == "gthread"

    def test_nobody_commands_it_through_a_file_and_no_address_is_logged(self):
        assert self.OPTIONS["control_socket_disable"] is True
        assert self.OPTIONS["accesslog"] is None

    def test_it_believes_no_proxy_itself(self):
        assert self.OPTIONS["forwarded_allow_ips"] == ""


FORGED = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https"}


class TestProxies:
    def seen_by(self, settings):
        app, seen = create_app(settings), []
        app.before_request(lambda: seen.append(_here()))
        app.test_client().get("/healthz", headers=FORGED)
        return seen[0]

    def test_what_a_proxy_says_is_not_believed_by_itself(self, place):
        assert self.seen_by(place.settings) == ("127.0.0.1", "http")

    def test_it_is_believed_where_the_setting_says_how_many_there_are(self, place):
        settings = replace(place.settings, trusted_proxies=1)
        assert self.seen_by(settings) == ("203.0.113.9", "https")


def _here():
    return request.remote_addr, request.scheme
