"""What the log says about cases."""

from casehub.audit import Fact, catalogue
from casehub.texts import N_

CASE_REFERRED = catalogue.act(
    "case:referred",
    N_("{account} referred the case {case} and made its keys."),
    writes=True,
    kinds=Fact.CODES,
)
CASE_OPENED = catalogue.act(
    "case:opened",
    N_("{account} opened {keys} in {case}."),
    keys=Fact.CODES,
    records=Fact.IDS,
)
RECORD_WRITTEN = catalogue.act(
    "record:written",
    N_("{account} wrote {contract} in {case}."),
    writes=True,
    contract=Fact.CODE,
    key=Fact.CODE,
    supersedes=Fact.ID,
)
KEY_MADE = catalogue.act(
    "case-key:made", N_("{account} made the key to {key} in {case}."), writes=True, key=Fact.CODE
)
KEY_RELEASED = catalogue.act(
    "key:released",
    N_("{account} released {key} in {case} to {receiver}, until {until}. Ground: {ground}."),
    writes=True,
    key=Fact.CODE,
    receiver=Fact.ID,
    named_account=Fact.ID,
    ground=Fact.CODE,
    until=Fact.MOMENT,
    met=Fact.CODES,
)
RELEASE_ENDED = catalogue.act(
    "release:ended",
    N_("{account} ended the release of {key} in {case} to {receiver}: {code}."),
    writes=True,
    key=Fact.CODE,
    receiver=Fact.ID,
    code=Fact.CODE,
)
ASSIGNED = catalogue.act(
    "team:assigned",
    N_("{account} put {subject} on the team of {case}: {reason}."),
    writes=True,
    subject=Fact.ID,
    reason=Fact.CODE,
)
UNASSIGNED = catalogue.act(
    "team:unassigned",
    N_("{account} took {subject} off the team of {case}."),
    writes=True,
    subject=Fact.ID,
)
GRANTS_CARRIED = catalogue.act(
    "grants:carried",
    N_("{account} carried {count} keys over to epoch {epoch}."),
    writes=True,
    epoch=Fact.COUNT,
    count=Fact.COUNT,
)
LEAVER_REMOVED = catalogue.act(
    "leaver:removed",
    N_("{account} took {subject} off {cases} cases."),
    writes=True,
    subject=Fact.ID,
    cases=Fact.COUNT,
)
OLD_KEY_LEFT = catalogue.act(
    "leaver:old-key-left",
    N_("{subject} has a new key; {cases} restricted case(s) have to be given to it again."),
    writes=True,
    subject=Fact.ID,
    cases=Fact.COUNT,
)
