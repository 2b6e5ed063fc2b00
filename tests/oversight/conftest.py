"""The clock stands still, and there is somebody to read the log."""

import pytest

from casehub.demo.world import invite
from casehub.policy import Role
from tests.builders import refer, share, shelter, standing_clock, write


@pytest.fixture(autouse=True)
def later():
    with standing_clock() as advance:
        yield advance


@pytest.fixture
def supervisor(world):
    """Lev Marchenko supervises at the police."""
    return world["Lev Marchenko"]


@pytest.fixture
def officer(world):
    """Nora Quist is the hub's privacy officer, at the police."""
    return invite(world, "Ana Duarte", "Lev Marchenko", "Nora Quist", [Role.PRIVACY_OFFICER])


@pytest.fixture
def yara(world):
    """Yara Cole supervises at a shelter that has nothing to do with the case."""
    return shelter(world)


@pytest.fixture
def case(world):
    """A case of the police, its synopsis read by Harbour House."""
    case = refer(world["Priya Nair"])
    write(world["Priya Nair"], case)
    share(world["Priya Nair"], world["Omar Haddad"], case)
    return case
