"""The tree against the published vectors of Certificate Transparency's reference tests."""

import hashlib

import pytest

from casehub.audit.tree import (
    EMPTY_ROOT,
    Frontier,
    consistency_path,
    inclusion_path,
    is_consistent,
    leaf_hash,
    node_hash,
    root_from_inclusion,
)
from tests.audit.grown import Grown

LEAVES = [
    bytes.fromhex(leaf)
    for leaf in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    bytes.fromhex(root)
    for root in (
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    )
]

A = "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"
B = "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e"
C = "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"
D = "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"
E = "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0"
F = "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a"
G = "b08693ec2e721597130641e8211e7eedccb4c26413963eee6c1e2ed16ffb1a5f"
FIRST, FIRST_TWO, FIRST_FOUR = (ROOTS[size - 1].hex() for size in (1, 2, 4))

INCLUSION = [
    (0, 1, []),
    (0, 8, [A, B, C]),
    (5, 8, [D, E, FIRST_FOUR]),
    (2, 3, [FIRST_TWO]),
    (1, 5, [FIRST, B, D]),
]
CONSISTENCY = [
    (1, 1, []),
    (1, 8, [A, B, C]),
    (2, 8, [B, C]),
    (6, 8, [F, E, FIRST_FOUR]),
    (2, 5, [B, D]),
    (6, 7, [F, G, FIRST_FOUR]),
]


@pytest.fixture(scope="module")
def reference() -> Grown:
    return Grown(LEAVES)


def test_an_empty_tree_has_the_published_root():
    empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert Frontier(0, []).root == bytes.fromhex(empty) == EMPTY_ROOT


def test_leaves_and_nodes_are_hashed_with_their_prefixes():
    assert leaf_hash(b"text") == hashlib.sha256(b"\x00text").digest()
    assert node_hash(b"left", b"right") == hashlib.sha256(b"\x01leftright").digest()


@pytest.mark.parametrize("size", range(1, 9))
def test_the_root_of_each_size_is_the_published_one(reference, size):
    assert reference.roots[size] == ROOTS[size - 1]


@pytest.mark.parametrize(("index", "size", "path"), INCLUSION)
def test_an_inclusion_proof_is_the_published_one(reference, index, size, path):
    made = inclusion_path(index, size, reference.node)
    assert [item.hex() for item in made] == path
    assert root_from_inclusion(leaf_hash(LEAVES[index]), index, size, made) == ROOTS[size - 1]


@pytest.mark.parametrize(("first", "size", "path"), CONSISTENCY)
def test_a_consistency_proof_is_the_published_one(reference, first, size, path):
    made = consistency_path(first, size, reference.node)
    assert [item.hex() for item in made] == path
    assert is_consistent(first, ROOTS[first - 1], size, ROOTS[size - 1], made)


class TestTheFrontier:
    def test_it_is_read_as_it_was_written(self, reference):
        read = Frontier.read(8, reference.frontier.content)
        assert read == reference.frontier

    @pytest.mark.parametrize("size", range(8))
    def test_what_is_read_grows_on_as_the_tree_would_have(self, size):
        grown = Grown(LEAVES[:size]).frontier
        read = Frontier.read(size, grown.content)
        for content in LEAVES[size:]:
            read.append(leaf_hash(content))
        assert read.root == ROOTS[-1]

    @pytest.mark.parametrize("size", range(1, 9))
    @pytest.mark.parametrize("change", [-32, -1, 1, 32])
    def test_what_cannot_be_a_tree_of_that_size_is_not_read(self, size, change):
        length = size.bit_count() * 32 + change
        with pytest.raises(ValueError, match="one hash for each one-bit"):
            Frontier.read(size, bytes(length))

    def test_an_empty_tree_has_an_empty_frontier(self):
        assert Frontier.read(0, b"") == Frontier(0, [])

    def test_a_leaf_that_completes_subtrees_gives_their_roots_from_the_bottom_up(self, reference):
        frontier = Grown(LEAVES[:7]).frontier
        completed = frontier.append(leaf_hash(LEAVES[7]))
        assert [(level, index) for level, index, _ in completed] == [(1, 3), (2, 1), (3, 0)]
        assert completed[-1][2] == ROOTS[-1]
