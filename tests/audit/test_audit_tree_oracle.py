"""The tree against an independent library, and what no proof may do, over logs of any shape."""

from collections.abc import Iterator, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymerkle import InmemoryTree

from casehub.audit.tree import (
    EMPTY_ROOT,
    HASH_BYTES,
    consistency_path,
    inclusion_path,
    is_consistent,
    node_hash,
    root_from_inclusion,
)
from tests.audit.grown import Grown

LARGEST = 40
ALL = Grown(f"entry {number}".encode() for number in range(LARGEST))
OTHER = bytes(HASH_BYTES)

contents = st.lists(st.binary(max_size=40), min_size=1, max_size=LARGEST)
places = st.integers(1, LARGEST).flatmap(
    lambda size: st.tuples(st.integers(0, size - 1), st.just(size))
)
pairs = st.integers(1, LARGEST).flatmap(lambda size: st.tuples(st.integers(1, size), st.just(size)))


def oracle(entries: Sequence[bytes]) -> InmemoryTree:
    tree = InmemoryTree()
    tree.append_entries(entries)
    return tree


def split(size: int) -> int:
    """The largest power of two below a size, counted out."""
    power = 1
    while power * 2 < size:
        power *= 2
    return power


def subproof(first: int, entries: Sequence[bytes], whole: bool) -> list[bytes]:
    """SUBPROOF of RFC 6962 section 2.1.2 word by word, its MTH computed by the library."""
    if first == len(entries):
        return [] if whole else [oracle(entries).get_root()]
    middle = split(len(entries))
    if first <= middle:
        right = oracle(entries[middle:]).get_root()
        return [*subproof(first, entries[:middle], whole), right]
    left = oracle(entries[:middle]).get_root()
    return [*subproof(first - middle, entries[middle:], False), left]


def sides(index: int, size: int) -> list[bool]:
    """On which side the siblings of a leaf stand, from the bottom up."""
    if size == 1:
        return []
    middle = split(size)
    if index < middle:
        return [*sides(index, middle), False]
    return [*sides(index - middle, size - middle), True]


def bent(path: Sequence[bytes]) -> Iterator[list[bytes]]:
    """Paths that differ from one: one bit of each hash, one hash more, one less, two exchanged."""
    for place, item in enumerate(path):
        yield [*path[:place], bytes([item[0] ^ 8]) + item[1:], *path[place + 1 :]]
        yield [*path[:place], *path[place + 1 :]]
        yield [*path[:place], item[:-1], *path[place + 1 :]]
        if place:
            yield [*path[: place - 1], item, path[place - 1], *path[place + 1 :]]
    for more in (OTHER, b"", path[0] if path else EMPTY_ROOT):
        yield [*path, more]
        yield [more, *path]


class TestAgainstTheLibrary:
    @given(contents)
    def test_the_root_at_every_size_is_the_same(self, entries):
        library, ours = oracle(entries), Grown(entries)
        assert [library.get_root(size) for size in range(len(entries) + 1)] == ours.roots

    @given(contents, st.data())
    def test_it_takes_our_inclusion_proofs_and_makes_the_same(self, entries, data):
        library, ours = oracle(entries), Grown(entries)
        size = data.draw(st.integers(1, len(entries)))
        index = data.draw(st.integers(0, size - 1))
        path = inclusion_path(index, size, ours.node)
        theirs = library.prove_inclusion(index + 1, size)
        leaf = library.get_leaf(index + 1)
        assert theirs.path == [leaf, *path]
        theirs.path = [leaf, *path]
        theirs.verify(leaf, ours.roots[size], index=index + 1, size=size, algorithm="sha256")
        assert root_from_inclusion(leaf, index, size, theirs.path[1:]) == library.get_root(size)

    @given(contents, st.data())
    def test_our_consistency_proofs_are_those_of_the_rfc(self, entries, data):
        ours = Grown(entries)
        size = data.draw(st.integers(1, len(entries)))
        first = data.draw(st.integers(1, size))
        path = consistency_path(first, size, ours.node)
        assert path == subproof(first, entries[:size], whole=True)

    @given(contents, st.data())
    def test_it_finds_the_roots_consistent_that_we_find_consistent(self, entries, data):
        library, ours = oracle(entries), Grown(entries)
        size = data.draw(st.integers(1, len(entries)))
        first = data.draw(st.integers(1, size))
        library.prove_consistency(first, size).verify(ours.roots[first], ours.roots[size])
        path = consistency_path(first, size, ours.node)
        assert is_consistent(first, library.get_root(first), size, library.get_root(size), path)


