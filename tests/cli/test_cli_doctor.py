"""`casehub doctor`: what it finds, and what it says to do about it."""

import shutil
import sys
from types import SimpleNamespace

import pytest
from sqlalchemy import text

from casehub.audit import changing
from casehub.errors import Denial, Refused
from casehub.store import db, writing
from casehub.store.migrating import head
from casehub.vault import SecretName, ServerSecret

CHECKS = ["secrets", "database", "migrations", "deployment", "policies", "audit logs", "alarms"]


def told(output):
    """Its verdict on each thing, and the lines that follow a problem."""
    lines = output.splitlines()
    verdicts = {}
    for line in lines:
        for verdict in ("ok       ", "PROBLEM  "):
            if line.startswith(verdict):
                name, _, rest = line.removeprefix(verdict).partition(": ")
                verdicts[name] = (verdict.strip(), rest)
    return verdicts


def the_problem(output):
    """The one thing that is wrong, with everything else in order."""
    verdicts = told(output)
    wrong = [name for name, (verdict, _) in verdicts.items() if verdict == "PROBLEM"]
    assert len(wrong) == 1, output
    return wrong[0]


def another(name):
    return ServerSecret.new(name).write()


@pytest.mark.database
def test_a_sound_installation_is_told_so(shell):
    verdicts = told(shell.succeeds("doctor"))
    assert list(verdicts) == ["settings", *CHECKS]
    assert {verdict for verdict, _ in verdicts.values()} == {"ok"}
    assert verdicts["migrations"][1] == f"at {head()}"
    assert verdicts["alarms"][1] == "none"


def test_it_shows_no_secret(shell, place):
    output = shell.succeeds("doctor")
    for secret in place.settings.secrets.values():
        assert secret.id in output
        assert secret.check[:8] in output
        assert secret.value.hex() not in output
        assert secret.check not in output


def test_it_changes_nothing(shell, place):
    def entries():
        with place.app.app_context():
            return db.session.scalar(text("SELECT count(*) FROM audit_entries"))

    before = entries()
    shell.succeeds("doctor")
    assert entries() == before


class TestSecrets:
    @pytest.mark.parametrize("name", list(SecretName), ids=str)
    def test_a_foreign_one_is_named_with_both_ids(self, shell, place, secrets_folder, name):
        (secrets_folder / name.value).write_text(another(name))
        output = shell.fails("doctor")
        assert f"secret {name.value}: is another one" in output
        assert f"uses the id {place.settings.secrets[name].id}" in output
        assert "put back the file with the id that this database uses" in output

    def test_another_log_key_makes_the_logs_unreadable_too(self, shell, secrets_folder):
        name = SecretName.LOG_SIGNING_KEY
        (secrets_folder / name.value).write_text(another(name))
        verdicts = told(output := shell.fails("doctor"))
        assert {name for name, (verdict, _) in verdicts.items() if verdict == "PROBLEM"} == {
            "deployment",
            "audit logs",
        }
        assert "has an end that nobody signed" in output
        assert "Stop the server, keep a copy of the database as it is" in output

    @pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
    @pytest.mark.parametrize("mode", [0o640, 0o604, 0o666])
    def test_one_that_others_may_read(self, shell, secrets_folder, mode):
        (secrets_folder / "wall-key").chmod(mode)
        output = shell.fails("doctor")
        assert the_problem(output) == "secrets"
        assert "others may read wall-key → chmod 600 these files" in output

    def test_one_that_is_missing_is_a_problem_of_the_settings(self, shell, secrets_folder):
        (secrets_folder / "pepper").unlink()
        output = shell.fails("doctor")
        assert "secret pepper: is missing → put its file into" in output
        assert "CaseHub does not start: 1 problem(s)." in output


