"""Parts of pages that set up a second factor, for whoever shows one.

A template of such a page takes `**shown(offer, name)` and says

    {% from "sign_in/_ways_in.html" import factor %}
    {{ factor(form, is_card, offer, qr) }}
"""

from typing import Any

from flask import Response

from casehub.accounts.factors import FactorKind, FactorOffer
from casehub.sign_in.qr import drawing
from casehub.texts import N_
from casehub.web.language import translated
from casehub.web.layout import page

_ISSUER = "CaseHub"


def shown(offer: FactorOffer, name: str) -> dict[str, Any]:
    """Return what a page shows of a second factor that is being set up; `name` is the account's."""
    is_card = offer.kind is FactorKind.CARD
    title = translated(N_("QR code for the app on your telephone"))
    qr = "" if is_card else drawing(offer.secret.uri(name, _ISSUER), title)
    return {"offer": offer, "is_card": is_card, "qr": qr}


def show_once(codes: tuple[str, ...], onward: str) -> Response:
    """Show recovery codes, for the only time."""
    return page("sign_in/_shown_once.html", codes=codes, onward=onward)
