"""A server secret's file is read whole or refused, and never quoted."""

import base64
import re
import traceback

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casehub.vault import SecretName, ServerSecret


@pytest.fixture(scope="module")
def secret():
    return ServerSecret.new(SecretName.PEPPER)


@pytest.fixture(scope="module")
def must_refuse(secret):
    """Read a damaged file; it must be refused in words that hold nothing of its value."""

    def check(text):
        with pytest.raises(ValueError, match=r"was|is not") as refused:
            ServerSecret.read(text)
        told = str(refused.value) + "".join(traceback.format_exception(refused.value))
        values = re.findall(r"value: (\S{8,})", secret.write() + text)
        assert not [
            value for value in values for at in range(len(value) - 7) if value[at : at + 8] in told
        ]
        assert secret.value.hex() not in told

    return check


@pytest.mark.parametrize("name", SecretName)
def test_a_secret_is_read_as_it_was_written(name):
    secret = ServerSecret.new(name)
    assert ServerSecret.read(secret.write()) == secret
    assert ServerSecret.read(secret.write().replace("\n", "\r\n")) == secret
    assert len(secret.value) == 32


def test_there_are_five_secrets_and_no_two_are_alike():
    secrets = [ServerSecret.new(name) for name in SecretName for _ in range(2)]
    assert len(secrets) == 10
    for part in ("id", "value", "check"):
        assert len({getattr(secret, part) for secret in secrets}) == 10


def test_a_check_value_is_that_of_one_value_under_one_name():
    value = bytes(range(32))
    checks = {ServerSecret(name, "0" * 16, value).check for name in SecretName}
    assert len(checks) == 5
    assert all(len(check) == 32 and value.hex() not in check for check in checks)


@settings(max_examples=250, deadline=None)
@given(at=st.integers(min_value=0), letter=st.characters(codec="utf-8"))
def test_a_file_with_a_character_changed_is_refused_or_holds_the_same(
    secret, must_refuse, at, letter
):
    text = secret.write()
    at %= len(text)
    changed = text[:at] + letter + text[at + 1 :]
    try:
        assert ServerSecret.read(changed) == secret
    except ValueError:
        must_refuse(changed)


@settings(max_examples=150, deadline=None)
@given(at=st.integers(min_value=0), digit=st.sampled_from("0123456789abcdefABCDEF=+/"))
def test_a_file_with_a_likely_character_changed_is_refused_or_holds_the_same(
    secret, must_refuse, at, digit
):
    text = secret.write()
    at %= len(text)
    changed = text[:at] + digit + text[at + 1 :]
    try:
        assert ServerSecret.read(changed) == secret
    except ValueError:
        must_refuse(changed)


def test_a_file_cut_off_anywhere_is_refused(secret, must_refuse):
    text = secret.write()
    for length in range(len(text)):
        must_refuse(text[:length])
        must_refuse(text[length + 1 :])


def test_a_file_with_lines_missing_doubled_or_out_of_order_is_refused(secret, must_refuse):
    lines = secret.write().splitlines(keepends=True)
    for at, line in enumerate(lines):
        must_refuse("".join(lines[:at] + lines[at + 1 :]))
        must_refuse("".join([*lines[:at], line, *lines[at:]]))
    must_refuse("".join(reversed(lines)))
    must_refuse(secret.write() + "\n")
    must_refuse(" " + secret.write())


@pytest.mark.parametrize("name", ["wall-key", "form-key", "peppermint", "a", "-"])
def test_a_file_under_another_name_is_refused(secret, must_refuse, name):
    must_refuse(secret.write().replace("pepper", name))


def test_a_file_with_another_id_is_refused(secret, must_refuse):
    must_refuse(secret.write().replace(secret.id, ServerSecret.new(secret.name).id))


def test_a_file_with_another_value_or_check_is_refused(secret, must_refuse):
    other = ServerSecret(secret.name, secret.id, ServerSecret.new(secret.name).value)
    must_refuse(secret.write().replace(secret.check, other.check))
    must_refuse(other.write().replace(other.check, secret.check))


@pytest.mark.parametrize("size", [0, 1, 16, 31, 33, 64])
def test_a_file_whose_value_has_another_length_is_refused(must_refuse, size):
    must_refuse(ServerSecret(SecretName.PEPPER, "0" * 16, b"x" * size).write())


@pytest.mark.parametrize("value", ["=", "AAAA=AAA", "A", "AAAAA"])
def test_a_file_whose_value_is_no_base64_is_refused(secret, must_refuse, value):
    was = base64.b64encode(secret.value).decode()
    must_refuse(secret.write().replace(was, value))


def test_a_file_of_a_later_form_is_refused(secret, must_refuse):
    must_refuse(secret.write().replace("casehub secret 1", "casehub secret 2"))
