"""A check finds every row that is not what the log last said about it, and names it."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from casehub.audit.orphans import unvouched
from casehub.audit.things import replayed_models
from casehub.clock import FOREVER
from casehub.store import db
from tests.audit.attacks import check, codes, on_sqlite, plainly, put, row_of

pytestmark = pytest.mark.database


def named(told, code, kind, row):
    """There is one finding: this one, about this row of this table."""
    findings = check(told.hub).findings
    assert [finding.code for finding in findings] == [code], findings
    assert findings[0].sentence.startswith(f"{kind} {UUID(str(row))} is ")


def priya(told):
    return {"account_id": told.account("Priya Nair")}


def police(told):
    return {"agency_id": told.world.agencies["Rivermouth Police"].id}


def changed_bytes(content):
    return bytes([bytes(content)[0] ^ 1]) + bytes(content)[1:]


CHANGES = {
    "a role": ("account_roles", priya, {"role": "supervisor"}),
    "when a role began": ("account_roles", priya, {"from_at": datetime(2020, 1, 1, tzinfo=UTC)}),
    "who agreed to a role": ("account_roles", priya, {"seconded_by": uuid4()}),
    "who agreed to an account": (
        "accounts",
        lambda told: {"id": told.account("Priya Nair")},
        {"seconded_by": None},
    ),
    "where an account's mail goes": (
        "accounts",
        lambda told: {"id": told.account("Priya Nair")},
        {"email": "elsewhere@rivermouth.example"},
    ),
    "when a release ends": (
        "releases",
        lambda told: {"id": told.live},
        {"until": datetime(2030, 1, 1, tzinfo=UTC)},
    ),
    "that a release ended": ("releases", lambda told: {"id": told.ended}, {"state": "live"}),
    "when a release ended": ("releases", lambda told: {"id": told.ended}, {"ended_at": FOREVER}),
    "who ended a release": ("releases", lambda told: {"id": told.ended}, {"ended_by": uuid4()}),
    "that a case is restricted": (
        "cases",
        lambda told: {"id": told.case},
        {"restricted": True},
    ),
    "what a hub is called": ("hubs", lambda told: {"id": told.hub}, {"name": "Hub of Harbourside"}),
    "which agency coordinates": (
        "agencies",
        lambda told: {"id": told.world.agencies["Harbour House"].id},
        {"coordinates": True},
    ),
}


def change(told, table, where, values):
    row = row_of(table, **where(told))
    if on_sqlite():
        values = {name: _as_sqlite_has_it(value) for name, value in values.items()}
    assignments = ", ".join(f"{name} = :{name}" for name in values)
    plainly(f"UPDATE {table} SET {assignments} WHERE id = :row", row=row["id"], **values)
    return row["id"]


def _as_sqlite_has_it(value):
    return value.strftime("%Y-%m-%d %H:%M:%S.%f") if isinstance(value, datetime) else value


class TestARowThatWasChanged:
    @pytest.mark.parametrize("what", CHANGES)
    def test_is_named(self, attack, what):
        table, where, values = CHANGES[what]
        row = change(attack, table, where, values)
        named(attack, "row-changed", table, row)

    @pytest.mark.parametrize(
        ("table", "column", "where"),
        [
            ("agency_keys", "seal_public", police),
            ("agency_keys", "sign_public", police),
            ("agency_keys", "countersignature", police),
            ("account_keys", "public_key", priya),
            ("grants", "sealed", lambda told: {"release_id": told.live}),
            ("releases", "statement", lambda told: {"id": told.live}),
            ("releases", "signature", lambda told: {"id": told.live}),
        ],
    )
    def test_is_named_where_one_bit_of_a_key_or_cipher_text_was_changed(
        self, attack, table, column, where
    ):
        row = row_of(table, **where(attack))
        statement = f"UPDATE {table} SET {column} = :forged WHERE id = :row"
        plainly(statement, row=row["id"], forged=changed_bytes(row[column]))
        named(attack, "row-changed", table, row["id"])

    @pytest.mark.parametrize("column", ["body", "wrap"])
    @pytest.mark.parametrize("place", [0, 1, 2])
    def test_is_named_for_each_sealed_record(self, attack, column, place):
        found = plainly("SELECT * FROM records ORDER BY id").mappings().all()[place]
        statement = f"UPDATE records SET {column} = :forged WHERE id = :row"
        plainly(statement, row=found["id"], forged=changed_bytes(found[column]))
        named(attack, "row-changed", "records", found["id"])

    def test_is_named_where_a_member_was_given_other_keys(self, attack):
        found = plainly("SELECT * FROM memberships ORDER BY id").mappings().all()
        statement = "UPDATE memberships SET sealed = :forged WHERE id = :row"
        plainly(statement, row=found[0]["id"], forged=bytes(found[1]["sealed"]))
        named(attack, "row-changed", "memberships", found[0]["id"])

    def test_is_named_where_an_older_text_was_put_in_place_of_the_present_one(self, attack):
        older, present = plainly("SELECT * FROM records ORDER BY created_at").mappings().all()[:2]
        statement = "UPDATE records SET body = :body, wrap = :wrap WHERE id = :row"
        plainly(statement, row=present["id"], body=older["body"], wrap=older["wrap"])
        named(attack, "row-changed", "records", present["id"])

    def test_is_named_where_a_vouch_was_made_to_last(self, attack):
        row = plainly("SELECT * FROM vouchings ORDER BY id").mappings().all()[0]
        plainly("UPDATE vouchings SET kind = 'introduced' WHERE id = :row", row=row["id"])
        named(attack, "row-changed", "vouchings", row["id"])


LIVE = [
    "account_keys",
    "account_roles",
    "assignments",
    "case_agencies",
    "grants",
    "memberships",
    "records",
    "vouchings",
]


class TestARowThatIsGone:
    @pytest.mark.parametrize("table", LIVE)
    def test_is_named(self, attack, table):
        if on_sqlite():
            plainly("PRAGMA defer_foreign_keys = ON")
        else:
            plainly("SET LOCAL session_replication_role = replica")
        row = plainly(f"SELECT id FROM {table} ORDER BY id").scalars().first()
        plainly(f"DELETE FROM {table} WHERE id = :row", row=row)
        findings = check(attack.hub).findings
        assert {finding.code for finding in findings} == {"row-gone"}
        assert any(f"{table} {UUID(str(row))} is gone" in found.sentence for found in findings)

    def test_is_named_with_all_that_went_with_it(self, attack):
        plainly("DELETE FROM cases WHERE id = :case", case=attack.case)
        gone = {found.sentence.split()[0] for found in check(attack.hub).findings}
        expected = {"cases", "case_agencies", "case_keys", "releases", "grants", "records"}
        assert gone == expected | {"assignments"}

    def test_is_named_for_another_hub_s(self, attack):
        other = uuid4()
        hub = row_of("hubs", id=attack.hub)
        put("hubs", hub | {"id": other.hex, "name": "Hub of Elsewhere"})
        row = row_of("assignments", **priya(attack))["id"]
        plainly("UPDATE assignments SET hub_id = :other WHERE id = :row", row=row, other=other)
        named(attack, "row-gone", "assignments", row)


class TestARowThatIsBack:
    def test_is_named_where_a_grant_that_ended_was_put_back(self, attack):
        put("grants", attack.grant)
        named(attack, "row-back", "grants", attack.grant["id"])

    def test_is_named_where_its_release_was_put_back_with_it(self, attack):
        put("grants", attack.grant)
        plainly("DELETE FROM grants WHERE id <> :row", row=attack.grant["id"])
        kept = {name: attack.release[name] for name in ("state", "ended_at", "ended_by")}
        assignments = ", ".join(f"{name} = :{name}" for name in kept)
        plainly(f"UPDATE releases SET {assignments} WHERE id = :row", row=attack.ended, **kept)
        assert {"row-back", "row-changed"} <= codes(check(attack.hub))


class TestARowTooMany:
    @pytest.mark.parametrize("table", ["account_roles", "assignments"])
    def test_is_named(self, attack, table):
        row = row_of(table, **priya(attack)) | {"id": uuid4().hex}
        put(table, row)
        named(attack, "row-added", table, row["id"])

    def test_is_named_where_it_is_a_membership(self, attack):
        row = dict(plainly("SELECT * FROM memberships ORDER BY id").mappings().all()[0])
        keys = "SELECT id FROM account_keys WHERE id <> :key AND agency_id = :agency"
        own = row_of("account_keys", id=row["account_key_id"])
        other = plainly(keys, key=own["id"], agency=own["agency_id"]).scalars().first()
        plainly("DELETE FROM memberships WHERE account_key_id = :key", key=other)
        db.session.execute(text("SELECT 1"))
        put("memberships", row | {"id": uuid4().hex, "account_key_id": other})
        assert "row-added" in codes(check(attack.hub))

    def test_is_named_where_it_belongs_to_a_hub_without_a_log(self, attack):
        hub = row_of("hubs", id=attack.hub) | {"id": uuid4().hex, "name": "Hub of Elsewhere"}
        put("hubs", hub)
        role = row_of("account_roles", **priya(attack))
        forged = {"id": uuid4().hex, "hub_id": hub["id"], "role": "supervisor"}
        put("account_roles", role | forged)
        assert check(attack.hub).sound
        ghost = UUID(hub["id"])
        assert list(unvouched()) == [
            ("no-log", f"account_roles has rows of {ghost}, which has no log."),
            ("no-log", f"hubs has rows of {ghost}, which has no log."),
        ]

    def test_is_named_where_its_hub_is_none(self, attack):
        role = row_of("account_roles", **priya(attack))
        if on_sqlite():
            plainly("PRAGMA defer_foreign_keys = ON")
        else:
            plainly("SET LOCAL session_replication_role = replica")
        put("account_roles", role | {"id": uuid4().hex, "hub_id": uuid4().hex})
        assert [code for code, _ in unvouched()] == ["no-log"]

    def test_is_named_where_its_hub_is_the_deployment(self, attack):
        deployment = plainly("SELECT id FROM audit_logs WHERE kind = 'deployment'").scalar_one()
        hub = row_of("hubs", id=attack.hub) | {"id": deployment, "name": "Hub of Elsewhere"}
        put("hubs", hub)
        role = row_of("account_roles", **priya(attack))
        put("account_roles", role | {"id": uuid4().hex, "hub_id": deployment})
        assert codes(check()) == {"row-added"}

    @pytest.mark.parametrize("hub", ["'north'", "5", "CAST(x'ff' AS TEXT)"])
    def test_is_named_where_its_hub_cannot_be_read(self, attack, hub):
        if on_sqlite():
            plainly("PRAGMA defer_foreign_keys = ON")
            plainly(f"UPDATE account_roles SET hub_id = {hub} WHERE role = 'caseworker'")
            found = "account_roles has rows of something that is no hub."
            assert list(unvouched()) == [("no-log", found)]

    @pytest.mark.parametrize("facts", ['{"added":5}', '{"added":"north"}', "{}", "[]", "[" * 9999])
    def test_what_says_that_a_hub_was_added_and_cannot_be_read_ends_no_check(self, attack, facts):
        deployment = plainly("SELECT id FROM audit_logs WHERE kind = 'deployment'").scalar_one()
        row = row_of("audit_entries", log_id=deployment, number=0)
        body = f'{{"facts":{facts}}}'
        put("audit_entries", row | {"number": 999, "act": "hub:added", "body": body})
        assert list(unvouched()) == []
        assert not check().sound


class TestTheDeploymentsLog:
    def test_is_named_where_it_is_gone(self, attack):
        deployment = plainly("SELECT id FROM audit_logs WHERE kind = 'deployment'").scalar_one()
        for table in ("audit_nodes", "audit_entries"):
            plainly(f"DELETE FROM {table} WHERE log_id = :log", log=deployment)
        plainly("DELETE FROM audit_logs WHERE id = :log", log=deployment)
        assert check(attack.hub).sound
        assert list(unvouched()) == [("log-gone", "The deployment's own log is gone.")]

    def test_is_not_missed_before_there_is_any(self, attack):
        if not on_sqlite():
            plainly("SET LOCAL session_replication_role = replica")
        else:
            plainly("PRAGMA defer_foreign_keys = ON")
        for table in replayed_models():
            plainly(f"DELETE FROM {table}")
        for table in ("audit_nodes", "audit_entries", "audit_logs"):
            plainly(f"DELETE FROM {table}")
        assert list(unvouched()) == []


class TestARowThatCannotBeRead:
    def allow_anything(self, table, check_name):
        if on_sqlite():
            plainly("PRAGMA ignore_check_constraints = ON")
        else:
            plainly(f"ALTER TABLE {table} DROP CONSTRAINT {check_name}")

    def test_is_found_and_the_other_tables_are_still_compared(self, attack):
        self.allow_anything("account_roles", "ck_account_roles_role_is_known")
        role = row_of("account_roles", **priya(attack))["id"]
        plainly("UPDATE account_roles SET role = 'emperor' WHERE id = :row", row=role)
        put("grants", attack.grant)
        if on_sqlite():
            plainly("PRAGMA ignore_check_constraints = OFF")
        findings = check(attack.hub).findings
        assert [(found.code, found.sentence) for found in findings] == [
            ("row-unreadable", "account_roles holds a row that cannot be read."),
            ("row-back", findings[1].sentence),
        ]

    @pytest.mark.parametrize("value", ["'soon'", "5", "CAST(x'ff' AS TEXT)", "x'00'"])
    def test_is_found_where_a_column_has_another_type(self, attack, value):
        # SQLite puts anything into any column.
        if on_sqlite():
            plainly(f"UPDATE releases SET until = {value} WHERE id = :row", row=attack.live)
            assert codes(check(attack.hub)) == {"row-unreadable"}

    def test_is_found_where_its_id_is_none(self, attack):
        if on_sqlite():
            row = row_of("vouchings", id=_first("vouchings")) | {"id": "north"}
            put("vouchings", row)
            assert codes(check(attack.hub)) == {"row-unreadable"}


def _first(table):
    return plainly(f"SELECT id FROM {table} ORDER BY id").scalars().first()
