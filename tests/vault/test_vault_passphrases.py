"""What people may rely on when a passphrase, or a browser session, stands before their key."""

import dataclasses
import unicodedata

import pytest
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from hypothesis import given
from hypothesis import strategies as st

from casehub.errors import Invalid, Tampered
from casehub.vault import BrowserSecret, Cost, Lock, Passphrase, PrivateKey, SecretName
from casehub.vault.server_secrets import ServerSecret

CHEAP = Cost(memory_kib=64, passes=1, lanes=1)
WORDS = Passphrase.read("квартира без вікон 7")


@pytest.fixture(scope="module")
def pepper():
    return ServerSecret.new(SecretName.PEPPER)


@pytest.fixture(scope="module")
def key():
    return PrivateKey.new()


def test_argon2id_is_that_of_rfc_9106():
    # RFC 9106 section 5.3, with its secret and associated data.
    tag = Argon2id(
        salt=b"\x02" * 16,
        length=32,
        iterations=3,
        lanes=4,
        memory_cost=32,
        ad=b"\x04" * 12,
        secret=b"\x03" * 8,
    ).derive(b"\x01" * 32)
    assert tag.hex() == "0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659"


def test_the_passphrase_opens_the_key(pepper, key):
    lock = Lock.new(CHEAP, pepper)
    wrapped = lock.wrap(key, WORDS, pepper, "credential-1")
    assert lock.unwrap(wrapped, WORDS, pepper, "credential-1") == key


def test_letters_count_however_a_keyboard_composes_them(pepper, key):
    typed = "été à l'hôtel Sénéchal"
    lock = Lock.new(CHEAP, pepper)
    wrapped = lock.wrap(key, Passphrase.read(typed), pepper, "a")
    apart = Passphrase.read(unicodedata.normalize("NFD", typed))
    assert lock.unwrap(wrapped, apart, pepper, "a") == key


@given(st.text(min_size=12, max_size=40).filter(lambda text: text != WORDS.text))
def test_another_passphrase_opens_nothing(pepper, key, other):
    lock = Lock.new(CHEAP, pepper)
    wrapped = lock.wrap(key, WORDS, pepper, "a")
    try:
        passphrase = Passphrase.read(other)
    except Invalid:
        return
    assert lock.unwrap(wrapped, passphrase, pepper, "a") is None


@pytest.mark.parametrize("changed", ["salt", "cost", "address", "bytes", "length"])
def test_whatever_else_is_changed_opens_nothing(pepper, key, changed):
    lock = Lock.new(CHEAP, pepper)
    wrapped, address = lock.wrap(key, WORDS, pepper, "a"), "a"
    match changed:
        case "salt":
            lock = dataclasses.replace(lock, salt=bytes(16))
        case "cost":
            lock = dataclasses.replace(lock, cost=Cost(128, 1, 1))
        case "address":
            address = "b"
        case "bytes":
            wrapped = wrapped[:-1] + bytes([wrapped[-1] ^ 1])
        case _:
            wrapped = wrapped[:5]
    assert lock.unwrap(wrapped, WORDS, pepper, address) is None


def test_another_pepper_is_named_before_anything_is_tried(pepper, key):
    lock = Lock.new(CHEAP, pepper)
    wrapped = lock.wrap(key, WORDS, pepper, "a")
    with pytest.raises(Tampered, match="pepper"):
        lock.unwrap(wrapped, WORDS, ServerSecret.new(SecretName.PEPPER), "a")


@pytest.mark.parametrize("typed", ["", "elevencharx", "x" * 1001, "twelve chars \ud800"])
def test_too_short_too_long_or_broken_is_said_beside_the_field(typed):
    with pytest.raises(Invalid) as refusal:
        Passphrase.read(typed)
    assert refusal.value.place == "passphrase"


def test_a_passphrase_does_not_print():
    assert "квартира" not in f"{WORDS} {WORDS!r}"


def test_a_browser_session_opens_the_key_and_its_row_does_not_lead_back(key):
    secret = BrowserSecret.new()
    assert secret.unwrap(secret.wrap(key)) == key
    assert secret.content.hex() not in f"{secret.id} {secret!r}"


def test_another_browser_session_opens_nothing(key):
    wrapped = BrowserSecret.new().wrap(key)
    with pytest.raises(Tampered):
        BrowserSecret.new().unwrap(wrapped)


@pytest.mark.parametrize("cut", [0, 5, 12, 40])
def test_a_cut_off_row_opens_nothing(key, cut):
    secret = BrowserSecret.new()
    with pytest.raises(Tampered):
        secret.unwrap(secret.wrap(key)[:cut])


def test_a_cookie_of_another_length_is_no_session():
    with pytest.raises(Tampered):
        BrowserSecret(b"short")
