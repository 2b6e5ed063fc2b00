"""The clock stands still, and there is a case that was referred as a page refers it."""

from datetime import date

import pytest

from casehub.audit import changing
from casehub.case_file.service import Referral, refer_survivor
from tests.builders import WORDS, standing_clock

REFERRAL = {
    "name": "Олена O'Neil",
    "what_happened": WORDS,
    "age_band": "25-34",
    "gender": "woman",
    "factors": ("stalking", "strangling"),
    "born_on": date(2001, 3, 14),
}


@pytest.fixture(autouse=True)
def later():
    with standing_clock() as advance:
        yield advance


def refer_her(person, **said):
    actor = person.actor()
    with changing():
        return refer_survivor(actor, Referral(**REFERRAL | said))


@pytest.fixture
def case(world):
    """A case that Priya Nair of the police referred."""
    return refer_her(world["Priya Nair"])
