"""What people may rely on when a key is released and taken back."""

import pytest

from casehub.audit import changing, viewing
from casehub.cases.queries import case_for
from casehub.cases.service import refer_case
from casehub.errors import NotThere

pytestmark = pytest.mark.database


def test_another_agency_does_not_learn_that_a_case_exists(world):
    priya, omar = world["Priya Nair"].actor(), world["Omar Haddad"].actor()
    with changing():
        case = refer_case(priya)
    with pytest.raises(NotThere), viewing():
        case_for(omar, case.reference)
