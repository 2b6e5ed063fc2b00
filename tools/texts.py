"""Collect what is to be translated, and bring `casehub/translations/*.po` up to date.

    python3 dev.py texts

Texts are what stands in `N_`, `translated`, `_` and `ngettext`. New ones are added without a
translation, gone ones are dropped, nothing is guessed; a house test names what is missing.
"""

from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

SOURCE = Path(__file__).resolve().parents[1] / "casehub"
FOLDER = SOURCE / "translations"
LANGUAGES = ("fr", "uk")
KEYWORDS = {"_": None, "N_": None, "gettext": None, "translated": None, "ngettext": (1, 2)}
METHODS = [("**/templates/**.html", "jinja2.ext:babel_extract"), ("**.py", "python")]
OPTIONS = {"**/templates/**.html": {"silent": "false", "trimmed": "true"}}


def main() -> None:
    """Rewrite every language's file."""
    FOLDER.mkdir(exist_ok=True)
    template = extracted()
    for language in LANGUAGES:
        path = FOLDER / f"{language}.po"
        path.write_bytes(updated(path, template, language))
        left = sum(1 for message in read(path, language) if message.id and not done(message.string))
        print(f"{path.name}: {len(template)} texts, {left} to translate")


def extracted() -> Catalog:
    """Return every text of the code and the templates."""
    catalog = Catalog(project="CaseHub", header_comment="# Texts of CaseHub.")
    found = extract_from_dir(
        SOURCE, method_map=METHODS, options_map=OPTIONS, keywords=KEYWORDS, strip_comment_tags=True
    )
    for name, _, message, _, context in sorted(found, key=lambda item: (item[0], item[1])):
        catalog.add(message, None, [(name, None)], context=context)
    return catalog


def updated(path: Path, template: Catalog, language: str) -> bytes:
    """Return a language's file with the texts of now, translations kept."""
    catalog = read(path, language) if path.exists() else Catalog(locale=language)
    catalog.update(template, no_fuzzy_matching=True)
    catalog.obsolete.clear()
    catalog.header_comment = "# Texts of CaseHub."
    catalog.fuzzy, catalog.project, catalog.version = False, "CaseHub", "1"
    written = BytesIO()
    write_po(written, catalog, width=100, include_lineno=False, sort_by_file=True)
    lines = written.getvalue().decode().splitlines(keepends=True)
    names = (
        "POT-Creation",
        "Report-Msgid",
        "PO-Revision",
        "Last-Translator",
        "Language-Team",
        "Generated-By",
    )
    return "".join(it for it in lines if not it.startswith(tuple(f'"{n}' for n in names))).encode()


def read(path: Path, language: str) -> Catalog:
    """Read a language's file."""
    with path.open("rb") as file:
        return read_po(file, locale=language)


def done(string: str | tuple[str, ...] | list[str]) -> bool:
    """Say whether a text is translated, in all its plural forms."""
    return bool(string) if isinstance(string, str) else bool(string) and all(string)


if __name__ == "__main__":
    main()