class TestInclusion:
    @given(places)
    def test_every_proof_leads_to_the_root(self, place):
        index, size = place
        path = inclusion_path(index, size, ALL.node)
        assert root_from_inclusion(ALL.leaves[index], index, size, path) == ALL.roots[size]

    @given(places, st.integers(0, LARGEST - 1))
    def test_another_leaf_leads_elsewhere(self, place, other):
        index, size = place
        path = inclusion_path(index, size, ALL.node)
        found = root_from_inclusion(ALL.leaves[other], index, size, path)
        assert (found == ALL.roots[size]) is (other == index)

    @given(places)
    def test_another_index_leads_elsewhere(self, place):
        index, size = place
        path = inclusion_path(index, size, ALL.node)
        for wrong in {*range(-size, size + 2)} - {index}:
            found = root_from_inclusion(ALL.leaves[index], wrong, size, path)
            assert found != ALL.roots[size]

    @given(places)
    def test_another_size_leads_elsewhere_unless_the_leaf_stands_there_the_same_way(self, place):
        # A path says on which sides of the leaf the hashes stand, not how many leaves there are;
        # the size is bound by the checkpoint that names it with its root.
        index, size = place
        path = inclusion_path(index, size, ALL.node)
        for wrong in range(LARGEST * 2):
            found = root_from_inclusion(ALL.leaves[index], index, wrong, path)
            same = wrong > index and sides(index, wrong) == sides(index, size)
            assert (found == ALL.roots[size]) is same

    @given(places)
    def test_a_path_that_is_too_long_or_too_short_leads_nowhere(self, place):
        index, size = place
        path = inclusion_path(index, size, ALL.node)
        assert root_from_inclusion(ALL.leaves[index], index, size, [*path, OTHER]) is None
        assert not path or root_from_inclusion(ALL.leaves[index], index, size, path[:-1]) is None

    @given(places)
    def test_another_path_leads_elsewhere(self, place):
        index, size = place
        for path in bent(inclusion_path(index, size, ALL.node)):
            found = root_from_inclusion(ALL.leaves[index], index, size, path)
            assert found != ALL.roots[size]

    @pytest.mark.parametrize("index", [-1, 1, 8])
    def test_an_empty_path_leads_nowhere_from_where_no_leaf_is(self, index):
        assert root_from_inclusion(ALL.leaves[0], index, 1, []) is None
        assert root_from_inclusion(ALL.leaves[0], index, 0, []) is None
        with pytest.raises(ValueError, match="no leaf"):
            inclusion_path(index, 1, ALL.node)


class TestConsistency:
    def test_every_log_begins_every_longer_one(self):
        for size in range(LARGEST + 1):
            for first in range(size + 1):
                path = consistency_path(first, size, ALL.node)
                assert is_consistent(first, ALL.roots[first], size, ALL.roots[size], path)

    @given(pairs)
    def test_another_root_is_refused(self, pair):
        first, size = pair
        path = consistency_path(first, size, ALL.node)
        before, after = ALL.roots[first], ALL.roots[size]
        for wrong in (OTHER, EMPTY_ROOT, b"", before[:-1], ALL.leaves[-1]):
            assert not is_consistent(first, wrong, size, after, path)
            assert not is_consistent(first, before, size, wrong, path)
        if first != size:
            assert not is_consistent(first, after, size, before, path)

    @given(pairs, st.data())
    def test_a_log_whose_past_was_changed_is_refused(self, pair, data):
        first, size = pair
        forged = [f"entry {number}".encode() for number in range(size)]
        forged[data.draw(st.integers(0, first - 1))] = b"another"
        fork = Grown(forged)
        for grown in (fork, ALL):
            path = consistency_path(first, size, grown.node)
            assert not is_consistent(first, ALL.roots[first], size, fork.roots[size], path)

    @given(pairs)
    def test_another_path_is_refused(self, pair):
        first, size = pair
        for path in bent(consistency_path(first, size, ALL.node)):
            assert not is_consistent(first, ALL.roots[first], size, ALL.roots[size], path)

    @given(pairs, st.integers(-2, LARGEST + 2))
    def test_another_beginning_is_refused(self, pair, wrong):
        first, size = pair
        path = consistency_path(first, size, ALL.node)
        found = is_consistent(wrong, ALL.roots[first], size, ALL.roots[size], path)
        assert found is (wrong == first)

    @pytest.mark.parametrize("size", [0, 1, 7])
    def test_nothing_begins_every_log_and_needs_no_path(self, size):
        assert consistency_path(0, size, ALL.node) == []
        assert not is_consistent(0, EMPTY_ROOT, size, ALL.roots[size], [OTHER])
        assert not is_consistent(0, OTHER, size, ALL.roots[size], [])

    def test_a_longer_log_does_not_begin_a_shorter_one(self):
        assert not is_consistent(3, ALL.roots[3], 2, ALL.roots[2], [])
        assert not is_consistent(3, ALL.roots[3], 2, ALL.roots[2], [ALL.roots[2]])
        with pytest.raises(ValueError, match="longer"):
            consistency_path(3, 2, ALL.node)

    def test_a_node_is_not_taken_for_a_leaf(self):
        leaf = node_hash(ALL.leaves[0], ALL.leaves[1])
        path = [node_hash(ALL.leaves[2], ALL.leaves[3])]
        assert root_from_inclusion(leaf, 0, 2, path) == ALL.roots[4]
        assert all(leaf != found for found in ALL.leaves)
