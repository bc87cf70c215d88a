"""Every kind of page, looked through by axe-core and drawn at three widths.

    python tests/support/page_pictures.py FOLDER [WORD …]

Pages are those of kinds_of_pages.py; with words those alone whose names hold one of them. Each is
opened in Chromium at 360, 800 and 1400 pixels, light and dark. Printed is what axe-core finds, what
is wider than its window or cut in its picture, and what the page complains of; FOLDER holds the
pictures, PAGE-WIDTH-SCHEME.png, to be looked at, and each page printed on A4, PAGE.pdf.
"""

from __future__ import annotations

import shutil
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path

from kinds_of_pages import all_pages, slug
from page_soundness import faults
from playwright.sync_api import Browser, sync_playwright

WIDTHS, SCHEMES = (360, 800, 1400), ("light", "dark")
#: Pictures are cut below.
HIGHEST = 2400


def looked_at(browser: Browser, name: str, address: str, folder: Path) -> Iterator[str]:
    """What is wrong with a page at each width, in both schemes; it is drawn on the way."""
    for scheme in SCHEMES:
        context = browser.new_context(color_scheme=scheme)
        page = context.new_page()
        said: list[str] = []
        page.on("console", lambda message, said=said: said.append(message.text))
        page.on("pageerror", lambda error, said=said: said.append(str(error)))
        page.on("request", lambda asked, said=said: said.append(asked.url))
        page.goto(address)
        yield from (f"{name}, {scheme}: {text}" for text in said if text != address)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            yield from (f"{name} at {width}, {scheme}: {fault}" for fault in faults(page))
            high = min(page.evaluate("document.documentElement.scrollHeight"), HIGHEST)
            page.set_viewport_size({"width": width, "height": high})
            page.screenshot(path=folder / f"{name}-{width}-{scheme}.png")
        if scheme == "light":
            page.pdf(path=folder / f"{name}.pdf", format="A4")
        context.close()


def main(folder: Path, words: list[str]) -> int:
    """Looks at pages; how many faults there are."""
    folder.mkdir(parents=True, exist_ok=True)
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    count = pages = 0
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=found, args=["--no-sandbox"])
        for thing, page in all_pages(folder):
            if words and not any(word in thing for word in words):
                continue
            pages += 1
            for fault in looked_at(browser, slug(thing), page.resolve().as_uri(), folder):
                count += 1
                print(fault, flush=True)
        browser.close()
    print(f"{pages} pages: {count} faults")
    return count


if __name__ == "__main__":
    reader = ArgumentParser(description="Pages in a browser, looked through and drawn.")
    reader.add_argument("folder", type=Path)
    reader.add_argument("words", nargs="*", help="of pages whose names hold one of them")
    wanted = reader.parse_args()
    sys.exit(bool(main(wanted.folder, wanted.words)))
