"""Names to sign in with: one for the whole deployment, typed by people, so compared folded."""

import re
import unicodedata

from sqlalchemy import select

from casehub.accounts.models import Account
from casehub.errors import Invalid
from casehub.store import db
from casehub.texts import N_

LONGEST = 60
_FORM = re.compile(r"[^\W_]+([.\-_'][^\W_]+)*")
_DROPPED = re.compile(r"[^\w\s.\-']|_")
_FIRST_NUMBER = 2
_PLACE = "sign_in_name"
_ANYBODY = "member"


def fold(typed: str) -> str:
    """Return a name as it is stored and compared: composed, in small letters, without margins.

    >>> fold(" Priya.NAIR ") == fold("priya.nair")
    True
    """
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", typed).casefold()).strip()


def checked(typed: str) -> str:
    """Return a folded name that nobody has yet.

    Raises Invalid for one that is empty, too long, mixes alphabets (two that look alike would be
    two people), holds something else than letters, digits and `.-_'`, or is taken.
    """
    name = fold(typed)
    if not name or len(name) > LONGEST:
        message = N_("A name to sign in with has 1 to {longest} characters.")
        raise Invalid(_PLACE, message, longest=LONGEST)
    if not _FORM.fullmatch(name):
        message = N_("Use letters and digits, with single dots or dashes between them.")
        raise Invalid(_PLACE, message)
    if not _of_one_alphabet(name):
        raise Invalid(_PLACE, N_("Use letters of one alphabet only: some look alike in two."))
    if _taken(name):
        raise Invalid(_PLACE, N_("Somebody signs in with this name already. Choose another."))
    return name


def may_be_a_name(typed: str) -> bool:
    """Say whether what somebody typed has the form of a name to sign in with."""
    name = fold(typed[: 2 * LONGEST])
    return len(name) <= LONGEST and _FORM.fullmatch(name) is not None


def suggested(name: str) -> str:
    """Return a free name to sign in with, made from somebody's own where that makes one."""
    words = fold(_DROPPED.sub("", name)).replace("'", "").split()
    stem = ".".join(part.strip(".-") for part in words if part.strip(".-"))[: LONGEST - 4]
    stem = re.sub(r"([.\-])[.\-]+", r"\1", stem).strip(".-")
    if not _FORM.fullmatch(stem) or not _of_one_alphabet(stem):
        stem = _ANYBODY
    found, number = stem, _FIRST_NUMBER
    while _taken(found):
        found, number = f"{stem}{number}", number + 1
    return found


def account_named(typed: str) -> Account | None:
    """Return the account that somebody names to sign in with, or None."""
    return db.session.scalar(select(Account).where(Account.sign_in_name == fold(typed)))


def _taken(name: str) -> bool:
    query = select(Account.id).where(Account.sign_in_name == name)
    return db.session.scalar(query) is not None


def _of_one_alphabet(name: str) -> bool:
    return len({_alphabet(letter) for letter in name if letter.isalpha()}) <= 1


def _alphabet(letter: str) -> str:
    # The first word of a letter's name is its script: LATIN, CYRILLIC, GREEK, ARABIC.
    return unicodedata.name(letter, "unknown").split()[0]
