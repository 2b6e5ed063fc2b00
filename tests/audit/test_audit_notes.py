"""Checkpoints as signed notes: they say what was signed, or nothing."""

import base64
import hashlib
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from casehub.audit.notes import Checkpoint, key_id, note_with, open_note, verifier_key
from casehub.errors import Invalid
from casehub.vault import SigningKey, VerifyKey

# The key, the text and the signature in the tests of golang.org/x/mod/sumdb/note.
PETER = "PeterNeumann"
PETER_SEED = base64.b64decode("AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz")[1:]
PETER_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
PETER_TEXT = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
)
PETER_MARK = (
    "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM="
)

ORIGIN = "casehub/1f0d"
ROOT = hashlib.sha256(b"root").digest()
ROOT_TEXT = base64.b64encode(ROOT).decode()
CHECKPOINT = Checkpoint(ORIGIN, 20852163, ROOT)
KEY = SigningKey(bytes(range(32)))
NOTE = CHECKPOINT.signed(KEY)
MARK = NOTE.split(" ")[-1].strip()
FOREIGN = "— witness.example/north " + base64.b64encode(b"\x07\x07\x07\x07" + bytes(72)).decode()


def by_hand(text: str, name: str, seed: bytes = KEY.seed) -> str:
    """A signature line made of nothing but the library's Ed25519 and the specification."""
    private = Ed25519PrivateKey.from_private_bytes(seed)
    public = private.public_key().public_bytes_raw()
    number = hashlib.sha256(name.encode() + b"\n\x01" + public).digest()[:4]
    return f"— {name} {base64.b64encode(number + private.sign(text.encode())).decode()}"


def refused(note: str, name: str = ORIGIN, key: VerifyKey = KEY.public) -> bool:
    with pytest.raises(Invalid) as caught:
        open_note(note, name, key)
    return caught.value.place == "note"


class TestAgainstOthers:
    def test_a_public_key_is_written_as_the_reference_writes_it(self):
        key = SigningKey(PETER_SEED).public
        assert verifier_key(PETER, key) == PETER_KEY
        assert key_id(PETER, key).hex() == "c74f20a3"

    def test_a_signature_line_is_that_of_the_reference(self):
        key = SigningKey(PETER_SEED)
        mark = key_id(PETER, key.public) + key.sign(PETER_TEXT.encode())
        assert base64.b64encode(mark).decode() == PETER_MARK
        assert by_hand(PETER_TEXT, PETER, PETER_SEED) == f"— {PETER} {PETER_MARK}"

    def test_a_checkpoint_is_three_lines(self):
        assert CHECKPOINT.text == f"{ORIGIN}\n20852163\n{ROOT_TEXT}\n"

    def test_a_note_is_the_text_an_empty_line_and_the_signature(self):
        assert f"{CHECKPOINT.text}\n{by_hand(CHECKPOINT.text, ORIGIN)}\n" == NOTE

    def test_a_note_made_by_hand_is_opened(self):
        text = f"{ORIGIN}\n0\n{ROOT_TEXT}\n"
        note = f"{text}\n{by_hand(text, ORIGIN)}\n"
        assert open_note(note, ORIGIN, KEY.public) == Checkpoint(ORIGIN, 0, ROOT)


class TestWhatWasSigned:
    @given(st.integers(0, 10**19 - 1), st.binary(min_size=32, max_size=32))
    def test_it_comes_back(self, size, root):
        given_out = Checkpoint(ORIGIN, size, root)
        assert open_note(given_out.signed(KEY), ORIGIN, KEY.public) == given_out

    def test_a_signature_that_exists_already_makes_the_same_note(self):
        signature = KEY.sign(CHECKPOINT.text.encode())
        assert note_with(CHECKPOINT, signature, KEY.public) == NOTE

    @pytest.mark.parametrize("foreign", [FOREIGN, by_hand(CHECKPOINT.text, "other", bytes(32))])
    def test_signatures_of_others_are_passed_over(self, foreign):
        text, ours = NOTE.rsplit("\n\n", 1)
        for lines in (f"{foreign}\n{ours}", f"{ours}{foreign}\n", f"{foreign}\n" * 15 + ours):
            assert open_note(f"{text}\n\n{lines}", ORIGIN, KEY.public) == CHECKPOINT

    def test_a_foreign_signature_that_shares_name_or_id_is_passed_over(self):
        text, ours = NOTE.rsplit("\n\n", 1)
        namesake = by_hand(CHECKPOINT.text, ORIGIN, bytes(32))
        same_id = f"— someone {MARK}"
        found = open_note(f"{text}\n\n{namesake}\n{same_id}\n{ours}", ORIGIN, KEY.public)
        assert found == CHECKPOINT


