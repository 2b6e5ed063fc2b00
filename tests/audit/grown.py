"""A tree that was grown leaf by leaf, with all its nodes and the root at every size."""

from collections.abc import Iterable

from casehub.audit.tree import Frontier, leaf_hash


class Grown:
    """What a log keeps of its tree, in memory."""

    def __init__(self, contents: Iterable[bytes]) -> None:
        self.leaves = [leaf_hash(content) for content in contents]
        self.frontier = Frontier(0, [])
        self.roots = [self.frontier.root]
        self._nodes: dict[tuple[int, int], bytes] = {}
        for number, leaf in enumerate(self.leaves):
            self._nodes[0, number] = leaf
            for level, index, value in self.frontier.append(leaf):
                self._nodes[level, index] = value
            self.roots.append(self.frontier.root)

    def node(self, level: int, index: int) -> bytes:
        return self._nodes[level, index]
