"""Agreements on file: without a signed one, nothing is referred by or released to an agency."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from casehub import clock
from casehub.audit import record
from casehub.errors import Invalid
from casehub.hubs import acts
from casehub.hubs.facts import AgencyFacts
from casehub.hubs.models import Agency, Agreement
from casehub.policy import Actor, Permission, may
from casehub.store import db
from casehub.texts import N_

_LONGEST = 120


@dataclass(frozen=True)
class NewAgreement:
    """What filing an agreement takes: who signed for the agency, when, and when to look again."""

    signed_by: str
    signed_on: date
    review_on: date


def agreement_of(agency: Agency) -> Agreement | None:
    """Return the agreement that an agency works under, or None."""
    return db.session.scalar(
        select(Agreement).where(Agreement.agency_id == agency.id, Agreement.ended_at.is_(None))
    )


def file_agreement(actor: Actor, agency: Agency, command: NewAgreement) -> Agreement:
    """Say that the coordinating agency has an agency's signed agreement; an older one is replaced.

    Raises Invalid for a day of signing to come, or a review that is not after it.
    """
    db.session.refresh(agency, with_for_update=True)
    permit = may(actor, Permission.AGREEMENT_FILE, AgencyFacts.of(agency))
    _check_sense(actor, command)
    before = agreement_of(agency)
    ended = [] if before is None else [before]
    for agreement in ended:
        agreement.ended_at = clock.now()
    db.session.flush()  # one live agreement an agency: the old one steps back first
    agreement = Agreement(
        hub_id=agency.hub_id,
        agency_id=agency.id,
        signed_by=command.signed_by.strip(),
        signed_on=command.signed_on,
        review_on=command.review_on,
        filed_by=actor.account,
    )
    db.session.add(agreement)
    db.session.flush()
    record(
        acts.AGREEMENT_FILED,
        by=actor,
        rule=permit.rule,
        things=[*ended, agreement],
        agency=agency.id,
    )
    return agreement


def _check_sense(actor: Actor, command: NewAgreement) -> None:
    if not command.signed_by.strip() or len(command.signed_by) > _LONGEST:
        message = N_("Say who signed for the agency, in at most {longest} characters.")
        raise Invalid("signed_by", message, longest=_LONGEST)
    if command.signed_on > actor.at.date():
        raise Invalid("signed_on", N_("An agreement is on file once it is signed."))
    if command.review_on <= command.signed_on:
        raise Invalid("review_on", N_("The review comes after the signing."))
