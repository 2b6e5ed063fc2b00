"""What must hold on every page, whatever it is about."""

import re
from collections import Counter
from collections.abc import Iterator

from tests.html import Element

PLAIN_PAGES = "plain.css"
"""Pages with this sheet show nothing of CaseHub: the calendar, and the one that loads itself."""

UNFILLED = re.compile(r"\{[a-z_]+\}|%\([a-z_]+\)[sd]|\bNone\b|Undefined")


def faults(text: str, root: Element) -> list[str]:
    """Name everything that is wrong with a page."""
    return [*_frame(text, root), *_names(root), *_no_inline(root), *_forms(root), *_words(root)]


def _frame(text: str, root: Element) -> Iterator[str]:
    if not text.startswith("<!DOCTYPE html>"):
        yield "it does not begin with <!DOCTYPE html>"
    if root.first("html").attributes.get("lang") not in ("en", "fr", "uk"):
        yield "it does not say its language"
    if not root.first("title").text.strip():
        yield "it has no title"
    headings = root.all("h1")
    if len(headings) != 1 or not headings[0].words:
        yield f"it has {len(headings)} main headings; one says what the page is"
    if len(root.all("main")) != 1:
        yield "it has no main part, or several"
    if PLAIN_PAGES in text:
        return
    if not [it for it in root.all("button") if it.attributes.get("id") == "hide"]:
        yield "it has no button to hide it"


def _names(root: Element) -> Iterator[str]:
    ids = Counter(it.attributes["id"] for it in root.everything() if "id" in it.attributes)
    yield from (f"the id {name!r} stands there {n} times" for name, n in ids.items() if n > 1)
    for element in root.everything():
        for attribute in ("for", "aria-describedby", "aria-labelledby", "aria-controls"):
            for name in element.attributes.get(attribute, "").split():
                if name not in ids:
                    yield f"{element} points to {name!r}, which is not there"
        href = element.attributes.get("href", "")
        if element.tag == "a" and len(href) > 1 and href[0] == "#" and href[1:] not in ids:
            yield f"{element} leads to {href!r}, which is not there"
    labelled = {it.attributes.get("for") for it in root.all("label")}
    for control in root.controls():
        hidden = control.attributes.get("type") == "hidden"
        named = control.attributes.get("id") in labelled or "aria-label" in control.attributes
        if not hidden and not named:
            yield f"{control} has no label"
    for button in [*root.all("button"), *root.all("a")]:
        if not button.words and "aria-label" not in button.attributes and not _is_hidden(button):
            yield f"{button} has no words"


def _is_hidden(element: Element) -> bool:
    return any("hidden" in it.attributes for it in [element, *element.ancestors])


def _no_inline(root: Element) -> Iterator[str]:
    for element in root.everything():
        inline = [it for it in element.attributes if it.startswith("on") or it == "style"]
        if inline:
            yield f"{element} has {inline[0]} in the page itself; it belongs into a file"
        if element.tag == "style" or (element.tag == "script" and element.text.strip()):
            yield f"{element} stands in the page itself; it belongs into a file"


def _forms(root: Element) -> Iterator[str]:
    for form in root.all("form"):
        names = [it.attributes.get("name") for it in form.controls()]
        posts = form.attributes.get("method", "get").lower() == "post"
        if posts and names.count("csrf_token") != 1:
            yield f"{form} posts without its token, or with several"
        if not posts and "csrf_token" in names:
            yield f"{form} puts its token into the address"
        if not form.all("button"):
            yield f"{form} has no button"


def _words(root: Element) -> Iterator[str]:
    found = UNFILLED.search(root.first("body").words)
    if found:
        yield f"it shows {found[0]!r}"
