"""Ways in for the people of Rivermouth: passphrase, telephone or card, on the spot and cheap.

The cost of a guess stands in each credential's own row; here it is the least there is.
"""

from dataclasses import dataclass, field, replace
from uuid import UUID

from sqlalchemy import select

from casehub import clock
from casehub.accounts.actors import load_actor
from casehub.accounts.browser_sessions import Live, find
from casehub.accounts.credentials import choose_ways, credential_of, set_up
from casehub.accounts.factors import FactorKind, FactorOffer
from casehub.accounts.keys import current_account_key
from casehub.accounts.models import Account
from casehub.accounts.sign_in_acts import FACTOR_CHANGED
from casehub.accounts.sign_in_models import Credential, CredentialKind
from casehub.accounts.signing_in import Attempt, SignedIn, sign_in, try_to_open
from casehub.accounts.throttle import KnownBrowser
from casehub.audit import changing, record
from casehub.demo.world import Person
from casehub.policy import Keyring
from casehub.store import db, reading
from casehub.vault import BrowserSecret, Cost, Passphrase

CHEAP = Cost(8, 1, 1)
PASSPHRASE = "harbour violet ninety kettles"
ADDRESS = "192.0.2.7"


@dataclass
class Door:
    """One person's way in, and the browser that they use."""

    person: Person
    name: str
    offer: FactorOffer
    recovery_codes: tuple[str, ...]
    browser: KnownBrowser = field(default_factory=KnownBrowser)
    passphrase: str = PASSPHRASE

    @property
    def code(self) -> str:
        """The code of this moment; of a card, always the first."""
        return self.offer.codes[0] if self.offer.codes else self.offer.secret.code_at(clock.now())

    def attempt(self, **other: object) -> Attempt:
        """What its owner sends, or something else in the boxes named."""
        given = Attempt(self.name, self.passphrase, self.code, ADDRESS, self.browser, "Firefox")
        return replace(given, **other)

    def come_in(self, **other: object) -> SignedIn:
        """Sign in; the browser remembers it."""
        way = try_to_open(self.attempt(**other))
        with changing():
            done = sign_in(way)
        self.browser = done.known
        return done

    def credential_now(self, kind: CredentialKind) -> Credential | None:
        """A credential as it is now, within somebody's transaction."""
        return credential_of(self.person.account, kind)


def door_of(person: Person, kind: FactorKind = FactorKind.PHONE) -> Door:
    """Give somebody who has a key a passphrase, a second factor and recovery codes."""
    offer = FactorOffer.new(kind)
    chosen = choose_ways(Passphrase.read(PASSPHRASE), offer, key=person.key, cost=CHEAP)
    with changing():
        key_row = current_account_key(person.account)
        rows = set_up(key_row, chosen)
        name = db.session.get_one(Account, person.account).sign_in_name
        record_set_up(person, rows, kind)
    return Door(person, name, offer, chosen.recovery_codes)


def record_set_up(person: Person, rows: list, kind: FactorKind) -> None:
    """Say in the log what was set up, as the use of a code does."""
    record(FACTOR_CHANGED, by=load_actor(person.account, Keyring()), things=rows, factor=kind)


def live(secret: BrowserSecret, *, reading_only: bool = True) -> Live | None:
    """The session that a browser's secret belongs to, as a request finds it."""
    with reading():
        return find(secret, reading=reading_only)


def rows_of(model: type, **values: UUID) -> list:
    """All rows of a table, or those with these values."""
    with reading():
        return list(db.session.scalars(select(model).filter_by(**values)))
