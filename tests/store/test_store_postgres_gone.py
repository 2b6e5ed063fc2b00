"""PostgreSQL that goes away, comes back, or lets us do less than we need."""

from dataclasses import replace

import pytest
from sqlalchemy import text

from casehub.app import create_app
from casehub.demo.place import fresh_settings
from casehub.errors import StoreFailed
from casehub.store import db, reading, writing
from casehub.store.migrating import check_current, current, upgrade
from tests.postgres import PostgresServer, require_postgres

pytestmark = pytest.mark.database
GONE = "The database cannot be reached."


@pytest.fixture(scope="module")
def server():
    require_postgres()
    with PostgresServer(durable=True) as running:  # it is crashed, and has to remember
        yield running


@pytest.fixture
def running(server):
    """Give the server, and see that it runs again afterwards."""
    yield server
    try:
        server.connect().close()
    except OSError:
        server.start()


@pytest.fixture
def app(running, tmp_path):
    url = running.create_database(tmp_path.name)
    app = create_app(fresh_settings(tmp_path, url))
    with app.app_context():
        upgrade(db.engine)
        yield app
        db.session.remove()
        db.engine.dispose()
    running.drop_database(tmp_path.name)


def read():
    with reading():
        return db.session.scalar(text("SELECT count(*) FROM hubs"))


def write():
    with writing():
        db.session.execute(text("UPDATE hubs SET name = 'x'"))


def assert_gone(act):
    with pytest.raises(StoreFailed) as failed:
        act()
    assert str(failed.value) == GONE
    assert "Check the database URL and that the database is running" in failed.value.remedy


def test_a_server_that_was_stopped_is_named_and_found_again_when_it_is_back(app, running):
    assert read() == 0
    running.stop()
    for act in (read, write, lambda: current(db.engine), lambda: check_current(db.engine)):
        assert_gone(act)
    assert_gone(lambda: upgrade(db.engine))
    running.start()
    assert read() == 0
    write()


@pytest.mark.parametrize("end", ["stop", "crash"])
def test_one_that_goes_in_the_middle_of_a_transaction_is_named_too(app, running, end):
    def interrupted(kind, act):
        with kind():
            act()
            getattr(running, end)()
            act()

    for kind in (reading, writing):
        assert_gone(
            lambda kind=kind: interrupted(kind, lambda: db.session.execute(text("SELECT 1")))
        )
        running.start()
        assert read() == 0


def test_whoever_is_thrown_out_alone_is_told_the_same(app, running):
    def thrown_out():
        with reading():
            pid = db.session.scalar(text("SELECT pg_backend_pid()"))
            with running.connect() as operator:
                operator.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
            db.session.execute(text("SELECT 1"))

    assert_gone(thrown_out)
    assert read() == 0


@pytest.mark.parametrize(
    "change",
    [{"database": "no_such_database"}, {"username": "nobody_here"}, {"port": 1}],
    ids=["database", "user", "port"],
)
def test_a_wrong_address_is_told_so(app, running, change):
    settings = app.extensions["casehub.settings"]
    url = db.engine.url.set(**change).render_as_string(hide_password=False)
    with create_app(replace(settings, database_url=url)).app_context():
        assert_gone(read)


def test_a_user_who_may_only_read_is_told_what_is_lacking(app, running):
    settings = app.extensions["casehub.settings"]
    with running.connect(db.engine.url.database) as operator:
        operator.execute("CREATE ROLE visitor LOGIN")
        operator.execute("GRANT SELECT ON ALL TABLES IN SCHEMA public TO visitor")
    url = db.engine.url.set(username="visitor").render_as_string(hide_password=False)
    with create_app(replace(settings, database_url=url)).app_context():
        assert read() == 0
        with pytest.raises(StoreFailed, match="cannot be written"):
            write()
        db.session.remove()
        db.engine.dispose()
    with running.connect(db.engine.url.database) as operator:
        operator.execute("DROP OWNED BY visitor")
        operator.execute("DROP ROLE visitor")


def test_a_database_that_was_not_migrated(running, tmp_path):
    url = running.create_database("empty_one")
    with create_app(fresh_settings(tmp_path, url)).app_context():
        for act in (read, write):
            with pytest.raises(StoreFailed, match="lacks a table") as failed:
                act()
            assert "casehub migrate" in failed.value.remedy
        db.session.remove()
        db.engine.dispose()
