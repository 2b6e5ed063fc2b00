"""Columns of our own: moments in UTC, words of an enumeration, sealed bytes that never print."""

import logging
import traceback
from datetime import UTC, datetime, timedelta, timezone
from enum import StrEnum
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Column, Integer, MetaData, Table, insert, select, text
from sqlalchemy.exc import StatementError

from casehub.clock import FOREVER
from casehub.errors import StoreFailed
from casehub.store import Coded, Sealed, SealedBytes, UtcDateTime, db, one_of, reading, writing


class Colour(StrEnum):
    RED = "red"
    SEA_GREEN = "sea-green"


THINGS = Table(
    "test_things",
    MetaData(),
    Column("number", Integer, primary_key=True),
    Column("at", UtcDateTime()),
    Column("colour", Coded(Colour)),
    Column("sealed", SealedBytes()),
    one_of("colour", Colour),
)
WORDS = {"a": "somebody's own words"}
KYIV = datetime(2026, 3, 29, 3, 30, 0, 7, tzinfo=ZoneInfo("Europe/Kyiv"))


@pytest.fixture
def things(place):
    with writing():
        THINGS.create(db.session.connection())


def store(**values):
    with writing():
        db.session.execute(insert(THINGS), [values])


def stored(name):
    with reading():
        return db.session.scalars(select(THINGS.c[name])).one()


MOMENTS = {
    "utc": datetime(2026, 1, 1, tzinfo=UTC),
    "the hour that Kyiv skips": KYIV,
    "far west": datetime(2026, 6, 1, 23, 59, 59, 999_999, tzinfo=timezone(timedelta(hours=-9.5))),
    "long ago": datetime(1970, 1, 1, tzinfo=UTC),
    "for ever": FOREVER,
}


@pytest.mark.database
class TestMoments:
    def test_any_zone_goes_in_and_utc_comes_out(self, things):
        with writing():
            rows = [{"number": n, "at": at} for n, at in enumerate(MOMENTS.values())]
            db.session.execute(insert(THINGS), rows)
        with reading():
            found = db.session.scalars(select(THINGS.c.at).order_by(THINGS.c.number)).all()
        assert found == [at.astimezone(UTC) for at in MOMENTS.values()]
        assert all(at.tzinfo is UTC for at in found)

    def test_a_moment_without_a_zone_is_refused(self, things):
        with pytest.raises(StatementError, match="a moment without a time zone is no moment"):
            store(at=datetime(2026, 1, 1))  # noqa: DTZ001

    def test_none_is_none(self, things):
        store(at=None, colour=None, sealed=None)
        assert (stored("at"), stored("colour"), stored("sealed")) == (None, None, None)

    def test_the_zone_of_the_session_does_not_matter(self, things):
        store(at=KYIV)
        with reading():
            if db.engine.dialect.name == "postgresql":
                db.session.execute(text("SET TIME ZONE 'Pacific/Kiritimati'"))
            assert db.session.scalars(select(THINGS.c.at)).one() == KYIV.astimezone(UTC)

    def test_the_database_compares_them_as_they_are(self, things):
        store(at=KYIV)
        tick, column = timedelta(microseconds=1), THINGS.c.at
        with reading():
            for at, expected in ((KYIV - tick, True), (KYIV, False), (KYIV + tick, False)):
                assert db.session.scalar(select(column > at)) is expected
            assert db.session.scalar(select(column == KYIV.astimezone(UTC))) is True


@pytest.mark.database
class TestCodes:
    def test_a_word_is_stored_as_its_value_and_comes_back_as_a_member(self, things):
        store(colour=Colour.SEA_GREEN)
        assert stored("colour") is Colour.SEA_GREEN
        with reading():
            assert db.session.scalar(text("SELECT colour FROM test_things")) == "sea-green"

    def test_a_word_that_there_is_not_is_refused_before_it_is_sent(self, things):
        with pytest.raises(StatementError, match="is not a valid Colour"):
            store(colour="blue")

    def test_one_that_the_database_has_is_refused_when_it_comes(self, things):
        with writing():
            db.session.execute(text("ALTER TABLE test_things RENAME TO test_others"))
            db.session.execute(text("CREATE VIEW test_things AS SELECT 1 AS number, 'x' AS colour"))
        with pytest.raises(ValueError, match="'x' is not a valid Colour"):
            stored("colour")


class TestSealed:
    SECRET = b"she lives at the harbour"

    @pytest.mark.parametrize(
        "show", [repr, str, format, "{}".format, "%s".__mod__, "{!r:>30}".format]
    )
    def test_it_prints_its_size_and_nothing_else(self, show):
        shown = show(Sealed(self.SECRET)).strip()
        assert shown == "<sealed 24 bytes>"

    def test_nor_does_it_print_inside_something_else(self):
        sealed = Sealed(self.SECRET)
        for shown in (str([sealed]), repr({"body": sealed}), f"{(sealed,)}"):
            assert "harbour" not in shown

    @given(st.binary(max_size=600))
    def test_it_is_its_bytes_all_the_same(self, content):
        assert bytes(Sealed(content)) == content
        assert Sealed(content) == content
        assert repr(Sealed(content)) == f"<sealed {len(content)} bytes>"

    @pytest.mark.database
    def test_what_comes_from_the_database_is_sealed(self, things):
        store(sealed=Sealed(self.SECRET))
        found = stored("sealed")
        assert type(found) is Sealed
        assert bytes(found) == self.SECRET

    @pytest.mark.database
    def test_plain_bytes_are_refused_and_not_repeated_in_the_error(self, things, caplog):
        caplog.set_level(logging.DEBUG)
        plain = self.SECRET
        for wrong in (plain, bytearray(plain), memoryview(plain), plain.decode()):
            with pytest.raises(StatementError, match="takes Sealed, not") as refused:
                store(number=1, sealed=wrong)
            assert "harbour" not in str(refused.value)
        assert "harbour" not in caplog.text


@pytest.mark.database
def test_a_failing_statement_does_not_repeat_the_values_it_was_sent(things):
    """An error ends in a log file, and nobody's words may stand there."""
    statement = text("SELECT * FROM nowhere_at_all WHERE a = :a")
    with pytest.raises(StoreFailed) as failed, writing():
        db.session.execute(statement, WORDS)
    told = "".join(traceback.format_exception(failed.value))
    assert "nowhere_at_all" in told
    assert "own words" not in told
