"""What is done to hubs and agencies: founding, naming, vouching."""

import re
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from casehub import clock, references
from casehub.audit import LogKind, begin_log, record
from casehub.audit.acts import HUB_ADDED
from casehub.errors import Invalid, NotThere, Unfinished
from casehub.hubs import acts
from casehub.hubs.facts import AgencyFacts
from casehub.hubs.keys import public_of
from casehub.hubs.models import Agency, AgencyKey, AgencyState, Hub, Vouching
from casehub.policy import Actor, Permission, denial, may
from casehub.store import db
from casehub.texts import N_
from casehub.vault import AgencySecret, Vouch, VouchKind, digest

_TELEPHONE = re.compile(r"\+?[0-9 ()/.\-]{3,30}( ?(ext\.?|x|#) ?[0-9]{1,6})?", re.ASCII)
_FEWEST_DIGITS = 3


@dataclass(frozen=True)
class NewHub:
    """What founding a hub takes; `protocol` names a file in `policies/protocols/`."""

    name: str
    time_zone: str
    languages: tuple[str, ...]
    protocol: str


@dataclass(frozen=True)
class NewAgency:
    """What naming an agency takes. Exactly one agency of a hub coordinates."""

    name: str
    organisation: str
    sector: str
    regime: str
    coordinates: bool = False
    core: bool = True
    duty_telephone: str | None = None


def found_hub(command: NewHub) -> Hub:
    """Found a hub with a log of its own. The operator's act; it makes no key that opens a case."""
    hub = Hub(
        id=references.new_id(),
        name=command.name,
        time_zone=command.time_zone,
        languages=",".join(command.languages),
        protocol=command.protocol,
    )
    db.session.add(hub)
    begin_log(LogKind.HUB, hub.id)
    record(acts.HUB_FOUNDED, by=None, hub=hub.id, things=[hub])
    record(HUB_ADDED, by=None, added=hub.id)  # in the deployment's log: this one must be there
    return hub


def name_agency(hub: Hub, command: NewAgency) -> Agency:
    """Name an agency of a hub, which gets its keys from its own first custodian.

    The operator's act. Raises Invalid where a second agency would coordinate.
    """
    if command.coordinates and coordinating_agency(hub.id) is not None:
        raise Invalid("coordinates", N_("This hub has a coordinating agency already."))
    agency = Agency(hub_id=hub.id, hub=hub, **vars(command))
    db.session.add(agency)
    db.session.flush()
    record(acts.AGENCY_NAMED, by=None, hub=hub.id, things=[agency], agency=agency.id)
    return agency


def change_duty_telephone(actor: Actor, number: str) -> None:
    """Change the number at which the own agency answers at any hour.

    Raises Invalid for what nobody could dial.
    """
    agency = db.session.get_one(Agency, actor.agency)
    db.session.refresh(agency, with_for_update=True)
    permit = may(actor, Permission.AGENCY_DESCRIBE, AgencyFacts.of(agency))
    agency.duty_telephone = _telephone(number)
    record(acts.TELEPHONE_CHANGED, by=actor, rule=permit.rule, things=[agency])


def _telephone(number: str) -> str:
    text = " ".join(number.split())
    digits = sum(letter.isdecimal() for letter in text)
    if not _TELEPHONE.fullmatch(text) or digits < _FEWEST_DIGITS:
        message = N_("Enter a number that can be dialled, such as +1 604 555 0123 ext. 4.")
        raise Invalid("duty_telephone", message)
    return text


def coordinating_agency(hub: UUID) -> Agency | None:
    """Return the agency with which the others compare keys."""
    return db.session.scalar(
        select(Agency).where(
            Agency.hub_id == hub, Agency.coordinates, Agency.state != AgencyState.ENDED
        )
    )


@dataclass(frozen=True)
class Voucher:
    """The actor's agency with its own keys open, as `accounts` opens them."""

    key: AgencyKey
    secret: AgencySecret


def vouch_for(actor: Actor, own: Voucher, key: AgencyKey, kind: VouchKind) -> Vouching:
    """Sign, for the own agency, that a key is really the other agency's.

    Raises Invalid for the own key, Tampered for a row that the server did not make.
    """
    permit = may(actor, Permission.AGENCY_KEY_VOUCH, AgencyFacts.of(key.agency))
    if key.agency_id == actor.agency:
        raise Invalid("key", N_("An agency does not vouch for its own key."))
    statement = _vouch(actor, own, key, kind)
    vouching = Vouching(
        hub_id=actor.hub,
        by_agency_id=actor.agency,
        agency_key_id=key.id,
        kind=kind,
        statement=statement.encode(),
        signature=statement.signed_by(own.secret.sign),
        by_account=actor.account,
    )
    db.session.add(vouching)
    db.session.flush()
    record(
        acts.VOUCHED,
        by=actor,
        rule=permit.rule,
        things=[vouching],
        agency=key.agency_id,
        epoch=key.epoch,
        kind=kind,
    )
    return vouching


def _vouch(actor: Actor, own: Voucher, key: AgencyKey, kind: VouchKind) -> Vouch:
    public = public_of(key)
    return Vouch(
        hub=actor.hub,
        by=actor.agency,
        by_epoch=own.key.epoch,
        agency=key.agency_id,
        epoch=key.epoch,
        seal_key=public.seal.digest,
        sign_key=digest(public.sign.content),
        kind=kind,
        at=actor.at,
    )


def withdraw_vouch(actor: Actor, vouching: Vouching) -> None:
    """Withdraw the own agency's vouch: nothing more is sealed to that key."""
    db.session.refresh(vouching, with_for_update=True)
    key = vouching.agency_key
    permit = may(actor, Permission.AGENCY_KEY_VOUCH, AgencyFacts.of(key.agency))
    if vouching.by_agency_id != actor.agency:
        raise NotThere(denial(actor, Permission.AGENCY_KEY_VOUCH, None, None))
    if vouching.withdrawn_at is not None:
        raise Unfinished(N_("This vouch was withdrawn already."), N_("Nothing needs doing."))
    vouching.withdrawn_at = clock.now()
    record(
        acts.VOUCH_WITHDRAWN,
        by=actor,
        rule=permit.rule,
        things=[vouching],
        agency=key.agency_id,
        epoch=key.epoch,
    )
