"""The bounded queue before a slow hash: one at a time, one waiting, everybody else at once away.

A hash takes 64 MiB and a tenth of a second. Without this, thirty strangers at the door would keep
everybody inside from working.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from casehub.errors import Busy
from casehub.texts import N_

_PLACES = 2


class BoundedQueue:
    """One place at the counter and one in the queue."""

    def __init__(self) -> None:
        self._places = threading.BoundedSemaphore(_PLACES)
        self._counter = threading.Lock()

    def check(self) -> None:
        """Raise Busy where there is no place now, before anything is done for whoever asks.

        It holds none: `turn` may still say so.
        """
        if not self._places.acquire(blocking=False):
            raise _busy()
        self._places.release()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for one's turn; raise Busy at once where somebody waits already."""
        if not self._places.acquire(blocking=False):
            raise _busy()
        try:
            with self._counter:
                yield
        finally:
            self._places.release()


def _busy() -> Busy:
    return Busy(
        N_("Several people are signing in at this moment."),
        N_("Wait a few seconds, then send it again."),
    )


hashing = BoundedQueue()
"""The queue of this process. Slow work for a request stands in it; the demo and tests need not."""
