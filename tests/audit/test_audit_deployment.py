"""The deployment's log: the secrets it was made with, and every change of its policies."""

from dataclasses import replace

import pytest

from casehub.audit import changing, deployment_log
from casehub.audit.acts import POLICY_LOADED, SECRET_ADOPTED
from casehub.errors import Misconfigured
from casehub.hubs.deployment import check_secrets, policy_in_log, take_policies
from casehub.policy import PolicyFile, folder_digest, in_force, instead, policy_files
from casehub.store import reading
from casehub.vault import SecretName, ServerSecret
from tests.audit.attacks import check, entries_of

pytestmark = pytest.mark.database


def said(act=None):
    with reading():
        entries = entries_of(deployment_log().id)
    return [entry for entry in entries if act is None or entry["act"] == act.name]


def complaints(secrets):
    with reading(), pytest.raises(Misconfigured) as caught:
        check_secrets(secrets)
    return caught.value.problems


def changed_policy(text="# a word more\n", name="access"):
    policy = in_force()
    files = [
        PolicyFile(item.kind, item.name, item.text + text) if item.name == name else item
        for item in policy.files
    ]
    return replace(policy, files=tuple(files), digest=folder_digest(files))


def take():
    with changing():
        return take_policies()


class TestSecrets:
    def test_all_five_are_in_the_log_by_id_and_check_value_and_none_by_its_content(self, told):
        adopted = {entry["facts"]["name"]: entry["facts"] for entry in said(SECRET_ADOPTED)}
        assert set(adopted) == {name.value for name in SecretName}
        for name, secret in told.place.settings.secrets.items():
            assert adopted[name]["secret"] == secret.id
            assert adopted[name]["check"] == secret.check
            assert secret.value.hex() not in str(said())

    def test_those_it_was_made_with_are_taken(self, told):
        with reading():
            check_secrets(told.place.settings.secrets.values())

    @pytest.mark.parametrize("name", SecretName)
    def test_a_foreign_one_is_named_with_both_ids(self, told, name):
        foreign = ServerSecret.new(name)
        secrets = told.place.settings.secrets | {name: foreign}
        (problem,) = complaints(secrets.values())
        assert problem.where == f"secret {name.value}"
        assert f"uses the id {told.place.settings.secrets[name].id}" in problem.what
        assert f"the file has {foreign.id}" in problem.what
        assert problem.remedy.startswith("put back")

    def test_one_with_the_right_id_and_another_content_is_foreign(self, told):
        own = told.place.settings.secrets[SecretName.PEPPER]
        assert len(complaints([replace(own, value=bytes(32))])) == 1

    def test_every_foreign_one_is_named_at_once(self, told):
        assert len(complaints(map(ServerSecret.new, SecretName))) == len(SecretName)


class TestPolicies:
    def test_the_first_are_in_the_log_with_every_document(self, told):
        (entry,) = said(POLICY_LOADED)
        assert entry["facts"]["was"] is None
        expected = sorted(f"{item.kind}/{item.name}@1" for item in in_force().files)
        assert entry["facts"]["documents"] == expected

    def test_every_entry_of_every_log_carries_the_hash_of_the_folder(self, told):
        digest = folder_digest(policy_files(told.place.settings.policies))
        with reading():
            entries = entries_of(deployment_log().id) + entries_of(told.hub)
            assert policy_in_log() == digest
        assert {entry["policy"] for entry in entries} == {digest}

    def test_the_same_are_not_recorded_again(self, told):
        assert take() is False
        assert len(said(POLICY_LOADED)) == 1

    def test_changed_ones_are_recorded_with_the_documents_that_are_new(self, alone):
        before = in_force().digest
        with instead(changed_policy()):
            assert take() is True
            assert take() is False
            now = in_force().digest
            with reading():
                assert policy_in_log() == now
        (_, entry) = said(POLICY_LOADED)
        assert entry["facts"] == {"documents": ["access/access@2"], "was": before}
        assert entry["policy"] == now != before

    def test_going_back_is_recorded_and_brings_no_new_document(self, alone):
        with instead(changed_policy()):
            take()
            changed = in_force().digest
        assert take() is True
        assert said(POLICY_LOADED)[-1]["facts"] == {"documents": [], "was": changed}

    def test_the_log_of_all_this_is_sound(self, alone):
        with instead(changed_policy()):
            take()
        with reading():
            assert check().sound
