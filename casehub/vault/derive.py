"""Keys derived from keys (HKDF-SHA256, RFC 5869) and keyed digests, each under a label of its own.

A label names one use and a version. No two uses share one, so that a value made for one purpose is
noise for every other. Labels never change; a new use takes a new label.
"""

import hmac

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

CASE_DOCUMENT = b"casehub/case-key/1/document"
CASE_COMMITMENT = b"casehub/case-key/1/commitment"
CONTENT_BODY = b"casehub/content-key/1/body"
CONTENT_COMMITMENT = b"casehub/content-key/1/commitment"
CODE_WRAP = b"casehub/code/1/wrap"
PASSPHRASE_PEPPER = b"casehub/passphrase/1/pepper"
PASSPHRASE_WRAP = b"casehub/passphrase/1/wrap"
BROWSER_WRAP = b"casehub/browser/1/wrap"
ACCOUNT_BOX = b"casehub/account/1/box"
ACCOUNT_CODE = b"casehub/account/1/code"
PRINTED_CODE = b"casehub/factor/1/printed"
SECRET_CHECK = b"casehub/server-secret/1/check"
FORM_COOKIE = b"casehub/form/1/cookie"
FORM_BINDING = b"casehub/form/1/binding"
FORM_KEPT = b"casehub/form/1/kept"
TOKEN_HUB = b"casehub/token/1/hub"
TOKEN_SERVER = b"casehub/token/1/server"


def derive(key: bytes, label: bytes, length: int = 32) -> bytes:
    """Derive `length` bytes from a uniformly random key for one labelled use."""
    return HKDF(algorithm=SHA256(), length=length, salt=None, info=label).derive(key)


def keyed_digest(key: bytes, label: bytes, content: bytes) -> bytes:
    """Return HMAC-SHA256 of a label and some content."""
    return hmac.digest(key, label + b"\x00" + content, "sha256")
