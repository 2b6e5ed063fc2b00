"""People with browsers: they open pages, sign in through the form, and poll.

Requests go to the application directly, without a network, in the thread that asks.
"""

import re
from typing import Any

from flask import Flask
from jinja2 import DictLoader

from casehub import clock
from casehub.demo.cast import PASSPHRASE, Part
from casehub.demo.telling import tell_hub
from casehub.demo.world import World
from casehub.store import db
from casehub.vault import Cost

HOST = "https://localhost"
SIGN_IN = "/sign-in"
POLL = "/still-here"
"""The smallest page that asks who somebody is: it answers 204 and nothing else."""

_HIDDEN = re.compile(r'<input type="hidden" name="([^"]*)" value="([^"]*)">')


class Visitor:
    """One browser, with its cookies and its address."""

    def __init__(self, app: Flask, address: str = "127.0.0.1") -> None:
        self.client = app.test_client()
        self.environment = {"REMOTE_ADDR": address}

    def get(self, path: str, status: int = 200) -> str:
        """Open a page; raise RuntimeError where the answer is not what it should be."""
        answer = self.client.get(path, base_url=HOST, environ_overrides=self.environment)
        if answer.status_code != status:
            raise RuntimeError(f"{path} answered {answer.status_code}")
        return answer.text

    def form(self) -> dict[str, str]:
        """Open the sign-in page and return the fields that nobody types."""
        page = self.get(SIGN_IN)
        start = page.index(f'action="{SIGN_IN}"')
        return dict(_HIDDEN.findall(page[start : page.index("</form>", start)]))

    def post(self, form: dict[str, str], name: str, passphrase: str, code: str) -> int:
        """Send the sign-in form and return the status of the answer."""
        typed = {"name": name, "passphrase": passphrase, "code": code}
        answer = self.client.post(
            SIGN_IN, base_url=HOST, data=form | typed, environ_overrides=self.environment
        )
        return answer.status_code

    def sign_in(self, part: Part, form: dict[str, str] | None = None) -> int:
        """Sign in as somebody of the demo's cast, with the code of this moment."""
        name = part.name.lower().replace(" ", ".")
        code = part.code_at(clock.now())
        return self.post(form or self.form(), name, PASSPHRASE, code)


def signed_in(app: Flask, part: Part) -> Visitor:
    """Return the browser of somebody who has signed in."""
    visitor = Visitor(app)
    status = visitor.sign_in(part)
    if status != 303:
        raise RuntimeError(f"signing in answered {status}")
    return visitor


def told(app: Flask, cost: Cost | None = None) -> World:
    """Tell the demo's hub into an installation; `cost` None is the policy's."""
    with app.app_context():
        world = tell_hub(cost)
        db.session.remove()
    return world


_ROWS = [
    (f"R-{n:04}-{n:04}", "Screening", "We brought it", "You", "Fri 20 Nov 2026") for n in range(50)
]
_FRAME = (
    "<!doctype html><html lang='en'><head><title>{{ title }}</title></head><body>"
    "<header><a href='/'>CaseHub</a> {{ who }}</header><main><h1>{{ title }}</h1>"
    "{% block content %}{% endblock %}</main></body></html>"
)
_LIST = (
    "{% extends 'frame' %}{% block content %}<table>{% for row in rows %}<tr>"
    "{% for cell in row %}<td>{{ cell }}</td>{% endfor %}</tr>{% endfor %}</table>{% endblock %}"
)


def bare_site() -> Flask:
    """Return an application of two pages, Flask and Jinja alone: an empty one and fifty rows."""
    app = Flask("bare")
    app.jinja_env.autoescape = True
    app.jinja_loader = DictLoader({"frame": _FRAME, "list": _LIST})
    values: dict[str, Any] = {"title": "Cases", "who": "Priya Nair", "rows": _ROWS}

    def show(name: str) -> str:
        return app.jinja_env.get_template(name).render(**values)

    app.add_url_rule("/", "empty", lambda: show("frame"))
    app.add_url_rule("/list", "list", lambda: show("list"))
    return app
