"""No key prints itself, however it is asked."""

import base64

import pytest

from casehub.vault import (
    AgencySecret,
    CaseKey,
    Code,
    PrivateKey,
    SecretName,
    ServerSecret,
    SigningKey,
)


def written_forms(secret):
    """Give the ways in which bytes get into logs."""
    plain = base64.b64encode(secret).decode()
    return {
        secret.hex(),
        secret.hex().upper(),
        secret.hex(" "),
        plain,
        plain.rstrip("="),
        base64.urlsafe_b64encode(secret).decode().rstrip("="),
        base64.b32encode(secret).decode().rstrip("="),
        repr(secret),
        repr(secret)[2:-1],
        repr(bytearray(secret)),
        str(list(secret)),
        str(int.from_bytes(secret)),
        secret.decode("latin-1"),
    }


def prints_of(thing):
    """Print a thing in every way there is, alone and within others."""
    return "\n".join(
        [
            *(str(thing), repr(thing), format(thing), f"{thing}", f"{thing!r}", f"{thing!a}"),
            *("%s %r %a" % (thing, thing, thing), "{0} {0!r}".format(thing)),  # noqa: UP031, UP032
            *(str([thing]), str((thing,)), str({thing: thing}), str({"key": thing})),
            str(ValueError(thing)),
        ]
    )


@pytest.fixture
def things(released, admitted, carried, record):
    """Give each thing with what must not be seen of it."""
    private, signing, agency = PrivateKey.new(), SigningKey.new(), AgencySecret.new()
    key, code, secret = CaseKey.new(), Code.new(), ServerSecret.new(SecretName.MATCH_HALF)
    return {
        private: [private.seed],
        signing: [signing.seed],
        agency: [agency.content, agency.seal.seed, agency.sign.seed],
        key: [key.content],
        code: [code.content, code.text.encode(), code.text.replace("-", "").encode()],
        secret: [secret.value],
        released: [released.sealed, released.statement, released.signature],
        admitted: [admitted.sealed, admitted.statement, admitted.signature],
        carried: [carried.release, carried.release_signature, carried.reseal.sealed],
        record: [record.body, record.wrap, record.own_wrap],
    }


def test_nothing_prints_what_it_holds(things):
    for thing, held in things.items():
        prints = prints_of(thing)
        for content in held:
            assert not [form for form in written_forms(content) if form in prints], type(thing)


def test_nothing_prints_what_it_holds_after_it_was_used(things, address):
    for thing, held in things.items():
        if isinstance(thing, PrivateKey):
            assert thing.for_opening is not thing.public.for_sealing
        if isinstance(thing, SigningKey):
            assert thing.public.accepts(thing.sign(b"text"), b"text")
        if isinstance(thing, CaseKey):
            assert thing.unwrap(thing.wrap(bytes(32), b""), b"") == bytes(32)
        if isinstance(thing, AgencySecret):
            assert thing.public.fingerprint
        prints = prints_of(thing)
        for content in held:
            assert not [form for form in written_forms(content) if form in prints], type(thing)


def test_a_server_secret_prints_its_name_and_id():
    secret = ServerSecret.new(SecretName.WALL_KEY)
    assert "wall-key" in repr(secret)
    assert secret.id in repr(secret)
