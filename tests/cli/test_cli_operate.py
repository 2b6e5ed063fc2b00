"""`casehub migrate`, `secrets new`, `policy matrix`, `demo`, and how any command fails."""

import importlib
import re
import socket
import sys
from importlib import metadata

import pytest

from casehub import clock
from casehub.demo.cast import part_of
from casehub.errors import Misconfigured, Problem, StoreFailed
from casehub.policy import folder_digest, in_force, policy_files
from casehub.store.migrating import folder_beside, head
from casehub.vault import SecretName
from tests.builders import MORNING
from tests.cli.conftest import Shell


class TestMigrate:
    def test_an_empty_database_is_brought_up(self, empty_shell):
        expected = f"The database is at revision {head()} (was empty).\n"
        assert empty_shell.succeeds("migrate") == expected

    def test_one_that_is_there_stays_as_it_is(self, shell):
        expected = f"The database is at revision {head()} (was {head()}).\n"
        assert shell.succeeds("migrate") == expected
        shell.succeeds("doctor")

    def test_one_that_fails_says_where_it_stands(self, empty_shell, monkeypatch):
        def fails(*_):
            raise StoreFailed("A migration failed; see above.", "Migrate again.")

        monkeypatch.setattr("casehub.cli.operate.upgrade", fails)
        assert empty_shell.fails("migrate") == "A migration failed; see above.\nMigrate again.\n"


class TestSecretsNew:
    def test_five_are_made_and_named_by_id_and_check(self, tmp_path):
        output = Shell().succeeds("secrets", "new", tmp_path / "s")
        assert sorted(path.name for path in (tmp_path / "s").iterdir()) == sorted(SecretName)
        for line, name in zip(output.splitlines(), SecretName, strict=True):
            text = (tmp_path / "s" / name.value).read_text()
            facts = dict(row.split(": ") for row in text.splitlines()[1:])
            assert line == f"{name.value}: id {facts['id']}, check {facts['check']}"
            assert facts["value"] not in output

    def test_those_in_use_are_left_alone(self, tmp_path):
        Shell().succeeds("secrets", "new", tmp_path)
        before = (tmp_path / "pepper").read_text()
        output = Shell().fails("secrets", "new", tmp_path)
        assert f"{tmp_path / 'pepper'}: exists → choose an empty folder" in output
        assert (tmp_path / "pepper").read_text() == before

    def test_a_place_that_cannot_be_written(self, tmp_path):
        (tmp_path / "file").write_text("")
        output = Shell().fails("secrets", "new", tmp_path / "file" / "s")
        assert "cannot be written" in output
        assert "choose a folder that the server's user may write" in output


class TestPolicyMatrix:
    @pytest.fixture
    def folder(self, tmp_path, monkeypatch):
        real = folder_beside("policies")
        for name in ("access.toml", "matrix.md"):
            (tmp_path / name).write_bytes((real / name).read_bytes())
        module = importlib.import_module("casehub.cli.policy")  # not the command of that name
        monkeypatch.setattr(module, "folder_beside", lambda _: tmp_path)
        return tmp_path

    def test_it_is_printed_without_settings_and_database(self):
        page = (folder_beside("policies") / "matrix.md").read_text(encoding="utf-8")
        assert Shell().succeeds("policy", "matrix") == page + "\n"

    def test_a_fresh_one_passes_silently(self, folder):
        assert Shell().succeeds("policy", "matrix", "--check") == ""

    def test_an_old_one_says_how_to_write_it_and_is_then_fresh(self, folder):
        (folder / "matrix.md").write_text("old")
        expected = "matrix.md is old → casehub policy matrix --write\n"
        assert Shell().fails("policy", "matrix", "--check") == expected
        assert (folder / "matrix.md").read_text() == "old"
        assert Shell().succeeds("policy", "matrix", "--write") == ""
        assert Shell().succeeds("policy", "matrix", "--check") == ""

    def test_a_missing_one_is_old(self, folder):
        (folder / "matrix.md").unlink()
        assert "casehub policy matrix --write" in Shell().fails("policy", "matrix", "--check")

    def test_a_place_that_cannot_be_written_is_named(self, folder):
        (folder / "matrix.md").unlink()
        (folder / "matrix.md").mkdir()
        output = Shell().fails("policy", "matrix", "--write")
        assert f"{folder / 'matrix.md'}: cannot be written" in output

    @pytest.mark.parametrize("option", [[], ["--check"], ["--write"]])
    def test_a_table_that_does_not_load_lists_its_problems(self, folder, option):
        (folder / "access.toml").write_text('allow = []\n[[deny]]\nid = "x"\n')
        before = (folder / "matrix.md").read_bytes()
        output = Shell().fails("policy", "matrix", *option)
        assert "access.toml: deny.0 (x): why: Field required" in output
        assert "Mend each of the problems listed" in output
        assert (folder / "matrix.md").read_bytes() == before


