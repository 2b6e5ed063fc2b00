"""The kinds of act that a reader of the log chooses between."""

from enum import StrEnum
from typing import Self

from casehub.texts import N_, Text


class ActKind(StrEnum):
    """What an act is about, for whoever looks for acts of one kind."""

    OPENED = "opened"
    WRITTEN = "written"
    GIVEN = "given"
    REFUSED = "refused"
    SIGNED_IN = "signed-in"
    PEOPLE = "people"
    LOG = "log"

    @property
    def text(self) -> Text:
        """Return its name for people."""
        return _TEXTS[self]

    @classmethod
    def of(cls, act: str) -> Self:
        """Return the kind of an act; one that another version made is about people and keys.

        >>> ActKind.of("key:released").value, ActKind.of("account:ended").value
        ('given', 'people')
        """
        noun = act.partition(":")[0]
        return cls(BY_ACT.get(act) or BY_NOUN.get(noun, ActKind.PEOPLE))


_TEXTS = {
    ActKind.OPENED: N_("Opened"),
    ActKind.WRITTEN: N_("Referred, written, team"),
    ActKind.GIVEN: N_("Released, taken back"),
    ActKind.REFUSED: N_("Refused, alarms"),
    ActKind.SIGNED_IN: N_("Signed in and out"),
    ActKind.PEOPLE: N_("People and keys"),
    ActKind.LOG: N_("The log itself"),
}
BY_ACT = {"case:opened": ActKind.OPENED, "case:referred": ActKind.WRITTEN}
BY_NOUN = {
    "record": ActKind.WRITTEN,
    "case-key": ActKind.WRITTEN,
    "team": ActKind.WRITTEN,
    "key": ActKind.GIVEN,
    "release": ActKind.GIVEN,
    "access": ActKind.REFUSED,
    "alarm": ActKind.REFUSED,
    "sign-in": ActKind.SIGNED_IN,
    "browser-session": ActKind.SIGNED_IN,
    "account": ActKind.PEOPLE,
    "account-key": ActKind.PEOPLE,
    "agency": ActKind.PEOPLE,
    "agency-key": ActKind.PEOPLE,
    "agreement": ActKind.PEOPLE,
    "code": ActKind.PEOPLE,
    "credential": ActKind.PEOPLE,
    "grants": ActKind.PEOPLE,
    "leaver": ActKind.PEOPLE,
    "reset": ActKind.PEOPLE,
    "role": ActKind.PEOPLE,
    "sheet": ActKind.PEOPLE,
    "log": ActKind.LOG,
    "hub": ActKind.LOG,
    "policy": ActKind.LOG,
    "secret": ActKind.LOG,
}
