"""`casehub audit verify`, `checkpoint` and `check`, and how each of them fails."""

import re
import shutil
from dataclasses import replace

import pytest
from sqlalchemy import select, text

from casehub.app import create_app
from casehub.audit.models import AuditCheckpoint
from casehub.demo.story import refer
from casehub.errors import StoreFailed
from casehub.store import db, reading, sqlite_path, writing

ROW = re.compile(r"^casehub/[0-9a-f-]{36} \((deployment|hub)\): \d+ entries, \d+ rows: (.+)$")


@pytest.fixture
def origin(world):
    """The name of the hub's log."""
    return f"casehub/{world.hub.id}"


@pytest.fixture
def note(shell, origin, tmp_path):
    """A file with the present checkpoint of the hub's log."""
    file = tmp_path / "checkpoint.txt"
    file.write_text(shell.succeeds("audit", "checkpoint", origin), encoding="utf-8")
    return file


def tamper(statement):
    with writing():
        db.session.execute(text(statement))
    db.session.remove()


class TestVerify:
    @pytest.mark.database
    def test_a_sound_installation_has_two_sound_logs(self, shell):
        rows = [ROW.match(line) for line in shell.succeeds("audit", "verify").splitlines()]
        assert {(row[1], row[2]) for row in rows} == {("deployment", "sound"), ("hub", "sound")}

    def test_a_changed_row_is_named_and_fails(self, shell, place):
        tamper("UPDATE agencies SET duty_telephone = '112' WHERE name = 'Harbour House'")
        output = shell.fails("audit", "verify")
        assert "1 finding(s)" in output
        assert re.search(
            r"^  row-changed: agencies [0-9a-f-]+ is not what entry", output, re.MULTILINE
        )

    def test_a_database_without_logs_says_so(self, empty_shell):
        empty_shell.succeeds("migrate")
        assert "There is no log yet." in empty_shell.succeeds("audit", "verify")


class TestCheckpoint:
    def test_it_is_a_signed_note_that_is_stored_and_can_be_checked(self, shell, note, place):
        with place.app.app_context(), reading():
            (stored,) = db.session.scalars(select(AuditCheckpoint.note))
        assert note.read_text(encoding="utf-8") == stored
        assert re.fullmatch(
            r"The log of (\d+) entries goes on from those \1\.\n",
            shell.succeeds("audit", "check", note),
        )
        shell.succeeds("audit", "verify")

    def test_the_same_one_may_be_given_out_again(self, shell, note, origin):
        again = shell.succeeds("audit", "checkpoint", origin)
        assert again == note.read_text(encoding="utf-8")

    def test_a_log_that_there_is_not(self, shell):
        output = shell.fails("audit", "checkpoint", "casehub/nowhere")
        assert output.startswith("There is no log casehub/nowhere.\n")

    def test_nothing_is_given_out_that_could_not_be_stored(self, shell, origin, monkeypatch):
        """A checkpoint that nobody stored would later look like one of another log."""

        def full(_entries):
            raise StoreFailed("The disk is full.", "Free space.")

        monkeypatch.setattr("casehub.audit.unit.append", full)
        assert shell.fails("audit", "checkpoint", origin) == "The disk is full.\nFree space.\n"

    def test_a_broken_log_gives_none(self, shell, origin, place):
        with writing():
            db.session.execute(text("DROP TRIGGER audit_entries_no_update"))
            db.session.execute(
                text("UPDATE audit_entries SET signature = :s WHERE signature IS NOT NULL"),
                {"s": bytes(64)},
            )
        db.session.remove()
        output = shell.fails("audit", "checkpoint", origin)
        assert "has an end that nobody signed" in output
        assert "casehub audit verify" in output


class TestCheck:
    def test_a_log_that_has_grown_goes_on_from_it(self, shell, note, world):
        refer(world, lambda _: None)
        found = re.fullmatch(
            r"The log of (\d+) entries goes on from those (\d+)\.\n",
            shell.succeeds("audit", "check", note),
        )
        assert int(found[1]) > int(found[2])

    @pytest.fixture
    def before(self, place, note, tmp_path):
        """The database as it was when the checkpoint was given out."""
        db.session.remove()
        db.engine.dispose()
        copy = tmp_path / "before.sqlite"
        shutil.copy(sqlite_path(place.settings.database_url), copy)
        return copy

    def test_one_that_was_rolled_back_is_found_out(self, shell, before, world, origin, tmp_path):
        refer(world, lambda _: None)
        db.session.remove()
        later = tmp_path / "later.txt"
        later.write_text(shell.succeeds("audit", "checkpoint", origin), encoding="utf-8")
        shell.set(database_url=f"sqlite:///{before}")
        output = shell.fails("audit", "check", later)
        assert re.fullmatch(r"The log has \d+ entries, the checkpoint says \d+\.\n", output), output

    def test_one_that_was_written_anew_is_found_out(self, shell, place, before, note, origin):
        refer(place.world, lambda _: None)
        db.session.remove()
        note.write_text(shell.succeeds("audit", "checkpoint", origin), encoding="utf-8")
        shell.set(database_url=f"sqlite:///{before}")
        grow(place, f"sqlite:///{before}", place.world)
        output = shell.fails("audit", "check", note)
        assert re.fullmatch(r"The first \d+ entries are not those of the checkpoint\.\n", output)

    @pytest.mark.parametrize(
        ("spoil", "sentence"),
        [
            (lambda text: text.replace("\n— ", "\n- "), "is not a signed checkpoint of a log"),
            (lambda text: text.replace("\n\n", "\n"), "is not a signed checkpoint of a log"),
            (lambda text: text.replace("=\n", "\n"), "is not a signed checkpoint of a log"),
            (lambda text: re.sub(r"\n\d+\n", "\n1\n", text, count=1), "is not signed by the key"),
            (lambda text: "", "There is no log ."),
            (lambda text: "casehub/other" + text, "There is no log casehub/othercasehub/"),
            (lambda text: b"\xff\xfe", "There is no log "),
        ],
        ids=["line", "separator", "base64", "size", "empty", "origin", "not text"],
    )
    def test_a_file_that_holds_none_says_so(self, shell, note, spoil, sentence):
        spoilt = spoil(note.read_text(encoding="utf-8"))
        note.write_bytes(spoilt if isinstance(spoilt, bytes) else spoilt.encode())
        assert sentence in shell.fails("audit", "check", note)

    def test_a_file_that_is_not_there_is_told_by_the_parser(self, shell, tmp_path):
        code, output = shell.run("audit", "check", tmp_path / "none")
        assert (code, "No such file" in output) == (2, True)


def grow(place, url, world):
    """Let other things happen in another copy of the database."""
    with create_app(replace(place.settings, database_url=url)).app_context():
        refer(world, lambda _: None)
        db.session.remove()
        db.engine.dispose()
