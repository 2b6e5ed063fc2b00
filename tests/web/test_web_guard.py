"""Who reaches a page: by mark and role, found out before anything else is done."""

import pytest
from flask import Response
from sqlalchemy import text

from casehub.policy import Permission, Role
from casehub.store import db, reading
from casehub.texts import N_
from casehub.web import identity
from casehub.web.guard import check_marks, needs, open_to_all, polls, signed_in, within_reach
from casehub.web.kept import keep
from tests.web.sample import sample_pages

CUSTODIAN, OTHER = "Ana Duarte", "Ben Castellano"


@pytest.fixture
def refusals(place):
    """Give a function that counts the refusals in the log."""

    def refusals():
        with place.app.app_context(), reading():
            found = text("SELECT count(*) FROM audit_entries WHERE outcome = 'refused'")
            return db.session.scalar(found)

    return refusals


@pytest.fixture
def only_custodians(route):
    """Add a page that custodians reach."""

    @route("/keys", "GET", "POST")
    @needs(Permission.ROLE_PROPOSE)
    def keys():
        return Response("keys", mimetype="text/plain")


def somebody_without(world, role, place):
    """Find somebody who does not have a role."""
    for name, person in world.people.items():
        with place.app.app_context():
            if role not in person.actor().roles:
                return name
    raise AssertionError(f"everybody is {role}")


class TestMarks:
    def test_an_application_with_a_view_that_says_nothing_does_not_start(self, place):
        place.app.add_url_rule("/open", "open", lambda: "anything")
        with pytest.raises(RuntimeError, match="says nowhere who may reach it"):
            check_marks(place.app)

    def test_a_mark_without_a_permission_is_none(self):
        with pytest.raises(TypeError):
            needs()

    def test_a_mark_says_itself_in_words(self):
        marks = [
            open_to_all("a calendar"),
            signed_in("their own page"),
            needs(Permission.ROLE_PROPOSE, Permission.ROLE_SECOND, step_up=True),
        ]
        assert [str(mark(lambda: "").casehub_mark) for mark in marks] == [
            "open to all: a calendar",
            "signed in: their own page",
            "needs role:propose or role:second, stepped up",
        ]

    def test_a_page_that_is_asked_for_by_itself_can_say_so(self):
        assert polls(lambda: "").casehub_polls

    def test_what_a_role_can_reach_is_what_a_rule_could_allow(self, world):
        assert within_reach([Role.CUSTODIAN], Permission.ROLE_PROPOSE)
        assert not within_reach([Role.ANALYST], Permission.ROLE_PROPOSE)
        assert not within_reach([], Permission.ROLE_PROPOSE)


class TestNobody:
    def test_who_asks_for_a_page_is_led_to_signing_in_and_back(self, browser, only_custodians):
        answer = browser.send("/keys", follow=False)
        assert (answer.status, answer.headers["Location"]) == (303, "/sign-in?next=/keys")

    def test_the_way_back_holds_no_question(self, browser, only_custodians):
        answer = browser.send("/keys?name=Olena", follow=False)
        assert "Olena" not in answer.headers["Location"]

    def test_who_posts_is_told_and_no_transaction_begins(
        self, ask, only_custodians, monkeypatch, refusals
    ):
        monkeypatch.setattr("casehub.web.units.changing", None)
        answer = ask("/keys", "POST")
        assert answer.status_code == 401
        assert "You were signed out before this was sent" in answer.text
        assert refusals() == 0


