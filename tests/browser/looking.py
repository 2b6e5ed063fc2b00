"""What a page must be for everybody who comes to it, with whatever they have."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def faults(page: Page) -> list[str]:
    """Name what is wrong with the page that is open: barriers, and words that are cut off."""
    found = [
        f"{it['id']}: {node['html'][:160]}"
        for it in Axe().run(page, options={"runOnly": RULES}).response["violations"]
        for node in it["nodes"]
    ]
    return found + too_wide(page)


def too_wide(page: Page) -> list[str]:
    """Name what makes the page wider than the screen."""
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    if wide <= 0:
        return []
    widest = page.evaluate(
        """() => [...document.querySelectorAll("body *")]
          .filter((it) => it.getBoundingClientRect().right > innerWidth + 1)
          .slice(0, 3).map((it) => it.outerHTML.slice(0, 120))"""
    )
    return [f"it is {wide} pixels wider than the screen: {widest}"]


def reached_by_tab(page: Page) -> list[str]:
    """Press Tab until it comes round; return what has the focus each time."""
    seen: list[str] = []
    for _ in range(200):
        page.keyboard.press("Tab")
        at = page.evaluate(
            """() => { const it = document.activeElement;
              return it === document.body ? "" : it.id || it.name || it.textContent.trim(); }"""
        )
        if not at or at in seen[:1]:
            break
        seen.append(at)
    return seen
