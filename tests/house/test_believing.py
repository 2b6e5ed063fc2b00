"""What the log says of accounts is found by the first letters of its acts; none may be missed."""

import json

from sqlalchemy import select

from casehub.accounts.logged import _ABOUT
from casehub.audit import AuditEntry, catalogue
from casehub.store import db, reading

BELIEVED = {"accounts", "account_keys", "account_roles", "codes"}


def test_every_entry_about_an_account_is_looked_at_before_it_is_believed(world):
    with reading():
        bodies = [json.loads(body) for body in db.session.scalars(select(AuditEntry.body))]
    about = {body["act"] for body in bodies if BELIEVED & {kind for kind, _, _ in body["things"]}}
    missed = {act for act in about if not act.startswith(_ABOUT)}
    assert not missed, "name the act so, or add its noun to _ABOUT: else its people are shut out"


def test_the_nouns_are_those_of_acts_that_there_are():
    names = [act.name for act in catalogue]
    assert all(any(name.startswith(noun) for name in names) for noun in _ABOUT)
