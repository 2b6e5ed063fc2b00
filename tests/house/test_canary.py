"""A secret word told into every free text is nowhere but with those who may read it."""

import base64
import logging
from pathlib import Path

import pytest
from sqlalchemy import select

from casehub.audit import AuditEntry
from casehub.demo.story import (
    refer,
    release_synopsis,
    rotate,
    share_and_take_back,
    try_to_read,
)
from casehub.errors import CaseHubError
from casehub.store import db, reading
from casehub.vault import KeyKind

WORD = "Колібрі-zanzibar-7791"


def forms(word):
    encoded = [word.encode(), word.encode("utf-16-le"), word.encode("utf-16-be")]
    escaped = word.encode("unicode_escape")
    hexed = [item.hex().encode() for item in encoded]
    # A text of any length may stand before it, so base64 is looked for at all three offsets.
    based = [base64.b64encode(b"\0" * i + word.encode())[8:-8] for i in range(3)]
    return {b"zanzibar", "Колібрі".encode(), escaped, *encoded, *hexed, *based}


@pytest.fixture
def told(place, caplog, capfd):
    """Tell the whole story with the word in it; return the case and what was said."""
    caplog.set_level(logging.DEBUG)
    logging.getLogger("sqlalchemy.engine").setLevel(logging.DEBUG)
    said = []
    try:
        case = refer(place.world, said.append, WORD)
        share_and_take_back(place.world, case, said.append)
        release_synopsis(place.world, case)
        rotate(place.world, case, lambda _line: None)
    finally:
        logging.getLogger("sqlalchemy.engine").setLevel(logging.NOTSET)
    return case, said, caplog.text + "".join(capfd.readouterr())


def assert_nowhere(content, where):
    found = [form for form in forms(WORD) if form in content]
    assert not found, f"the secret word is in {where}"


def test_who_may_read_it_does(place, told):
    case, _, _ = told
    assert WORD in try_to_read(place.world["Priya Nair"], case, KeyKind.PART)


def test_it_is_in_no_file_of_the_database(place, told):
    path = Path(place.settings.database_url.removeprefix("sqlite:///"))
    files = list(path.parent.glob(f"{path.name}*"))
    assert len(files) > 1, "the write-ahead log is looked at too"
    for file in files:
        assert_nowhere(file.read_bytes(), file.name)


def test_it_is_in_no_file_beside_it(place, told, tmp_path):
    for file in tmp_path.rglob("*"):
        if file.is_file():
            assert_nowhere(file.read_bytes(), file.name)


def test_it_is_in_no_entry_of_the_log(told, place):
    with reading():
        for body in db.session.scalars(select(AuditEntry.body)):
            assert_nowhere(body.encode(), "an entry")


def test_it_is_in_no_log_line_even_with_every_statement_logged(told):
    _, said, logged = told
    assert "INSERT INTO records" in logged, "statements were really logged"
    assert_nowhere(logged.encode(), "a log line")
    assert_nowhere("\n".join(said).encode(), "what the demo said of the sealed row")


def test_it_is_in_no_error(place, told, monkeypatch):
    case, _, _ = told
    errors = []
    original = CaseHubError.__init__

    def noted(self, *args, **values):
        original(self, *args, **values)
        errors.append(self)

    monkeypatch.setattr(CaseHubError, "__init__", noted)
    for person in place.world.people.values():
        for kind in (KeyKind.SYNOPSIS, KeyKind.PART, KeyKind.OWN):
            try_to_read(person, case, kind)
    assert errors, "somebody was refused"
    for error in errors:
        assert_nowhere(f"{error} {error!r} {vars(error)}".encode(), "an error")


def test_these_tests_find_what_they_look_for():
    with pytest.raises(AssertionError):
        assert_nowhere(f"…{WORD}…".encode(), "a plain text")
    with pytest.raises(AssertionError):
        assert_nowhere(base64.b64encode(f"ab {WORD} cd".encode()), "base64")
