"""What ends with an account, and what somebody who writes the database cannot bring in."""

import pytest
from sqlalchemy import select

from casehub.accounts.code_models import CodeRow
from casehub.accounts.keys import current_account_key
from casehub.accounts.models import (
    Account,
    AccountKey,
    AccountKeyState,
    AccountRole,
    AccountState,
)
from casehub.accounts.resets import propose_reset
from casehub.accounts.roles import propose_role
from casehub.accounts.service import live_roles
from casehub.audit import AuditEntry, changing
from casehub.audit.things import thing
from casehub.audit.tree import leaf_hash
from casehub.clock import FOREVER
from casehub.demo.world import account_of
from casehub.errors import Refused, Stale, Tampered, Unfinished
from casehub.policy import Role
from casehub.store import Sealed, db, reading, writing
from casehub.vault import Code, PrivateKey
from tests.audit.attacks import disarm
from tests.builders import (
    attack,
    attack_delete,
    attack_insert,
    end_colleague,
    entries,
    findings,
    flipped,
    invitation_for,
    memberships_of,
    own_secret,
    propose_colleague,
    second_colleague,
    take_up,
)


class TestAttacksOnACode:
    """What somebody with the database does between the making of a code and its use."""

    @pytest.fixture
    def account(self, world):
        account = propose_colleague(world["Ana Duarte"])
        second_colleague(world["Lev Marchenko"], account)
        return account

    @pytest.fixture
    def issued(self, world, account):
        return invitation_for(world["Ana Duarte"], account)

    def stand_in(self, issued):
        with reading():
            return db.session.get_one(CodeRow, issued.row.id).account_key

    def refuse(self, account, issued):
        before = len(entries("alarm:raised"))
        with pytest.raises(Tampered):
            take_up(issued)
        with reading():
            now = db.session.get_one(Account, account.id)
            assert now.state is not AccountState.ADMITTED
            assert current_account_key(account.id) is None
        codes = [item["facts"]["code"] for item in entries("alarm:raised")[before:]]
        assert codes == ["tampered"]

    @pytest.mark.database
    def test_a_public_key_that_was_swapped_gets_nothing(self, account, issued):
        attack(self.stand_in(issued), public_key=PrivateKey.new().public.content)
        self.refuse(account, issued)

    def test_a_stand_in_of_the_attackers_own_with_a_code_of_their_own_opens_nothing(
        self, account, issued
    ):
        code, key = Code.new(), PrivateKey.new()
        attack(self.stand_in(issued), public_key=key.public.content)
        attack(issued.row, wrapped=Sealed(code.wrap(key, str(issued.row.id))))
        with pytest.raises(Tampered):
            take_up(issued, code)
        assert entries("alarm:raised")[-1]["facts"]["code"] == "tampered"

    def rewrite(self, act, change):
        """Rewrite the last entry of an act, hash and all, as only the log key could not."""
        with reading():
            entry = db.session.scalars(
                select(AuditEntry).where(AuditEntry.act == act).order_by(AuditEntry.number.desc())
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
    def test_an_entry_rewritten_to_fit_a_changed_code_is_not_believed(self, account, issued):
        with reading():
            row = db.session.get_one(CodeRow, issued.row.id)
            before = thing(row).state
        attack(row, until=FOREVER)
        with reading():
            after = thing(db.session.get_one(CodeRow, row.id)).state
        assert before != after
        self.rewrite("code:issued", lambda body: body.replace(before, after))
        self.refuse(account, issued)

    def test_nor_is_one_that_cannot_be_read(self, account, issued):
        self.rewrite("code:issued", lambda body: body.replace("{", "[", 1))
        with pytest.raises(Tampered):
            take_up(issued)
        with reading():
            assert current_account_key(account.id) is None

    def test_a_code_that_was_made_to_last_longer_is_not_believed(self, account, issued):
        attack(issued.row, until=FOREVER)
        self.refuse(account, issued)

    def test_a_role_that_nobody_agreed_to_is_not_signed(self, account, issued):
        attack(live_roles(account.id)[0], role=Role.SUPERVISOR)
        self.refuse(account, issued)

    def test_a_role_that_was_put_in_is_not_signed(self, account, issued):
        role = live_roles(account.id)[0]
        values = {name: getattr(role, name) for name in ("hub_id", "account_id", "from_at")}
        attack_insert(AccountRole, **values, id=account.id, role=Role.CUSTODIAN)
        self.refuse(account, issued)

    def test_a_role_that_was_put_in_before_the_code_is_not_signed_either(self, world, account):
        role = live_roles(account.id)[0]
        values = {name: getattr(role, name) for name in ("hub_id", "account_id", "from_at")}
        attack_insert(AccountRole, **values, id=account.id, role=Role.CUSTODIAN)
        with pytest.raises(Tampered):
            invitation_for(world["Ana Duarte"], account)

    def test_a_second_person_who_was_put_in_counts_for_nothing(self, world):
        account = propose_colleague(world["Ana Duarte"])
        attack(account, seconded_by=world["Lev Marchenko"].account)
        with pytest.raises(Tampered):
            invitation_for(world["Ana Duarte"], account)
        assert account.state is AccountState.INVITED

    def test_a_membership_taken_away_or_altered_gives_nothing(self, account, issued):
        (membership,) = memberships_of(account.id)
        attack(membership, sealed=Sealed(flipped(bytes(membership.sealed))))
        self.refuse(account, issued)
        attack_delete(membership)
        self.refuse(account, issued)


class TestARoleForTheLengthOfOneAct:
    """Whoever writes the database makes somebody a second person, and takes the row away again."""

    @pytest.fixture
    def forged(self, world):
        priya = account_of(world["Priya Nair"])
        own = {"hub_id": priya.hub_id, "account_id": priya.id, "from_at": priya.admitted_at}
        attack_insert(AccountRole, id=priya.hub_id, role=Role.SUPERVISOR, **own)
        own = {**own, "id": priya.agency_id}
        attack_insert(AccountRole, role=Role.CUSTODIAN, **own)
        return world["Priya Nair"]

    @pytest.mark.database
    def test_it_agrees_to_nothing(self, world, forged):
        account = propose_colleague(world["Ana Duarte"])
        with pytest.raises(Tampered):
            second_colleague(forged, account)
        assert account.seconded_by is None
        assert entries("alarm:raised")[-1]["facts"]["code"] == "tampered"

    @pytest.mark.database
    def test_nor_does_it_propose_reset_or_end(self, world, forged):
        with pytest.raises(Tampered):
            propose_colleague(forged)
        with pytest.raises(Tampered):
            end_colleague(forged, account_of(world["Lev Marchenko"]))
        actor = forged.actor()
        with pytest.raises(Tampered), changing():
            propose_reset(actor, account_of(world["Lev Marchenko"]))
        with pytest.raises(Tampered), changing():
            propose_role(actor, account_of(world["Lev Marchenko"]), Role.ANALYST)

    def test_nor_does_a_role_of_the_actor_s_that_was_changed(self, world):
        attack(live_roles(world["Priya Nair"].account)[0], role=Role.CUSTODIAN)
        with pytest.raises(Tampered):
            propose_colleague(world["Priya Nair"])


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
