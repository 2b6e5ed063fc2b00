"""`casehub init`, `start-code new` and `recovery open`: all or nothing, and no key of a case."""

import re

import pytest
from click.testing import CliRunner
from sqlalchemy import create_engine, text

from casehub.cli import main
from tests.cli.conftest import Shell

PLAN = """
[hub]
name = "Hub of Rivermouth"
time_zone = "America/Vancouver"

[[agency]]
name = "Rivermouth Police"
organisation = "City of Rivermouth"
sector = "police"
regime = "ca-bc-public"
coordinates = true

[[agency]]
name = "Дім Harbour"
organisation = "Harbour House Society"
sector = "victim-services"
regime = "ca-bc-private"
duty_telephone = "+1 604 555 0100"
"""
CODE = re.compile(r"code {2}((?:[2-9A-HJKMNP-TV-Z]{4}-){6}[2-9A-HJKMNP-TV-Z]{3})")
ANSWERS = [
    *("Hub of Rivermouth", "Vancouver", "America/Vancouver"),
    *("Rivermouth Police", "", "police", "ca-bc-public", ""),
    *("y", "Harbour House", "Harbour Society", "victim-services", "ca-bc-private", "604 555 0100"),
    "n",
]


@pytest.fixture
def blank(tmp_path):
    """A shell for an installation of which there is nothing yet, not even secrets."""
    shell = Shell()
    shell.set(
        database_url=f"sqlite:///{tmp_path / 'new.sqlite'}",
        secrets_folder=tmp_path / "fresh-secrets",
    )
    return shell


@pytest.fixture
def plan(tmp_path):
    path = tmp_path / "hub.toml"
    path.write_text(PLAN, encoding="utf-8")
    return path


def rows(tmp_path, query):
    engine = create_engine(f"sqlite:///{tmp_path / 'new.sqlite'}")
    try:
        with engine.connect() as connection:
            return connection.execute(text(query)).all()
    finally:
        engine.dispose()


class TestFromAFile:
    def test_it_makes_everything_and_shows_one_code_an_agency(self, blank, plan, tmp_path):
        output = blank.succeeds("init", "--file", plan)
        assert len(CODE.findall(output)) == len(set(CODE.findall(output))) == 2
        ids = [
            row.id.replace("-", "")
            for row in rows(tmp_path, "SELECT id FROM codes WHERE kind = 'start'")
        ]
        links = [part.replace("-", "") for part in re.findall(r"/start/(\S+)", output)]
        assert sorted(links) == sorted(ids)
        assert rows(tmp_path, "SELECT name, state FROM agencies ORDER BY name") == [
            ("Rivermouth Police", "named"),
            ("Дім Harbour", "named"),
        ]
        assert "all of them" not in blank.succeeds("doctor")

    def test_there_is_no_key_that_opens_a_case(self, blank, plan, tmp_path):
        blank.succeeds("init", "--file", plan)
        for table in ("agency_keys", "account_keys", "memberships", "accounts"):
            assert rows(tmp_path, f"SELECT count(*) FROM {table}") == [(0,)]

    def test_the_codes_are_not_kept(self, blank, plan, tmp_path):
        output = blank.succeeds("init", "--file", plan)
        stored = (tmp_path / "new.sqlite").read_bytes()
        for code in CODE.findall(output):
            assert code.encode() not in stored
            assert code.replace("-", "").encode() not in stored

    def test_run_again_it_changes_nothing_and_says_what_to_do(self, blank, plan, tmp_path):
        blank.succeeds("init", "--file", plan)
        before = rows(tmp_path, "SELECT count(*) FROM audit_entries")
        output = blank.fails("init", "--file", plan)
        assert "--another-hub" in output
        assert "casehub start-code new" in output
        assert rows(tmp_path, "SELECT count(*) FROM audit_entries") == before

    def test_another_hub_is_added_only_when_told_so(self, blank, plan, tmp_path):
        blank.succeeds("init", "--file", plan)
        assert "a hub of this name already" in blank.fails("init", "--another-hub", "--file", plan)
        plan.write_text(PLAN.replace("Hub of Rivermouth", "Hub of Two Hills"), encoding="utf-8")
        blank.succeeds("init", "--another-hub", "--file", plan)
        assert rows(tmp_path, "SELECT count(*) FROM hubs") == [(2,)]

    def test_stopped_half_way_it_leaves_nothing_and_is_run_again(
        self, blank, plan, tmp_path, monkeypatch
    ):
        calls = []

        def fails(agency):
            calls.append(agency)
            if len(calls) == 2:
                raise KeyboardInterrupt
            return real(agency)

        module = __import__("casehub.cli.init", fromlist=["x"])
        real = module.new_start_code
        with monkeypatch.context() as patched:
            patched.setattr(module, "new_start_code", fails)
            done = CliRunner().invoke(main, ["init", "--file", str(plan)], env=blank.environment)
        assert done.exit_code == 1
        assert rows(tmp_path, "SELECT count(*) FROM hubs") == [(0,)]
        assert rows(tmp_path, "SELECT count(*) FROM audit_logs") == [(0,)]
        assert len(CODE.findall(blank.succeeds("init", "--file", plan))) == 2


