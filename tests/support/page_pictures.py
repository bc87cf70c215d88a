"""Every kind of page that a command writes, looked through by axe-core and drawn at three widths.

    python tests/support/page_pictures.py FOLDER [KIND …]

Each kind is written by its command, then opened in Chromium at 360, 800 and 1400 pixels, light and
dark. Printed is what axe-core finds, what is wider than its window, and what the page complains of;
FOLDER holds the pictures, KIND-WIDTH-SCHEME.png, to be looked at.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, sync_playwright

#: The command of each kind, to which `--html FILE` is added.
COMMANDS = {
    "derive": ("derive", "layer_norm", "--steps"),
    "derive-conv": ("derive", "conv2d"),
    "trace": ("trace", "example", "slide"),
    "check": ("check", "example", "mazur"),
    "flow": ("trace", "flow", "rnn", "--steps", "8"),
    "guide": ("guide", "students_code"),
    "gradient": ("check", "gradient", "dense"),
    "catalogue": ("derive", "--list"),
}
WIDTHS, SCHEMES = (360, 800, 1400), ("light", "dark")
#: Pictures are cut below.
HIGHEST = 2400


def written(kind: str, folder: Path) -> Path | None:
    """The page of a kind; None, and a word of it, where its command writes none."""
    page = folder / f"{kind}.html"
    command = [sys.executable, "-m", "deltarule", *COMMANDS[kind], "--html", str(page)]
    ran = subprocess.run(command, capture_output=True, text=True)
    if page.exists():
        return page
    print(f"{kind}: {ran.stderr.strip() or ran.stdout.strip()[:200]}")
    return None


def faults(browser: Browser, page_file: Path, folder: Path) -> Iterator[str]:
    """What is wrong with a page at each width, in both schemes; it is drawn on the way."""
    for width in WIDTHS:
        for scheme in SCHEMES:
            context = browser.new_context(
                viewport={"width": width, "height": 900}, color_scheme=scheme
            )
            page = context.new_page()
            said: list[str] = []
            page.on("console", lambda message, said=said: said.append(message.text))
            page.on("pageerror", lambda error, said=said: said.append(str(error)))
            page.goto(page_file.resolve().as_uri())
            at = f"{page_file.stem} at {width}, {scheme}"
            yield from (f"{at}: {text}" for text in said)
            for violation in Axe().run(page).response["violations"]:
                yield f"{at}: {violation['id']}: {violation['nodes'][0]['html'][:200]}"
            if not page.evaluate("document.documentElement.scrollWidth <= innerWidth"):
                yield f"{at}: wider than its window"
            high = min(page.evaluate("document.documentElement.scrollHeight"), HIGHEST)
            page.set_viewport_size({"width": width, "height": high})
            page.screenshot(path=folder / f"{page_file.stem}-{width}-{scheme}.png")
            context.close()


def main(folder: Path, kinds: list[str]) -> int:
    """Looks at the pages of some kinds; how many faults there are."""
    folder.mkdir(parents=True, exist_ok=True)
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    count = 0
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=found, args=["--no-sandbox"])
        for kind in kinds:
            page = written(kind, folder)
            for fault in faults(browser, page, folder) if page else ("no page",):
                count += 1
                print(fault)
        browser.close()
    print(f"{len(kinds)} kinds of pages: {count} faults")
    return count


if __name__ == "__main__":
    reader = ArgumentParser(description="Pages in a browser, looked through and drawn.")
    reader.add_argument("folder", type=Path)
    reader.add_argument("kinds", nargs="*", help=", ".join(COMMANDS))
    wanted = reader.parse_args()
    sys.exit(bool(main(wanted.folder, wanted.kinds or list(COMMANDS))))
