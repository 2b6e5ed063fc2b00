"""Settings: from the environment and one file, with every problem at once."""

import pytest

from casehub.settings import load_settings
from casehub.store.migrating import folder_beside
from casehub.vault import SecretName


def wheres(problems):
    return [item.where for item in problems]


@pytest.fixture
def settings_file(tmp_path, environment):
    """Give a function that writes the settings file and names it in the environment."""

    def write(text):
        path = tmp_path / "settings.toml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        environment(settings=path)

    return write


class TestWhereTheyComeFrom:
    def test_two_are_enough(self, environment, tmp_path, secrets_folder):
        settings = load_settings()
        assert settings.database_url == f"sqlite:///{tmp_path / 'casehub.sqlite'}"
        assert settings.secrets_folder == secrets_folder
        assert settings.policies == folder_beside("policies")
        assert set(settings.secrets) == set(SecretName)

    def test_a_file_holds_the_same_by_the_same_names(
        self, environment, settings_file, secrets_folder, tmp_path
    ):
        environment(database_url=None, secrets_folder=None)
        (tmp_path / "own").mkdir()
        settings_file(
            f"database_url = 'sqlite:////srv/casehub.sqlite'\n"
            f"secrets_folder = '{secrets_folder}'\npolicies = '{tmp_path / 'own'}'\n"
        )
        settings = load_settings()
        assert settings.database_url == "sqlite:////srv/casehub.sqlite"
        assert (settings.secrets_folder, settings.policies) == (secrets_folder, tmp_path / "own")

    def test_the_environment_beats_the_file(self, environment, settings_file):
        settings_file("database_url = 'sqlite:////srv/file.sqlite'\n")
        environment(database_url="sqlite:////srv/environment.sqlite")
        assert load_settings().database_url == "sqlite:////srv/environment.sqlite"

    def test_a_postgresql_address_is_taken(self, environment):
        environment(database_url="postgresql+psycopg://casehub@db.internal:5433/casehub")
        assert load_settings().database_url.endswith(":5433/casehub")

    def test_how_an_environment_variable_is_spelt_in_capitals_does_not_matter(
        self, environment, monkeypatch
    ):
        environment(database_url=None)
        monkeypatch.setenv("casehub_database_url", "sqlite:////srv/small.sqlite")
        assert load_settings().database_url == "sqlite:////srv/small.sqlite"


class TestWhatIsMissing:
    def test_is_named_with_both_ways_to_set_it(self, problems):
        found = problems()
        assert wheres(found) == ["database_url", "secrets_folder"]
        assert found[0].remedy == "set CASEHUB_DATABASE_URL, or database_url in the settings file"

    def test_is_named_beside_everything_else_that_is_wrong(
        self, environment, problems, secrets_folder, tmp_path
    ):
        (secrets_folder / "pepper").unlink()
        (secrets_folder / "wall-key").write_text("?")
        environment(database_url="mysql://host/db", policies=tmp_path / "none", polices="x")
        assert wheres(problems()) == [
            "CASEHUB_POLICES",
            "database_url",
            "policies",
            "secret pepper",
            "secret wall-key",
        ]
        environment(database_url=None)
        assert "database_url" in wheres(problems())
        assert "secret pepper" in wheres(problems())
        environment(secrets_folder=None, database_url="mysql://host/db")
        assert {"database_url", "secrets_folder", "policies"} <= set(wheres(problems()))

    @pytest.mark.parametrize("name", ["database_url", "secrets_folder"])
    def test_is_what_is_empty(self, environment, problems, name):
        environment(**{name: ""})
        (problem,) = problems()
        assert (problem.where, problem.what) == (name, "is missing")


