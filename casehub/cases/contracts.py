"""The contracts of the kernel: the sealed documents that every case has."""

from casehub.vault import KeyKind, inventory

SYNOPSIS = inventory.contract("cases/synopsis", [KeyKind.SYNOPSIS])
"""The coded, de-identified description."""

IDENTITY = inventory.contract("cases/identity", [KeyKind.IDENTIFIERS])
"""Names, aliases, dates of birth, the address on file."""

SAFE_CONTACT = inventory.contract("cases/safe-contact", [KeyKind.CONTACT])
"""Where she is, and how to reach her without harm."""

WHAT_HAPPENED = inventory.contract("cases/what-happened", [KeyKind.PART])
"""The referring agency's account of what happened."""

STATEMENT = inventory.contract("cases/statement", [KeyKind.PART])
"""What an agency knows and answers for."""

NOTE = inventory.contract("cases/note", [KeyKind.OWN])
"""An agency's private note."""

MINUTE = inventory.contract("cases/minute", [KeyKind.SYNOPSIS, KeyKind.IDENTIFIERS, KeyKind.JOINT])
"""What was recorded at the table, under the key of the stage in which it was."""