class TestDemo:
    def test_it_tells_the_story_to_its_end_without_settings(self, place):
        told = Shell().succeeds("demo", "--tell").splitlines()
        assert told[0] == "Hub of Rivermouth: 3 agencies, 7 people."
        assert any(re.search("<sealed [0-9]+ bytes>", line) for line in told)
        assert sum("There is nothing here that you may see." in line for line in told) == 3
        assert any(line.endswith("rows checked: sound.") for line in told)
        assert told[-1].startswith("After a role was changed by plain SQL: ")
        assert "is not what entry" in told[-1]
        assert in_force().digest == folder_digest(policy_files(folder_beside("policies")))

    def test_a_part_that_fails_is_said_like_everywhere(self, monkeypatch):
        def fails(_say):
            raise Misconfigured([Problem("protocols/x.toml", "is missing", "put it back")])

        monkeypatch.setattr(importlib.import_module("casehub.cli.demo"), "tell", fails)
        assert "protocols/x.toml: is missing → put it back" in Shell().fails("demo", "--tell")

    def test_a_code_is_that_of_the_person_s_telephone_now(self):
        with clock.frozen_at(MORNING):
            code = Shell().succeeds("demo", "code", "Priya").strip()
            assert Shell().succeeds("demo", "code", "priya", "nair").strip() == code
        assert code == part_of("Priya Nair").code_at(MORNING)

    def test_a_code_of_nobody_names_the_cast(self):
        output = Shell().fails("demo", "code", "Mallory")
        assert "Nobody of the cast is called that." in output
        assert "Priya Nair" in output

    def test_a_port_that_is_taken_is_said(self):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            output = Shell().fails("demo", "--port", taken.getsockname()[1])
        assert "Choose another --port." in output


COMMANDS = [
    ["serve"],
    ["migrate"],
    ["doctor"],
    ["audit", "verify"],
    ["audit", "checkpoint", "casehub/x"],
    ["policy", "explain", "--email", "a@b.example", "--do", "case:know"],
]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
class TestAnyCommand:
    def test_without_settings_says_which(self, command):
        output = Shell().fails(*command)
        assert "database_url: is missing → set CASEHUB_DATABASE_URL" in output
        assert "secrets_folder: is missing → set CASEHUB_SECRETS_FOLDER" in output

    def test_on_a_file_that_is_no_database_says_so(self, empty_shell, tmp_path, command):
        (tmp_path / "new.sqlite").write_text("Dear colleagues, this is a letter. " * 200)
        output = empty_shell.fails(*command)
        assert "The database cannot be reached." in output
        assert "Check the database URL" in output

    def test_on_a_server_that_does_not_answer_says_so(self, empty_shell, command):
        empty_shell.set(database_url="postgresql+psycopg://casehub:geheim@127.0.0.1:1/casehub")
        output = empty_shell.fails(*command)
        assert "The database cannot be reached." in output
        assert "geheim" not in output

    def test_on_a_database_that_is_not_migrated_says_what_to_run(self, empty_shell, command):
        if command == ["migrate"]:
            empty_shell.succeeds(*command)
            return
        assert "casehub migrate" in empty_shell.fails(*command)


def test_the_version_is_the_package_s():
    assert metadata.version("casehub") in Shell().succeeds("--version")


def test_a_command_that_there_is_not_is_told_by_the_parser():
    code, output = Shell().run("dance")
    assert (code, "No such command" in output) == (2, True)


@pytest.mark.skipif(sys.platform == "win32", reason="there the script has another name")
def test_each_command_explains_itself():
    for command in ([], ["audit"], ["policy"], ["secrets"], *COMMANDS):
        names = [part for part in command if part.isalpha()]
        assert "Usage:" in Shell().succeeds(*names[:2], "--help")
