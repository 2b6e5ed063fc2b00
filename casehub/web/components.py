"""The design system's macros and our icons, as functions that templates call.

The library's macros take parameters as they come and need an environment that forgives missing
ones; our own templates have one that does not.
"""

from functools import cache
from typing import Any

from flask import Flask
from jinja2 import Environment, PackageLoader, PrefixLoader
from markupsafe import Markup

from casehub.web.icons import ICONS

_LIBRARY = "govuk_frontend_jinja"
_FRAME = Markup(
    '<svg class="app-icon{}" viewBox="0 0 16 16" aria-hidden="true" focusable="false">{}</svg>'
)
_lenient = Environment(
    loader=PrefixLoader({_LIBRARY: PackageLoader(_LIBRARY)}),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
)


def offer_components(app: Flask) -> None:
    """Let templates call `component` and `icon`."""
    app.jinja_env.globals.update(component=component, icon=icon)


def component(name: str, /, **params: Any) -> Markup:
    """Render a component of GOV.UK Frontend, such as `component("button", text=_("Send"))`.

    Parameters are the library's own. `text` is escaped; `html` takes Markup.
    """
    rendered: Markup = _macro(name)(params)
    return rendered


@cache
def _macro(name: str) -> Any:
    template = _lenient.get_template(f"{_LIBRARY}/components/{name}/macro.html")
    function = "govuk" + "".join(part.capitalize() for part in name.split("-"))
    return getattr(template.module, function)


def icon(name: str, classes: str = "") -> Markup:
    """Draw an icon; it says nothing to a screen reader, so a word stands beside it."""
    more = f" {classes}" if classes else ""
    return _FRAME.format(more, ICONS[name])
