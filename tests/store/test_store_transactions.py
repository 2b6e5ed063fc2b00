"""The two kinds of transaction: one that cannot write, and one that writes from its first word."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, InternalError, OperationalError

from casehub.errors import StoreFailed
from casehub.hubs.models import Hub
from casehub.store import db, end_reading, reading, writing

pytestmark = pytest.mark.database
RENAME = "UPDATE hubs SET name = :name"


def rename(name):
    db.session.execute(text(RENAME), {"name": name})


def rename_and(act, *values):
    rename("other")
    act(*values)


def raising(error):
    raise error


def name_now():
    return db.session.scalar(text("SELECT name FROM hubs"))


@pytest.fixture
def elsewhere(place):
    """Give a function that does something in a transaction of another session, and commits it."""

    def elsewhere(act, *values):
        with place.app.app_context(), writing():
            act(*values)

    return elsewhere


class TestReading:
    def test_the_database_itself_refuses_every_write(self, world):
        before = world.hub.name
        for statement in (RENAME, "DELETE FROM hubs WHERE name = :name", "DROP TABLE grants"):
            with pytest.raises(StoreFailed, match="cannot be written"), reading():
                db.session.execute(text(statement), {"name": "other"})
        with reading():
            assert name_now() == before

    def test_a_change_that_nobody_flushed_does_not_slip_in_at_the_end(self, world):
        with pytest.raises(StoreFailed), reading():
            db.session.get_one(Hub, world.hub.id).name = "other"
        with reading():
            assert name_now() != "other"
            assert db.session.get_one(Hub, world.hub.id).name != "other"

    def test_a_session_that_nobody_opened_only_reads(self, world):
        assert name_now() == world.hub.name
        with pytest.raises((OperationalError, InternalError)):
            rename("other")
        db.session.rollback()

    def test_nor_does_one_write_that_follows_a_writing_one_on_the_same_connection(self, world):
        for _ in range(3):
            with writing():
                rename("other")
            with pytest.raises(DBAPIError):
                rename("third")
            db.session.rollback()

    def test_it_does_not_see_what_is_committed_meanwhile(self, world, elsewhere):
        before = world.hub.name
        with reading():
            assert name_now() == before
            elsewhere(rename, "other")
            assert name_now() == before
            hub = db.session.get_one(Hub, world.hub.id, populate_existing=True)
            assert hub.name == before
        with reading():
            assert name_now() == "other"

    def test_what_an_earlier_one_loaded_is_loaded_again(self, world, elsewhere):
        with reading():
            hub = db.session.get_one(Hub, world.hub.id)
            assert hub.name != "other"
        elsewhere(rename, "other")
        assert hub.name != "other"  # nothing looks behind one's back
        with reading():
            assert hub.name == "other"
        elsewhere(rename, "third")
        with writing():
            assert hub.name == "third"

    def test_what_was_loaded_stays_usable_after_the_end_without_a_question(self, world):
        with reading():
            hub = db.session.get_one(Hub, world.hub.id)
            end_reading()
            assert hub.name
            assert not db.session().in_transaction()
        assert hub.name
        assert not db.session().in_transaction()

    def test_nothing_is_held_after_an_error(self, world):
        with pytest.raises(TypeError), reading():
            name_now() + 1
        assert not db.session().in_transaction()
        with reading():
            assert name_now() == world.hub.name


class TestWriting:
    def test_all_is_stored_at_the_end_and_nothing_is_seen_before(self, world, place):
        before = world.hub.name
        with writing():
            rename("other")
            with place.app.app_context(), reading():
                assert name_now() == before
        with place.app.app_context(), reading():
            assert name_now() == "other"

    @pytest.mark.parametrize("error", [ZeroDivisionError, KeyboardInterrupt, GeneratorExit])
    def test_nothing_is_after_an_error_of_any_kind(self, world, error):
        with pytest.raises(error), writing():
            rename_and(raising, error)
        assert not db.session().in_transaction()
        with reading():
            assert name_now() == world.hub.name

    def test_a_statement_that_fails_takes_the_ones_before_with_it(self, world):
        with pytest.raises(StoreFailed, match="lacks a table"), writing():
            rename_and(db.session.execute, text("UPDATE nowhere SET name = 'x'"))
        with reading():
            assert name_now() == world.hub.name
        with writing():
            rename("third")
        with reading():
            assert name_now() == "third"


class TestOneInsideAnother:
    @pytest.mark.parametrize("inner", [reading, writing])
    def test_is_a_defect_and_ends_the_outer_one_too(self, world, inner):
        with pytest.raises(RuntimeError, match="cannot begin inside another"), writing():
            rename_and(inner().__enter__)
        with pytest.raises(RuntimeError, match="cannot begin inside another"), reading():
            inner().__enter__()
        with reading():
            assert name_now() == world.hub.name

    def test_is_noticed_even_where_the_inner_error_is_swallowed(self, world):
        with writing():
            rename("other")
            with pytest.raises(RuntimeError), reading():
                pass
            assert name_now() == "other"
            with pytest.raises(RuntimeError), writing():
                pass
        with reading():
            assert name_now() == "other"

    def test_ending_a_reading_one_does_not_end_a_writing_one(self, world):
        with pytest.raises(RuntimeError, match="half a change"), writing():
            rename_and(end_reading)
        with reading():
            assert name_now() == world.hub.name

    @pytest.mark.parametrize("kind", [reading, writing])
    def test_what_was_changed_outside_of_any_is_refused_and_forgotten(self, world, kind):
        world.hub.name = "other"
        with pytest.raises(StoreFailed), kind():
            pass
        with kind():
            assert name_now() == world.hub.name != "other"

    def test_two_sessions_do_not_disturb_each_other(self, world, place):
        with reading():
            assert name_now() == world.hub.name
            with place.app.app_context(), reading():
                assert name_now() == world.hub.name
