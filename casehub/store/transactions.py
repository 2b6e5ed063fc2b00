"""The two kinds of transaction: one that cannot write, and one that writes from its first word.

A session that nobody opened here reads only: on both databases the database itself refuses a write.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError

from casehub.store.base import db
from casehub.store.engine import WRITE
from casehub.store.failures import in_our_words

_OPEN = "casehub_transaction"
_READING, _WRITING = "reading", "writing"


@contextmanager
def our_words() -> Iterator[None]:
    """Turn a database's error into one of our vocabulary where there is one."""
    try:
        yield
    except DBAPIError as error:
        ours = in_our_words(error)
        if ours is None:
            raise
        raise ours from error


@contextmanager
def _only_one(kind: str) -> Iterator[None]:
    # A transaction begun inside another would end it: half a change would be stored.
    if db.session.info.get(_OPEN):
        raise RuntimeError("a transaction cannot begin inside another")
    db.session.info[_OPEN] = kind
    try:
        yield
    finally:
        db.session.info[_OPEN] = None


@contextmanager
def reading() -> Iterator[None]:
    """Read in one snapshot; what was loaded stays usable after its end."""
    with our_words(), _only_one(_READING):
        try:
            _begin_afresh()
            yield
            end_reading()
        except BaseException:
            db.session.rollback()
            raise


def _begin_afresh() -> None:
    # What an earlier transaction loaded is loaded again when it is next looked at.
    db.session.commit()
    db.session.expire_all()


def end_reading() -> None:
    """End a reading transaction early, so that nothing is held while a page is rendered.

    Raises RuntimeError inside a writing one: what was changed so far would be stored.
    """
    if db.session.info.get(_OPEN) == _WRITING:
        raise RuntimeError("only a reading transaction ends early: this is half a change")
    db.session.commit()


@contextmanager
def writing() -> Iterator[None]:
    """Change things in one transaction: all of it is stored, or nothing.

    Raises Busy where another writer held on for more than three seconds, Stale where a unique key
    was taken meanwhile, StoreFailed where the database cannot be written.
    """
    with our_words(), _only_one(_WRITING):
        try:
            _begin_afresh()
            db.session.connection(execution_options={WRITE: True})
            yield
            db.session.commit()
        except BaseException:
            db.session.rollback()
            raise
