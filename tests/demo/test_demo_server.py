"""The demo's server: on this machine, without settings, and gone afterwards."""

import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from casehub.app import create_app
from casehub.demo.server import listening, what_is_ignored

ROOT = Path(__file__).parents[2]


class TestListening:
    def test_it_listens_on_loopback_alone(self):
        with listening(0) as found:
            assert found.getsockname()[0] == "127.0.0.1"

    def test_where_the_first_port_is_taken_it_takes_another(self, monkeypatch):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            monkeypatch.setattr("casehub.demo.server.PORT", taken.getsockname()[1])
            with listening(None) as found:
                assert found.getsockname()[1] != taken.getsockname()[1]

    def test_a_port_that_was_asked_for_and_is_taken_is_said(self):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            with pytest.raises(OSError, match="in use"), listening(taken.getsockname()[1]):
                pass


class TestSettings:
    def test_what_is_set_is_named_and_ignored(self, monkeypatch):
        monkeypatch.setenv("CASEHUB_DATABASE_URL", "postgresql+psycopg://geheim/one")
        (line,) = what_is_ignored()
        assert line.startswith("CASEHUB_DATABASE_URL is set and is ignored")
        assert "geheim" not in line

    def test_without_any_there_is_nothing_to_say(self):
        assert what_is_ignored() == []


def test_it_answers_to_the_names_of_this_machine_alone(demo):
    asked = demo.test_client().get
    assert asked("/sign-in", base_url="http://localhost").status_code == 200
    assert asked("/sign-in", base_url="http://evil.example").status_code == 400


class TestTheRealServer:
    """`serve` cannot show the cast."""

    def test_its_sign_in_page_has_no_block(self, demo):
        real = create_app(demo.extensions["casehub.settings"])
        assert "demo" not in real.blueprints
        assert not any("demo" in rule.rule for rule in real.url_map.iter_rules())
        assert real.jinja_env.globals["sign_in_panel"]() == ""

    def test_the_application_does_not_even_load_it(self):
        code = "import sys, casehub.app; print('casehub.demo' in sys.modules)"
        told = subprocess.run(
            [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
        )
        assert told.stdout.strip() == "False"

    @pytest.mark.parametrize("name", ["casehub/cli/serve.py", "wsgi.py"])
    def test_nor_does_what_serves_it(self, name):
        assert "demo" not in (ROOT / name).read_text(encoding="utf-8")


@pytest.fixture
def running(tmp_path):
    """Start `casehub demo` with a real database in its environment; give process and output."""
    environment = os.environ | {
        "CASEHUB_DATABASE_URL": f"sqlite:///{tmp_path / 'real.sqlite'}",
        "TMPDIR": str(tmp_path),
        "PYTHONUNBUFFERED": "1",
    }
    command = [Path(sys.executable).with_name("casehub"), "demo", "--port", "0"]
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
    ) as process:
        yield process
        process.kill()


def test_it_says_what_it_is_serves_the_cast_and_takes_everything_along(running, tmp_path):
    said = ""
    while "Ctrl+C ends it" not in said:
        line = running.stdout.readline()
        assert line, said
        said += line
    address = re.search(r"http://localhost:(\d+)/sign-in", said)
    assert "This is a demo. Ready in" in said
    assert "CASEHUB_DATABASE_URL is set and is ignored" in said
    with urllib.request.urlopen(f"http://127.0.0.1:{address[1]}/sign-in") as answer:
        assert "This is a demo: be anybody" in answer.read().decode()
    assert len(list(tmp_path.glob("casehub-demo-*"))) == 1
    running.send_signal(signal.SIGTERM)
    assert running.wait(30) == 0
    assert list(tmp_path.iterdir()) == []
