"""The server that the database tests run on."""

from collections.abc import Iterator

import psycopg
import pytest

from tests.postgres import NotStarted, PostgresServer, require_postgres

pytestmark = pytest.mark.database


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    require_postgres()
    with PostgresServer() as running:
        yield running


def one(server: PostgresServer, database: str, statement: str) -> object:
    with server.connect(database) as connection:
        row = connection.execute(statement).fetchone()
    assert row is not None
    return row[0]


def test_it_answers(server):
    assert one(server, "postgres", "SELECT 1") == 1


def test_its_address_is_in_the_form_sqlalchemy_takes(server):
    assert server.url("hub") == f"postgresql+psycopg://postgres@127.0.0.1:{server.port}/hub"


def test_it_is_fast_at_the_price_of_power_cuts(server):
    assert one(server, "postgres", "SHOW fsync") == "off"


def test_a_database_is_copied_from_a_template(server):
    server.create_database("prepared")
    with server.connect("prepared") as connection:
        connection.execute("CREATE TABLE words (word text)")
        connection.execute("INSERT INTO words VALUES ('Ганна')")
    server.create_database("copy", template="prepared")
    assert one(server, "copy", "SELECT word FROM words") == "Ганна"


def test_a_database_is_dropped_under_whoever_uses_it(server):
    server.create_database("passing")
    connection = server.connect("passing")
    server.drop_database("passing")
    server.drop_database("passing")
    with pytest.raises(psycopg.OperationalError):
        connection.execute("SELECT 1")
    connection.close()
    with pytest.raises(psycopg.OperationalError):
        server.connect("passing")


def test_what_was_committed_is_there_after_a_crash():
    require_postgres()
    with PostgresServer(durable=True) as server:
        with server.connect() as connection:
            connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
        server.crash()
        server.start()
        assert one(server, "postgres", "SELECT number FROM kept") == 7
        assert one(server, "postgres", "SHOW fsync") == "on"


def test_a_server_that_cannot_start_says_why():
    require_postgres()
    with pytest.raises(NotStarted, match="shared_buffers"):
        PostgresServer(settings={"shared_buffers": "none"}).__enter__()
