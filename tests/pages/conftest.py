"""A real Chromium, driven by Playwright, where both are installed."""

import shutil

import pytest
from once import derived

from deltarule.marking.sheet_files.sheets import load_sheet
from deltarule.marking.worked_sheets import work
from deltarule.pages.trace_html import sheet_html, trace_html
from deltarule.reports.things import ShownSheet, ShownTrace
from deltarule.tracing.random_givens import drawn
from deltarule.tracing.trace import trace

#: What a page has to show may take so many milliseconds on a machine that does other things too.
PATIENCE = 60_000
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


@pytest.fixture(scope="module")
def chromium():
    playwright = pytest.importorskip("playwright.sync_api", reason="a browser: '.[browser]'")
    playwright.expect.set_options(timeout=PATIENCE)
    pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe: '.[browser]'")
    if CHROMIUM is None:
        pytest.skip("pages in a browser: chromium is not installed")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(params=[(360, "light"), (1400, "dark")], ids=["360 light", "1400 dark"])
def opened(chromium, request, tmp_path):
    """Opens a page at a width; at the end nothing was said, and nothing asked for."""
    width, scheme = request.param
    context = chromium.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    context.set_default_timeout(PATIENCE)
    complaints = []

    def open_page(text: str):
        (tmp_path / "page.html").write_text(text, encoding="utf-8")
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda asked: complaints.append(asked.url))
        page.goto((tmp_path / "page.html").as_uri())
        return page

    yield open_page
    context.close()
    assert [c for c in complaints if not c.endswith("page.html")] == []


@pytest.fixture(scope="module")
def slide():
    sheet = load_sheet("slide")
    return sheet_html(ShownSheet(sheet, work(sheet)))


@pytest.fixture(scope="module")
def strided():
    derivation = derived("conv2d")
    numbers = {"N": 1, "C": 1, "H": 5, "W": 5, "F": 1, "K": 3, "L": 3, "S": 2, "P": 1}
    givens, sizes = drawn(derivation, 2, numbers)
    found = trace(derivation, givens, sizes=sizes, checks=False)
    return trace_html(ShownTrace(found))
