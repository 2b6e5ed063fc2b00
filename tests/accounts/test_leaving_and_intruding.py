"""What ends with an account, and what somebody who writes the database cannot bring in."""

import pytest
from sqlalchemy import select

from casehub.accounts.models import (
    AccountKey,
    AccountKeyState,
    AccountRole,
    AccountState,
)
from casehub.accounts.service import live_roles
from casehub.audit import AuditEntry
from casehub.audit.things import thing
from casehub.audit.tree import leaf_hash
from casehub.demo.world import account_of
from casehub.errors import Refused, Stale, Tampered, Unfinished
from casehub.policy import Role
from casehub.store import db, reading, writing
from casehub.vault import PrivateKey
from tests.audit.attacks import disarm
from tests.builders import (
    admit_colleague,
    attack,
    attack_delete,
    attack_insert,
    end_colleague,
    entries,
    findings,
    memberships_of,
    own_secret,
    propose_colleague,
    second_colleague,
    take_up,
)


class TestAttacksBeforeAdmission:
    @pytest.fixture
    def waiting(self, world):
        account = propose_colleague(world["Ana Duarte"])
        second_colleague(world["Lev Marchenko"], account)
        take_up(account)
        return account

    def refuse(self, world, account):
        with pytest.raises(Tampered):
            admit_colleague(world["Ana Duarte"], account)
        assert memberships_of(account.id) == []
        assert account.state is not AccountState.ADMITTED
        assert entries("alarm:raised")[-1]["facts"]["code"] == "tampered"

    @pytest.mark.database
    def test_a_key_that_was_swapped_is_not_admitted(self, world, waiting):
        with reading():
            key = db.session.scalars(
                select(AccountKey).where(AccountKey.account_id == waiting.id)
            ).one()
        attack(key, public_key=PrivateKey.new().public.content)
        self.refuse(world, waiting)

    def test_a_key_that_was_put_in_beside_a_retired_one_is_not_admitted(self, world, waiting):
        with reading():
            key = db.session.scalars(
                select(AccountKey).where(AccountKey.account_id == waiting.id)
            ).one()
        attack(key, state=AccountKeyState.PAST)
        values = {name: getattr(key, name) for name in ("hub_id", "agency_id", "account_id")}
        stranger = PrivateKey.new().public.content
        attack_insert(AccountKey, **values, id=waiting.id, public_key=stranger)
        self.refuse(world, waiting)

    def rewrite(self, waiting, change):
        """Rewrite the entry about the owner's key, hash and all, as only the log key could not."""
        with reading():
            entry = db.session.scalars(
                select(AuditEntry)
                .where(AuditEntry.act == "account-key:made")
                .order_by(AuditEntry.number.desc())
            ).first()
        body = change(entry.body)
        with writing():
            disarm()
            table = AuditEntry.__table__
            db.session.connection().execute(
                table.update()
                .where(table.c.log_id == entry.log_id, table.c.number == entry.number)
                .values(body=body, leaf=leaf_hash(body.encode()))
            )

    @pytest.mark.database
    def test_an_entry_rewritten_to_fit_a_swapped_key_is_not_believed(self, world, waiting):
        with reading():
            key = db.session.scalars(
                select(AccountKey).where(AccountKey.account_id == waiting.id)
            ).one()
            before = thing(key).state
        attack(key, public_key=PrivateKey.new().public.content)
        with reading():
            after = thing(db.session.get_one(AccountKey, key.id)).state
        assert before != after
        self.rewrite(waiting, lambda body: body.replace(before, after))
        self.refuse(world, waiting)

    def test_nor_is_one_that_cannot_be_read(self, world, waiting):
        self.rewrite(waiting, lambda body: body.replace("{", "[", 1))
        with pytest.raises(Tampered):
            admit_colleague(world["Ana Duarte"], waiting)
        assert memberships_of(waiting.id) == []

    def test_a_role_that_nobody_agreed_to_is_not_signed(self, world, waiting):
        role = live_roles(waiting.id)[0]
        attack(role, role=Role.SUPERVISOR)
        self.refuse(world, waiting)

    def test_a_role_that_was_put_in_is_not_signed(self, world, waiting):
        role = live_roles(waiting.id)[0]
        values = {name: getattr(role, name) for name in ("hub_id", "account_id", "from_at")}
        attack_insert(AccountRole, **values, id=waiting.id, role=Role.CUSTODIAN)
        self.refuse(world, waiting)

    def test_a_second_person_who_was_put_in_counts_for_nothing(self, world):
        account = propose_colleague(world["Ana Duarte"])
        take_up(account)
        attack(account, seconded_by=world["Lev Marchenko"].account)
        self.refuse(world, account)


class TestEnding:
    @pytest.mark.database
    def test_membership_roles_and_keys_go_at_once(self, world):
        priya = world["Priya Nair"]
        account = account_of(priya)
        end_colleague(world["Ana Duarte"], account)
        assert account.state is AccountState.ENDED
        assert memberships_of(priya.account) == []
        assert live_roles(priya.account) == []
        with reading():
            keys = db.session.scalars(
                select(AccountKey.state).where(AccountKey.account_id == priya.account)
            )
            assert keys.all() == [AccountKeyState.PAST]
        with pytest.raises(LookupError):
            priya.actor()
        assert findings(world) == []

    def test_nobody_ends_the_own_account_nor_one_of_another_agency(self, world):
        for name in ("Ana Duarte", "Omar Haddad"):
            with pytest.raises(Refused):
                end_colleague(world["Ana Duarte"], account_of(world[name]))

    def test_it_ends_once(self, world):
        end_colleague(world["Ana Duarte"], account_of(world["Priya Nair"]))
        with pytest.raises(Stale):
            end_colleague(world["Ana Duarte"], account_of(world["Priya Nair"]))

    def test_somebody_signed_in_holds_nothing_once_the_membership_is_gone(self, world):
        signed_in = world["Priya Nair"].actor()
        end_colleague(world["Ana Duarte"], account_of(world["Priya Nair"]))
        with pytest.raises(Unfinished):
            own_secret(signed_in)

    def test_a_membership_removed_by_somebody_else_ends_access_too(self, world):
        signed_in = world["Priya Nair"].actor()
        attack_delete(memberships_of(signed_in.account)[0])
        with pytest.raises(Unfinished):
            own_secret(signed_in)
        assert any("is gone" in sentence for sentence in findings(world))
