"""An agency's keys come into being with its first custodian, and nobody else can open them."""

import pytest
from sqlalchemy import select
from sqlalchemy.engine import make_url

from casehub.accounts.keys import account_of_key
from casehub.accounts.models import Account, AccountKey, AccountRole, AccountState, Membership
from casehub.accounts.service import NewAccount, begin_agency
from casehub.audit import changing
from casehub.demo.world import begin
from casehub.errors import Invalid, Stale, Tampered, Unfinished
from casehub.hubs.keys import public_of
from casehub.hubs.models import Agency, AgencyKey, AgencyState
from casehub.hubs.service import NewAgency, name_agency
from casehub.policy import Actor, Keyring, Permission, Role
from casehub.store import db, reading
from casehub.vault import Given, Holder, PrivateKey, open_membership
from casehub.vault import Membership as Statement
from tests.builders import at_once, entries, findings, own_secret

CUSTODIAN = NewAccount("Nia Brook", "nia@rivermouth.example", "en", frozenset({Role.CUSTODIAN}))


@pytest.fixture
def shelter(world):
    """An agency that has a name and no key yet."""
    with changing():
        return name_agency(
            world.hub, NewAgency("North Shelter", "North Shelter", "shelter", "ca-bc-public")
        )


def memberships_in(agency):
    """The first custodian's membership, and the recovery sheet's."""
    with reading():
        found = db.session.scalars(
            select(Membership).join(AgencyKey).where(AgencyKey.agency_id == agency)
        ).all()
        return sorted(found, key=lambda row: row.account_key.holder)


def opened_by(key, membership):
    """Try a private key on a membership, believing every statement beside it."""
    statement = Statement.decode(membership.statement)
    given = Given(membership.statement, bytes(membership.sealed), membership.signature)
    return open_membership(given, statement, key, public_of(membership.agency_key))


def secret_of(custodian):
    return own_secret(custodian.actor(), Permission.AGENCY_KEY_ROTATE)


@pytest.mark.database
def test_the_first_custodian_opens_the_agency_with_their_own_key(world):
    nia = begin(world, "North Shelter", "shelter", "Nia Brook")
    with reading():
        assert db.session.get_one(Agency, nia.agency).state is AgencyState.ACTIVE
    own, sheet = memberships_in(nia.agency)
    assert opened_by(nia.key, own) == secret_of(nia)
    assert sheet.account_key.holder is Holder.RECOVERY_SHEET
    assert findings(world) == []


def test_nobody_elses_key_opens_what_the_first_custodian_opens(world):
    others = list(world.people.values())
    nia = begin(world, "North Shelter", "shelter", "Nia Brook")
    for person in others:
        for membership in memberships_in(nia.agency):
            with pytest.raises(Tampered):
                opened_by(person.key, membership)


def test_the_operator_has_nothing_that_opens_an_agency(world):
    nia = begin(world, "North Shelter", "shelter", "Nia Brook")
    shell = Actor(
        nia.account,
        nia.agency,
        world.hub_id,
        frozenset({Role.CUSTODIAN}),
        nia.actor().at,
        Keyring(),
    )
    with pytest.raises(Unfinished):
        own_secret(shell, Permission.AGENCY_KEY_ROTATE)


def test_no_private_half_lies_in_the_database_or_beside_it(place, tmp_path):
    nia = begin(place.world, "North Shelter", "shelter", "Nia Brook")
    secret = secret_of(nia)
    db.session.remove()
    database = make_url(place.settings.database_url).database
    files = [*tmp_path.rglob("*"), *place.settings.secrets_folder.iterdir()]
    assert str(database) in {str(file) for file in files}
    stored = b"".join(file.read_bytes() for file in files if file.is_file())
    assert secret.public.seal.content in stored, "the public half is there to be found"
    for seed in (secret.seal.seed, secret.sign.seed, nia.key.seed):
        assert seed not in stored
        assert seed.hex().encode() not in stored


def test_the_beginning_is_in_the_log_without_an_actor(world):
    nia = begin(world, "North Shelter", "shelter", "Nia Brook")
    said = entries("agency:begun")[-1]
    assert (said["account"], said["facts"]) == (None, {"subject": str(nia.account)})


@pytest.mark.database
def test_an_agency_begins_once(world, shelter):
    with changing():
        begin_agency(shelter, CUSTODIAN, PrivateKey.new().public)
    with pytest.raises(Stale), changing():
        begin_agency(shelter, CUSTODIAN, PrivateKey.new().public)
    with reading():
        assert len(db.session.scalars(accounts_of(shelter)).all()) == 1


def accounts_of(agency):
    return select(Account).where(Account.agency_id == agency.id)


@pytest.mark.database
def test_of_two_who_use_the_start_code_at_once_one_succeeds(place, shelter):
    def use_code(_world):
        agency = db.session.get_one(Agency, shelter.id)
        with changing():
            begin_agency(agency, CUSTODIAN, PrivateKey.new().public)

    results = at_once(place.app, place.world, use_code, use_code)
    assert sorted(type(result) for result in results if result) == [Stale]
    with reading():
        assert len(db.session.scalars(accounts_of(shelter)).all()) == 1
    assert findings(place.world) == []


def test_an_agency_begins_with_a_custodian_only(world, shelter):
    command = NewAccount("Nia Brook", "n@rivermouth.example", "en", frozenset({Role.SUPERVISOR}))
    with pytest.raises(Invalid) as refused, changing():
        begin_agency(shelter, command, PrivateKey.new().public)
    assert refused.value.place == "roles"
    with reading():
        assert db.session.get_one(Agency, shelter.id).state is AgencyState.NAMED
        assert not db.session.scalars(accounts_of(shelter)).all()


def test_the_first_custodian_is_admitted_with_every_role_asked_for(world, shelter):
    roles = frozenset({Role.CUSTODIAN, Role.SUPERVISOR})
    command = NewAccount("Nia Brook", "nia@rivermouth.example", "en", roles)
    with changing():
        key, _ = begin_agency(shelter, command, PrivateKey.new().public)
    account = account_of_key(key)
    with reading():
        assert account.state is AccountState.ADMITTED
        assert (account.proposed_by, account.seconded_by) == (None, None)
        held = db.session.scalars(
            select(AccountRole.role).where(AccountRole.account_id == account.id)
        )
        assert frozenset(held) == roles
        keys = db.session.scalars(select(AccountKey).where(AccountKey.account_id == account.id))
        assert len(keys.all()) == 1
