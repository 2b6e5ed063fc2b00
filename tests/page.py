"""Pages as people use them: by what stands on them. Every page that any test opens is looked over.

    page = Page.open(place.app, "/cases/refer")
    page = page.fill({"Synopsis": "He waits outside."}).press("Refer this case")
    assert page.says("The case is open")

Fields are found by their visible labels, buttons and links by their words.
"""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urljoin, urlsplit

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.html import Element, parse
from tests.lint import faults

HOST = "https://localhost"


class Browser:
    """One browser: its cookies and its language. Each request runs where no test's context is."""

    def __init__(self, app: Flask, language: str = "en") -> None:
        self.client: FlaskClient = app.test_client()
        self.headers = {"Accept-Language": language}

    def open(self, path: str, **options: Any) -> "Page":
        """Open an address and follow where it leads."""
        return self.send(path, "GET", **options)

    def send(
        self, path: str, method: str = "GET", *, follow: bool = True, **options: Any
    ) -> "Page":
        """Send any request; the answer's page is looked over."""
        headers = self.headers | options.pop("headers", {})

        def ask() -> TestResponse:
            answer = self.client.open(
                path, method=method, base_url=HOST, headers=headers, **options
            )
            answer.get_data()
            answer.close()
            return answer

        with ThreadPoolExecutor(1) as outside:
            answer = outside.submit(ask).result()
        if follow and answer.status_code in (301, 302, 303, 307, 308):
            return self.send(answer.headers["Location"], "GET")
        return Page(self, path, answer)


