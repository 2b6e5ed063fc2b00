"""The floors: the import contracts of pyproject.toml, each reported by its sentence."""

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
from importlinter import configuration
from importlinter.application.use_cases import lint_imports

ROOT = Path(__file__).resolve().parents[2]
OPTIONS: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))[
    "tool"
]["importlinter"]
CONTRACTS: list[dict[str, Any]] = OPTIONS["contracts"]
ADVICE = (
    "Imports only go down: move what both need to a lower floor, let the upper one ask, or register"
    " it in app.py. If the tree itself is wrong, change pyproject.toml with a decision note."
)

SESSION = {"root_packages": ["doll_house"]}
NOBODY_CLIMBS = {
    "name": "Nobody climbs",
    "type": "layers",
    "containers": ["doll_house"],
    "layers": ["upper", "lower"],
    "exhaustive": True,
}

configuration.configure()


def broken(folder: Path, session: dict[str, Any], contract: dict[str, Any]) -> bool:
    """Check one contract and nothing else, so that what is printed is only about it."""
    lines = ["[tool.importlinter]", *pairs(session)]
    lines += ["[[tool.importlinter.contracts]]", *pairs(contract)]
    configured = folder / "contract.toml"
    configured.write_text("\n".join(lines), encoding="utf-8")
    return not lint_imports(config_filename=str(configured), cache_dir=None, no_logo=True)


def pairs(table: dict[str, Any]) -> list[str]:
    """Texts, numbers, truths and lists of them are written in TOML as they are in JSON."""
    return [f"{key} = {json.dumps(value)}" for key, value in table.items() if key != "contracts"]


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda contract: contract["name"])
def test_contract(contract, tmp_path, capsys):
    if broken(tmp_path, OPTIONS, contract):
        pytest.fail(f"{contract['name']}.\n{capsys.readouterr().out}\n{ADVICE}", pytrace=False)


def test_the_contracts_are_named_by_different_sentences():
    names = [contract["name"] for contract in CONTRACTS]
    assert len(set(names)) == len(names)
    assert all(len(name.split()) > 3 for name in names)


class TestThatTheTestCanFail:
    """A small house with an upper and a lower floor, and an import that climbs."""

    @pytest.fixture
    def house(self, tmp_path, monkeypatch) -> Path:
        house = tmp_path / "doll_house"
        house.mkdir()
        for name in ("__init__", "upper", "lower"):
            (house / f"{name}.py").touch()
        monkeypatch.syspath_prepend(tmp_path)
        return house

    def test_going_down_is_kept(self, house, tmp_path):
        (house / "upper.py").write_text("from doll_house import lower\n")
        assert not broken(tmp_path, SESSION, NOBODY_CLIMBS)

    def test_climbing_is_reported_with_its_sentence(self, house, tmp_path, capsys):
        (house / "lower.py").write_text("from doll_house import upper\n")
        assert broken(tmp_path, SESSION, NOBODY_CLIMBS)
        said = capsys.readouterr().out
        assert "Nobody climbs" in said
        assert "doll_house.lower -> doll_house.upper" in said

    def test_a_room_on_no_floor_is_reported(self, house, tmp_path, capsys):
        (house / "attic.py").touch()
        assert broken(tmp_path, SESSION, NOBODY_CLIMBS)
        assert "attic" in capsys.readouterr().out
