"""Every route of the application, as `tests/house/routes.txt` lists them.

python -m tests.house.routes > tests/house/routes.txt
"""

import sys
import tempfile
from pathlib import Path

from flask import Flask

from casehub.app import create_app
from casehub.demo.place import fresh_settings
from casehub.web.guard import mark_of


def routes(app: Flask) -> list[str]:
    """Return a line for each route: methods, path, endpoint, who may reach it."""
    lines = []
    for rule in app.url_map.iter_rules():
        methods = ",".join(sorted(set(rule.methods or ()) - {"HEAD", "OPTIONS"}))
        mark = mark_of(app.view_functions[rule.endpoint])
        lines.append(f"{rule.rule} {methods} {rule.endpoint} | {mark}")
    return sorted(lines)


def main() -> None:
    """Print the routes."""
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(fresh_settings(Path(folder)))
    sys.stdout.write("\n".join(routes(app)) + "\n")


if __name__ == "__main__":
    main()
