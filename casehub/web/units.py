"""A request is a unit of work: GET is a view, everything else a change.

Nothing of a view's answer leaves before its entries are stored; a change is answered when it is
committed. A changing view that has slow work to do names a function that does it first:

    @prepared_by(hash_the_passphrase)
    def post_passphrase(prepared): ...

A change that turns out to be impossible because of something typed (Invalid) is taken back, and the
view runs again, reading only, to show its form with the message: `casehub.web.forms`.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, Response, abort, g, request

from casehub.audit import changing, viewing
from casehub.errors import Invalid
from casehub.texts import N_
from casehub.web import identity
from casehub.web.guard import OPEN, Mark, admit, mark_of

_PREPARE = "casehub_prepare"
_ALONE = "casehub_alone"
READS = ("GET", "HEAD", "OPTIONS")
View = TypeVar("View", bound=Callable[..., Any])


def prepared_by(prepare: Callable[..., Any]) -> Callable[[View], View]:
    """Say which slow work a changing view needs done before its transaction begins.

    The function gets the URL's values; what it returns reaches the view as `prepared`.
    """

    def mark(view: View) -> View:
        setattr(view, _PREPARE, prepare)
        return view

    return mark


def own_units(reason: str) -> Callable[[View], View]:
    """Say why a view opens its units of work itself, or needs none.

    Whoever may reach it is still found out first, unless it is open to all.
    """

    def mark(view: View) -> View:
        setattr(view, _ALONE, reason)
        return view

    return mark


class CaseHub(Flask):
    """The application; it differs from Flask in wrapping each view in its unit of work."""

    def dispatch_request(self) -> Response:
        """Let the request in, run the view inside a unit of work, render into memory."""
        _refuse_prefetch()
        if request.routing_exception is not None:
            _find_out_who()
            self.raise_routing_exception(request)
        view = self.view_functions[request.endpoint or ""]
        mark = mark_of(view)
        if hasattr(view, _ALONE):
            return self._alone(mark)
        if request.method in READS:
            return self._viewed(mark)
        return self._changed(view, mark)

    def log_exception(self, exc_info: Any) -> None:
        """Log a defect by the page's name: its address may say which case somebody looked at."""
        self.logger.error("defect at %s, %s", request.endpoint, request.method, exc_info=exc_info)

    def _alone(self, mark: Mark) -> Response:
        if mark.kind != OPEN:
            with viewing():
                admit(mark)
        return self.make_response(super().dispatch_request())

    def _viewed(self, mark: Mark) -> Response:
        with viewing():
            admit(mark)
            return self._answer()

    def _changed(self, view: Callable[..., Any], mark: Mark) -> Response:
        with viewing():
            admit(mark)
        try:
            _step_up(mark)
            self._prepare(view)
            with changing():
                admit(mark)
                return self._answer()
        except Invalid as problem:
            return self._shown_again(mark, problem)

    def _shown_again(self, mark: Mark, problem: Invalid) -> Response:
        g.casehub_problem = problem
        answer = self._viewed(mark)
        if not g.get("casehub_problem_shown"):
            raise problem
        return answer

    def _prepare(self, view: Callable[..., Any]) -> None:
        prepare = getattr(view, _PREPARE, None)
        if prepare is not None and request.view_args is not None:
            request.view_args = request.view_args | {"prepared": prepare(**request.view_args)}

    def _answer(self) -> Response:
        answer = self.make_response(super().dispatch_request())
        if answer.is_streamed:
            raise RuntimeError("an answer that is streamed would leave before its entries")
        return answer


def _refuse_prefetch() -> None:
    # A browser that guesses what will be opened next would leave entries of things nobody opened.
    said = [request.headers.get(name, "") for name in ("Sec-Purpose", "Purpose", "X-Moz")]
    if any(word in text for text in said for word in ("prefetch", "preview", "prerender")):
        abort(Response("", 503))


def _find_out_who() -> None:
    # Somebody who is signed in sees the same page, whether there is nothing or nothing for them.
    if request.method in READS:
        with viewing():
            identity.load()


def _step_up(mark: Mark) -> None:
    who = identity.current()
    if who is None or not mark.step_up:
        return
    if not (who.stepped_up_just_now if mark.afresh else who.stepped_up):
        code = request.form.get("code", "").strip()
        if not code:  # a box left empty is no guess, and is not counted as one
            raise Invalid("code", N_("Type a code: this act needs one."))
        identity.step_up(code)
