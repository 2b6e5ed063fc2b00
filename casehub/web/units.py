"""A request is a unit of work: GET is a view, everything else a change.

Nothing of a view's answer leaves before its entries are stored; a change is answered when it is
committed. A changing view that has slow work to do names a function that does it first:

    @prepared_by(hash_the_passphrase)
    def post_passphrase(prepared): ...
"""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, Response, current_app, request

from casehub.audit import changing, viewing

_PREPARE = "casehub_prepare"
View = TypeVar("View", bound=Callable[..., Any])


def prepared_by(prepare: Callable[..., Any]) -> Callable[[View], View]:
    """Say which slow work a changing view needs done before its transaction begins.

    The function gets the URL's values; what it returns reaches the view as `prepared`.
    """

    def mark(view: View) -> View:
        setattr(view, _PREPARE, prepare)
        return view

    return mark


class CaseHub(Flask):
    """The application; it differs from Flask in wrapping each view in its unit of work."""

    def dispatch_request(self) -> Response:
        """Run the view inside a unit of work and render its answer into memory."""
        if request.routing_exception is not None:
            self.raise_routing_exception(request)
        if request.method in ("GET", "HEAD", "OPTIONS"):
            with viewing():
                return self._answer()
        prepare = getattr(self._view(), _PREPARE, None)
        if prepare is not None and request.view_args is not None:
            request.view_args = request.view_args | {"prepared": prepare(**request.view_args)}
        with changing():
            return self._answer()

    def _view(self) -> Callable[..., Any] | None:
        return current_app.view_functions.get(request.endpoint or "")

    def _answer(self) -> Response:
        answer = self.make_response(super().dispatch_request())
        if answer.is_streamed:
            raise RuntimeError("an answer that is streamed would leave before its entries")
        return answer
