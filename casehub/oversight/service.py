"""Reading the log, which is an entry itself."""

from dataclasses import dataclass

from casehub.audit import record
from casehub.oversight import acts
from casehub.oversight.names import names_for
from casehub.oversight.proof import Proof, proof_of
from casehub.oversight.queries import (
    Filter,
    entries_for,
    leave_to_read,
    reads_whole_hub,
)
from casehub.oversight.sentences import Language, Line, Writer, ids_in
from casehub.policy import Actor, Permit


@dataclass(frozen=True)
class Reading:
    """A page of the log as its reader sees it."""

    permit: Permit
    lines: tuple[Line, ...]
    older: int | None
    proof: Proof


def read_log(
    actor: Actor, wanted: Filter, language: Language, before: int | None = None
) -> Reading:
    """Return a page of the log in sentences, and record that it was read.

    Raises Refused where policy gives neither the agency's log nor the hub's.
    """
    permit = leave_to_read(actor)
    whole = reads_whole_hub(permit)
    page = entries_for(permit, wanted, before)
    names = names_for(actor, *ids_in(page.entries), whole_hub=whole)
    writer = Writer(names, None if whole else actor.agency, language)
    lines = tuple(writer.write(entry) for entry in page.entries)
    record(
        acts.LOG_READ,
        by=actor,
        rule=permit.rule,
        scope="hub" if whole else "agency",
        entries=len(lines),
    )
    return Reading(permit, lines, page.older, proof_of(permit))
