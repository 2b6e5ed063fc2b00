"""A process that changes things and says so, until somebody kills it.

Takes what to do, the database's URL, the secrets' folder, and an account with its key. Whatever it
printed was acknowledged: it must be there afterwards.
"""

import sys
from pathlib import Path
from uuid import UUID

from casehub.app import create_app
from casehub.audit import changing
from casehub.cases import contracts
from casehub.cases.rotation import begin_epoch, carry_batch, left_behind
from casehub.cases.service import NewRecord, refer_case, write_record
from casehub.demo.world import Person
from casehub.settings import Settings, read_secrets
from casehub.store import reading
from casehub.store.migrating import folder_beside
from casehub.vault import KeyKind, PrivateKey

MOST = 10_000


def refer(person):
    """Open cases with a record each, one change a time."""
    for _ in range(MOST):
        actor = person.actor()
        with changing():
            case = refer_case(actor)
            note = NewRecord(contracts.NOTE, KeyKind.OWN, {"text": "x" * 300})
            write_record(actor, case, note)
            reference = case.reference
        print(reference, flush=True)


def rotate(person):
    """Begin epochs and carry over three grants a change."""
    for _ in range(MOST):
        actor = person.actor()
        with changing():
            epoch = begin_epoch(actor).epoch
        print(f"epoch {epoch}", flush=True)
        with reading():
            left = left_behind(actor)
        while left:
            with changing():
                left = carry_batch(actor, 3)
            print(f"left {left}", flush=True)


def main():
    """Do what was asked, for ever."""
    act, url, secrets, account, agency, seed = sys.argv[1:]
    settings = Settings(
        url, folder_beside("policies"), Path(secrets), read_secrets(Path(secrets), [])
    )
    person = Person("Crash", UUID(account), UUID(agency), PrivateKey(bytes.fromhex(seed)))
    with create_app(settings).app_context():
        {"refer": refer, "rotate": rotate}[act](person)


if __name__ == "__main__":
    main()
