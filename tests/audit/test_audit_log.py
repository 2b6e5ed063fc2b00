"""The log itself: one writer at a time, an end that is signed, checkpoints, proofs, triggers."""

import threading
from uuid import uuid4

import pytest

from casehub import clock
from casehub.audit import (
    AuditLog,
    LogKind,
    attested,
    attests,
    begin_log,
    changing,
    deployment_log,
    head,
    log,
    prove_consistency,
    prove_inclusion,
    publish_checkpoint,
    record,
    sign_with,
    viewing,
)
from casehub.audit.acts import LOG_BEGUN, POLICY_LOADED
from casehub.audit.journal import Entry
from casehub.audit.notes import Checkpoint
from casehub.cases import acts
from casehub.errors import LogBroken, Unfinished
from casehub.hubs.acts import AGENCY_NAMED
from casehub.store import db, reading, writing
from casehub.vault import SecretName, SigningKey
from tests.audit.attacks import (
    check,
    codes,
    cut,
    disarm,
    forge_entry,
    on_sqlite,
    plainly,
    restart,
    row_of,
    size_of,
    tree_of,
)

pytestmark = pytest.mark.database


@pytest.fixture
def world(told):
    return told.world


def note(world, times=1):
    """Record views, in one append."""
    actor = world["Priya Nair"].actor()
    with changing():
        for _ in range(times):
            record(acts.CASE_OPENED, by=actor, keys=["own"], records=[])


def begun(hub):
    return Entry(log=hub, act=LOG_BEGUN, at=clock.now())


def checked(hub):
    with reading():
        return codes(check(hub))


