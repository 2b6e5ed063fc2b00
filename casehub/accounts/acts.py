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
    N_("{account} put the role {role} of {subject} into force."),
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
ROLE_SECONDED = catalogue.act(
    "role:seconded",
    N_("{account} agreed to {subject} as {role}; a custodian of the agency has to give it."),
    writes=True,
    subject=Fact.ID,
    role=Fact.CODE,
)
CODE_ISSUED = catalogue.act(
    "code:issued",
    N_("{account} made a code for {subject}: {kind}, good until {until}."),
    writes=True,
    subject=Fact.ID,
    kind=Fact.CODE,
    code=Fact.ID,
    until=Fact.MOMENT,
)
CODE_USED = catalogue.act(
    "code:used",
    N_("{subject} used a code and made a key of their own: {kind}."),
    writes=True,
    subject=Fact.ID,
    kind=Fact.CODE,
    code=Fact.ID,
    key=Fact.HASH,
)
CODE_WITHDRAWN = catalogue.act(
    "code:withdrawn",
    N_("{account} withdrew a code or a proposal for {subject}: {kind}."),
    writes=True,
    subject=Fact.ID,
    kind=Fact.CODE,
    code=Fact.ID,
)
CODES_RAN_OUT = catalogue.act(
    "code:ran-out",
    N_("{count} code(s) that nobody used in time open nothing any more."),
    writes=True,
    count=Fact.COUNT,
)
START_CODE_ISSUED = catalogue.act(
    "code:start-issued",
    N_("The operator made a start code for {agency}, good until {until}."),
    writes=True,
    agency=Fact.ID,
    code=Fact.ID,
    until=Fact.MOMENT,
)
START_CODE_USED = catalogue.act(
    "code:start-used",
    N_("The start code of {agency} was used."),
    writes=True,
    agency=Fact.ID,
    code=Fact.ID,
)
RESET_PROPOSED = catalogue.act(
    "reset:proposed",
    N_("{account} proposed a new way in for {subject}."),
    writes=True,
    subject=Fact.ID,
)
RESET_SECONDED = catalogue.act(
    "reset:seconded",
    N_("{account} agreed to a new way in for {subject}."),
    writes=True,
    subject=Fact.ID,
)
SHEET_MADE = catalogue.act(
    "sheet:made",
    N_("{account} made a new recovery sheet; the one before opens nothing any more."),
    writes=True,
    sheet=Fact.ID,
)
SHEET_OPENED = catalogue.act(
    "sheet:opened",
    N_("The operator opened the page for the recovery sheet of {agency} until {until}."),
    writes=True,
    agency=Fact.ID,
    until=Fact.MOMENT,
)
SHEET_USED = catalogue.act(
    "sheet:used",
    N_("The recovery sheet of {agency} was used for the account of {subject}."),
    writes=True,
    agency=Fact.ID,
    subject=Fact.ID,
    key=Fact.HASH,
)
SHEET_FAILED = catalogue.act(
    "sheet:failed",
    N_("Somebody typed a wrong code on the page for the recovery sheet of {agency}."),
    agency=Fact.ID,
)
SHEET_TRIED = catalogue.act(
    "sheet:tried",
    N_("{account} held the recovery drill: the sheet opened epoch {epoch}."),
    writes=True,
    epoch=Fact.COUNT,
)
SHEET_DEPOSITED = catalogue.act(
    "sheet:deposited",
    N_("{account} said that the recovery sheet lies sealed at {keeper}."),
    writes=True,
    keeper=Fact.ID,
)
SHEET_KEPT = catalogue.act(
    "sheet:kept",
    N_("{account} confirmed keeping the recovery sheet of {owner}."),
    writes=True,
    owner=Fact.ID,
)
SHEET_GIVEN_BACK = catalogue.act(
    "sheet:given-back",
    N_("{account} said that the recovery sheet of {owner} lies with {keeper} no more."),
    writes=True,
    owner=Fact.ID,
    keeper=Fact.ID,
)
