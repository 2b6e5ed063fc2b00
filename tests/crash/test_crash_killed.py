"""Killed at any moment, nothing that was acknowledged is lost, and the log still verifies."""

import random
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import func, select

from casehub.audit import AuditLog, changing, verify_log
from casehub.cases import contracts
from casehub.cases.models import Case, Grant
from casehub.cases.queries import records_of
from casehub.cases.rotation import finish_rotation, left_behind
from casehub.cases.service import refer_case
from casehub.demo.place import fresh_application, fresh_settings
from casehub.demo.story import people_of_rivermouth
from casehub.demo.world import rebind
from casehub.hubs.keys import current_key
from casehub.store import db, reading
from tests.postgres import PostgresServer, require_postgres

pytestmark = pytest.mark.crash

ROOT = Path(__file__).parents[2]
WORKER = Path(__file__).with_name("worker.py")
ROUNDS = 4
SECONDS = 60


@pytest.fixture(scope="module")
def durable():
    """Start a PostgreSQL that keeps its promises about power cuts."""
    require_postgres()
    with PostgresServer(durable=True) as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def installed(request, tmp_path):
    """Give an installation with durable storage, the people of Rivermouth, and its server."""
    url = server = None
    if request.param == "postgresql":
        server = request.getfixturevalue("durable")
        name = f"crash_{tmp_path.name}".lower()[:60]
        server.create_database(name)
        url = server.url(name)
    settings = fresh_settings(tmp_path, url)
    app = fresh_application(settings)
    with app.app_context():
        world = people_of_rivermouth()
        yield settings, rebind(world), server
        db.session.remove()
        db.engine.dispose()


@contextmanager
def working(settings, act, person):
    """Run the worker, and kill it at the end whatever happens."""
    command = [sys.executable, str(WORKER), act, settings.database_url]
    command += [str(settings.secrets_folder), str(person.account), str(person.agency)]
    process = subprocess.Popen(
        [*command, person.key.seed.hex()], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    try:
        yield process
    finally:
        process.kill()
        process.stdout.close()
        process.wait(SECONDS)


def killed_after(settings, act, person, lines, delay):
    """Let the worker acknowledge some lines, kill it a moment later; return all it acknowledged."""
    with working(settings, act, person) as process:
        said = [process.stdout.readline().strip() for _ in range(lines)]
        try:
            process.wait(delay)
        except subprocess.TimeoutExpired:
            process.kill()
        said += [
            line.strip()
            for line in process.stdout.read().splitlines(keepends=True)
            if line.endswith("\n")
        ]
    assert all(said), "the worker stopped by itself"
    return said


def findings(world):
    with reading():
        return verify_log(db.session.get_one(AuditLog, world.hub_id)).findings


def assert_there(references):
    with reading():
        for reference in references:
            case = db.session.scalars(select(Case).where(Case.reference == reference)).one()
            assert [row.contract for row in records_of(case)] == [contracts.NOTE.name]


@pytest.mark.parametrize("chance", range(ROUNDS))
def test_a_killed_process_loses_nothing_that_it_acknowledged(installed, chance):
    settings, world, _ = installed
    moments = random.Random(chance)
    said = killed_after(
        settings, "refer", world["Priya Nair"], moments.randint(1, 12), moments.random() / 3
    )
    assert_there(said)
    assert findings(world) == []
    priya = world["Priya Nair"].actor()
    with changing():
        refer_case(priya)
    assert findings(world) == []


@pytest.mark.parametrize("installed", ["postgresql"], indirect=True)
def test_a_database_server_that_dies_loses_nothing_that_was_acknowledged(installed):
    settings, world, server = installed
    db.session.remove()
    db.engine.dispose()
    with working(settings, "refer", world["Priya Nair"]) as process:
        said = [process.stdout.readline().strip() for _ in range(8)]
        server.crash()
        said += [line.strip() for line in process.stdout.read().splitlines()]
    server.start()
    assert_there(said)
    assert findings(world) == []


@pytest.mark.parametrize("chance", range(2))
def test_a_rotation_killed_in_the_middle_goes_on_where_it_stopped(installed, chance):
    settings, world, _ = installed
    moments = random.Random(chance)
    priya, ana = world["Priya Nair"].actor(), world["Ana Duarte"]
    for _ in range(4):
        with changing():
            refer_case(priya)
    with reading():
        before = db.session.scalar(select(func.count()).select_from(Grant))
    said = killed_after(settings, "rotate", ana, moments.randint(2, 6), moments.random() / 5)
    assert said[0] == "epoch 2"
    actor = ana.actor()
    finish_rotation(actor)
    with reading():
        assert left_behind(actor) == 0
        assert db.session.scalar(select(func.count()).select_from(Grant)) == before
        assert current_key(ana.agency).epoch >= 2
    assert findings(world) == []
