"""Referring a survivor: three records under three keys, and a message for what makes no sense."""

from datetime import date

import pytest
from sqlalchemy import func, select

from casehub.case_file.synopsis_codes import check_factors, factors_in_force
from casehub.cases.models import Case, Record
from casehub.errors import Invalid, Misconfigured, Refused
from casehub.policy import PolicyFile, in_force
from casehub.store import db, reading
from casehub.vault import KeyKind
from tests.builders import WORDS
from tests.case_file.conftest import refer_her
from tests.house.test_canary import WORD


class TestReferring:
    def test_what_was_said_lies_under_the_key_it_belongs_to(self, world, case):
        with reading():
            rows = db.session.scalars(select(Record).where(Record.case_id == case.id)).all()
            found = {(row.contract, row.case_key.kind) for row in rows}
        assert found == {
            ("cases/identity", KeyKind.IDENTIFIERS),
            ("cases/what-happened", KeyKind.PART),
            ("cases/synopsis", KeyKind.SYNOPSIS),
        }

    @pytest.mark.parametrize(
        ("said", "field"),
        [
            ({"name": " \t"}, "name"),
            ({"name": "a" * 201}, "name"),
            ({"what_happened": "\n"}, "what_happened"),
            ({"what_happened": "ж" * 10_001}, "what_happened"),
            ({"born_on": date(2031, 3, 15)}, "born_on"),
            ({"born_on": date(1900, 1, 1)}, "born_on"),
            ({"age_band": "25-35"}, "age_band"),
            ({"gender": ""}, "gender"),
            ({"factors": ("stalking", "magic")}, "factors"),
            ({"factors": ()}, "factors"),
        ],
    )
    def test_what_makes_no_sense_is_said_at_its_field_and_nothing_is_stored(
        self, world, said, field
    ):
        with pytest.raises(Invalid) as refused:
            refer_her(world["Priya Nair"], **said)
        assert refused.value.place == field
        with reading():
            assert db.session.scalar(select(func.count()).select_from(Case)) == 0

    @pytest.mark.parametrize(
        "name", ["Олена Коваленко", "O'Neil <b>", "\u202eright to left", "ж" * 200, "=2+2"]
    )
    def test_a_name_is_kept_as_it_was_written(self, world, name):
        from tests.case_file.test_case_file_opening import opened  # noqa: PLC0415

        case = refer_her(world["Priya Nair"], name=name)
        assert opened(world["Priya Nair"], case)["names"]["name"] == name

    def test_only_who_may_refer_does(self, world):
        with pytest.raises(Refused):
            refer_her(world["Ana Duarte"])

    def test_what_was_said_prints_nowhere(self, world):
        from casehub.case_file.service import Referral  # noqa: PLC0415
        from tests.case_file.conftest import REFERRAL  # noqa: PLC0415

        shown = repr(Referral(**REFERRAL | {"name": WORD, "what_happened": WORDS}))
        assert WORD not in shown
        assert WORDS not in shown
        assert "2001" not in shown


class TestFactors:
    def test_the_list_that_comes_with_this_version_is_whole(self, place):
        check_factors(list(in_force().files))
        assert len(factors_in_force().factor) > 10

    @pytest.mark.parametrize("text", ["[", "[text]\nen = 'Hm'\n"])
    def test_a_list_that_is_none_is_named(self, text):
        with pytest.raises(Misconfigured):
            check_factors([PolicyFile("factors", "danger", text)])

    def test_a_code_used_twice_is_named(self, place):
        text = next(file.text for file in in_force().files if file.kind == "factors")
        twice = text.replace('id = "control"', 'id = "stalking"')
        with pytest.raises(Misconfigured) as found:
            check_factors([PolicyFile("factors", "danger", twice)])
        assert "stalking: this id is used twice" in str(found.value)
