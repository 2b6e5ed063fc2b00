"""Who may reach a page: every view is marked, and the mark is what lets a request in.

This is the coarse net, by role. The services ask `may()` with the facts: the fine one. A view
without a mark does not start.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import Flask
from werkzeug.exceptions import Unauthorized

from casehub.errors import NotThere
from casehub.policy import Permission, Role, denial, in_force
from casehub.web import identity

_MARK = "casehub_mark"
POLLS = "casehub_polls"
View = TypeVar("View", bound=Callable[..., Any])


class SignInFirst(Unauthorized):
    """Nobody is signed in. A page asked for leads to signing in; what was sent is kept."""


@dataclass(frozen=True)
class Mark:
    """Who may reach a view: all, all who are signed in, or whose role has a permission."""

    kind: str
    reason: str = ""
    permissions: tuple[Permission, ...] = ()
    step_up: bool = False
    afresh: bool = False

    def __str__(self) -> str:
        """Give the mark as the list of routes has it."""
        asked = " or ".join(self.permissions)
        said = f"{self.kind} {asked}" if self.kind == NEEDS else f"{self.kind}: {self.reason}"
        up = ", stepped up just now" if self.afresh else ", stepped up"
        return said + (up if self.step_up else "")


OPEN, SIGNED_IN, NEEDS = "open to all", "signed in", "needs"


def open_to_all(reason: str) -> Callable[[View], View]:
    """Let everybody in, signed in or not, for a reason."""
    return _marking(Mark(OPEN, reason))


def signed_in(
    reason: str, *, step_up: bool = False, afresh: bool = False
) -> Callable[[View], View]:
    """Let everybody in who is signed in, whatever their roles, for a reason.

    With `afresh` the second factor counts for moments only: the view changes that factor.
    """
    return _marking(Mark(SIGNED_IN, reason, step_up=step_up or afresh, afresh=afresh))


def needs(*permissions: Permission, step_up: bool = False) -> Callable[[View], View]:
    """Let in whose roles may have one of the permissions; the service asks about the facts.

    With `step_up` a post is carried out only after the second factor was given again; the view's
    form is a `StepUpForm`.
    """
    if not permissions:
        raise TypeError("name a permission, or say signed_in(reason)")
    return _marking(Mark(NEEDS, "", permissions, step_up))


def _marking(mark: Mark) -> Callable[[View], View]:
    def set_mark(view: View) -> View:
        setattr(view, _MARK, mark)
        return view

    return set_mark


def polls(view: View) -> View:
    """Say that a page is asked for by itself, again and again: that is no activity of anybody."""
    setattr(view, POLLS, True)
    return view


def mark_of(view: Callable[..., Any]) -> Mark:
    """Return a view's mark; raise RuntimeError where it has none."""
    mark: Mark | None = getattr(view, _MARK, None)
    if mark is None:
        raise RuntimeError(f"{view.__module__}.{view.__name__} says nowhere who may reach it")
    return mark


def check_marks(app: Flask) -> None:
    """Raise RuntimeError where a view of the application has no mark."""
    for view in app.view_functions.values():
        mark_of(view)


def admit(mark: Mark) -> None:
    """Find out who sends the request and let them in, or raise. Call it inside a unit of work.

    Raises SignInFirst where nobody is signed in, NotThere where no role of theirs could do it.
    """
    who = identity.load()
    if mark.kind == OPEN:
        return
    if who is None:
        raise SignInFirst
    if mark.kind == NEEDS and not any(within_reach(who.roles, it) for it in mark.permissions):
        raise NotThere(denial(who.actor, mark.permissions[0], None, None))


def within_reach(roles: Iterable[Role], permission: Permission) -> bool:
    """Say whether any rule of the policy could allow a permission to one of these roles."""
    held = set(roles)
    rules = in_force().table.about(permission, allows=True)
    return any(not held.isdisjoint(rule.who) for rule in rules)
