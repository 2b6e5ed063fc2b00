"""The Merkle tree of a log (RFC 6962 section 2.1, RFC 9162 section 2.1), pure.

A tree of `size` leaves is held as its frontier: the roots of its perfect subtrees, largest first.
Nodes are addressed as (level, index): a leaf is level 0, and the node (l, i) covers the leaves from
i·2^l up to (i+1)·2^l.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

HASH_BYTES = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()
Node = tuple[int, int]
ReadNode = Callable[[int, int], bytes]


def leaf_hash(content: bytes) -> bytes:
    """Return the hash of a leaf: SHA-256 of 0x00 and its content."""
    return hashlib.sha256(b"\x00" + content).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of a node: SHA-256 of 0x01 and its two children."""
    return hashlib.sha256(b"\x01" + left + right).digest()


@dataclass
class Frontier:
    """A growing tree: its size and the roots of its perfect subtrees, largest first."""

    size: int
    peaks: list[bytes]

    @classmethod
    def read(cls, size: int, content: bytes) -> "Frontier":
        """Read what `content` wrote; raise ValueError where it cannot be a tree of this size."""
        if len(content) != size.bit_count() * HASH_BYTES:
            raise ValueError("a frontier has one hash for each one-bit of its size")
        starts = range(0, len(content), HASH_BYTES)
        return cls(size, [content[start : start + HASH_BYTES] for start in starts])

    @property
    def content(self) -> bytes:
        """Return the peaks as bytes."""
        return b"".join(self.peaks)

    def append(self, leaf: bytes) -> list[tuple[int, int, bytes]]:
        """Add a leaf's hash; return the nodes (level, index, hash) that this completed."""
        completed = []
        index, level = self.size, 0
        self.peaks.append(leaf)
        while index & 1:
            right, left = self.peaks.pop(), self.peaks.pop()
            index, level = index >> 1, level + 1
            self.peaks.append(node_hash(left, right))
            completed.append((level, index, self.peaks[-1]))
        self.size += 1
        return completed

    @property
    def root(self) -> bytes:
        """Return the tree's root; for no leaves SHA-256 of nothing."""
        if not self.peaks:
            return EMPTY_ROOT
        root = self.peaks[-1]
        for peak in reversed(self.peaks[:-1]):
            root = node_hash(peak, root)
        return root


def _split(size: int) -> int:
    # The largest power of two that is smaller than the size.
    return 1 << (size - 1).bit_length() - 1


def subtree_root(start: int, end: int, node: ReadNode) -> bytes:
    """Return the root over the leaves start to end, as the tree's own cuts make them."""
    size = end - start
    if size & (size - 1) == 0:
        level = size.bit_length() - 1
        return node(level, start >> level)
    middle = start + _split(size)
    return node_hash(subtree_root(start, middle, node), subtree_root(middle, end, node))


def inclusion_path(index: int, size: int, node: ReadNode) -> list[bytes]:
    """Return the audit path of a leaf in the tree of `size` leaves (RFC 6962 section 2.1.1).

    Raises ValueError where the tree has no such leaf.
    """
    if not 0 <= index < size:
        raise ValueError(f"a tree of {size} leaves has no leaf {index}")
    path = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append(subtree_root(middle, end, node))
            end = middle
        else:
            path.append(subtree_root(start, middle, node))
            start = middle
    return path[::-1]


def consistency_path(first: int, size: int, node: ReadNode) -> list[bytes]:
    """Return the proof that the tree of `first` leaves begins that of `size` (RFC 6962 2.1.2).

    Nothing begins every tree, and needs no proof. Raises ValueError where `first` is the larger.
    """
    if first > size:
        raise ValueError("a longer tree does not begin a shorter one")
    if first == 0:
        return []
    path = []
    start, end, whole = 0, size, True
    while first != end:
        middle = start + _split(end - start)
        if first <= middle:
            path.append(subtree_root(middle, end, node))
            end = middle
        else:
            path.append(subtree_root(start, middle, node))
            start, whole = middle, False
    if not whole:
        path.append(subtree_root(start, end, node))
    return path[::-1]


def root_from_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """Return the root that an audit path leads to (RFC 9162 2.1.3.2), or None where it cannot."""
    if not 0 <= index < size:
        return None
    position, last, root = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            return None
        if position & 1 or position == last:
            root = node_hash(sibling, root)
            while position and not position & 1:
                position, last = position >> 1, last >> 1
        else:
            root = node_hash(root, sibling)
        position, last = position >> 1, last >> 1
    return root if last == 0 else None


def is_consistent(
    first: int, first_root: bytes, size: int, root: bytes, path: Sequence[bytes]
) -> bool:
    """Say whether a proof shows that one tree begins the other (RFC 9162 section 2.1.4.2)."""
    if first == size:
        return not path and first_root == root
    if not 0 < first < size:
        return first == 0 and not path and first_root == EMPTY_ROOT
    proof = list(path)
    if first & (first - 1) == 0:
        proof.insert(0, first_root)
    if not proof:
        return False
    position, last = first - 1, size - 1
    while position & 1:
        position, last = position >> 1, last >> 1
    before = after = proof[0]
    for sibling in proof[1:]:
        if last == 0:
            return False
        if position & 1 or position == last:
            before, after = node_hash(sibling, before), node_hash(sibling, after)
            while position and not position & 1:
                position, last = position >> 1, last >> 1
        else:
            after = node_hash(after, sibling)
        position, last = position >> 1, last >> 1
    return last == 0 and before == first_root and after == root
