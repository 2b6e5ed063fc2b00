"""What the log says about signing in.

Those that are many do not begin with `account`: `check_as_logged` reads the few that do.
"""

from casehub.audit import Fact, catalogue
from casehub.texts import N_

SIGNED_IN = catalogue.act(
    "sign-in:done",
    N_("{account} signed in with {factor}."),
    writes=True,
    session=Fact.ID,
    factor=Fact.CODE,
)
SIGN_IN_FAILED = catalogue.act(
    "sign-in:failed", N_("Somebody tried to sign in as {subject}."), subject=Fact.ID
)
SIGN_IN_OF_NOBODY = catalogue.act(
    "sign-in:of-nobody", N_("Somebody tried to sign in with a name that nobody has.")
)
STEPPED_UP = catalogue.act(
    "sign-in:stepped-up",
    N_("{account} gave the second factor again, with {factor}."),
    session=Fact.ID,
    factor=Fact.CODE,
)
STEP_UP_FAILED = catalogue.act(
    "sign-in:step-up-failed", N_("{account} gave a second factor that is none."), session=Fact.ID
)
SIGNED_OUT = catalogue.act("sign-in:ended", N_("{account} signed out."), session=Fact.ID)
SESSIONS_ENDED = catalogue.act(
    "browser-session:ended",
    N_("Signed {subject} out in {count} browser(s): {code}."),
    subject=Fact.ID,
    count=Fact.COUNT,
    code=Fact.CODE,
)
PASSPHRASE_CHANGED = catalogue.act(
    "credential:passphrase-changed", N_("{account} changed the passphrase."), writes=True
)
FACTOR_CHANGED = catalogue.act(
    "credential:factor-changed",
    N_("{account} set up another second factor: {factor}."),
    writes=True,
    factor=Fact.CODE,
)
RECOVERY_RENEWED = catalogue.act(
    "credential:recovery-renewed", N_("{account} made new recovery codes."), writes=True
)
PIN_ACCEPTED = catalogue.act(
    "credential:pin-accepted",
    N_("{account} compared the agency's new key and took it as the right one."),
    writes=True,
    epoch=Fact.COUNT,
    key=Fact.HASH,
)
LANGUAGE_CHOSEN = catalogue.act(
    "account:language-chosen",
    N_("{account} chose a language: {language}."),
    writes=True,
    language=Fact.CODE,
)
