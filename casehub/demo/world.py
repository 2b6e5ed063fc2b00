"""A fictional hub: its agencies and people, made through the same services as a real one."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from casehub.accounts.actors import load_actor
from casehub.accounts.codes import issue_invitation, use_code
from casehub.accounts.credentials import ChosenWays
from casehub.accounts.keys import account_of_key, own_agency_key
from casehub.accounts.models import Account
from casehub.accounts.readiness import sheet_is_kept
from casehub.accounts.service import NewAccount, propose_account, second_account
from casehub.accounts.sheets import confirm_deposit, deposit_sheet, hold_drill
from casehub.accounts.starting import new_start_code, start_agency
from casehub.audit import changing
from casehub.hubs.agreements import NewAgreement, agreement_of, file_agreement
from casehub.hubs.facts import AgencyFacts
from casehub.hubs.introductions import has_compared
from casehub.hubs.keys import current_key
from casehub.hubs.models import Agency, Hub
from casehub.hubs.service import (
    NewAgency,
    NewHub,
    Voucher,
    change_duty_telephone,
    found_hub,
    name_agency,
    vouch_for,
)
from casehub.policy import Actor, Keyring, Permission, Role, may
from casehub.store import db, reading
from casehub.vault import Code, PrivateKey, VouchKind


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
    sheets: dict[str, Code] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        self.hub_id = self.hub.id

    def __getitem__(self, name: str) -> Person:
        return self.people[name]

    def name_of(self, agency: UUID) -> str:
        """Return an agency's name."""
        return next(name for name, row in self.agencies.items() if row.id == agency)


def found(name: str = "Hub of Rivermouth") -> World:
    """Found a hub without agencies."""
    with changing():
        hub = found_hub(NewHub(name, "America/Vancouver", ("en", "fr", "uk"), "four_filter"))
    return World(hub)


def begin(
    world: World,
    name: str,
    sector: str,
    custodian: str,
    *,
    coordinates: bool = False,
    regime: str = "ca-bc-public",
    roles: Iterable[Role] = (Role.CUSTODIAN,),
    ways: ChosenWays | None = None,
) -> Person:
    """Name an agency, and let its first custodian use its start code and make its keys.

    With `ways` the custodian can sign in.
    """
    command = NewAgency(name, name, sector, regime, coordinates)
    with changing():
        agency = name_agency(world.hub, command)
        start = new_start_code(agency)
    key = PrivateKey.new() if ways is None else ways.key
    with changing():
        begun = start_agency(start.row, start.code, _new(custodian, roles), key.public, ways)
    world.agencies[name] = agency
    world.sheets[name] = begun.sheet.code
    first = account_of_key(begun.key)
    person = world.people[custodian] = Person(custodian, first.id, agency.id, key)
    return person


def _new(name: str, roles: Iterable[Role]) -> NewAccount:
    address = name.lower().replace(" ", ".")
    return NewAccount(name, f"{address}@rivermouth.example", "en", frozenset(roles))


def invite(
    world: World,
    custodian: str,
    seconder: str,
    name: str,
    roles: Iterable[Role],
    *,
    ways: ChosenWays | None = None,
) -> Person:
    """Bring somebody in: proposed by one, agreed to by another, with a code and an own key."""
    proposer, second = world[custodian].actor(), world[seconder].actor()
    with changing():
        account = propose_account(proposer, _new(name, roles))
    with changing():
        second_account(second, account)
    issuing = world[custodian].actor()
    with changing():
        invitation = issue_invitation(issuing, account)
    key = PrivateKey.new() if ways is None else ways.key
    with changing():
        use_code(invitation.row, invitation.code, key.public, ways)
    person = Person(name, account.id, account.agency_id, key)
    world.people[name] = person
    return person


def make_ready(world: World, custodian: str, other: str) -> None:
    """Do what an agency needs before it may work, with the custodian of another agency.

    Its sheet is tried and laid at the other one, both compare keys, and its agreement is put on
    file. One of the two is the coordinating agency.
    """
    own, theirs = world[custodian], world[other]
    tell_telephone(own, "+1 604 555 0100")
    actor = own.actor()
    with changing():
        hold_drill(actor, world.sheets[world.name_of(own.agency)])
    if not _sheet_kept(own):
        lay_sheet(own, theirs)
    coordinates = world.agencies[world.name_of(own.agency)].coordinates
    file_for(own if coordinates else theirs, own.agency)
    _compare(own, theirs)
    _compare(theirs, own)


def tell_telephone(custodian: Person, number: str) -> None:
    """Enter an agency's duty telephone."""
    actor = custodian.actor()
    with changing():
        change_duty_telephone(actor, number)


def lay_sheet(giver: Person, keeper: Person) -> None:
    """Lay one agency's recovery sheet at another, whose custodian confirms it."""
    giving, keeping = giver.actor(), keeper.actor()
    with changing():
        deposit = deposit_sheet(giving, db.session.get_one(Agency, keeper.agency))
    with changing():
        confirm_deposit(keeping, deposit)


def _sheet_kept(person: Person) -> bool:
    with reading():
        return sheet_is_kept(db.session.get_one(Agency, person.agency))


def file_for(coordinator: Person, agency: UUID) -> None:
    """Put an agency's agreement on file, unless it is there."""
    with reading():
        there = agreement_of(db.session.get_one(Agency, agency)) is not None
    if there:
        return
    actor = coordinator.actor()
    signed = actor.at.date() - timedelta(days=30)
    command = NewAgreement("The head of the agency", signed, signed + timedelta(days=730))
    with changing():
        file_agreement(actor, db.session.get_one(Agency, agency), command)


def vouch(custodian: Person, agency: UUID, kind: VouchKind = VouchKind.COMPARED) -> None:
    """Let a custodian say that another agency's present key is really theirs."""
    actor = custodian.actor()
    with changing():
        own = db.session.get_one(Agency, actor.agency)
        permit = may(actor, Permission.AGENCY_KEY_VOUCH, AgencyFacts.of(own))
        key, secret = own_agency_key(permit)
        vouch_for(actor, Voucher(key, secret), current_key(agency), kind)


def vouch_all_round(world: World, custodians: Iterable[str]) -> None:
    """Let every agency vouch for every other that it does not trust yet."""
    names = list(custodians)
    for name in names:
        for other in names:
            if other != name:
                _compare(world[name], world[other])


def _compare(custodian: Person, other: Person) -> None:
    with reading():
        own, theirs = (db.session.get_one(Agency, person.agency) for person in (custodian, other))
        known = has_compared(own, theirs)
    if not known:
        vouch(custodian, other.agency)


def rebind(world: World) -> World:
    """Return the same world for a new session, with rows loaded afresh."""
    hub = db.session.get_one(Hub, world.hub_id)
    agencies = db.session.scalars(select(Agency).where(Agency.hub_id == hub.id))
    return World(
        hub, {agency.name: agency for agency in agencies}, dict(world.people), world.sheets
    )


def account_of(person: Person) -> Account:
    """Return a person's account as it is now."""
    return db.session.scalars(select(Account).where(Account.id == person.account)).one()
