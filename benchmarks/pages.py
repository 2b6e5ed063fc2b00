"""The pages that are timed: a case, opened the way a page of CaseHub opens it, and an empty one.

The case's page is rendered plainly, each record as a paragraph: what is measured is how it is
found, allowed, opened and recorded.
"""

from flask import Flask
from markupsafe import escape

from benchmarks.story import Opened
from casehub.accounts.actors import load_actor
from casehub.audit import loaded
from casehub.cases.opening import open_records
from casehub.cases.queries import case_for, readable_records
from casehub.demo.world import Person
from casehub.policy import Actor, Keyring
from casehub.vault import PrivateKey
from casehub.web.guard import open_to_all


def _actor(person: Person) -> Actor:
    # A key fresh from its seed, as a request gets it out of the browser session.
    actor = load_actor(person.account, Keyring(PrivateKey(person.key.seed)))
    if actor is None:
        raise LookupError(f"{person.name} has no account any more")
    return actor


def case_page(person: Person, reference: str) -> str:
    """Open everything of a case that somebody may open; needs a view's unit of work."""
    actor = _actor(person)
    case = case_for(actor, reference)
    permits, records = readable_records(actor, case)
    documents = open_records(actor, case, permits, records)
    loaded()
    shown = (f"<p>{escape(value)}</p>" for read in documents.values() for value in read.values())
    return f"<!doctype html><h1>{escape(case.reference)}</h1>{''.join(shown)}"


def add_case_page(app: Flask, case: Opened) -> None:
    """Give an application the page of one case; the number in its address says who looks."""

    @open_to_all("a benchmark: the address says who looks")
    def show_case(who: int) -> str:
        return case_page(case.people[who], case.reference)

    app.add_url_rule("/case/<int:who>", "show_case", show_case)


def empty_site() -> Flask:
    """Return an application of one page that does nothing."""
    app = Flask("empty")
    app.add_url_rule("/", "empty", lambda: "<!doctype html><h1>Nothing</h1>")
    return app
