"""A statement has one form: what reads otherwise was not written by CaseHub."""

import json
from dataclasses import fields
from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

from casehub.errors import Tampered
from casehub.vault import (
    Holder,
    KeyKind,
    Membership,
    Release,
    Reseal,
    Succession,
    Vouch,
    VouchKind,
    check_signature,
    signing_input,
)

KINDS = [Membership, Release, Reseal, Vouch, Succession]
BY_TYPE = {
    UUID: st.uuids(),
    UUID | None: st.none() | st.uuids(),
    int: st.integers(0, 2**53 - 1),
    str: st.text(max_size=20),
    bool: st.booleans(),
    tuple[str, ...]: st.lists(st.text(max_size=8), max_size=3).map(tuple),
    datetime: st.datetimes(min_value=datetime(1900, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    Holder: st.sampled_from(Holder),
    KeyKind: st.sampled_from(KeyKind),
    VouchKind: st.sampled_from(VouchKind),
}
ANYTHING = [
    *(None, True, 0, 1.5, 2**60, "x", "", "\ud800", [], ["x"], [1], [["x"]], ["\ud800"], {}),
    *({"x": 1}, [None], "0001-01-01T00:00:00.000000+14:00", "9999-12-31T23:59:59.999999-14:00"),
    *("{6ba7b810-9dad-11d1-80b4-00c04fd430c8}", "2026-03-29", "2026-03-29T01:00:00Z"),
]


def statements(kind):
    return st.builds(
        kind, **{field.name: BY_TYPE[kind._kinds[field.name]] for field in fields(kind)}
    )


ANY_STATEMENT = st.one_of(*map(statements, KINDS))


def written(content):
    """Write JSON in the canonical order, whatever stands in it."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode("utf-8", "surrogatepass")


def fits(kind, value):
    """Say whether a JSON value is one that a field of this kind may have."""
    if isinstance(value, str) and not value.isascii():
        return False
    if kind == UUID | None:
        return value is None
    if kind == tuple[str, ...]:
        return value in ([], ["x"])
    return type(value) is kind and (kind is not int or value < 2**53)


@settings(max_examples=120, deadline=None)
@given(ANY_STATEMENT)
def test_a_statement_is_read_as_it_was_written(statement):
    encoded = statement.encode()
    again = type(statement).decode(encoded)
    assert again == statement
    assert again.encode() == encoded
    assert rfc8785.dumps(json.loads(encoded)) == encoded


@settings(max_examples=60, deadline=None)
@given(ANY_STATEMENT)
def test_a_statement_is_read_as_no_other_kind(statement):
    for kind in KINDS:
        if not isinstance(statement, kind):
            with pytest.raises(Tampered):
                kind.decode(statement.encode())


@settings(max_examples=100, deadline=None)
@given(ANY_STATEMENT, st.integers(min_value=0))
def test_a_statement_cut_off_anywhere_is_tampered(statement, length):
    encoded = statement.encode()
    with pytest.raises(Tampered):
        type(statement).decode(encoded[: length % len(encoded)])


@settings(max_examples=200, deadline=None)
@given(statement=ANY_STATEMENT, bit=st.integers(min_value=0))
def test_a_changed_bit_makes_another_statement_or_none(flip, statement, bit):
    changed = flip(statement.encode(), bit)
    try:
        read = type(statement).decode(changed)
    except Tampered:
        return
    assert read != statement
    assert read.encode() == changed


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=4, deadline=None)
@given(data=st.data())
def test_a_field_of_another_kind_is_tampered(kind, data):
    content = json.loads(data.draw(statements(kind)).encode())
    for field in fields(kind):
        for value in ANYTHING:
            if not fits(kind._kinds[field.name], value):
                with pytest.raises(Tampered):
                    kind.decode(written(content | {field.name: value}))


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=4, deadline=None)
@given(data=st.data())
def test_a_field_missing_or_too_many_is_tampered(kind, data):
    content = json.loads(data.draw(statements(kind)).encode())
    for name in content:
        with pytest.raises(Tampered):
            kind.decode(written({key: was for key, was in content.items() if key != name}))
    for name in ("more", "LABEL", "_kinds", "self"):
        with pytest.raises(Tampered):
            kind.decode(written(content | {name: "x"}))


@pytest.mark.parametrize("label", ["", "casehub/vouch/2", "casehub/membership/1", 1, None, []])
def test_another_label_is_tampered(vouch, label):
    with pytest.raises(Tampered):
        Vouch.decode(written(json.loads(vouch.encode()) | {"label": label}))


@pytest.mark.parametrize(
    "garbage",
    [
        *(b"", b"null", b"[]", b"1", b'"x"', b"{}", b"{", b"\xff", b"NaN", b"[]" * 2),
        *(b"[" * 100_000, b"1" * 5000, b'{"label":"casehub/vouch/1"}'),
        b'{"label":"casehub/vouch/1","at":' + b"[" * 100_000,
    ],
    ids=lambda content: content[:32],
)
def test_what_is_no_statement_is_tampered(garbage):
    with pytest.raises(Tampered):
        Vouch.decode(garbage)


def test_the_same_statement_in_another_form_is_tampered(vouch):
    encoded = vouch.encode()
    text = encoded.decode()
    content = json.loads(encoded)
    agency, at = content["agency"], content["at"]
    for other in (
        json.dumps(content).encode(),
        written(dict(reversed(content.items()))) + b"\n",
        json.dumps(dict(reversed(content.items())), separators=(",", ":")).encode(),
        b" " + encoded,
        b"\xef\xbb\xbf" + encoded,
        text.encode("utf-16"),
        text.encode("utf-16-le"),
        text.replace('"epoch":1', '"epoch":1.0').encode(),
        text.replace('"epoch":1', '"epoch":1,"epoch":1').encode(),
        text.replace("compared", "\\u0063ompared").encode(),
        text.replace(agency, agency.replace("-", "")).encode(),
        text.replace(agency, f"urn:uuid:{agency}").encode(),
        text.replace(at, at.replace("Z", "+00:00")).encode(),
    ):
        assert other != encoded
        with pytest.raises(Tampered):
            Vouch.decode(other)


def test_a_moment_is_written_in_utc_wherever_it_was_taken(vouch):
    kyiv = timezone(timedelta(hours=3))
    values = {field.name: getattr(vouch, field.name) for field in fields(vouch)}
    elsewhere = Vouch(**values | {"at": vouch.at.astimezone(kyiv)})
    assert elsewhere.encode() == vouch.encode()


def test_a_signature_covers_the_statement_and_what_was_sealed_under_it(vouch, north):
    statement, signature = vouch.encode(), vouch.signed_by(north.sign, b"abc")
    digest = bytes.fromhex("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    assert signing_input(b"text", digest) == b"casehub/signed/1\x00" + digest + b"text"
    check_signature(north.public.sign, statement, digest, signature)
    for other in (vouch.signed_by(north.sign), vouch.signed_by(north.sign, b"abd")):
        with pytest.raises(Tampered):
            check_signature(north.public.sign, statement, digest, other)


def test_a_signed_statement_with_any_field_changed_is_tampered(vouch, north, with_another):
    signature = vouch.signed_by(north.sign)
    nothing = bytes.fromhex("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    check_signature(north.public.sign, vouch.encode(), nothing, signature)
    for field in fields(vouch):
        changed = with_another(vouch, field.name)
        with pytest.raises(Tampered):
            check_signature(north.public.sign, changed.encode(), nothing, signature)
