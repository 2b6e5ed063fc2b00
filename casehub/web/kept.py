"""What somebody typed while their session ended: sealed, and offered again after they sign in.

It travels through the browser that typed it, under the form key. It is bound to the account by the
id that every form carries: only the same account is shown it again. Passphrases and codes are never
kept.
"""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Response, request

from casehub import clock
from casehub.clock import parse_timestamp, timestamp
from casehub.errors import Tampered
from casehub.web.fields import SECRET
from casehub.web.forms import SENT, form_key, row_id_of
from casehub.web.layout import page

FIELD = "kept"
LONGEST_KEPT = timedelta(hours=12)
_NOT_OURS = {"csrf_token", FIELD}


@dataclass(frozen=True)
class Kept:
    """A form as it was sent, to be sent again."""

    path: str
    fields: tuple[tuple[str, str], ...]
    at: datetime


def keep() -> str | None:
    """Seal what this request sends; None where it carries no form of ours."""
    if SENT not in request.form:
        return None
    fields = [pair for pair in request.form.items(multi=True) if _is_kept(pair[0])]
    content = {"path": request.path, "fields": fields, "at": timestamp(clock.now())}
    return form_key().keep(json.dumps(content).encode())


def _is_kept(name: str) -> bool:
    return name not in _NOT_OURS and not SECRET.search(name)


def kept_form(sealed: str | None) -> Kept | None:
    """Return what was kept, if it is of whoever is signed in now and not older than half a day."""
    if not sealed:
        return None
    try:
        content = json.loads(form_key().open_kept(sealed))
    except Tampered:
        return None
    kept = Kept(
        content["path"],
        tuple((name, text) for name, text in content["fields"]),
        parse_timestamp(content["at"]),
    )
    if row_id_of(dict(kept.fields).get(SENT, "")) is None:
        return None
    return kept if clock.now() - kept.at <= LONGEST_KEPT else None


def resend(kept: Kept) -> Response:
    """Return the page that offers what was kept."""
    return page("web/resend.html", kept=kept)
