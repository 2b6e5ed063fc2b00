"""Keys given under signed statements: memberships, releases, re-seals and successions.

Each pair of functions is one promise: what `give_…` made opens with the right private key, under
the very statement that was signed, and with nothing else.
"""

import hashlib
from dataclasses import dataclass, field

from casehub.errors import Tampered
from casehub.texts import N_
from casehub.vault.canonical import digest
from casehub.vault.envelope import open_with, seal_to
from casehub.vault.keys import (
    AgencyPublic,
    AgencySecret,
    PrivateKey,
    PublicKey,
    SigningKey,
    VerifyKey,
)
from casehub.vault.records import CaseKey
from casehub.vault.statements import (
    Membership,
    Release,
    Reseal,
    Statement,
    Succession,
    Vouch,
    check_signature,
)


@dataclass(frozen=True)
class Given:
    """A secret sealed under a statement, and the giver's signature over both."""

    statement: bytes = field(repr=False)
    sealed: bytes = field(repr=False)
    signature: bytes = field(repr=False)

    @property
    def sealed_digest(self) -> bytes:
        """Return SHA-256 of what was sealed, which the signature covers."""
        return hashlib.sha256(self.sealed).digest()


def _give(statement: Statement, secret: bytes, to: PublicKey, signer: SigningKey) -> Given:
    encoded = statement.encode()
    sealed = seal_to(to, secret, encoded)
    return Given(encoded, sealed, statement.signed_by(signer, sealed))


def _same_key(named: str, key: PublicKey) -> None:
    if named != key.digest:  # both are public, and what was signed need not be ASCII
        raise Tampered(N_("A statement names another key than the one it came with."))


def give_membership(statement: Membership, agency: AgencySecret, member: PublicKey) -> Given:
    """Seal an agency's private keys to a member's key and sign the membership."""
    _same_key(statement.key, member)
    return _give(statement, agency.content, member, agency.sign)


def open_membership(
    given: Given, expected: Membership, member: PrivateKey, agency: AgencyPublic
) -> AgencySecret:
    """Open an agency's private keys with a member's key.

    `expected` is rebuilt from the rows as they are now, so a role changed behind the agency's back
    closes the membership. Raises Tampered if statement, signature, keys or bytes do not fit.
    """
    check_membership(given, expected, member.public, agency)
    secret = AgencySecret.read(open_with(member, given.sealed, given.statement))
    if secret.public != agency:
        raise Tampered(N_("A membership holds other keys than its agency's."))
    return secret


def check_membership(
    given: Given, expected: Membership, member: PublicKey, agency: AgencyPublic
) -> None:
    """Raise Tampered unless the agency signed just this membership for just this key."""
    if given.statement != expected.encode():
        raise Tampered(N_("A membership is not what its agency signed."))
    _same_key(expected.key, member)
    check_signature(agency.sign, given.statement, given.sealed_digest, given.signature)


def give_case_key(statement: Release, key: CaseKey, to: PublicKey, giver: SigningKey) -> Given:
    """Seal a case key to a receiver under a release, signed by the giving agency."""
    _same_key(statement.to_key, to)
    if statement.commitment != key.commitment:
        raise Tampered(N_("A release names another key than the one it gives."))
    return _give(statement, key.content, to, giver)


def open_case_key(given: Given, receiver: PrivateKey, giver: VerifyKey) -> tuple[Release, CaseKey]:
    """Open a case key; return it with the release that was signed.

    The signature is checked before anything is opened, and the key against its commitment after.
    Who calls must hold `giver` to be the giving agency's key, and compare the release with the
    case it asks about.
    """
    check_signature(giver, given.statement, given.sealed_digest, given.signature)
    release = Release.decode(given.statement)
    _same_key(release.to_key, receiver.public)
    return release, _committed(open_with(receiver, given.sealed, given.statement), release)


def _committed(content: bytes, release: Release) -> CaseKey:
    key = CaseKey(content)
    if key.commitment != release.commitment:
        raise Tampered(N_("A release gave another key than the one it names."))
    return key


def reseal_case_key(release: bytes, key: CaseKey, receiver: AgencySecret, epoch: int) -> Given:
    """Carry a released key over to the receiver's next epoch; the receiver itself signs."""
    was = Release.decode(release)
    statement = Reseal(
        was.release, digest(release), was.receiver, epoch, receiver.public.seal.digest
    )
    return _give(statement, key.content, receiver.seal.public, receiver.sign)


@dataclass(frozen=True)
class Carried:
    """A release as its giver signed it, and the later re-seal that carries its key now."""

    release: bytes = field(repr=False)
    first_sealed_digest: bytes = field(repr=False)
    release_signature: bytes = field(repr=False)
    reseal: Given = field(repr=False)


def open_carried_key(
    carried: Carried, receiver: AgencySecret, giver: VerifyKey
) -> tuple[Release, CaseKey]:
    """Open a case key that its receiver carried over to a later epoch.

    Checks the giver's signature over the release, the receiver's own over the re-seal, and that
    the one names the other.
    """
    check_signature(giver, carried.release, carried.first_sealed_digest, carried.release_signature)
    given = carried.reseal
    check_signature(receiver.public.sign, given.statement, given.sealed_digest, given.signature)
    release, reseal = Release.decode(carried.release), Reseal.decode(given.statement)
    if (reseal.release, reseal.release_digest) != (release.release, digest(carried.release)):
        raise Tampered(N_("A key was carried over under another release."))
    _same_key(reseal.to_key, receiver.seal.public)
    return release, _committed(open_with(receiver.seal, given.sealed, given.statement), release)


def succeed(statement: Succession, before: AgencySecret, after: AgencySecret) -> Given:
    """Seal the old epoch's private keys to the new one; the old one signs for the new."""
    _same_keys(statement, after.public)
    return _give(statement, before.content, after.seal.public, before.sign)


def open_predecessor(given: Given, after: AgencySecret, before: AgencyPublic) -> AgencySecret:
    """Open the epoch before with the epoch after."""
    check_signature(before.sign, given.statement, given.sealed_digest, given.signature)
    _same_keys(Succession.decode(given.statement), after.public)
    secret = AgencySecret.read(open_with(after.seal, given.sealed, given.statement))
    if secret.public != before:
        raise Tampered(N_("A succession holds other keys than its agency's."))
    return secret


def names_key(statement: Vouch | Succession, key: AgencyPublic) -> bool:
    """Say whether a vouch or a succession is about just this pair of public keys."""
    named = statement.seal_key, statement.sign_key
    return named == (key.seal.digest, digest(key.sign.content))


def _same_keys(statement: Succession, key: AgencyPublic) -> None:
    if not names_key(statement, key):
        raise Tampered(N_("A statement names another key than the one it came with."))
