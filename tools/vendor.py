"""Make `casehub/web/static/vendor/` from the published packages of the design system.

    python3 tools/vendor.py govuk-frontend-6.6.0.tgz ministryofjustice-frontend-11.1.0.tgz

Run by hand when a version changes, on the two archives as the package registry gives them. Off
GOV.UK nobody may use its font, its crown or its name: the font faces go, a system stack stands in
their place, and only the pictures that the style sheets need are copied. Nothing else is changed.
"""

import hashlib
import json
import re
import sys
import tarfile
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[1] / "casehub" / "web" / "static" / "vendor"
FONTS = '"Helvetica Neue",Helvetica,Arial,"Noto Sans",sans-serif'
BRANDED = ("GDS Transport", "govuk-crest", "/fonts/", "/assets/")
PICTURES = re.compile(r"url\(/assets/images/([a-z-]+\.svg)\)")
TAKEN = {
    "govuk-frontend": ("dist/govuk/govuk-frontend.min.css", "dist/govuk/govuk-frontend.min.js"),
    "@ministryofjustice/frontend": ("moj/moj-frontend.min.css",),
}
IMAGES = {"@ministryofjustice/frontend": "moj/assets/images/"}


def main(archives: list[str]) -> None:
    """Write the files, and what they were made from."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    origins = {}
    for archive in archives:
        package = Package(Path(archive))
        written = [write(name, data) for name, data in package.files()]
        origins[package.name] = {
            "version": package.version,
            "archive_sha256": hashlib.sha256(Path(archive).read_bytes()).hexdigest(),
            "files": {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in written},
        }
    write("versions.json", (json.dumps(origins, indent=2) + "\n").encode())


def write(name: str, data: bytes) -> Path:
    """Write one file and give its path back; refuse what carries the brand."""
    for sign in BRANDED:
        if sign.encode() in data:
            raise SystemExit(f"{name} still contains {sign!r}: mend tools/vendor.py")
    path = FOLDER / name
    path.write_bytes(data)
    return path


class Package:
    """One archive, opened."""

    def __init__(self, archive: Path) -> None:
        with tarfile.open(archive) as tar:
            self._data = {
                member.name.removeprefix("package/"): tar.extractfile(member).read()
                for member in tar.getmembers()
                if member.isfile()
            }
        about = json.loads(self._data["package.json"])
        self.name, self.version = about["name"], about["version"]

    def files(self) -> list[tuple[str, bytes]]:
        """Give the files to be kept, by their new names, without the brand."""
        kept = []
        pictures: set[str] = set()
        for path in TAKEN[self.name]:
            text = self._data[path].decode()
            if path.endswith(".css"):
                text = without_brand(text)
                pictures |= set(PICTURES.findall(text))
                text = PICTURES.sub(r"url(\1)", text)
            text = re.sub(r"\n?/[/*]# sourceMappingURL=\S+( \*/)?", "", text)
            kept.append((Path(path).name, text.encode()))
        folder = IMAGES.get(self.name, "")
        return kept + [(name, self._data[folder + name]) for name in sorted(pictures)]


def without_brand(css: str) -> str:
    """Take the font, the crest and their names out of a style sheet."""
    css = re.sub(r"@font-face\{font-family:GDS Transport[^}]*\}", "", css)
    css = re.sub(r'"?GDS Transport"?,arial,sans-serif', FONTS, css)
    return re.sub(r"[^{};]*:url\(/assets/images/govuk-crest\.svg\)[^;}]*;?", "", css)


if __name__ == "__main__":
    main(sys.argv[1:])
