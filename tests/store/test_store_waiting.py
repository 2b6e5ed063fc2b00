"""Two who write at once: the second waits, and then goes on or is told that the store is busy."""

import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from sqlalchemy import event, text

from casehub.errors import Busy, Stale
from casehub.hubs.models import Hub
from casehub.store import db, reading, sqlite_path, writing
from casehub.store.engine import WRITE

pytestmark = pytest.mark.database
PATIENCE = 20
SHORT_WAIT = 0.2


def rename(name):
    db.session.execute(text("UPDATE hubs SET name = :name"), {"name": name})


def name_now():
    return db.session.scalar(text("SELECT name FROM hubs"))


@pytest.fixture
def impatient(place):
    """Let every connection made from now on wait for a shorter time."""

    def shorten(connection, _record):
        wait = int(SHORT_WAIT * 1000)
        if db.engine.dialect.name == "sqlite":
            connection.execute(f"PRAGMA busy_timeout = {wait}")
        else:
            connection.execute(f"SET lock_timeout = {wait}")
            connection.commit()

    def shorten_opening(_dialect, _record, _arguments, options):
        options |= {"timeout": SHORT_WAIT} if db.engine.dialect.name == "sqlite" else {}

    db.session.remove()
    db.engine.dispose()
    event.listen(db.engine, "connect", shorten)
    event.listen(db.engine, "do_connect", shorten_opening)


@contextmanager
def another_writer(place):
    """Somebody else who has written and not committed, until the block ends."""
    holds, may_end = threading.Event(), threading.Event()

    def write():
        with place.app.app_context(), writing():
            rename("first")
            holds.set()
            assert may_end.wait(PATIENCE)

    with ThreadPoolExecutor(1) as threads:
        done = threads.submit(write)
        try:
            assert holds.wait(PATIENCE), done.result(1)
            yield may_end
        finally:
            may_end.set()
            done.result(PATIENCE)


def test_the_second_waits_for_the_first_and_then_succeeds(world, place):
    begun = threading.Event()

    def second():
        with place.app.app_context():
            begun.set()
            with writing():
                rename("second")

    with another_writer(place) as may_end, ThreadPoolExecutor(1) as threads:
        waiting = threads.submit(second)
        assert begun.wait(PATIENCE)
        with pytest.raises(TimeoutError):
            waiting.result(SHORT_WAIT)
        may_end.set()
        waiting.result(PATIENCE)
    with reading():
        assert name_now() == "second"


def test_who_waits_too_long_is_told_so_and_has_changed_nothing(world, place, impatient):
    with another_writer(place), pytest.raises(Busy) as busy, writing():
        rename("second")
    assert "Nothing was changed" in busy.value.remedy
    with reading():
        assert name_now() == "first"
    with writing():
        rename("third")
    with reading():
        assert name_now() == "third"


def test_who_reads_never_waits(world, place, impatient):
    before = world.hub.name
    with another_writer(place), reading():
        assert name_now() == before


def test_who_waits_sees_what_it_waited_for(world, place):
    """An appender that waited must build on the entries it waited for."""
    begun = threading.Event()

    def second():
        with place.app.app_context():
            begun.set()
            with writing():
                db.session.execute(text("UPDATE hubs SET name = name || '+'"))
                return name_now()

    with another_writer(place) as may_end, ThreadPoolExecutor(1) as threads:
        waiting = threads.submit(second)
        assert begun.wait(PATIENCE)
        may_end.set()
        assert waiting.result(PATIENCE) == "first+"


def test_the_slower_of_two_who_take_one_key_is_told_that_it_is_taken(world, place):
    def add():
        db.session.add(
            Hub(name="Twin", time_zone="Europe/Kyiv", languages="uk", protocol="four_filter")
        )

    holds, go_on = threading.Event(), threading.Event()

    def first():
        with place.app.app_context(), writing():
            add()
            db.session.flush()
            holds.set()
            assert go_on.wait(PATIENCE)

    with ThreadPoolExecutor(2) as threads:
        done = threads.submit(first)
        assert holds.wait(PATIENCE)
        threads.submit(go_on.set)
        with pytest.raises(Stale) as stale, writing():
            add()
        done.result(PATIENCE)
    assert stale.value.values["constraint"] == "uq_hubs_name"


def test_a_locked_file_is_busy_for_readers_and_writers(world, place, impatient):
    path = sqlite_path(place.settings.database_url)
    db.session.remove()
    db.engine.dispose()
    if path is None:
        with db.engine.connect().execution_options(**{WRITE: True}) as other:
            other.execute(text("LOCK TABLE hubs"))
            assert_busy()
        return
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("PRAGMA locking_mode = EXCLUSIVE")
    other.execute("BEGIN EXCLUSIVE")
    assert_busy()
    other.execute("ROLLBACK")
    other.close()
    with reading():
        assert name_now()


def assert_busy():
    for kind in (reading, writing):
        with pytest.raises(Busy), kind():
            name_now()
