"""The names behind the ids of a page of entries, found with one query for each table."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select

from casehub.accounts.models import Account
from casehub.cases.models import Case, CaseAgency
from casehub.hubs.models import Agency
from casehub.policy import Actor
from casehub.store import db


@dataclass(frozen=True)
class Names:
    """What ids are called. `cases` holds only those that the reader may know of."""

    accounts: dict[UUID, tuple[str, UUID]]
    agencies: dict[UUID, str]
    cases: dict[UUID, str]


def names_for(
    actor: Actor, accounts: Iterable[UUID], cases: Iterable[UUID], *, whole_hub: bool
) -> Names:
    """Return the names of accounts and the references of cases, and of all the hub's agencies.

    A case is named to a supervisor only where the agency has, or had, a place on it: that somebody
    was refused must not tell that there is such a case.
    """
    people = db.session.execute(
        select(Account.id, Account.name, Account.sign_in_name, Account.agency_id).where(
            Account.id.in_(set(accounts)), Account.hub_id == actor.hub
        )
    ).all()
    doubled = _doubled(actor, {name for _, name, _, _ in people})
    return Names(
        {
            row: (f"{name} [{sign_in}]" if name in doubled and sign_in else name, agency)
            for row, name, sign_in, agency in people
        },
        agencies_of(actor),
        _references(actor, set(cases) - actor.walled, whole_hub=whole_hub),
    )


def _doubled(actor: Actor, names: set[str]) -> set[str]:
    # Two people of one name must not be taken for each other: what they sign in with is unique.
    return set(
        db.session.scalars(
            select(Account.name)
            .where(Account.hub_id == actor.hub, Account.name.in_(names))
            .group_by(Account.name)
            .having(func.count() > 1)
        )
    )


def agencies_of(actor: Actor) -> dict[UUID, str]:
    """Return the names of the agencies of the actor's hub."""
    rows = db.session.execute(
        select(Agency.id, Agency.name).where(Agency.hub_id == actor.hub).order_by(Agency.name)
    )
    return dict(rows.all())


def _references(actor: Actor, cases: set[UUID], *, whole_hub: bool) -> dict[UUID, str]:
    query = select(Case.id, Case.reference).where(Case.id.in_(cases), Case.hub_id == actor.hub)
    if not whole_hub:
        query = query.join(CaseAgency, CaseAgency.case_id == Case.id).where(
            CaseAgency.agency_id == actor.agency
        )
    return dict(db.session.execute(query).all())
