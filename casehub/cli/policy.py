"""`casehub policy matrix` and `casehub policy explain`."""

import sys
from pathlib import Path

import click
from sqlalchemy import select

from casehub.accounts.actors import load_actor
from casehub.accounts.facts import facts_about as about_account
from casehub.accounts.facts import facts_about_new as about_new_account
from casehub.accounts.models import Account
from casehub.cases.facts import CaseFacts, facts_about
from casehub.cases.models import Case
from casehub.cli.context import application
from casehub.errors import Invalid, Misconfigured, Problem
from casehub.hubs.facts import AgencyFacts
from casehub.hubs.models import Agency
from casehub.policy import (
    Actor,
    Decision,
    Facts,
    Keyring,
    Permission,
    Subject,
    book,
    decide,
    load_table,
    matrix,
)
from casehub.store import db, reading
from casehub.store.migrating import folder_beside
from casehub.texts import N_
from casehub.vault import KeyKind


@click.group()
def policy() -> None:
    """Look at who may do what."""


@policy.command("matrix")
@click.option("--write", is_flag=True, help="Write policies/matrix.md instead of printing.")
@click.option("--check", is_flag=True, help="Fail if policies/matrix.md is not up to date.")
def show_matrix(write: bool, check: bool) -> None:
    """Print the policy as a page. Needs no database and no settings."""
    folder = folder_beside("policies")
    text = matrix(load_table(folder, book), book)
    file = folder / "matrix.md"
    if write:
        _write(file, text)
    elif not check:
        click.echo(text)
    elif not file.is_file() or file.read_text("utf-8", "replace") != text:
        click.echo("matrix.md is old → casehub policy matrix --write", err=True)
        sys.exit(1)


def _write(file: Path, text: str) -> None:
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        what, remedy = f"cannot be written ({error.strerror})", "write it where the sources are"
        raise Misconfigured([Problem(str(file), what, remedy)]) from None


@policy.command("explain")
@click.option("--email", required=True, help="Whose account, by its e-mail address.")
@click.option("--do", "act", required=True, type=click.Choice([item.value for item in Permission]))
@click.option("--case", "reference", help="The case's reference, where it is about one.")
@click.option("--subject", help="The other account's e-mail address, where it is about one.")
@click.option("--key", type=click.Choice([item.value for item in KeyKind]), help="Which key.")
def explain(
    email: str, act: str, reference: str | None, subject: str | None, key: str | None
) -> None:
    """Say whether somebody may do something now, and why."""
    with application(), reading():
        actor = _actor(email)
        permission = Permission(act)
        facts = _facts(actor, permission, reference, subject, key)
        for line in _told(decide(actor, permission, facts)):
            click.echo(line)


def _account(email: str) -> Account:
    found = db.session.scalars(select(Account).where(Account.email == email)).all()
    if len(found) != 1:
        raise Invalid("email", N_("{count} accounts have this e-mail address."), count=len(found))
    return found[0]


def _actor(email: str) -> Actor:
    actor = load_actor(_account(email).id, Keyring())
    if actor is None:
        raise Invalid("email", N_("This account is not admitted."))
    return actor


def _facts(
    actor: Actor,
    permission: Permission,
    reference: str | None,
    subject: str | None,
    key: str | None,
) -> Facts:
    if permission.about is Subject.AGENCY:
        return AgencyFacts.of(db.session.get_one(Agency, actor.agency))
    if permission.about is Subject.ACCOUNT:
        return about_account(actor, _account(subject)) if subject else about_new_account(actor)
    if reference is None:
        raise Invalid("case", N_("This permission is about a case: name one with --case."))
    case = db.session.scalar(select(Case).where(Case.reference == reference))
    if case is None:
        raise Invalid("case", N_("There is no case with this reference."))
    return _case_facts(actor, case, key)


def _case_facts(actor: Actor, case: Case, key: str | None) -> CaseFacts:
    facts = facts_about(actor, case.id)
    if key is None:
        return facts
    kind = KeyKind(key)
    return facts.asking(kind, actor.agency if kind.has_owner else None)


def _told(decision: Decision) -> list[str]:
    verdict = "allowed" if decision.allowed else "denied"
    lines = [f"{verdict}, by {decision.rule}"]
    for step in decision.steps:
        rule = step.rule
        effect = ("allows" if rule.allows else "denies") if step.holds else "does not apply"
        words = ", ".join(f"{name}: {'yes' if holds else 'no'}" for name, holds in step.words)
        lines.append(f"  {rule.id} {effect} ({words})")
    if decision.failed_word:
        lines.append(f"  the word {decision.failed_word} could not answer: that is a denial")
    if not decision.steps:
        lines.append("  no rule speaks of this for any of the roles")
    return lines
