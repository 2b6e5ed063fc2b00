"""How often signing in may fail: a stranger is slowed down, an owner is never locked out."""

import threading

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from casehub.accounts.queue import BoundedQueue
from casehub.accounts.sign_in_models import Throttle
from casehub.accounts.throttle import KnownBrowser
from casehub.errors import Busy, Invalid
from tests.doors import Door, door_of, rows_of

WAIT = "failed too often"
NOBODY = KnownBrowser()


@pytest.fixture
def door(world) -> Door:
    return door_of(world["Priya Nair"])


def fail(door, times=1, **other):
    given = {"passphrase": "x", "browser": "", "known": NOBODY} | other
    told = []
    for _ in range(times):
        with pytest.raises(Invalid) as problem:
            door.come_in(**given)
        told.append(str(problem.value))
    return told


class TestAStranger:
    def test_waits_after_ten_failures(self, door):
        told = fail(door, 11)
        assert not any(WAIT in it for it in told[:10])
        assert WAIT in told[10]

    def test_waits_even_with_all_three_right(self, door):
        fail(door, 10)
        with pytest.raises(Invalid, match=WAIT):
            door.come_in(known=NOBODY)

    def test_may_try_again_later(self, door, later):
        fail(door, 10)
        later(minutes=15)
        door.come_in(known=NOBODY)

    def test_of_a_name_that_nobody_has_waits_as_long(self, door):
        told = fail(door, 11, name="nobody.at.all")
        assert WAIT not in told[9]
        assert WAIT in told[10]

    def test_waits_for_the_name_however_it_is_written(self, door):
        fail(door, 5, name=door.name.upper())
        fail(door, 5, name=f" {door.name} ")
        assert WAIT in fail(door)[0]

    def test_at_one_address_who_tries_many_names_waits_too(self, door):
        for number in range(100):
            fail(door, name=f"nobody{number}")
        assert WAIT in fail(door, name="another.one")[0]
        assert WAIT not in fail(door, name="another.one", address="192.0.2.99")[0]


@pytest.mark.database
class TestTheOwner:
    def test_comes_in_from_a_browser_that_was_used_before(self, door, later):
        door.come_in()
        fail(door, 11)
        later(seconds=30)
        door.come_in()

    def test_comes_in_beside_a_stranger_behind_the_same_router(self, door, later):
        door.come_in()
        for number in range(101):
            fail(door, name=f"nobody{number}")
        later(seconds=30)
        door.come_in()

    def test_of_one_account_is_no_known_browser_of_another(self, door, world, later):
        other = door_of(world["Omar Haddad"])
        other.come_in()
        fail(door, 10)
        with pytest.raises(Invalid, match=WAIT):
            door.come_in(known=other.browser)

    def test_waits_too_after_ten_failures_from_there(self, door):
        door.come_in()
        assert WAIT in fail(door, 11, known=door.browser)[10]

    def test_successes_are_not_counted(self, door, later):
        for _ in range(12):
            later(seconds=30)
            door.come_in(known=NOBODY)


class TestTheBrowsersCookie:
    @settings(max_examples=50, suppress_health_check=list(HealthCheck))
    @given(made_up=st.text(max_size=200))
    def test_made_up_it_is_of_a_browser_that_knows_nobody(self, door, made_up):
        assert not KnownBrowser.read(made_up).knows(door.person.account)

    def test_is_read_back(self, door):
        door.come_in()
        assert KnownBrowser.read(door.browser.cookie).knows(door.person.account)

    def test_of_another_browser_is_worth_nothing_under_another_id(self, door):
        door.come_in()
        moved = KnownBrowser("0" * 32, door.browser.marks)
        assert not moved.knows(door.person.account)

    def test_says_nothing_of_who_it_was(self, door):
        door.come_in()
        assert str(door.person.account) not in door.browser.cookie
        assert door.name not in door.browser.cookie

    def test_remembers_ten(self, door, world):
        browser = NOBODY
        for person in list(world.people.values()) * 2:
            browser = browser.with_account(person.account)
        assert len(browser.marks) == min(10, len(world.people))


def test_what_is_counted_has_no_name(door):
    fail(door, 2, name="colibri zanzibar")
    kept = [row.key for row in rows_of(Throttle)]
    assert len(kept) == 2
    assert all("zanzibar" not in key for key in kept)


class TestTheQueue:
    def test_one_hashes_one_waits_and_the_third_is_told_at_once(self):
        queue, inside, go_on = BoundedQueue(), threading.Event(), threading.Event()

        def hash_slowly():
            with queue.turn():
                inside.set()
                go_on.wait(20)

        def wait():
            with queue.turn():
                done.append(1)

        done = []
        first, second = threading.Thread(target=hash_slowly), threading.Thread(target=wait)
        first.start()
        assert inside.wait(20)
        second.start()
        while queue._places._value:
            pass
        with pytest.raises(Busy):
            queue.check()
        with pytest.raises(Busy) as told, queue.turn():
            pass
        assert "few seconds" in told.value.remedy
        go_on.set()
        first.join(20)
        second.join(20)
        assert done == [1]
        queue.check()
        with queue.turn():
            pass
