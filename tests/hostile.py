"""What a server does that is itself hostile: it has the log key, so it can countersign."""

from contextlib import contextmanager

from casehub.hubs.keys import current_key, new_epoch
from casehub.hubs.models import Agency, AgencyKey
from casehub.store import db, reading
from casehub.vault import AgencySecret
from tests.builders import attack, attack_insert

_COPIED = ("hub_id", "agency_id", "epoch", "seal_public", "sign_public")


@contextmanager
def another_key_in_force(agency_id):
    """Put an epoch of the server's own, countersigned, in force for an agency for a while."""
    with reading():
        agency = db.session.get_one(Agency, agency_id)
        true = current_key(agency_id)
        false = new_epoch(agency, AgencySecret.new(), true.epoch + 1)
        values = {column: getattr(false, column) for column in _COPIED}
        mark = false.countersignature
        db.session.expunge(false)
    attack(true, state="past")
    attack_insert(AgencyKey, id=agency_id, **values, countersignature=mark, state="current")
    with reading():
        inserted = db.session.get_one(AgencyKey, agency_id)
    yield inserted
    attack(inserted, state="past")
    attack(true, state="current")
