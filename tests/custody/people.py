"""What the tests of the slice share: somebody new, and how a link is used."""

import re
from urllib.parse import urlsplit

from casehub import clock
from casehub.accounts.factors import FactorKind, FactorOffer
from tests.page import Browser

CODE = re.compile(r"(?:[2-9A-HJKMNP-TV-Z]{4}-){6}[2-9A-HJKMNP-TV-Z]{3}")
LINK = re.compile(r"https?://\S+/use-code/\S+")
PASSPHRASE = "harbour lantern quietly seven otters"
NEW_PERSON = {
    "Name": "Tess Okafor",
    "Work e-mail": "t@r.example",
    "Work telephone": "",
    "Name to sign in with": "",
    "Caseworker": True,
}


def ways(page):
    """What somebody types who chooses a passphrase and sets up a telephone."""
    secret = re.search(r'name="offer"[^>]*value="([^"]+)"', page.text)[1]
    offer = FactorOffer.read(FactorKind.PHONE, secret)
    return {
        "New passphrase": PASSPHRASE,
        "New passphrase again": PASSPHRASE,
        "First code from it": offer.secret.code_at(clock.now()),
    }


def take_up_by_link(app, link, code):
    """Open a link that came by mail and use the code that came by voice."""
    page = Browser(app).open(urlsplit(link).path)
    return page.fill({"The code that you were given": code, **ways(page)}).press("Make my key")
