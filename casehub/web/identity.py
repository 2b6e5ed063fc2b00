"""Who is signed in: what pages ask, and what the sign-in pages tell them.

The web knows no accounts. The pages of `sign_in` register here how they find out who sends a
request, how somebody steps up, and what signing out is.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Request, Response, g, request

from casehub.policy import Actor, Role


@dataclass(frozen=True)
class Identity:
    """Somebody signed in, as pages know them, for one request.

    `idle_at` is when the browser session ends if nothing more is done, `ends_at` when it ends
    whatever is done; `warned` is how long before either the page says so. `language` is the one
    they chose, or None.
    """

    actor: Actor
    name: str
    agency_name: str
    language: str | None
    stepped_up: bool
    idle_at: datetime
    ends_at: datetime
    time_zone: str = "UTC"
    stepped_up_just_now: bool = False
    warned: timedelta = timedelta(minutes=2)

    @property
    def roles(self) -> frozenset[Role]:
        """Return the roles of the account."""
        return self.actor.roles


Loader = Callable[[Request], Identity | None]
StepUp = Callable[[str], None]
SignOut = Callable[[], None]
Refused = Callable[[], None]
SignInPage = Callable[[str | None], Response]


def _nobody(_request: Request) -> None:
    return None


def _no_step_up(_code: str) -> None:
    raise RuntimeError("nothing is registered that steps up")


_loader: Loader = _nobody
_step_up: StepUp = _no_step_up
_sign_out: SignOut = lambda: None  # noqa: E731
_sign_in_page: SignInPage | None = None
_refused: Refused = lambda: None  # noqa: E731


def loader(load: Loader) -> Loader:
    """Register what finds out who sends a request. It runs inside a unit of work."""
    global _loader  # noqa: PLW0603 - one application, one way in
    _loader = load
    return load


def step_up_with(step_up: StepUp) -> StepUp:
    """Register what takes a code and steps up, in a transaction of its own.

    It raises Invalid with the place "code" for a wrong one. The loader is asked again afterwards.
    """
    global _step_up  # noqa: PLW0603
    _step_up = step_up
    return step_up


def sign_out_with(sign_out: SignOut) -> SignOut:
    """Register what ends this browser's session, in a transaction of its own.

    It takes the cookie away too, whatever becomes of the transaction.
    """
    global _sign_out  # noqa: PLW0603
    _sign_out = sign_out
    return sign_out


def sign_in_page_with(page: SignInPage) -> SignInPage:
    """Register the page for somebody whose session ended while they typed.

    It gets what was typed, sealed (see `casehub.web.kept`), or None. It opens no transaction.
    """
    global _sign_in_page  # noqa: PLW0603
    _sign_in_page = page
    return page


def refused_with(refused: Refused) -> Refused:
    """Register what is told of each refusal, after it is recorded and outside any transaction."""
    global _refused  # noqa: PLW0603
    _refused = refused
    return refused


def load() -> Identity | None:
    """Find out who sends this request. Call it inside a unit of work."""
    g.casehub_identity = _loader(request)
    return current()


def current() -> Identity | None:
    """Return who is signed in, as far as it was found out in this request."""
    identity: Identity | None = g.get("casehub_identity")
    return identity


def signed_in_actor() -> Actor:
    """Return the actor of a page that only those who are signed in reach."""
    identity = current()
    if identity is None:
        raise RuntimeError("this page is open to all: nobody needs to be signed in")
    return identity.actor


def step_up(code: str) -> None:
    """Step up with a code; raise Invalid for a wrong one."""
    _step_up(code)


def sign_out() -> None:
    """End this browser's session."""
    _sign_out()


def refused() -> None:
    """Tell of a refusal."""
    _refused()


def sign_in_page(kept: str | None) -> Response | None:
    """Return the page for somebody whose session ended, if there is one."""
    return None if _sign_in_page is None else _sign_in_page(kept)
