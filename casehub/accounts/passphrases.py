"""What a passphrase must be before it is taken: long enough, and not easily guessed."""

from collections.abc import Iterable

from zxcvbn import zxcvbn

from casehub.accounts.sign_in_policy import sign_in_rules
from casehub.errors import Invalid
from casehub.texts import N_
from casehub.vault import Passphrase

_SCORED = 72  # zxcvbn takes no more; a longer passphrase is at least as hard as its beginning
_ABOUT = ("casehub",)
_MOST_WORDS, _SHORTEST_WORD, _LONGEST_WORD = 20, 3, 100
_PLACE = "passphrase"


def check_passphrase(typed: str, about: Iterable[str] = ()) -> Passphrase:
    """Return a passphrase that may be chosen; `about` is what everybody knows of its owner.

    Raises Invalid where it is shorter or longer than the policy's numbers, or too easy to guess.
    """
    rules = sign_in_rules().passphrase
    passphrase = Passphrase.read(typed)
    if not rules.shortest <= len(passphrase.text) <= rules.longest:
        raise Invalid(
            _PLACE,
            N_("A passphrase has {shortest} to {longest} characters."),
            shortest=rules.shortest,
            longest=rules.longest,
        )
    known = _words(about)
    scored = zxcvbn(passphrase.text[:_SCORED], user_inputs=known)
    if scored["score"] < rules.least_score or _left(passphrase.text, known) < rules.shortest // 2:
        raise Invalid(
            _PLACE,
            N_(
                "This is too easy to guess. Take four or five words that have nothing to do with "
                "each other or with you."
            ),
        )
    return passphrase


def _left(text: str, known: list[str]) -> int:
    # zxcvbn thinks three known words in a row are hard to guess.
    left = text.casefold()
    for word in known:
        if len(word) >= _SHORTEST_WORD:
            left = left.replace(word.casefold(), "")
    return len("".join(left.split()))


def _words(about: Iterable[str]) -> list[str]:
    whole = [text[:_LONGEST_WORD] for text in (*_ABOUT, *about) if text]
    parts = [part for text in whole for part in text.replace(".", " ").split()]
    return [*whole, *parts][:_MOST_WORDS]
