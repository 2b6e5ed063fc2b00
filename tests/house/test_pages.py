"""Pages as a house keeps them: each route marked and listed, each template used and plain."""

import ast
import re
from pathlib import Path

import pytest
from jinja2 import meta

from tests.house.routes import routes

CASEHUB = Path(__file__).parents[2] / "casehub"
GOLDEN = Path(__file__).parent / "routes.txt"
TEMPLATES = sorted(CASEHUB.rglob("templates/**/*.html"))
FRAMES = {"web/base.html", "web/parts.html"}
"""What pages stand on; they are pages of nobody."""

OTHER_NAMES = {"web/arriving.html", "web/error.html", "web/resend.html"}
"""Pages that are shown in place of another, at its address."""


FEWEST_ROUTES = 10
"""Files with views there are more of: the test that reads them all has found them."""

KINDS = ("go", "quiet", "lead", "care", "stop", "wait")
"""The kinds of a state, as `status` in web/parts.html takes them."""

NAME = re.compile(r"\w+/\w+\.html")
BODY_CLASS = re.compile(r"\{% block body_class %\}.*?\{% endblock %\}")
OURS = re.compile(r"\{#.*?#\}|\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)


def name_of(path: Path) -> str:
    """The name that a template is rendered by."""
    return path.as_posix().rpartition("/templates/")[2]


def rendered() -> dict[str, set[str]]:
    """The templates that code renders, by the names of the functions that do."""
    found: dict[str, set[str]] = {}
    for path in CASEHUB.rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for function in ast.walk(tree):
            if isinstance(function, ast.FunctionDef):
                for node in ast.walk(function):
                    if isinstance(node, ast.Constant) and NAME.fullmatch(str(node.value)):
                        found.setdefault(str(node.value), set()).add(function.name)
    return found


def test_every_route_is_listed_with_who_may_reach_it(place):
    wanted = GOLDEN.read_text(encoding="utf-8").splitlines()
    assert routes(place.app) == wanted, (
        "look at who may reach the new route, then: python -m tests.house.routes > "
        "tests/house/routes.txt"
    )


class TestTemplates:
    def test_none_is_unused_and_none_is_missing(self, place):
        names = {name_of(path) for path in TEMPLATES}
        environment = place.app.jinja_env
        used = set(rendered())
        for path in TEMPLATES:
            tree = environment.parse(path.read_text(encoding="utf-8"))
            used |= {name for name in meta.find_referenced_templates(tree) if name}
        assert names == used

    @pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
    def test_it_is_called_as_the_view_that_shows_it(self, place, path):
        name = name_of(path)
        if name in FRAMES | OTHER_NAMES or Path(name).name.startswith("_"):
            return
        endpoints = set(place.app.view_functions)
        assert name.removesuffix(".html").replace("/", ".") in endpoints, (
            "a template is called as its endpoint: slice.verb_noun = slice/verb_noun.html; "
            "a part of others begins with an underscore"
        )

    @pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
    def test_nothing_is_let_through_unescaped(self, path):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"\|\s*safe\b|autoescape|Markup", text)

    @pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
    def test_every_word_can_be_translated(self, path):
        text = OURS.sub(" ", BODY_CLASS.sub("", path.read_text(encoding="utf-8")))
        spoken = re.findall(r'\b(?:title|alt|placeholder|aria-label)="([^"]*)"', text)
        spoken += re.sub(r"<[^>]*>", "\n", text).split("\n")
        left = [it.strip() for it in spoken if re.search(r"[^\W\d_]{2,}", it)]
        assert [it for it in left if it.strip(" :\u2013") != "CaseHub"] == [], "put it into _()"


class TestWhatCannotBeThere:
    def test_no_view_looks_at_what_was_sent_but_through_a_form(self):
        looked_at = 0
        for path in sorted(CASEHUB.rglob("*.py")):
            text = path.read_text(encoding="utf-8")
            if path.parent.name == "web" or "@pages." not in text:
                continue
            looked_at += 1
            assert not re.search(r"\brequest\.(form|values|args|get_json|json|data)\b", text), path
        assert looked_at > FEWEST_ROUTES

    def test_only_the_web_writes_html_in_python(self):
        makers = {
            path.relative_to(CASEHUB).as_posix()
            for path in CASEHUB.rglob("*.py")
            if re.search(r"\bMarkup\(", path.read_text(encoding="utf-8"))
        }
        assert makers <= {"web/components.py", "web/icons.py", "web/widgets.py", "web/forms.py"} | {
            "sign_in/qr.py"
        }


def test_no_rule_of_the_style_sheets_is_for_nothing():
    sheets = sorted((CASEHUB / "web" / "static" / "css").glob("*.css"))
    said = " ".join(
        path.read_text(encoding="utf-8")
        for pattern in ("*.html", "*.py", "*.js")
        for path in CASEHUB.rglob(pattern)
        if "vendor" not in path.parts
    )
    words = set(re.findall(r"app-[\w-]+", said)) | {f"app-st--{kind}" for kind in KINDS}
    styled = {name for path in sheets for name in re.findall(r"\.(app-[\w-]+)", path.read_text())}
    assert styled - words == set(), "no page uses these classes: take their rules out"
