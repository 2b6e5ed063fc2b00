"""The numbers of signing in: what is wrong with them is said at the start, all at once."""

import pytest

from casehub.accounts.sign_in_policy import KIND, check_sign_in, sign_in_rules
from casehub.errors import Misconfigured
from casehub.policy import PolicyFile
from casehub.store.migrating import folder_beside

GOOD = (folder_beside("policies") / "sign_in.toml").read_text(encoding="utf-8")


def problems(text):
    with pytest.raises(Misconfigured) as found:
        check_sign_in([PolicyFile(KIND, KIND, text)])
    assert all(problem.remedy for problem in found.value.problems)
    return [f"{problem.where}: {problem.what}" for problem in found.value.problems]


def test_what_ships_is_good():
    check_sign_in([PolicyFile(KIND, KIND, GOOD)])


def test_a_missing_file_is_named():
    with pytest.raises(Misconfigured, match=r"sign_in.toml: is missing"):
        check_sign_in([])


def test_what_is_no_toml_is_said():
    assert "is not TOML" in problems("[session")[0]


@pytest.mark.parametrize(
    ("was", "becomes", "where"),
    [
        ("memory_kib = 65536", "memory_kib = 1024", "cost.memory_kib"),
        ("passes = 3", "passes = 1", "cost.passes"),
        ("shortest = 12", "shortest = 8", "passphrase.shortest"),
        ("least_score = 3", "least_score = 0", "passphrase.least_score"),
        ("idle_minutes = 20", "idle_minutes = 600", "session.idle_minutes"),
        ("idle_minutes = 20", "idle_minute = 20", "session.idle_minute"),
        ("hard_end_hours = 10", "hard_end_hours = true", "session.hard_end_hours"),
        ("warning_minutes = 2", 'warning_minutes = "2"', "session.warning_minutes"),
        ("clock_may_differ_seconds = 40", "clock_may_differ_seconds = 600", "factor.clock"),
        ("address = 100", "address = 1", "throttle.address"),
    ],
)
def test_a_number_out_of_reason_is_named(was, becomes, where):
    assert was in GOOD
    assert any(where in problem for problem in problems(GOOD.replace(was, becomes)))


def test_every_problem_is_said_at_once():
    text = GOOD.replace("passes = 3", "passes = 0").replace("lanes = 1", "lanes = 99")
    assert len(problems(text)) == 2


def test_numbers_that_contradict_each_other_are_said():
    text = GOOD.replace("idle_minutes = 20", "idle_minutes = 60")
    text = text.replace("hard_end_hours = 10", "hard_end_hours = 1")
    assert "hard_end_hours: is no longer than idle_minutes" in problems(text)[0]
    text = GOOD.replace("idle_minutes = 20", "idle_minutes = 5")
    text = text.replace("warning_minutes = 2", "warning_minutes = 5")
    assert "warning_minutes: is no shorter than idle_minutes" in problems(text)[0]


def test_the_numbers_in_force_are_those_of_the_folder(place):
    assert sign_in_rules().session.idle_minutes == 20
    assert sign_in_rules().cost.cost.memory_kib == 19456