class TestSomebody:
    def test_with_the_role_comes_in(self, place, door, only_custodians):
        assert door.browser(place.app, CUSTODIAN).open("/keys").text == "keys"

    def test_without_it_sees_what_is_not_there_and_is_recorded_once(
        self, place, door, world, only_custodians, refusals
    ):
        name = somebody_without(world, Role.CUSTODIAN, place)
        browser = door.browser(place.app, name)
        before = refusals()
        refused, nowhere = browser.open("/keys"), browser.open("/nowhere")
        assert (refused.status, refused.title) == (nowhere.status, nowhere.title)
        assert refusals() == before + 1

    def test_is_counted_by_whoever_wants_to_know(
        self, place, door, world, only_custodians, monkeypatch
    ):
        told = []
        monkeypatch.setattr(identity, "_refused", lambda: told.append(1))
        name = somebody_without(world, Role.CUSTODIAN, place)
        door.browser(place.app, name).open("/keys")
        assert told == [1]

    def test_who_lost_the_role_meanwhile_does_not_act(self, place, door, route, monkeypatch):
        """Asked again inside the transaction: what a first look said may have passed."""

        @route("/act", "GET", "POST")
        @needs(Permission.ROLE_PROPOSE)
        def act():
            raise AssertionError("never reached")

        name = somebody_without(door.world, Role.CUSTODIAN, place)
        looks = iter([CUSTODIAN, name])
        monkeypatch.setattr(identity, "_loader", _as_each(door, looks))
        browser = door.browser(place.app, CUSTODIAN)
        token = browser.open("/nowhere").fields_of("Hide")["csrf_token"]
        assert browser.send("/act", "POST", data={"csrf_token": token}).status == 404


def _as_each(door, names):
    def load(request):
        request.environ["HTTP_X_SIGNED_IN_AS"] = next(names)
        return door._load(request)

    return load


class TestNavigation:
    def test_shows_what_the_role_reaches_and_marks_where_one_is(self, place, door, world):
        place.app.register_blueprint(sample_pages())
        page = door.browser(place.app, CUSTODIAN).open("/sample/list")
        assert {"Samples", "Rename"} <= {it.words for it in page.root.all("a")}
        active = [it for it in page.root.all("a") if "aria-current" in it.attributes]
        assert "Samples" in [it.words for it in active]
        name = somebody_without(world, Role.CUSTODIAN, place)
        page = door.browser(place.app, name).open("/sample/list")
        assert "Rename" not in page.words

    def test_shows_nothing_to_strangers(self, browser, place):
        assert browser.open("/nowhere").root.all("nav") == []

    def test_the_first_page_is_the_first_entry(self, place, door):
        place.app.register_blueprint(sample_pages())
        answer = door.browser(place.app, CUSTODIAN).send("/", follow=False)
        assert answer.status == 303
        assert answer.headers["Location"].startswith("/")

    def test_who_is_not_signed_in_is_led_to_signing_in(self, browser):
        assert browser.send("/", follow=False).headers["Location"] == "/sign-in"


class TestSteppingAway:
    def test_what_may_be_asked_only_of_somebody_signed_in_says_so(self, place):
        with place.app.test_request_context():
            assert identity.current() is None
            with pytest.raises(RuntimeError, match="nobody needs to be signed in"):
                identity.signed_in_actor()

    def test_without_sign_in_pages_nobody_steps_up_or_is_somebody(self, place, monkeypatch):
        monkeypatch.setattr(identity, "_loader", identity._nobody)
        monkeypatch.setattr(identity, "_step_up", identity._no_step_up)
        with place.app.test_request_context():
            assert identity.load() is None
            assert keep() is None
            with pytest.raises(RuntimeError):
                identity.step_up("123456")


@pytest.mark.parametrize(
    ("registers", "place_of"),
    [
        (identity.loader, "_loader"),
        (identity.step_up_with, "_step_up"),
        (identity.sign_out_with, "_sign_out"),
        (identity.sign_in_page_with, "_sign_in_page"),
        (identity.refused_with, "_refused"),
    ],
    ids=lambda it: getattr(it, "__name__", it),
)
def test_the_sign_in_pages_register_what_they_do(monkeypatch, registers, place_of):
    monkeypatch.setattr(identity, place_of, None)
    assert registers(N_) is N_
    assert getattr(identity, place_of) is N_
