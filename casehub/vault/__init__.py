"""The vault: bytes and keys in, bytes out, in the words of the domain.

It alone imports `cryptography`, and it knows no tables. What it promises: a sealed thing opens at
its own address, under its own statement, with its own key, or raises `Tampered`; never a wrong
plain text.
"""

from casehub.vault.browser import BrowserSecret
from casehub.vault.canonical import canonical, digest
from casehub.vault.codes import Code
from casehub.vault.drill import open_test_seal
from casehub.vault.factors import FactorSecret, random_codes
from casehub.vault.forms import FormKey
from casehub.vault.grants import (
    Carried,
    Given,
    check_membership,
    give_case_key,
    give_membership,
    names_key,
    open_carried_key,
    open_case_key,
    open_membership,
    open_predecessor,
    reseal_case_key,
    succeed,
)
from casehub.vault.inventory import Contract, Document, inventory
from casehub.vault.keys import (
    AgencyPublic,
    AgencySecret,
    PrivateKey,
    PublicKey,
    SigningKey,
    VerifyKey,
)
from casehub.vault.kinds import KeyKind
from casehub.vault.own_things import DIGEST_BYTES, open_own, own_code_digest, seal_own
from casehub.vault.passphrases import Cost, Lock, Passphrase
from casehub.vault.records import (
    CaseKey,
    RecordAddress,
    SealedRecord,
    check_record,
    open_record,
    seal_record,
    sign_record,
)
from casehub.vault.server_secrets import SecretName, ServerSecret
from casehub.vault.statements import (
    Holder,
    Membership,
    Release,
    Reseal,
    Succession,
    Vouch,
    VouchKind,
    check_signature,
    signing_input,
)
from casehub.vault.streams import new_stream_key, open_stream, seal_stream
from casehub.vault.tokens import joint_token

__all__ = [
    "DIGEST_BYTES",
    "AgencyPublic",
    "AgencySecret",
    "BrowserSecret",
    "Carried",
    "CaseKey",
    "Code",
    "Contract",
    "Cost",
    "Document",
    "FactorSecret",
    "FormKey",
    "Given",
    "Holder",
    "KeyKind",
    "Lock",
    "Membership",
    "Passphrase",
    "PrivateKey",
    "PublicKey",
    "RecordAddress",
    "Release",
    "Reseal",
    "SealedRecord",
    "SecretName",
    "ServerSecret",
    "SigningKey",
    "Succession",
    "VerifyKey",
    "Vouch",
    "VouchKind",
    "canonical",
    "check_membership",
    "check_record",
    "check_signature",
    "digest",
    "give_case_key",
    "give_membership",
    "inventory",
    "joint_token",
    "names_key",
    "new_stream_key",
    "open_carried_key",
    "open_case_key",
    "open_membership",
    "open_own",
    "open_predecessor",
    "open_record",
    "open_stream",
    "open_test_seal",
    "own_code_digest",
    "random_codes",
    "reseal_case_key",
    "seal_own",
    "seal_record",
    "seal_stream",
    "sign_record",
    "signing_input",
    "succeed",
]
