"""The cast of the demo: six agencies, some twenty people, and how each of them signs in.

Nothing here is secret, so telephones are made from names: `casehub demo code` tells a code without
asking the server.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from casehub.accounts.factors import FactorKind, FactorOffer
from casehub.policy import Role
from casehub.texts import N_, Text
from casehub.vault import FactorSecret

PASSPHRASE = "seven herons on a pier"  # noqa: S105 - it opens nothing but the demo
"""Everybody's passphrase in the demo."""

_SECRET_BYTES = 20
_MADE_OF = "CaseHub's demo, where nothing is secret: "


@dataclass(frozen=True)
class DemoAgency:
    """An agency of the fictional hub."""

    name: str
    sector: str
    regime: str = "ca-bc-public"


POLICE = DemoAgency("Rivermouth Police", "police")
CHILDREN = DemoAgency("Rivermouth Child Protection", "child-protection", "ca-bc-child")
ADULTS = DemoAgency("Rivermouth Adult Social Services", "adult-social-services")
HEALTH = DemoAgency("Coast Health", "health")
PROBATION = DemoAgency("Rivermouth Probation", "probation")
HARBOUR = DemoAgency("Harbour House", "victim-services", "ca-bc-private")

AGENCIES = (POLICE, CHILDREN, ADULTS, HEALTH, PROBATION, HARBOUR)
"""The first coordinates the hub."""


@dataclass(frozen=True)
class Part:
    """Somebody of the cast, and what trying them shows."""

    name: str
    agency: DemoAgency
    roles: tuple[Role, ...]
    shows: Text

    @property
    def secret(self) -> FactorSecret:
        """Return what this person's telephone holds."""
        made = hashlib.sha256(f"{_MADE_OF}{self.name}".encode()).digest()
        return FactorSecret(made[:_SECRET_BYTES])

    @property
    def offer(self) -> FactorOffer:
        """Return the telephone as it is set up."""
        return FactorOffer(FactorKind.PHONE, self.secret)

    def code_at(self, moment: datetime) -> str:
        """Return the code that the telephone shows."""
        return self.secret.code_at(moment)


_CUSTODIAN = N_("Looks after people, roles and keys, and lets a colleague back in.")
_TABLE = N_("Takes on what other agencies release, and opens it.")

CAST = (
    Part("Ana Duarte", POLICE, (Role.CUSTODIAN,), N_("Looks after people and keys, and the hub.")),
    Part(
        "Lev Marchenko",
        POLICE,
        (Role.CUSTODIAN, Role.SUPERVISOR),
        N_("Reads the log of the police; is the second person for new colleagues."),
    ),
    Part(
        "Priya Nair",
        POLICE,
        (Role.CASEWORKER,),
        N_("Has referred two cases; releases to other agencies and takes back."),
    ),
    Part("Dana Whitlock", POLICE, (Role.HUB_MEMBER,), N_("Refers and releases for the police.")),
    Part(
        "Ruth Adeyemi",
        POLICE,
        (Role.COORDINATOR,),
        N_("Knows of the cases of the police; opens those whose team took her on."),
    ),
    Part(
        "Nora Quist",
        POLICE,
        (Role.PRIVACY_OFFICER,),
        N_("Reads who did what in the whole hub, and opens no case."),
    ),
    Part("Wen Zhao", POLICE, (Role.ANALYST,), N_("Sees no case. Counts come in a later version.")),
    Part("Grace Mbeki", CHILDREN, (Role.CUSTODIAN, Role.SUPERVISOR), _CUSTODIAN),
    Part("Tomas Berg", CHILDREN, (Role.HUB_MEMBER,), _TABLE),
    Part("Ilse Novak", CHILDREN, (Role.CASEWORKER,), N_("Refers for the children's agency.")),
    Part("Chantal Roy", ADULTS, (Role.CUSTODIAN, Role.SUPERVISOR), _CUSTODIAN),
    Part(
        "Ines Prado",
        ADULTS,
        (Role.HUB_MEMBER,),
        N_("Was given nothing: the cases of others do not exist for her."),
    ),
    Part("Farid Aziz", HEALTH, (Role.CUSTODIAN,), _CUSTODIAN),
    Part("Helen Marsh", HEALTH, (Role.SUPERVISOR,), N_("Reads the log of Coast Health.")),
    Part(
        "Maya Cohen",
        HEALTH,
        (Role.HUB_MEMBER,),
        N_("Has a case waiting that nobody of her agency has taken on yet."),
    ),
    Part("Sana Iqbal", PROBATION, (Role.CUSTODIAN, Role.SUPERVISOR), _CUSTODIAN),
    Part(
        "Kerry Blake",
        PROBATION,
        (Role.HUB_MEMBER, Role.CASEWORKER),
        N_("Lost what was released: the case is gone from the list."),
    ),
    Part("Bo Lindqvist", HARBOUR, (Role.CUSTODIAN,), _CUSTODIAN),
    Part(
        "Omar Haddad",
        HARBOUR,
        (Role.HUB_MEMBER,),
        N_("Opens the synopsis and the names that the police released."),
    ),
    Part("Amira Saleh", HARBOUR, (Role.CASEWORKER,), N_("Has referred a case of the shelter.")),
    Part(
        "Yara Cole",
        HARBOUR,
        (Role.SUPERVISOR,),
        N_("Reads the log of the shelter's people and cases."),
    ),
)
"""Everybody, agency by agency; the first of each agency began it."""


def part_of(name: str) -> Part | None:
    """Return somebody of the cast by name, however it is written; None for nobody of it.

    >>> part_of(" priya nair ").name, part_of("priya").name, part_of("nobody")
    ('Priya Nair', 'Priya Nair', None)
    """
    asked = name.strip().casefold().replace(".", " ")
    found = [part for part in CAST if part.name.casefold() == asked]
    found += [part for part in CAST if part.name.casefold().split()[0] == asked]
    return found[0] if found else None
