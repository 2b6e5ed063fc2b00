"""What the log says about reading the log."""

from casehub.audit import Fact, catalogue
from casehub.texts import N_

LOG_READ = catalogue.act(
    "log:read",
    N_("{account} read the log of {scope}: {entries} entries."),
    scope=Fact.CODE,
    entries=Fact.COUNT,
)