class TestWhatIsWrong:
    @pytest.mark.parametrize(
        ("url", "what"),
        [
            ("nonsense", "is no database URL"),
            ("postgresql+psycopg://user:pass@host:port/casehub", "is no database URL"),
            ("postgresql+psycopg://user:p@ss:w0rd@host/casehub:x@host:y/z", "is no database URL"),
            ("mysql://host/casehub", "names the driver mysql"),
            ("postgresql://host/casehub", "names the driver postgresql"),
            ("postgresql+psycopg2://host/casehub", "names the driver postgresql+psycopg2"),
            ("sqlite+aiosqlite:////srv/x.sqlite", "names the driver sqlite+aiosqlite"),
            ("sqlite://", "keeps nothing: the database would be in memory"),
            ("sqlite:///:memory:", "keeps nothing: the database would be in memory"),
            ("sqlite:///file:x?mode=memory&uri=true", "names its file in a roundabout way"),
            ("sqlite:///file:/srv/x.sqlite?uri=true", "names its file in a roundabout way"),
            ("sqlite:///casehub.sqlite", "is not a whole path"),
        ],
    )
    def test_an_address_that_is_none_says_what_one_looks_like(
        self, environment, problems, url, what
    ):
        environment(database_url=url)
        (problem,) = problems()
        assert (problem.where, problem.what) == ("database_url", what)
        assert "sqlite:////path/to/casehub.sqlite" in problem.remedy
        assert "pass" not in str(problem)

    def test_a_driver_that_is_not_installed_is_said_before_it_is_needed(
        self, environment, problems, monkeypatch
    ):
        monkeypatch.setattr("casehub.settings.find_spec", lambda name: None)
        environment(database_url="postgresql+psycopg://host/casehub")
        (problem,) = problems()
        assert problem.what == "needs psycopg, which is not installed"
        assert "casehub[postgres]" in problem.remedy

    def test_a_folder_of_policies_that_is_not_there(self, environment, problems, tmp_path):
        environment(policies=tmp_path / "none")
        (problem,) = problems()
        assert (problem.where, problem.what) == ("policies", f"{tmp_path / 'none'} is no folder")

    @pytest.mark.parametrize("name", ["POLICES", "SECRET_FOLDER", "DATABASE"])
    def test_a_setting_that_there_is_not_in_the_environment(self, environment, problems, name):
        environment(**{name: "x"})
        (problem,) = problems()
        assert (problem.where, problem.what) == (f"CASEHUB_{name}", "is no setting of CaseHub")
        assert "spelling" in problem.remedy

    def test_what_only_the_tests_look_at_is_none_of_them(self, environment):
        environment(no_skips="1")
        assert load_settings()

    def test_every_setting_that_there_is_not_in_the_file(self, settings_file, problems):
        settings_file("more = 1\n[web]\nport = 80\n")
        assert [(item.where, item.what) for item in problems()] == [
            ("more", "is no setting of CaseHub"),
            ("web", "is no setting of CaseHub"),
        ]

    def test_a_value_of_another_kind(self, environment, settings_file, problems):
        environment(database_url=None)
        settings_file("database_url = 5\npolicies = 7\n")
        assert wheres(problems()) == ["database_url", "policies"]


class TestTheFile:
    def test_that_is_not_there_is_named(self, environment, problems, tmp_path):
        environment(settings=tmp_path / "none.toml", database_url="mysql://x")
        first, second = problems()
        assert (first.where, first.what) == (
            "CASEHUB_SETTINGS",
            f"{tmp_path / 'none.toml'} is no file",
        )
        assert second.where == "database_url"

    @pytest.mark.parametrize("text", ["database_url = \n", b"database_url = '\xff'\n"])
    def test_that_is_no_toml_is_named_and_hides_no_other_problem(
        self, environment, settings_file, problems, secrets_folder, text
    ):
        settings_file(text)
        (secrets_folder / "pepper").unlink()
        environment(database_url=None)
        first, second = problems()
        assert first.where.endswith("settings.toml")
        assert first.what.startswith("cannot be read (")
        assert first.remedy == "write it as TOML"
        assert second.where == "secret pepper"


class TestWhatPrints:
    def test_a_password_does_not(self, environment):
        for url in (
            "postgresql+psycopg://casehub:geheim@host/casehub",
            "postgresql+psycopg://casehub@host/casehub?password=geheim",
            "postgresql+psycopg://host/casehub?user=casehub&password=geheim&sslmode=require",
        ):
            environment(database_url=url)
            settings = load_settings()
            for printed in (repr(settings), str(settings), f"{settings}"):
                assert "geheim" not in printed
                assert "host" in printed
            assert "geheim" in settings.database_url

    def test_a_secret_s_value_does_not_and_its_id_does(self, environment):
        settings = load_settings()
        for secret in settings.secrets.values():
            assert secret.id in repr(settings)
            for form in (secret.value.hex(), str(secret.value), repr(secret.value)[2:-1]):
                assert form not in repr(settings) + repr(settings.secrets)

    def test_an_error_repeats_no_value(self, environment, problems, monkeypatch):
        environment(database_url="postgresql+psycopg://casehub:geheim@host:geheim/casehub")
        assert "geheim" not in str(problems())
