"""Being signed in without the sign-in pages: for tests of what comes after them."""

from datetime import timedelta
from uuid import UUID

from flask import Request

from casehub.accounts.actors import load_actor
from casehub.accounts.models import Account
from casehub.demo.world import World
from casehub.errors import Invalid
from casehub.hubs.models import Agency
from casehub.policy import Keyring
from casehub.store import db
from casehub.texts import N_
from casehub.web import identity
from casehub.web.identity import Identity
from tests.page import Browser

AS = "X-Signed-In-As"
"""The header by which a test's browser says who uses it."""

GOOD_CODE = "246810"


class Door:
    """Lets browsers in as people of a world; `place` is a fixture's installation.

    `stepped_up` says whether the second factor was given lately; GOOD_CODE gives it.
    """

    def __init__(self, monkeypatch, world: World) -> None:
        self.world, self.stepped_up, self.open = world, False, True
        monkeypatch.setattr(identity, "_loader", self._load)
        monkeypatch.setattr(identity, "_step_up", self._step_up)
        monkeypatch.setattr(identity, "_sign_out", self._shut)
        monkeypatch.setattr(identity, "_sign_in_page", None)

    def browser(self, app, name: str) -> Browser:
        """Give the browser of somebody who is signed in."""
        db.session.remove()
        browser = Browser(app)
        browser.headers[AS] = name
        return browser

    def _load(self, request: Request) -> Identity | None:
        person = self.world.people.get(request.headers.get(AS, ""))
        if person is None or not self.open:
            return None
        actor = load_actor(UUID(str(person.account)), Keyring(person.key))
        if actor is None:
            return None
        agency = db.session.get_one(Agency, actor.agency)
        account = db.session.get_one(Account, actor.account)
        return Identity(
            actor=actor,
            name=account.name,
            agency_name=agency.name,
            language=None,
            stepped_up=self.stepped_up,
            stepped_up_just_now=self.stepped_up,
            idle_at=actor.at + timedelta(minutes=20),
            ends_at=actor.at + timedelta(hours=10),
        )

    def _step_up(self, code: str) -> None:
        if code != GOOD_CODE:
            raise Invalid("code", N_("This code is wrong, or was used before."))
        self.stepped_up = True

    def _shut(self) -> None:
        self.open = False
