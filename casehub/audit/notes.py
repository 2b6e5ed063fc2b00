"""Checkpoints as signed notes (C2SP signed-note and tlog-checkpoint).

The text of a checkpoint is three lines: the log's origin, its size, its root in base64. A signature
line names the key and carries its id and an Ed25519 signature over the text.
"""

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass

from casehub.errors import Invalid
from casehub.texts import N_
from casehub.vault import SigningKey, VerifyKey

_ED25519 = b"\x01"
_KEY_ID_BYTES = 4
_SIGNATURE_LINE = re.compile("— ([^ +\n]+) ([A-Za-z0-9+/=]+)")
_CHECKPOINT = re.compile(r"([^\n]+)\n(0|[1-9][0-9]{0,18})\n([A-Za-z0-9+/]{43}=)\n")


def _not_a_checkpoint() -> Invalid:
    return Invalid("note", N_("This is not a signed checkpoint of a log."))


@dataclass(frozen=True)
class Checkpoint:
    """A log's origin, its number of entries and the root over them."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """Return the text that is signed, with its final newline."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"

    @classmethod
    def read(cls, text: str) -> "Checkpoint":
        """Read a checkpoint's text; raise Invalid for anything else."""
        found = _CHECKPOINT.fullmatch(text)
        if found is None:
            raise _not_a_checkpoint()
        return cls(found[1], int(found[2]), base64.b64decode(found[3]))

    def signed(self, key: SigningKey) -> str:
        """Return the checkpoint as a signed note, the key named after the origin."""
        return note_with(self, key.sign(self.text.encode()), key.public)


def key_id(name: str, key: VerifyKey) -> bytes:
    """Return the four bytes by which a signature line names its key."""
    named = name.encode() + b"\n" + _ED25519 + key.content
    return hashlib.sha256(named).digest()[:_KEY_ID_BYTES]


def verifier_key(name: str, key: VerifyKey) -> str:
    """Return the text form of a public key that other tools of this kind read."""
    encoded = base64.b64encode(_ED25519 + key.content).decode()
    return f"{name}+{key_id(name, key).hex()}+{encoded}"


def note_with(checkpoint: Checkpoint, signature: bytes, key: VerifyKey) -> str:
    """Put a signature that exists already under its checkpoint."""
    mark = base64.b64encode(key_id(checkpoint.origin, key) + signature).decode()
    return f"{checkpoint.text}\n— {checkpoint.origin} {mark}\n"


def open_note(note: str, name: str, key: VerifyKey) -> Checkpoint:
    """Return the checkpoint of a note that `key` signed under `name`; raise Invalid otherwise.

    Signatures of other keys are passed over, as the specification asks; one of `key` that does not
    fit spoils the note, and so does a line that is no signature.
    """
    text, separator, lines = note.rpartition("\n\n")
    if not separator or not lines.endswith("\n"):
        raise _not_a_checkpoint()
    checkpoint = Checkpoint.read(text + "\n")
    ours = (name, key_id(name, key))
    marks = [_mark(line) for line in lines.splitlines()]
    signatures = [signature for by, number, signature in marks if (by, number) == ours]
    # One key signs all logs of a deployment, and the name on a line is not part of what it signs.
    if checkpoint.origin == name and signatures:
        said = (text + "\n").encode()
        if all(key.accepts(signature, said) for signature in signatures):
            return checkpoint
    raise Invalid(
        "note", N_("The checkpoint is not signed by the key of the log {name}."), name=name
    )


def _mark(line: str) -> tuple[str, bytes, bytes]:
    # A signature line's key name, key id and signature.
    found = _SIGNATURE_LINE.fullmatch(line)
    if found is None:
        raise _not_a_checkpoint()
    try:
        mark = base64.b64decode(found[2], validate=True)
    except binascii.Error:
        raise _not_a_checkpoint() from None
    return found[1], mark[:_KEY_ID_BYTES], mark[_KEY_ID_BYTES:]
