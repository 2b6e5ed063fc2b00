"""Texts in the reader's language: English, French or Ukrainian.

A text is marked with `N_` below the web and translated here, where it is rendered; values are put
into its `{named}` places after that, escaped where it becomes HTML.
"""

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import babel.dates
from babel import Locale
from flask import Flask, request, session
from flask_babel import Babel, get_locale
from markupsafe import Markup, escape

from casehub.errors import CaseHubError
from casehub.web import identity
from casehub.web.catalogues import catalogue

LANGUAGES = {"en": "English", "fr": "Français", "uk": "Українська"}
LOCALES = {"en": "en_GB", "fr": "fr", "uk": "uk"}
CHOSEN = "language"


def speak_languages(app: Flask) -> None:
    """Give the application its languages, and templates what translates."""
    app.config["BABEL_DEFAULT_LOCALE"] = LOCALES["en"]
    Babel(app, locale_selector=_choose)
    app.jinja_env.globals.update(_=html_text, gettext=html_text, ngettext=html_plural)
    app.jinja_env.globals.update(LANGUAGES=LANGUAGES, language=language)
    app.jinja_env.filters.update(day=day, born=born, moment=moment, clock_time=clock_time)


def language() -> str:
    """Return the language of this request: "en", "fr" or "uk"."""
    return str(_locale().language)


def _locale() -> Locale:
    return get_locale() or Locale.parse(LOCALES["en"])


def _choose() -> str:
    who = identity.current()
    chosen = session.get(CHOSEN) or (who.language if who else None)
    if chosen not in LANGUAGES:
        chosen = request.accept_languages.best_match(LANGUAGES, "en")
    return LOCALES[chosen]


def translated(text: str, **values: object) -> str:
    """Translate a text and fill its places in.

    >>> from flask import Flask
    >>> app = Flask("x"); speak_languages(app)
    >>> with app.test_request_context(): translated("{count} of {all}", count=2, all=3)
    '2 of 3'
    """
    words = _gettext(text)
    return words.format(**values) if values else words


def sentence_of(error: CaseHubError) -> str:
    """Return what an error says, in the reader's language."""
    return translated(error.message, **error.values)


def html_text(text: str, **values: object) -> Markup:
    """Translate a text for a template; what stands in its places is escaped."""
    return _filled(_gettext(text), values)


def html_plural(one: str, many: str, n: int, **values: object) -> Markup:
    """Translate a text that goes with a number, which stands at `{n}`."""
    return _filled(catalogue(language()).ngettext(one, many, n), values | {"n": n})


def _gettext(text: str) -> str:
    return catalogue(language()).gettext(text) if text else ""


def _filled(words: str, values: dict[str, Any]) -> Markup:
    return escape(words).format(**values)


def day(value: date | datetime) -> str:
    """Write a day: Fri 20 Nov 2026."""
    if isinstance(value, datetime):
        value = _here(value).date()
    return babel.dates.format_date(value, "EEE d MMM yyyy", _locale())


def born(value: date) -> str:
    """Write a day of long ago, of which nobody asks the weekday: 14 March 1991."""
    return babel.dates.format_date(value, "d MMMM yyyy", _locale())


def clock_time(value: datetime) -> str:
    """Write a time of day: 16:05."""
    return babel.dates.format_time(_here(value), "HH:mm", locale=_locale())


def moment(value: datetime) -> str:
    """Write a day and a time: Fri 20 Nov 2026, 16:05."""
    return f"{day(value)}, {clock_time(value)}"


def _here(value: datetime) -> datetime:
    who = identity.current()
    return value.astimezone(ZoneInfo(who.time_zone) if who else UTC)
