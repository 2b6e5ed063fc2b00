"""Whatever a role has no business with looks like what is not there, however it is asked for."""

import pytest

from casehub.web.guard import NEEDS, mark_of, within_reach
from tests.signing_in import Door

ANYTHING = {
    "reference": "R-7KQ2-M4XW",
    "section": "synopsis",
    "language": "fr",
    "number": 1,
}
NOBODY = "00000000-0000-4000-8000-000000000000"
PEOPLE = ("Ana Duarte", "Priya Nair", "Omar Haddad")


def routes(app):
    """Every route that is not for everybody, with an address and a method."""
    adapter = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        mark = mark_of(app.view_functions[rule.endpoint])
        values = {name: ANYTHING.get(name, NOBODY) for name in rule.arguments}
        for method in sorted({"GET", "POST"} & set(rule.methods)):
            if mark.kind == NEEDS:
                yield mark, adapter.build(rule.endpoint, values, method=method), method


@pytest.mark.parametrize("name", PEOPLE)
def test_it_is_not_there(place, world, monkeypatch, name):
    roles = world[name].actor().roles
    browser = Door(monkeypatch, world).browser(place.app, name)
    absent = browser.open("/nowhere")
    token = absent.fields_of("Hide")["csrf_token"]
    tried = 0
    for mark, path, method in routes(place.app):
        if any(within_reach(roles, permission) for permission in mark.permissions):
            continue
        page = browser.send(path, method, data={"csrf_token": token} if method == "POST" else None)
        assert (page.status, page.title) == (404, absent.title), f"{method} {path}"
        tried += 1
    assert tried > 0