class Page:
    """An answer, with what somebody typed into it so far."""

    def __init__(self, browser: Browser, path: str, answer: TestResponse) -> None:
        self.browser, self.path, self.answer = browser, path, answer
        self.status, self.text, self.headers = answer.status_code, answer.text, answer.headers
        self.typed: dict[str, str | list[str]] = {}
        is_html = answer.mimetype == "text/html" and bool(self.text)
        self.is_page = is_html and "Location" not in answer.headers
        self.root = parse(self.text) if self.is_page else Element("nothing", {})
        problems = faults(self.text, self.root) if self.is_page else []
        assert not problems, f"{path}:\n" + "\n".join(problems)

    @classmethod
    def open(cls, app: Flask, path: str) -> "Page":
        """Open an address in a new browser."""
        return Browser(app).open(path)

    @property
    def title(self) -> str:
        """The heading of the page."""
        return self.root.first("h1").words

    @property
    def words(self) -> str:
        """Everything that can be read on it."""
        return self.root.first("body").words

    @property
    def main(self) -> Element:
        """What is not bar or foot."""
        return self.root.first("main")

    def says(self, text: str) -> bool:
        """Say whether a text can be read on it."""
        return " ".join(text.split()) in self.words

    @property
    def errors(self) -> list[str]:
        """The messages in the summary of what is wrong."""
        return [
            item.words
            for summary in self.root.all("div", classed="govuk-error-summary")
            for item in summary.all("li")
        ]

    def error_at(self, label: str) -> str:
        """The message beside a field."""
        control = self._control(label)
        described = control.attributes.get("aria-describedby", "").split()
        for group in control.ancestors:
            if group.tag == "fieldset":
                described += group.attributes.get("aria-describedby", "").split()
        found = [self.root.by_id(name) for name in described if name.endswith("-error")]
        return found[0].words.removeprefix("Error: ") if found else ""

    def value_of(self, label: str) -> str:
        """What stands in a field."""
        control = self._control(label)
        if control.tag == "textarea":
            return control.text.removeprefix("\n")
        return control.attributes.get("value", "")

    def fill(self, values: Mapping[str, str | bool]) -> "Page":
        """Type into fields, choose and tick, by their labels; a date is filled as "31 12 2026"."""
        for label, value in values.items():
            self._fill(label, value)
        return self

    def press(self, text: str, within: str = "") -> "Page":
        """Press a button by its words; `within` names words that stand in the same form or row."""
        form = self._one("button", text, within).closest("form")
        fields = self.fields_of(text, within)
        action = urljoin(self.path, form.attributes.get("action", "") or self.path)
        if form.attributes.get("method", "get") == "get":
            return self.browser.open(action, query_string=fields)
        return self.browser.send(action, "POST", data=fields)

    def fields_of(self, text: str, within: str = "") -> dict[str, list[str]]:
        """What pressing a button would send, by the names of the fields."""
        button = self._one("button", text, within)
        fields = self._fields(button.closest("form"))
        if button.attributes.get("name"):
            fields.append((button.attributes["name"], button.attributes.get("value", "")))
        return multi(fields)

    def follow(self, text: str, within: str = "") -> "Page":
        """Follow a link by its words."""
        link = self._one("a", text, within)
        return self.browser.open(urljoin(self.path, link.attributes["href"]))

    def links(self) -> list[str]:
        """The addresses of ours that the page leads to."""
        found = [it.attributes.get("href", "") for it in self.root.all("a")]
        return [it for it in found if it.startswith("/") and not urlsplit(it).netloc]

    def buttons(self) -> list[str]:
        """The words of its buttons."""
        return [it.words for it in self.root.all("button")]

    def _fill(self, label: str, value: str | bool) -> None:
        control = self._control(label)
        name, kind = control.attributes.get("name", ""), control.attributes.get("type", "")
        if control.classes >= {"govuk-date-input"}:
            for box, part in zip(control.all("input"), str(value).split(), strict=True):
                self.typed[box.attributes["name"]] = part
        elif kind == "checkbox":
            before = self.typed.get(name, self._ticked(control.closest("form"), name))
            others = [it for it in before if it != control.attributes["value"]]
            self.typed[name] = [*others, *([control.attributes["value"]] if value else [])]
        elif kind == "radio":
            self.typed[name] = control.attributes["value"]
        elif control.tag == "select":
            options = {it.words: it.attributes["value"] for it in control.all("option")}
            self.typed[name] = options[str(value)]
        else:
            self.typed[name] = str(value)

    def _control(self, label: str) -> Element:
        for found in self.root.all("label"):
            if found.words == label:
                return self.root.by_id(found.attributes["for"])
        for found in self.root.all("legend"):
            if found.words == label:
                boxes = found.closest("fieldset").all("div", classed="govuk-date-input")
                if boxes:
                    return boxes[0]
        raise AssertionError(f"{self.path}: no field is labelled {label!r}; {self._labels()}")

    def _labels(self) -> str:
        return f"there are {[it.words for it in self.root.all('label')]}\n{self.words}"

    def _one(self, tag: str, text: str, within: str) -> Element:
        found = [it for it in self.root.all(tag) if text in (it.words, it.seen)]
        if within:
            found = [it for it in found if any(within in up.words for up in it.rows())]
        if not found:
            there = sorted({it.words for it in self.root.all(tag)})
            raise AssertionError(f"{self.path}: no {tag} says {text!r}; there are {there}")
        return found[0]

    def _ticked(self, form: Element, name: str) -> list[str]:
        return [
            it.attributes.get("value", "on")
            for it in form.all("input")
            if it.attributes.get("name") == name and "checked" in it.attributes
        ]

    def _fields(self, form: Element) -> list[tuple[str, str]]:
        fields: list[tuple[str, str]] = []
        for control in form.controls():
            name = control.attributes.get("name", "")
            if not name or (control.is_choice and (name in self.typed or not control.is_chosen)):
                continue
            value = self.typed.get(name, control.shown_value)
            fields.append((name, value if isinstance(value, str) else ""))
        names = {it.attributes.get("name") for it in form.controls() if it.is_choice}
        for name in names & self.typed.keys():
            values = self.typed[str(name)]
            fields += [(str(name), it) for it in ([values] if isinstance(values, str) else values)]
        return fields


def multi(fields: list[tuple[str, str]]) -> dict[str, list[str]]:
    """Put pairs as the test client takes them."""
    found: dict[str, list[str]] = {}
    for name, value in fields:
        found.setdefault(name, []).append(value)
    return found