class TestWhatWasNotSigned:
    def test_another_key_did_not_sign_it(self):
        assert refused(NOTE, key=SigningKey(bytes(32)).public)

    def test_another_name_did_not_sign_it(self):
        assert refused(NOTE, name="casehub/other")

    def test_another_key_that_claims_our_id_did_not_sign_it(self):
        forged = SigningKey(bytes(32)).sign(CHECKPOINT.text.encode())
        assert refused(note_with(CHECKPOINT, forged, KEY.public))

    def test_a_false_signature_under_our_name_is_not_made_good_by_a_true_one(self):
        forged = note_with(CHECKPOINT, bytes(64), KEY.public)
        assert refused(forged + NOTE.rsplit("\n\n", 1)[1])

    @pytest.mark.parametrize(
        "change",
        [{"size": 20852164}, {"root": bytes(32)}, {"origin": "casehub/1f0e"}],
        ids=lambda change: next(iter(change)),
    )
    def test_another_text_was_not_signed(self, change):
        other = replace(CHECKPOINT, **change)
        assert refused(f"{other.text}\n{by_hand(CHECKPOINT.text, ORIGIN)}\n")

    def test_the_checkpoint_of_another_log_is_none_of_this_one(self):
        # One key signs all logs of a deployment; the name on the line is not part of what it signs.
        other = Checkpoint("casehub/other", 5, ROOT)
        assert refused(f"{other.text}\n{by_hand(other.text, ORIGIN)}\n")

    def test_the_id_of_another_key_is_not_ours(self):
        mark = base64.b64encode(bytes(4) + base64.b64decode(MARK)[4:]).decode()
        assert refused(f"{CHECKPOINT.text}\n— {ORIGIN} {mark}\n")

    @pytest.mark.parametrize("length", [0, 3, 4, 67, 69])
    def test_a_signature_of_another_length_is_none(self, length):
        mark = base64.b64encode((base64.b64decode(MARK) + b"\0")[:length]).decode()
        assert refused(f"{CHECKPOINT.text}\n— {ORIGIN} {mark}\n")


def signed(text: str) -> str:
    return f"{text}\n{by_hand(text, ORIGIN)}\n"


class TestWhatIsNoNote:
    @pytest.mark.parametrize(
        "note",
        [
            "",
            "\n\n",
            CHECKPOINT.text,
            CHECKPOINT.text + "\n",
            NOTE.removesuffix("\n"),
            NOTE.replace("\n\n", "\n"),
            NOTE.replace("— ", "- "),
            NOTE.replace("— ", "—"),
            NOTE + "— witness.example\n",
            NOTE + "— witness.example AAAA\x85\n",
            NOTE + "— wit+ness AAAAAAAA\n",
            NOTE + "— witness.example ====\n",
            NOTE + "— witness.example A\n",
            NOTE + "anything\n",
            NOTE.replace(MARK, MARK + " "),
            NOTE.replace(MARK, MARK[:-2] + "*="),
            NOTE + "\n",
        ],
    )
    def test_what_is_malformed_is_invalid(self, note):
        assert refused(note)

    @pytest.mark.parametrize(
        "text",
        [
            f"{ORIGIN}\n01\n{ROOT_TEXT}\n",
            f"{ORIGIN}\n-1\n{ROOT_TEXT}\n",
            f"{ORIGIN}\n1 \n{ROOT_TEXT}\n",
            f"{ORIGIN}\n٣\n{ROOT_TEXT}\n",
            f"{ORIGIN}\n{10**19}\n{ROOT_TEXT}\n",
            f"{ORIGIN}\n1\n{ROOT_TEXT[:-4]}\n",
            f"{ORIGIN}\n1\n{ROOT_TEXT[:-1]}A\n",
            f"{ORIGIN}\n1\n",
            f"\n1\n{ROOT_TEXT}\n",
            f"{ORIGIN}\n1\n{ROOT_TEXT}\nan extension\n",
            f"{ORIGIN}\n\n1\n{ROOT_TEXT}\n",
        ],
    )
    def test_what_is_signed_and_no_checkpoint_is_invalid(self, text):
        assert refused(signed(text))

    @given(st.text())
    def test_no_other_text_passes_for_one(self, text):
        assert refused(text)
        assert text == "" or refused(text + NOTE)

    def test_the_same_root_in_another_spelling_was_not_signed(self):
        other = ROOT_TEXT[:-2] + chr(ord(ROOT_TEXT[-2]) + 1) + "="
        assert base64.b64decode(other) == ROOT
        assert refused(NOTE.replace(ROOT_TEXT, other))

    def test_a_text_that_has_no_bytes_is_invalid(self):
        assert refused(NOTE.replace("1f0d\n", "1f\ud800\n"))

    @given(st.integers(0, len(CHECKPOINT.text) - 1), st.characters(codec="utf-8"))
    def test_no_letter_of_what_was_signed_can_be_changed(self, place, letter):
        changed = NOTE[:place] + letter + NOTE[place + 1 :]
        assert changed == NOTE or refused(changed)
