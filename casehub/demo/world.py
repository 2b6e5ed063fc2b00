"""A fictional hub: its agencies and people, made through the same services as a real one."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import select

from casehub.accounts.actors import load_actor
from casehub.accounts.keys import own_agency_key
from casehub.accounts.models import Account
from casehub.accounts.service import (
    NewAccount,
    admit_account,
    begin_agency,
    propose_account,
    second_account,
    take_up_account,
)
from casehub.audit import changing
from casehub.hubs.facts import AgencyFacts
from casehub.hubs.keys import current_key
from casehub.hubs.models import Agency, Hub
from casehub.hubs.service import NewAgency, NewHub, Voucher, found_hub, name_agency, vouch_for
from casehub.policy import Actor, Keyring, Permission, Role, may
from casehub.store import db, reading
from casehub.vault import PrivateKey, VouchKind


@dataclass(frozen=True)
class Person:
    """Somebody fictional, with the private key that a passphrase would open."""

    name: str
    account: UUID
    agency: UUID
    key: PrivateKey = field(repr=False)

    def actor(self) -> Actor:
        """Return who acts in a new request of theirs."""
        with reading():
            actor = load_actor(self.account, Keyring(self.key))
        if actor is None:
            raise LookupError(f"{self.name} has no account any more")
        return actor


@dataclass
class World:
    """A hub with its agencies and people by name."""

    hub: Hub
    agencies: dict[str, Agency] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.hub_id = self.hub.id

    def __getitem__(self, name: str) -> Person:
        return self.people[name]


def found(name: str = "Hub of Rivermouth") -> World:
    """Found a hub without agencies."""
    with changing():
        hub = found_hub(NewHub(name, "America/Vancouver", ("en", "fr", "uk"), "four_filter"))
    return World(hub)


def begin(
    world: World, name: str, sector: str, custodian: str, *, coordinates: bool = False
) -> Person:
    """Name an agency, and let its first custodian make its keys."""
    command = NewAgency(name, name, sector, "ca-bc-public", coordinates)
    with changing():
        agency = name_agency(world.hub, command)
    key = PrivateKey.new()
    with changing():
        account = begin_agency(agency, _new(custodian, [Role.CUSTODIAN]), key.public)
    world.agencies[name] = agency
    person = world.people[custodian] = Person(custodian, account.id, agency.id, key)
    return person


def _new(name: str, roles: Iterable[Role]) -> NewAccount:
    address = name.lower().replace(" ", ".")
    return NewAccount(name, f"{address}@rivermouth.example", "en", frozenset(roles))


def invite(world: World, custodian: str, seconder: str, name: str, roles: Iterable[Role]) -> Person:
    """Bring somebody in: proposed by one, agreed to by another, with a key of their own."""
    proposer, second = world[custodian].actor(), world[seconder].actor()
    with changing():
        account = propose_account(proposer, _new(name, roles))
    with changing():
        second_account(second, account)
    key = PrivateKey.new()
    with changing():
        take_up_account(account, key.public)
    admitting = world[custodian].actor()
    with changing():
        admit_account(admitting, account)
    person = Person(name, account.id, account.agency_id, key)
    world.people[name] = person
    return person


def vouch(custodian: Person, agency: UUID, kind: VouchKind = VouchKind.COMPARED) -> None:
    """Let a custodian say that another agency's present key is really theirs."""
    actor = custodian.actor()
    with changing():
        own = db.session.get_one(Agency, actor.agency)
        permit = may(actor, Permission.AGENCY_KEY_VOUCH, AgencyFacts.of(own))
        key, secret = own_agency_key(permit)
        vouch_for(actor, Voucher(key, secret), current_key(agency), kind)


def vouch_all_round(world: World, custodians: Iterable[str]) -> None:
    """Let every agency vouch for every other."""
    names = list(custodians)
    for name in names:
        for other in names:
            if other != name:
                vouch(world[name], world[other].agency)


def rebind(world: World) -> World:
    """Return the same world for a new session, with rows loaded afresh."""
    hub = db.session.get_one(Hub, world.hub_id)
    agencies = db.session.scalars(select(Agency).where(Agency.hub_id == hub.id))
    return World(hub, {agency.name: agency for agency in agencies}, dict(world.people))


def account_of(person: Person) -> Account:
    """Return a person's account as it is now."""
    return db.session.scalars(select(Account).where(Account.id == person.account)).one()
