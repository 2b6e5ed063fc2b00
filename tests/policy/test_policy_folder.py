"""The folder of policies: what belongs to it, its hash, and the versions that are kept of it."""

import pytest
from sqlalchemy import select, text

from casehub.errors import Misconfigured, Tampered
from casehub.policy import PolicyFile, folder_digest, in_force, instead, policy_files
from casehub.policy.decide import Policy
from casehub.policy.documents import PolicyDocument, current_document, keep
from casehub.store import db, reading, writing


def write(folder, **files):
    for name, content in files.items():
        path = folder / name.replace("__", "/").replace("_toml", ".toml").replace("_md", ".md")
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())


class TestTheFolder:
    def test_it_holds_data_files_and_no_prose(self, tmp_path):
        write(tmp_path, access_toml="a", sub__two_toml="b", matrix_md="c", decisions__one_md="d")
        found = policy_files(tmp_path)
        assert [(item.kind, item.name, item.text) for item in found] == [
            ("access", "access", "a"),
            ("sub", "two", "b"),
        ]

    def test_the_order_is_that_of_the_names_on_every_machine(self, tmp_path):
        # Paths compare part by part, and on some machines without regard to case.
        write(tmp_path, a__b_toml="1", B_toml="2", c_toml="3")
        (tmp_path / "a-b.toml").write_text("4")
        assert [item.text for item in policy_files(tmp_path)] == ["2", "4", "1", "3"]

    def test_a_missing_folder_says_which_setting_names_it(self, tmp_path):
        with pytest.raises(Misconfigured) as found:
            policy_files(tmp_path / "none")
        (problem,) = found.value.problems
        assert problem.what == "is no folder"
        assert "CASEHUB_POLICIES" in problem.remedy

    def test_every_file_that_cannot_be_read_is_named_at_once(self, tmp_path):
        write(tmp_path, access_toml=b"\xff", sub__two_toml=b"\xfe", three_toml="fine")
        (tmp_path / "four.toml").mkdir()
        with pytest.raises(Misconfigured) as found:
            policy_files(tmp_path)
        assert [
            (item.where, item.what.partition(" (")[0], item.remedy) for item in found.value.problems
        ] == [
            ("access.toml", "is not UTF-8", "save it as UTF-8"),
            ("four.toml", "cannot be read", "check the file and its owner"),
            ("sub/two.toml", "is not UTF-8", "save it as UTF-8"),
        ]


class TestTheHash:
    def test_line_endings_do_not_change_it(self, tmp_path):
        digests = set()
        for ending in ("\n", "\r\n"):
            write(tmp_path, access_toml=f"a = 1{ending}b = 2{ending}")
            digests.add(folder_digest(policy_files(tmp_path)))
        assert len(digests) == 1

    @pytest.mark.parametrize(
        "changed",
        [
            PolicyFile("k", "n", "other"),
            PolicyFile("k", "other", "text"),
            PolicyFile("other", "n", "text"),
        ],
        ids=["text", "name", "kind"],
    )
    def test_everything_in_it_changes_it(self, changed):
        assert folder_digest([changed]) != folder_digest([PolicyFile("k", "n", "text")])

    def test_so_does_a_file_that_is_gone(self):
        files = [PolicyFile("k", "a", "text"), PolicyFile("k", "b", "text")]
        assert folder_digest(files) != folder_digest(files[:1])

    def test_it_is_the_one_of_the_policy_in_force(self, place):
        assert in_force().digest == folder_digest(policy_files(place.settings.policies))


def with_files(*files):
    real = in_force()
    return Policy(real.table, real.words, files, real.digest)


class TestTheVersionsKept:
    def test_what_is_in_force_is_stored_already(self, place):
        with writing():
            assert keep(list(in_force().files)) == []
        with reading():
            assert current_document("protocols", "four_filter").version == 1

    def test_a_changed_text_is_a_new_version_and_the_old_one_stays(self, place):
        old, new = PolicyFile("kind", "name", "old"), PolicyFile("kind", "name", "new")
        for expected, file in ((1, old), (2, new)):
            with writing():
                assert [item.version for item in keep([file])] == [expected]
        with writing():
            assert keep([old, new]) == []
        with reading():
            rows = db.session.scalars(
                select(PolicyDocument)
                .where(PolicyDocument.kind == "kind")
                .order_by(PolicyDocument.version)
            ).all()
        assert [(row.version, row.text, row.sha256) for row in rows] == [
            (1, "old", old.digest),
            (2, "new", new.digest),
        ]

    def test_the_current_one_is_the_folder_s_whatever_came_after_it(self, place):
        old, new = PolicyFile("kind", "name", "old"), PolicyFile("kind", "name", "new")
        with writing():
            keep([old])
        with writing():
            keep([new])
        for file in (old, new):
            with instead(with_files(file)), reading():
                assert current_document("kind", "name").text == file.text

    def test_a_stored_text_that_somebody_changed_is_not_taken_for_the_one_in_force(self, place):
        file = PolicyFile("kind", "name", "as agreed")
        with writing():
            keep([file])
        with writing():
            db.session.execute(
                text("UPDATE policy_documents SET text = 'mine' WHERE kind = 'kind'")
            )
        with (
            instead(with_files(file)),
            pytest.raises(Tampered, match="taken into force"),
            reading(),
        ):
            current_document("kind", "name")

    def test_a_document_that_the_folder_does_not_have_is_none(self, place):
        with reading():
            assert current_document("kind", "name") is None
            assert current_document("protocols", "other") is None
