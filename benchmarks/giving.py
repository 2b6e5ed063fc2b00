"""Giving keys and opening given ones, beside HPKE alone: the second half of `sealing`."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import uuid4

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from benchmarks.limits import LIMITS
from benchmarks.rows import Row
from benchmarks.timing import Spread, interleaved, processed, quotient
from casehub import clock
from casehub.vault import (
    AgencySecret,
    CaseKey,
    Given,
    Holder,
    KeyKind,
    Membership,
    PrivateKey,
    RecordAddress,
    Release,
    give_case_key,
    give_membership,
    open_case_key,
    open_membership,
    open_record,
    seal_record,
)
from casehub.vault.keys import _accepts

HYBRID = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
_CLASSICAL = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
_AT = datetime(2026, 3, 29, 1, 0, tzinfo=UTC)
_RECEIVERS = 14
Acts = dict[str, Callable[[], object]]


def forget_signatures() -> None:
    """Forget which signatures this process has checked."""
    _accepts.cache_clear()


def _unremembered(act: Callable[[], object]) -> Callable[[], object]:
    def fresh() -> object:
        forget_signatures()
        return act()

    return fresh


def _release(receiver: AgencySecret, key: CaseKey) -> Release:
    return Release(
        release=uuid4(),
        hub=uuid4(),
        case=uuid4(),
        kind=KeyKind.JOINT,
        owner=None,
        version=1,
        giver=uuid4(),
        giver_epoch=1,
        receiver=uuid4(),
        receiver_epoch=1,
        account=None,
        to_key=receiver.public.seal.digest,
        ground="ca-bc/danger",
        consent=None,
        at=_AT,
        until=clock.FOREVER,
        commitment=key.commitment,
    )


@dataclass
class _Two:
    """A giver and a receiver, and a case key given by the one to the other."""

    giver: AgencySecret = field(default_factory=AgencySecret.new)
    receiver: AgencySecret = field(default_factory=AgencySecret.new)
    key: CaseKey = field(default_factory=CaseKey.new)

    def __post_init__(self) -> None:
        self.statement = _release(self.receiver, self.key)
        self.given = self.give()
        self.info = self.given.statement
        self.sealed = self.seal()

    def give(self) -> Given:
        """Give the key."""
        to = self.receiver.public.seal
        return give_case_key(self.statement, self.key, to, self.giver.sign)

    def open(self, private: PrivateKey) -> CaseKey:
        """Open the given key."""
        return open_case_key(self.given, private, self.giver.public.sign)[1]

    def seal(self) -> bytes:
        """Do the least of giving: seal the same bytes to the same key."""
        to = self.receiver.public.seal.for_sealing
        return HYBRID.encrypt(self.key.content, to, self.info)

    def unseal(self, private: PrivateKey) -> bytes:
        """Do the least of opening."""
        return HYBRID.decrypt(self.sealed, private.for_opening, self.info)

    def fresh(self) -> PrivateKey:
        """Return the receiver's key as it comes out of its envelope: a seed."""
        return PrivateKey(self.receiver.seal.seed)


def _classical(content: bytes, info: bytes) -> Acts:
    private = X25519PrivateKey.generate()
    public = private.public_key()
    sealed = _CLASSICAL.encrypt(content, public, info)
    return {
        "old seal": lambda: _CLASSICAL.encrypt(content, public, info),
        "old open": lambda: _CLASSICAL.decrypt(sealed, private, info),
    }


def grants(rounds: int, times: int) -> list[Row]:
    """Measure giving one key and opening a given one."""
    two = _Two()
    own = two.receiver.seal
    acts: Acts = {
        "give": two.give,
        "seal": two.seal,
        "open given": _unremembered(lambda: two.open(own)),
        "open given from seed": _unremembered(lambda: two.open(two.fresh())),
        "open": lambda: two.unseal(own),
        "open from seed": lambda: two.unseal(two.fresh()),
        **_classical(two.key.content, two.info),
    }
    found = interleaved({name: processed(act, times) for name, act in acts.items()}, rounds)
    return [*_given_rows(found), *_bare_rows(found)]


def _given_rows(found: dict[str, Spread]) -> list[Row]:
    hybrid, old = "HPKE alone, same suite", "HPKE alone, X25519"
    fresh = "… with the own key fresh from its seed"
    return [
        Row.compare("give a case key", found["give"], hybrid, found["seal"]),
        Row.compare("… the same", found["give"], old, found["old seal"]),
        Row.compare("open a given key", found["open given"], hybrid, found["open"]),
        Row.compare("… the same", found["open given"], old, found["old open"]),
        Row.compare(fresh, found["open given from seed"], hybrid, found["open"]),
    ]


def _bare_rows(found: dict[str, Spread]) -> list[Row]:
    old, fresh = "HPKE alone, X25519", "… with the own key fresh from its seed"
    seed = found["open from seed"]
    return [
        Row.compare("HPKE alone: seal", found["seal"], old, found["old seal"], "hpke-seal"),
        Row.compare("HPKE alone: open", found["open"], old, found["old open"], "hpke-open"),
        Row.compare(fresh, seed, old, found["old open"], "hpke-open-from-seed"),
    ]


class _Request:
    """What a request that opens one record asks of the vault."""

    def __init__(self, two: _Two) -> None:
        self.two, self.member = two, PrivateKey.new()
        self.statement = Membership(
            hub=uuid4(),
            agency=uuid4(),
            epoch=1,
            account=uuid4(),
            key=self.member.public.digest,
            roles=("caseworker",),
            holder=Holder.PERSON,
        )
        self.given = give_membership(self.statement, two.receiver, self.member.public)
        ids = (uuid4() for _ in range(3))
        record, case, author = ids
        self.address = RecordAddress("cases/note", record, case, KeyKind.JOINT, None, 1, 1, author)
        self.sealed = seal_record(self.address, bytes(256), two.key, None)

    def run(self) -> bytes:
        """Open membership, case key and record."""
        fresh, public = PrivateKey(self.member.seed), self.two.receiver.public
        agency = open_membership(self.given, self.statement, fresh, public)
        key = self.two.open(agency.seal)
        return open_record(self.address, self.sealed.body, self.sealed.wrap, key)


def requests(rounds: int, times: int) -> list[Row]:
    """Measure what a request opens at least, and giving one key to a whole table."""
    two = _Two()
    request = _Request(two)
    acts: Acts = {
        "request": _unremembered(request.run),
        "open": lambda: two.unseal(two.receiver.seal),
        "round": lambda: [two.give() for _ in range(_RECEIVERS)],
        "seal": two.seal,
    }
    found = interleaved(
        {name: processed(act, max(times // _RECEIVERS, 1)) for name, act in acts.items()}, rounds
    )
    what = "open membership, case key and record, as a request does"
    one = "one HPKE open, same suite"
    return [
        Row.compare(what, found["request"], one, found["open"], "request-that-opens"),
        Row(
            f"give a case key to {_RECEIVERS} agencies",
            found["round"],
            against="one HPKE seal, same suite",
            ratio=quotient(found["round"], found["seal"]),
            limits=(LIMITS["key-to-14-agencies"],),
        ),
    ]
