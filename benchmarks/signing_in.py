"""What signing in costs, alone and in a crowd, and what a crowd of strangers does to a page."""

import statistics
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from threading import Event, Thread
from time import perf_counter, sleep

from flask import Flask

from benchmarks.limits import LIMITS, Unit
from benchmarks.places import Database, Run
from benchmarks.rows import Row
from benchmarks.timing import Clocked, Spread, interleaved, once, quotient, repeated
from benchmarks.visitors import POLL, Visitor, bare_site, signed_in, told
from casehub import clock
from casehub.accounts.server_keys import server_keys
from casehub.accounts.sign_in_policy import sign_in_rules
from casehub.demo.cast import CAST, PASSPHRASE, Part
from casehub.vault import Lock, Passphrase, PrivateKey

TITLE = "Signing in"
TEXT = """Name, passphrase and code sent through the form, at the cost of Argon2id that the policy
has. A process hashes one passphrase at a time and lets one more wait; everybody else is told at
once that it is busy, and tries again after a twentieth of a second here. Strangers send names that
nobody has, each from an address of its own, so that no throttle spares the server a hash, and wait
half a second between two tries. Meanwhile somebody who is signed in asks for the smallest page
there is, fifty times a second. One process, without a network; the clock that codes go by stands
still and is put on from round to round."""

CROWD = 10
STRANGERS = 30
_BUSY, _SEE_OTHER = 503, 303
_AGAIN, _PATIENCE = 0.05, 0.5
_POLL_EVERY = 0.02
_ROUND = timedelta(seconds=31)
_BESIDE = (LIMITS["page-beside-strangers"],)


@dataclass
class Door:
    """The sign-in page of one installation."""

    app: Flask
    later: Callable[[timedelta], None]
    turned_away: int = 0

    def one(self, part: Part) -> Clocked:
        """Clock one person's post."""

        def clocked() -> float:
            self.later(_ROUND)
            visitor = Visitor(self.app)
            form = visitor.form()
            started = perf_counter()
            self._enter(visitor, form, part)
            return perf_counter() - started

        return clocked

    def crowd(self, parts: list[Part]) -> Clocked:
        """Clock from the first post of many at once until the last of them is in."""

        def clocked() -> float:
            self.later(_ROUND)
            visitors = [Visitor(self.app, f"10.0.0.{n}") for n in range(len(parts))]
            forms = [visitor.form() for visitor in visitors]
            threads = [
                Thread(target=self._enter, args=item)
                for item in zip(visitors, forms, parts, strict=True)
            ]
            started = perf_counter()
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            return perf_counter() - started

        return clocked

    def _enter(self, visitor: Visitor, form: dict[str, str], part: Part) -> None:
        while (status := visitor.sign_in(part, form)) == _BUSY:
            self.turned_away += 1
            sleep(_AGAIN)
        if status != _SEE_OTHER:
            raise RuntimeError(f"signing in answered {status}")


@dataclass
class Strangers:
    """A crowd that tries names nobody has, until it is told to stop."""

    app: Flask
    number: Iterator[int] = field(default_factory=count)
    tries: int = 0
    hashed: int = 0

    @contextmanager
    def trying(self) -> Iterator[None]:
        """Let them try for a while."""
        stop = Event()
        threads = [Thread(target=self._try, args=(stop,)) for _ in range(STRANGERS)]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            stop.set()
            for thread in threads:
                thread.join()

    def _try(self, stop: Event) -> None:
        visitor = Visitor(self.app)
        form = visitor.form()
        while not stop.wait(_PATIENCE):
            number = next(self.number)
            visitor.environment = {"REMOTE_ADDR": f"10.1.{number >> 8 & 255}.{number & 255}"}
            status = visitor.post(form, f"nobody{number}", "a guess that is wrong", "123456")
            self.tries += 1
            self.hashed += status != _BUSY


def measure(run: Run) -> list[Row]:
    """Measure on SQLite: nearly all of it is the hash."""
    with run.place(Database.SQLITE) as place:
        told(place.app)
        with clock.frozen_at(clock.now()) as later:
            door = Door(place.app, later)
            rows = _signing_in(run, door)
            later(_ROUND)
            return rows + _strangers(run, place.app)


def _signing_in(run: Run, door: Door) -> list[Row]:
    run.say("signing in, alone and ten at once")
    found = interleaved(
        {
            "alone": door.one(CAST[CROWD]),
            "crowd": door.crowd(list(CAST[:CROWD])),
            "hash": _hash(door.app),
        },
        run.pick(9, 3),
    )
    each = Spread(tuple(value / CROWD for value in found["crowd"].values))
    return [
        Row.compare("sign in, alone", found["alone"], "the hash alone", found["hash"]),
        Row(f"… {CROWD} at once, until the last is in", found["crowd"]),
        Row.compare(f"… of {CROWD} at once, for each", each, "the hash alone", found["hash"]),
        Row("… told that it is busy, in all", once(door.turned_away), Unit.COUNT),
    ]


def _hash(app: Flask) -> Clocked:
    with app.app_context():
        cost, pepper = sign_in_rules().cost.cost, server_keys().pepper
    lock, key, passphrase = Lock.new(cost, pepper), PrivateKey.new(), Passphrase.read(PASSPHRASE)
    return repeated(lambda: lock.wrap(key, passphrase, pepper, "benchmark"), 1)


def _strangers(run: Run, app: Flask) -> list[Row]:
    run.say("thirty strangers against a polling page")
    somebody, bare = signed_in(app, CAST[CROWD + 1]), bare_site().test_client()
    polls = run.pick(200, 60)
    _poll(somebody, polls)
    alone, plain = _poll(somebody, polls), _waits(lambda: bare.get("/"), polls)
    strangers = Strangers(app)
    with strangers.trying():
        crowded = _poll(somebody, polls)
    late = [statistics.quantiles(waits, n=20)[-1] for waits in (alone, crowded)]
    ratio = quotient(once(late[1]), once(late[0]))
    return [
        Row.compare("poll, nobody else there", Spread(alone), "a bare Flask page", Spread(plain)),
        Row.compare(f"poll, {STRANGERS} strangers trying", Spread(crowded), "alone", Spread(alone)),
        Row("… 95 of 100 polls alone took at most", once(late[0])),
        Row("… 95 of 100 among strangers", once(late[1]), Unit.SECONDS, "alone", ratio, _BESIDE),
        Row("… tries of strangers", once(strangers.tries), Unit.COUNT),
        Row(
            "… of them hashed, the others told that it is busy", once(strangers.hashed), Unit.COUNT
        ),
    ]


def _poll(visitor: Visitor, times: int) -> tuple[float, ...]:
    return _waits(lambda: visitor.get(POLL, 204), times, pause=_POLL_EVERY)


def _waits(act: Callable[[], object], times: int, pause: float = 0.0) -> tuple[float, ...]:
    waits = []
    for _ in range(times):
        sleep(pause)
        started = perf_counter()
        act()
        waits.append(perf_counter() - started)
    return tuple(waits)
