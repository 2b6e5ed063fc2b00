"""A served application and Chromium, for what only a browser shows."""

import shutil
from collections.abc import Iterator
from logging import ERROR, getLogger
from threading import Thread

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import sync_playwright
from werkzeug.serving import make_server

PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WIDTHS = (1280, 390, 320)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Chromium]:
    """Start the Chromium that is installed."""
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        pytest.skip("Chromium was not found")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=OPTIONS)
        yield browser
        browser.close()


class Served:
    """An application on loopback, for as long as the block lasts."""

    def __init__(self, app) -> None:
        getLogger("werkzeug").setLevel(ERROR)
        self.server = make_server("localhost", 0, app, threaded=True)
        self.address = f"http://localhost:{self.server.server_port}"

    def __enter__(self) -> str:
        self.thread = Thread(target=self.server.serve_forever)
        self.thread.start()
        return self.address

    def __exit__(self, *_error) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()
