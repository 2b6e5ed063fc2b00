"""What the log says about accounts."""

from casehub.audit import Fact, catalogue
from casehub.texts import N_

AGENCY_BEGUN = catalogue.act(
    "agency:begun",
    N_("The first custodian {subject} made the agency's keys."),
    writes=True,
    subject=Fact.ID,
)
PROPOSED = catalogue.act(
    "account:proposed",
    N_("{account} proposed an account for {subject} as {roles}."),
    writes=True,
    subject=Fact.ID,
    roles=Fact.CODES,
)
SECONDED = catalogue.act(
    "account:seconded",
    N_("{account} agreed to the account of {subject}."),
    writes=True,
    subject=Fact.ID,
)
KEY_MADE = catalogue.act(
    "account-key:made",
    N_("{subject} made a key of their own."),
    writes=True,
    subject=Fact.ID,
    key=Fact.HASH,
)
ADMITTED = catalogue.act(
    "account:admitted",
    N_("{account} admitted {subject} to the agency's keys."),
    writes=True,
    subject=Fact.ID,
    epoch=Fact.COUNT,
)
ENDED = catalogue.act(
    "account:ended", N_("{account} ended the account of {subject}."), writes=True, subject=Fact.ID
)
ROLE_PROPOSED = catalogue.act(
    "role:proposed",
    N_("{account} proposed {subject} as {role}."),
    writes=True,
    subject=Fact.ID,
    role=Fact.CODE,
)
ROLE_GIVEN = catalogue.act(
    "role:given",
    N_("{account} agreed to {subject} as {role}."),
    writes=True,
    subject=Fact.ID,
    role=Fact.CODE,
)
ROLE_ENDED = catalogue.act(
    "role:ended",
    N_("{account} took the role {role} from {subject}."),
    writes=True,
    subject=Fact.ID,
    role=Fact.CODE,
)