class TestTwoAtOnce:
    EACH = 8

    def write(self, app, world, barrier, failures):
        with app.app_context():
            actor = world["Priya Nair"].actor()
            barrier.wait()
            for number in range(self.EACH):
                try:
                    with changing() if number % 2 else viewing():
                        record(acts.CASE_OPENED, by=actor, keys=["own"], records=[])
                except Exception as error:  # noqa: BLE001 - the main thread asks what went wrong
                    failures.append(error)
            db.session.remove()

    def test_lose_no_entry_and_leave_no_gap(self, told, world):
        with reading():
            before = size_of(world.hub_id)
        barrier, failures = threading.Barrier(2), []
        arguments = (told.place.app, world, barrier, failures)
        threads = [threading.Thread(target=self.write, args=arguments) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        assert failures == []
        with reading():
            query = "SELECT number FROM audit_entries WHERE log_id = :log ORDER BY number"
            numbers = plainly(query, log=world.hub_id).scalars().all()
            assert numbers == list(range(before + 2 * self.EACH))
            assert check(world.hub_id).sound


def forge_frontier(hub):
    last = size_of(hub) - 1
    old = bytes(row_of("audit_entries", log_id=hub, number=last)["frontier"])
    change_last(hub, "frontier = :forged", forged=bytes(32) + old[32:])


def change_last(hub, assignment, **values):
    last = size_of(hub) - 1
    statement = f"UPDATE audit_entries SET {assignment} WHERE log_id = :log AND number = :last"
    plainly(statement, log=hub, last=last, **values)


def delete_last(hub):
    cut(hub, size_of(hub) - 1)


def sign_with_own_key(hub):
    forge_entry(hub)
    own, tree = SigningKey.new(), tree_of(hub)
    end = Checkpoint(row_of("audit_logs", id=hub)["origin"], tree.size, tree.root)
    change_last(hub, "signature = :signature", signature=own.sign(end.text.encode()))
    key = own.public.content
    plainly("UPDATE audit_logs SET public_key = :key WHERE id = :hub", hub=hub, key=key)


BROKEN = {
    "the tree of its last entry was changed": (forge_frontier, "unsigned"),
    "the tree of its last entry is none": (
        lambda hub: change_last(hub, "frontier = :forged", forged=b"short"),
        "tree",
    ),
    "the signature of its last entry was changed": (
        lambda hub: change_last(hub, "signature = :forged", forged=bytes(64)),
        "unsigned",
    ),
    "the signature of its last entry is gone": (
        lambda hub: change_last(hub, "signature = NULL"),
        "unsigned",
    ),
    "the last entry of a longer append is gone": (delete_last, "unsigned"),
    "an entry was added by somebody without the key": (forge_entry, "unsigned"),
    "an entry was added by somebody with a key of their own": (sign_with_own_key, "key"),
    "all its entries are gone": (
        lambda hub: plainly("DELETE FROM audit_entries WHERE log_id = :log", log=hub),
        "empty",
    ),
    "its key was changed": (
        lambda hub: plainly("UPDATE audit_logs SET public_key = :key", key=bytes(32)),
        "key",
    ),
    "its origin was changed": (
        lambda hub: plainly("UPDATE audit_logs SET origin = 'casehub/x' WHERE id = :log", log=hub),
        "unsigned",
    ),
}


class TestALogThatContradictsItself:
    @pytest.fixture(autouse=True)
    def longer(self, world):
        note(world, times=3)

    @pytest.mark.parametrize("what", BROKEN)
    def test_has_no_end_to_build_on_and_a_check_says_why(self, longer, attack, what):
        damage, code = BROKEN[what]
        damage(attack.hub)
        db.session.expire_all()
        found = db.session.get_one(AuditLog, attack.hub)
        for use in (head, publish_checkpoint):
            with pytest.raises(LogBroken):
                use(found)
        assert code in codes(check(attack.hub))

    def test_takes_no_entry(self, alone):
        with writing():
            disarm()
            forge_entry(alone.hub_id)
        with pytest.raises(LogBroken), changing():
            record(AGENCY_NAMED, by=None, hub=alone.hub_id, agency=uuid4())
        assert checked(alone.hub_id) == {"unsigned"}

    def test_is_noticed_by_a_process_that_has_seen_its_end_already(self, longer, attack):
        found = db.session.get_one(AuditLog, attack.hub)
        head(found)
        change_last(attack.hub, "signature = :forged", forged=bytes(64))
        with pytest.raises(LogBroken):
            head(found)

    @pytest.mark.parametrize("column", ["frontier", "signature"])
    def test_is_broken_where_its_end_is_no_bytes(self, attack, column):
        if on_sqlite():
            change_last(attack.hub, f"{column} = 'text'")
            with pytest.raises(LogBroken):
                head(db.session.get_one(AuditLog, attack.hub))

    def test_proves_nothing_about_what_it_lacks(self, attack):
        plainly("DELETE FROM audit_nodes WHERE level = 2")
        found, size = db.session.get_one(AuditLog, attack.hub), size_of(attack.hub)
        with pytest.raises(LogBroken):
            prove_inclusion(found, 0, size)
        with pytest.raises(LogBroken):
            prove_consistency(found, 3, size + 40)


class TestTheKey:
    def test_marks_what_only_the_server_may_write(self, told):
        mark = attested(b"a key")
        assert attests(mark, b"a key")
        assert not attests(mark, b"another key")
        assert not attests(bytes(64), b"a key")

    def test_a_mark_is_no_signature_of_a_log_and_the_other_way_round(self, told):
        secret = SigningKey(told.place.settings.secrets[SecretName.LOG_SIGNING_KEY].value)
        assert not attests(secret.sign(b"a key"), b"a key")
        assert not secret.public.accepts(attested(b"a key"), b"a key")

    def test_without_one_nothing_is_appended_and_a_check_is_still_made(self, world, monkeypatch):
        monkeypatch.setattr(log, "_signing_key", None)
        with pytest.raises(RuntimeError, match="no log signing key"), changing():
            record(AGENCY_NAMED, by=None, hub=world.hub_id, agency=uuid4())
        assert checked(world.hub_id) == set()

    def test_of_another_installation_opens_no_log(self, told, world):
        with reading():
            head(db.session.get_one(AuditLog, world.hub_id))  # by the right key it is sound
        sign_with(SigningKey.new())
        try:
            with pytest.raises(LogBroken), changing():
                record(AGENCY_NAMED, by=None, hub=world.hub_id, agency=uuid4())
            assert checked(world.hub_id) == {"key"}
        finally:
            restart(told.place.settings)


class TestTheLogs:
    def test_there_is_one_for_the_deployment_and_one_for_each_hub(self, world):
        with reading():
            found = {item.kind: item for item in db.session.query(AuditLog)}
        assert set(found) == set(LogKind)
        assert found[LogKind.HUB].id == world.hub_id
        assert len({item.origin for item in found.values()}) == 2

    def test_are_held_in_one_order_whoever_appends_and_whatever_comes_first(
        self, world, monkeypatch
    ):
        held = []
        monkeypatch.setattr(log, "_lock", held.append)
        for order in (1, -1):
            with changing():
                for hub in (world.hub_id, None)[::order]:
                    record(POLICY_LOADED, by=None, hub=hub, was=None, documents=[])
        assert held[:2] == held[2:] == sorted(held[:2])

    def test_a_new_one_begins_with_its_own_first_entry(self, attack):
        begun = begin_log(LogKind.HUB, uuid4())
        assert head(begun).checkpoint.size == 1
        assert check(begun.id).sound

    def test_without_the_deployment_s_there_is_no_deployment(self, attack):
        for table in ("audit_entries", "audit_nodes"):
            plainly(f"DELETE FROM {table}")
        plainly("DELETE FROM audit_logs WHERE kind = 'deployment'")
        with pytest.raises(Unfinished):
            deployment_log()
