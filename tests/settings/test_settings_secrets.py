"""The five secrets as files: found, checked, made once, and never made up."""

import ast
import base64
import os
import re
import stat
import sys
from pathlib import Path

import pytest

from casehub.errors import Misconfigured
from casehub.settings import load_settings, read_secrets, write_new_secrets
from casehub.vault import FormKey, SecretName

ROOT = Path(__file__).resolve().parents[2]
EVERY = [pytest.param(name, id=name.value) for name in SecretName]


def value_of(text):
    return next(line.split()[1] for line in text.splitlines() if line.startswith("value:"))


def with_another_value(text):
    return text.replace(value_of(text), base64.b64encode(bytes(32)).decode())


DAMAGES = {
    "empty": (lambda _: "", "is not a secret file, or was cut off"),
    "cut off": (lambda text: text[:-10], "is not a secret file, or was cut off"),
    "form": (lambda text: text.replace("value: ", "value:"), "is not a secret file"),
    "name": (lambda text: text.replace("name: ", "name: x-"), "is not one of the five secrets"),
    "value": (with_another_value, "its check value does not fit"),
    "id": (lambda text: re.sub("id: .", "id: x", text), "is not a secret file"),
    "letters": (lambda text: text + "é", "cannot be read"),
}


class TestReading:
    @pytest.mark.parametrize("name", EVERY)
    def test_one_that_is_missing(self, environment, problems, secrets_folder, name):
        (secrets_folder / name.value).unlink()
        (problem,) = problems()
        assert (problem.where, problem.what) == (f"secret {name.value}", "is missing")
        assert "casehub secrets new" in problem.remedy

    @pytest.mark.parametrize("damage", DAMAGES)
    def test_one_that_is_damaged_says_how_and_not_what_it_holds(
        self, environment, problems, secrets_folder, damage
    ):
        spoil, what = DAMAGES[damage]
        texts = {name: (secrets_folder / name.value).read_text() for name in SecretName}
        for name, text in texts.items():
            (secrets_folder / name.value).write_text(spoil(text), encoding="utf-8")
        found = problems()
        assert [item.where for item in found] == [f"secret {name.value}" for name in SecretName]
        assert all(what in item.what for item in found)
        assert not any(value_of(text) in str(item) for text in texts.values() for item in found)

    def test_one_that_cannot_be_read(self, environment, problems, secrets_folder):
        (secrets_folder / "pepper").unlink()
        (secrets_folder / "pepper").mkdir()
        (problem,) = problems()
        assert (problem.where, problem.what) == ("secret pepper", "cannot be read")
        assert "owner" in problem.remedy

    def test_two_that_were_swapped_are_both_named(self, environment, problems, secrets_folder):
        pepper, wall = secrets_folder / "pepper", secrets_folder / "wall-key"
        texts = pepper.read_text(), wall.read_text()
        wall.write_text(texts[0])
        pepper.write_text(texts[1])
        assert [(item.where, item.what) for item in problems()] == [
            ("secret pepper", "holds wall-key"),
            ("secret wall-key", "holds pepper"),
        ]

    def test_a_folder_that_is_not_there_lacks_all_five(self, tmp_path):
        found = []
        assert read_secrets(tmp_path / "none", found) == {}
        assert [item.where for item in found] == [f"secret {name.value}" for name in SecretName]

    def test_windows_line_endings_do_no_harm(self, environment, secrets_folder):
        before = load_settings().secrets
        for name in SecretName:
            file = secrets_folder / name.value
            file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))
        assert load_settings().secrets == before


