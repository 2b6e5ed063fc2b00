"""Whether everything in a stretch of a log fits: the quick answer, which is nearly always yes.

It says no more than that. What does not fit is named by going through the stretch entry by entry,
as `verify` does then.
"""

from hashlib import sha256

from casehub.audit.stretches import Entry, Stretch, columns_fit
from casehub.audit.tree import Frontier, node_hash


def grown(tree: Frontier, stretch: Stretch) -> Frontier | None:
    """Return the tree after a stretch in which everything fits, or None where something does not.

    The stretch begins at a multiple of a power of two that is not shorter than it, so that all its
    nodes lie within it, but for those that its last entry completes with what was before.
    """
    rows, start = stretch.rows, tree.size
    if [row[0] for row in rows] != list(range(start, start + len(rows))):
        return None
    leaves = [sha256(b"\x00" + row[1].encode()).digest() for row in rows]
    if leaves != [row[2] for row in rows]:
        return None
    levels = _levels(leaves)
    after = _walk(tree, rows, levels)
    if after is None or not all(map(columns_fit, rows)):
        return None
    made = {
        level: list(enumerate(nodes, start >> level))
        for level, nodes in enumerate(levels)
        if level and nodes
    }
    return after if made == stretch.nodes else None


def _levels(leaves: list[bytes]) -> list[list[bytes]]:
    levels = [leaves]
    while len(below := levels[-1]) > 1:
        pairs = zip(below[::2], below[1::2], strict=False)
        levels.append([sha256(b"\x01" + left + right).digest() for left, right in pairs])
    return levels


def _walk(tree: Frontier, rows: list[Entry], levels: list[list[bytes]]) -> Frontier | None:
    # The peaks after each entry, from nodes that are made already; None where an entry that keeps
    # them has others.
    start, peaks = tree.size, list(tree.peaks)
    for place, row in enumerate(rows):
        index = start + place
        completed = (~index & index + 1).bit_length() - 1  # as many levels as it ends in ones
        within = min(completed, len(levels) - 1)
        if within:
            del peaks[-within:]
        node = levels[within][place >> within]
        for _ in range(within, completed):  # with what was before: only the last entry does
            node = node_hash(peaks.pop(), node)
            levels.append([node])
        peaks.append(node)
        if row[3] is not None and row[3] != b"".join(peaks):
            return None
    return Frontier(start + len(rows), peaks)