class TestABadFile:
    @pytest.mark.parametrize(
        ("change", "told"),
        [
            (("America/Vancouver", "Vancouver"), "hub.time_zone: “Vancouver” is no time zone"),
            (("coordinates = true", ""), "0 agencies coordinate → exactly one"),
            (("ca-bc-private", "nowhere"), "agency.1: no regime “nowhere”"),
            (("Дім Harbour", "rivermouth police"), "agency.1: “rivermouth police” is there twice"),
            (('sector = "police"', ""), "agency.0.sector: Field required"),
            (("[hub]", "[hub"), "is not TOML"),
        ],
    )
    def test_it_is_told_and_nothing_is_made(self, blank, plan, tmp_path, change, told):
        plan.write_text(PLAN.replace(*change), encoding="utf-8")
        assert told in blank.fails("init", "--file", plan)
        assert rows(tmp_path, "SELECT count(*) FROM audit_logs") == [(0,)]

    def test_every_problem_is_told_at_once(self, blank, plan):
        wrong = PLAN.replace("America/Vancouver", "X").replace("coordinates = true", "")
        plan.write_text(wrong, encoding="utf-8")
        output = blank.fails("init", "--file", plan)
        assert "time_zone" in output
        assert "0 agencies coordinate" in output

    def test_one_that_is_not_there(self, blank, tmp_path):
        assert "cannot be read" in blank.fails("init", "--file", tmp_path / "none.toml")


def test_asked_it_asks_again_for_what_makes_no_sense(blank, tmp_path):
    done = CliRunner().invoke(
        main, ["init"], input="\n".join(ANSWERS) + "\n", env=blank.environment
    )
    assert done.exit_code == 0, done.output
    assert "there is no such time zone" in done.output
    assert len(CODE.findall(done.output)) == 2
    found = rows(tmp_path, "SELECT name, organisation, coordinates FROM agencies ORDER BY name")
    assert found == [
        ("Harbour House", "Harbour Society", 0),
        ("Rivermouth Police", "Rivermouth Police", 1),
    ]


def test_a_secret_that_is_missing_among_others_is_not_made_anew(blank, plan, tmp_path):
    blank.succeeds("init", "--file", plan)
    (tmp_path / "fresh-secrets" / "pepper").unlink()
    assert "secret pepper: is missing" in blank.fails("init", "--another-hub", "--file", plan)
    assert not (tmp_path / "fresh-secrets" / "pepper").exists()


class TestStartCode:
    def test_a_new_one_ends_the_lost_one(self, blank, plan, tmp_path):
        blank.succeeds("init", "--file", plan)
        output = blank.succeeds("start-code", "new", "Дім Harbour")
        assert len(CODE.findall(output)) == 1
        live = "SELECT count(*) FROM codes WHERE ended_at IS NULL"
        assert rows(tmp_path, live) == [(2,)]

    def test_an_agency_that_is_not_there_or_has_begun(self, shell):
        assert "There is no agency “X”. There are: Harbour House" in shell.fails(
            "start-code", "new", "X"
        )
        assert "has begun already" in shell.fails("start-code", "new", "Harbour House")


class TestRecovery:
    def test_the_page_is_opened_and_it_is_in_the_log(self, shell):
        output = shell.succeeds("recovery", "open", "Harbour House")
        assert "The page /recovery is open for Harbour House until" in output
        assert "ok       audit logs" in shell.succeeds("doctor")

    def test_an_agency_without_a_sheet_is_told_so(self, blank, plan):
        blank.succeeds("init", "--file", plan)
        assert "has no recovery sheet" in blank.fails("recovery", "open", "Rivermouth Police")