class TestTheDatabase:
    def test_that_is_not_migrated(self, empty_shell):
        verdicts = told(output := empty_shell.fails("doctor"))
        assert verdicts["database"][0] == "ok"
        assert verdicts["migrations"][1] == (
            f"The database is at revision none, this version needs {head()}."
        )
        assert "→ Run `casehub migrate`; it changes all or nothing." in output

    def test_that_belongs_to_no_deployment(self, empty_shell):
        empty_shell.succeeds("migrate")
        verdicts = told(output := empty_shell.fails("doctor"))
        assert verdicts["migrations"][0] == "ok"
        assert verdicts["deployment"][1] == "This database does not belong to a deployment yet."
        assert "→ Run `casehub init`." in output

    def test_that_is_none_lets_the_other_checks_go_on(self, empty_shell, tmp_path):
        (tmp_path / "new.sqlite").write_text("Dear colleagues, this is a letter. " * 200)
        verdicts = told(empty_shell.fails("doctor"))
        assert list(verdicts) == ["settings", *CHECKS]
        for name in CHECKS[1:]:
            assert verdicts[name] == ("PROBLEM", "The database cannot be reached."), name

    def test_whose_server_does_not_answer(self, empty_shell):
        empty_shell.set(database_url="postgresql+psycopg://casehub:geheim@127.0.0.1:1/casehub")
        output = empty_shell.fails("doctor")
        assert list(told(output)) == ["settings", *CHECKS]
        assert "Check the database URL and that the database is running" in output
        assert "geheim" not in output

    def test_whose_disk_is_nearly_full(self, shell, monkeypatch):
        little = SimpleNamespace(free=10 * 1024**2)
        monkeypatch.setattr(shutil, "disk_usage", lambda _: little)
        output = shell.fails("doctor")
        assert the_problem(output) == "database"
        assert "only 10 MB are free" in output
        assert "→ free some space" in output

    def test_that_a_later_version_wrote(self, shell, place):
        with writing():
            db.session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        db.session.remove()
        output = shell.fails("doctor")
        assert the_problem(output) == "migrations"
        assert "→ Upgrade this installation; nothing is lost." in output


class TestPolicies:
    @pytest.fixture
    def policies(self, place, tmp_path, shell):
        copy = tmp_path / "policies"
        shutil.copytree(place.settings.policies, copy)
        shell.set(policies=copy)
        return copy

    def test_an_unchanged_copy_is_the_same_policy(self, shell, policies):
        shell.succeeds("doctor")

    def test_that_are_not_those_in_the_log(self, shell, policies):
        with (policies / "access.toml").open("a") as file:
            file.write("\n# changed\n")
        output = shell.fails("doctor")
        assert the_problem(output) == "policies"
        assert "→ a start takes it into force and says so" in output

    def test_that_do_not_load(self, shell, policies):
        (policies / "access.toml").write_text('[[allow]]\nid = "x"\n')
        output = shell.fails("doctor")
        assert "access.toml: allow.0 (x): who: Field required" in output
        assert "→ write it as the other tables" in output

    def test_that_are_not_there(self, shell, tmp_path):
        shell.set(policies=tmp_path / "none")
        assert f"policies: {tmp_path / 'none'} is no folder" in shell.fails("doctor")


class TestLogs:
    def test_an_alarm_is_there_until_somebody_has_looked_at_it(self, shell, world):
        def refused():
            with changing():
                raise Refused(Denial("case:know", "r", hub=world.hub.id, failed_word="in_team"))

        with pytest.raises(Refused):
            refused()
        db.session.remove()
        output = shell.fails("doctor")
        assert the_problem(output) == "alarms"
        assert "1 in the logs → a custodian has to look at each" in output

    def test_an_end_that_nobody_signed(self, shell, place):
        with writing():
            db.session.execute(text("DROP TRIGGER audit_entries_no_update"))
            db.session.execute(
                text("UPDATE audit_entries SET signature = :s WHERE signature IS NOT NULL"),
                {"s": bytes(64)},
            )
        db.session.remove()
        output = shell.fails("doctor")
        assert the_problem(output) == "audit logs"
        assert "restore the last backup that verifies" in output
