"""A test seal opens with an agency's own keys, and with no others."""

import pytest

from casehub.errors import Tampered
from casehub.vault import AgencyPublic, AgencySecret, open_test_seal

OURS, THEIRS = AgencySecret.new(), AgencySecret.new()


def test_it_opens_with_the_agency_s_own_keys():
    open_test_seal(OURS.public, OURS)


@pytest.mark.parametrize("kept", ["seal", "sign"])
def test_it_opens_with_no_other_s(kept):
    keys = {"seal": THEIRS.public.seal, "sign": THEIRS.public.sign}
    mixed = AgencyPublic(**(keys | {kept: getattr(OURS.public, kept)}))
    with pytest.raises(Tampered):
        open_test_seal(mixed, OURS)
