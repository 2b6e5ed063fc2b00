"""A page as a tree of elements, read with the standard library; strict about how it is written."""

from collections.abc import Iterator
from html.parser import HTMLParser

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}
SILENT = {"script", "style", "template", "title"}
BLOCKS = {"p", "div", "li", "tr", "td", "th", "dt", "dd", "h1", "h2", "h3", "section", "br", "a"}
BLOCKS |= {"label", "button", "option", "table", "form", "span", "legend", "summary", "details"}


class NotWellFormed(AssertionError):
    """The page is not written as HTML is."""


class Element:
    """One element: its tag, its attributes, and what is inside it."""

    def __init__(self, tag: str, attributes: dict[str, str], line: int = 0) -> None:
        self.tag, self.attributes, self.line = tag, attributes, line
        self.inside: list[Element | str] = []
        self.parent: Element | None = None

    def __repr__(self) -> str:
        return f"<{self.tag}> in line {self.line}"

    @property
    def classes(self) -> set[str]:
        return set(self.attributes.get("class", "").split())

    @property
    def text(self) -> str:
        """All text inside, as it stands."""
        parts = [it if isinstance(it, str) else it.text for it in self.inside]
        return "".join(parts)

    @property
    def words(self) -> str:
        """What a reader or a screen reader gets, blanks made one."""
        return " ".join("".join(self._pieces(hidden=True)).split())

    @property
    def seen(self) -> str:
        """What can be seen: without the words for screen readers alone."""
        return " ".join("".join(self._pieces(hidden=False)).split())

    def _pieces(self, *, hidden: bool) -> Iterator[str]:
        for item in self.inside:
            if isinstance(item, str):
                yield item
            elif item.tag not in SILENT and (hidden or "govuk-visually-hidden" not in item.classes):
                blank = " " if item.tag in BLOCKS - {"a", "span", "label"} else ""
                yield blank
                yield from item._pieces(hidden=hidden)
                yield blank

    @property
    def ancestors(self) -> Iterator["Element"]:
        above = self.parent
        while above is not None:
            yield above
            above = above.parent

    def closest(self, tag: str) -> "Element":
        for element in self.ancestors:
            if element.tag == tag:
                return element
        raise AssertionError(f"{self} stands in no {tag}")

    def rows(self) -> Iterator["Element"]:
        """What it stands in, as far as one row, one entry, one form or one section."""
        for element in self.ancestors:
            if element.tag in ("tr", "li", "form", "section", "fieldset"):
                yield element

    def everything(self) -> Iterator["Element"]:
        for item in self.inside:
            if isinstance(item, Element):
                yield item
                yield from item.everything()

    def all(self, tag: str, classed: str = "") -> list["Element"]:
        return [
            it
            for it in self.everything()
            if it.tag == tag and (not classed or classed in it.classes)
        ]

    def first(self, tag: str) -> "Element":
        found = self.all(tag)
        assert found, f"there is no {tag}"
        return found[0]

    def by_id(self, name: str) -> "Element":
        for element in self.everything():
            if element.attributes.get("id") == name:
                return element
        raise AssertionError(f"nothing has the id {name!r}")

    def controls(self) -> list["Element"]:
        return [
            it
            for it in self.everything()
            if it.tag in ("input", "textarea", "select") and "disabled" not in it.attributes
        ]

    @property
    def is_choice(self) -> bool:
        return self.attributes.get("type") in ("radio", "checkbox")

    @property
    def is_chosen(self) -> bool:
        return "checked" in self.attributes

    @property
    def shown_value(self) -> str:
        if self.tag == "textarea":
            return self.text.removeprefix("\n")
        if self.tag == "select":
            options = self.all("option")
            chosen = [it for it in options if "selected" in it.attributes] or options[:1]
            return chosen[0].attributes.get("value", chosen[0].words) if chosen else ""
        return self.attributes.get("value", "on" if self.is_choice else "")


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("document", {})
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        if len(set(names)) != len(names):
            raise NotWellFormed(f"<{tag}> in line {self.getpos()[0]} has an attribute twice")
        element = Element(tag, {name: value or "" for name, value in attrs}, self.getpos()[0])
        element.parent = self.open[-1]
        self.open[-1].inside.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        line = self.getpos()[0]
        if tag in VOID or self.open[-1].tag != tag:
            raise NotWellFormed(f"line {line} closes {tag}, but {self.open[-1]} is open")
        self.open.pop()

    def handle_data(self, data: str) -> None:
        self.open[-1].inside.append(data)


def parse(text: str) -> Element:
    """Read a page; raise NotWellFormed where elements are not closed as they were opened."""
    reader = _Reader()
    reader.feed(text)
    reader.close()
    if reader.open[-1] is not reader.root:
        raise NotWellFormed(f"{reader.open[-1]} is never closed")
    return reader.root
