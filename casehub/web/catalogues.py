"""The translated texts, read from `casehub/translations/LANGUAGE.po` as they are.

There is nothing to compile and so nothing that can be stale: the file that translators write is the
one that is read, once a process.
"""

from functools import cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

FOLDER = Path(__file__).resolve().parents[1] / "translations"


@cache
def catalogue(language: str) -> NullTranslations:
    """Return the texts of a language; English stands in the code itself."""
    path = FOLDER / f"{language}.po"
    if not path.exists():
        return NullTranslations()
    with path.open("rb") as file:
        texts = read_po(file, locale=language)
    compiled = BytesIO()
    write_mo(compiled, texts)
    compiled.seek(0)
    return GNUTranslations(compiled)