class TestMaking:
    def test_five_are_made_that_can_be_read_back(self, tmp_path):
        made = write_new_secrets(tmp_path / "a" / "b")
        found = []
        assert read_secrets(tmp_path / "a" / "b", found) == {item.name: item for item in made}
        assert found == []
        assert [item.name for item in made] == list(SecretName)

    def test_no_two_are_alike(self, tmp_path):
        made = [*write_new_secrets(tmp_path / "a"), *write_new_secrets(tmp_path / "b")]
        assert len({item.value for item in made}) == len({item.id for item in made}) == 10
        assert len({item.check for item in made}) == 10
        assert {len(item.value) for item in made} == {32}

    @pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
    @pytest.mark.parametrize("mask", [0, 0o22, 0o77])
    def test_only_their_owner_may_read_them(self, tmp_path, mask):
        before = os.umask(mask)
        try:
            write_new_secrets(tmp_path / "s")
        finally:
            os.umask(before)
        modes = {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "s").iterdir()}
        assert modes == {0o600}

    @pytest.mark.parametrize("name", EVERY)
    def test_none_is_ever_written_over(self, tmp_path, name):
        (tmp_path / name.value).write_text("in use")
        with pytest.raises(Misconfigured) as refused:
            write_new_secrets(tmp_path)
        (problem,) = refused.value.problems
        assert (problem.where, problem.what) == (str(tmp_path / name.value), "exists")
        assert [path.name for path in tmp_path.iterdir()] == [name.value]
        assert (tmp_path / name.value).read_text() == "in use"

    def test_not_even_one_that_appears_meanwhile(self, tmp_path, monkeypatch):
        (tmp_path / "wall-key").write_text("in use")
        monkeypatch.setattr(Path, "exists", lambda _: False)
        with pytest.raises(Misconfigured, match="cannot be written"):
            write_new_secrets(tmp_path)
        assert (tmp_path / "wall-key").read_text() == "in use"

    def test_a_place_that_cannot_be_written_is_named(self, tmp_path):
        (tmp_path / "file").write_text("")
        with pytest.raises(Misconfigured) as refused:
            write_new_secrets(tmp_path / "file" / "secrets")
        (problem,) = refused.value.problems
        assert problem.where == str(tmp_path / "file" / "secrets")
        assert problem.what.startswith("cannot be written (")


def code():
    for folder in ("casehub", "migrations"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            yield path.relative_to(ROOT).as_posix(), ast.parse(path.read_text(encoding="utf-8"))


class TestNoDefault:
    """A secret that stands in the code is everybody's."""

    def test_no_constant_is_as_long_as_a_key(self):
        def looks_like_a_key(value):
            if isinstance(value, bytes):
                return len(value) >= 16 and not value.startswith((b"casehub/", b"\n", b" "))
            compact = isinstance(value, str) and len(value) >= 32 and value.isalnum()
            return compact and not value.isalpha()

        found = [
            f"{path}, line {node.lineno}"
            for path, tree in code()
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant) and looks_like_a_key(node.value)
        ]
        assert found == [], "If it is no key, say what it is with a label or in words."

    def test_the_environment_is_asked_for_settings_only_and_without_a_default(self):
        found = {}
        for path, tree in code():
            for node in ast.walk(tree):
                name = ast.unparse(node.func) if isinstance(node, ast.Call) else ""
                if name in ("os.getenv", "os.environ.get", "environ.get", "getenv"):
                    found.setdefault(path, []).append(len(node.args) + len(node.keywords))
        assert found.keys() <= {"casehub/settings.py"}
        assert all(count == 1 for counts in found.values() for count in counts)

    def test_no_setting_of_a_secret_has_a_value_of_its_own(self):
        for path, tree in code():
            for node in ast.walk(tree):
                if isinstance(node, ast.keyword | ast.arg) and node.arg in ("secret", "secret_key"):
                    value = getattr(node, "value", None)
                    assert not isinstance(value, ast.Constant), f"{path}, line {node.lineno}"

    def test_the_application_has_no_secret_key_but_the_deployment_s(self, place):
        form_key = FormKey(place.settings.secrets[SecretName.FORM_KEY].value)
        assert place.app.config["SECRET_KEY"] == form_key.cookie_secret
