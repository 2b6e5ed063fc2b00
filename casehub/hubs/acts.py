"""What the log says about hubs, agencies and their keys."""

from casehub.audit import Fact, catalogue
from casehub.texts import N_

HUB_FOUNDED = catalogue.act("hub:founded", N_("The hub was founded."), writes=True)
AGENCY_NAMED = catalogue.act(
    "agency:named", N_("The agency {agency} was named."), writes=True, agency=Fact.ID
)
KEYS_MADE = catalogue.act(
    "agency-key:made",
    N_("The agency's keys of epoch {epoch} were made."),
    writes=True,
    epoch=Fact.COUNT,
    seal_key=Fact.HASH,
    routine=Fact.COUNT,
)
KEYS_RETIRED = catalogue.act(
    "agency-key:retired",
    N_("The agency's private keys of epoch {epoch} were deleted."),
    writes=True,
    epoch=Fact.COUNT,
)
VOUCHED = catalogue.act(
    "agency-key:vouched",
    N_("{account} vouched for the key of {agency}, epoch {epoch}: {kind}."),
    writes=True,
    agency=Fact.ID,
    epoch=Fact.COUNT,
    kind=Fact.CODE,
)
VOUCH_WITHDRAWN = catalogue.act(
    "agency-key:vouch-withdrawn",
    N_("{account} withdrew the vouch for the key of {agency}, epoch {epoch}."),
    writes=True,
    agency=Fact.ID,
    epoch=Fact.COUNT,
)
AGREEMENT_FILED = catalogue.act(
    "agreement:filed",
    N_("{account} put the signed agreement of {agency} on file."),
    writes=True,
    agency=Fact.ID,
)
TELEPHONE_CHANGED = catalogue.act(
    "agency:telephone-changed",
    N_("{account} changed the agency's duty telephone."),
    writes=True,
)
