"""What is wrong with a page that is open in a browser."""

from __future__ import annotations

from collections.abc import Iterator

from axe_playwright_python.sync_playwright import Axe
from parsed_html import EMPTY
from playwright.sync_api import Page

#: Texts of pictures that are not whole inside them; a sign's own box is a little larger than it.
_CUT = """() => [...document.querySelectorAll('svg')].flatMap(svg => {
  const frame = svg.getBoundingClientRect(), slack = 2
  return [...svg.querySelectorAll('text')].filter(text => {
    const box = text.getBoundingClientRect()
    return box.width && (box.left < frame.left - slack || box.right > frame.right + slack
      || box.top < frame.top - slack || box.bottom > frame.bottom + slack)
  }).map(text => text.textContent)
})"""
#: Elements whose contents are wider than they are, and cannot be moved.
_HIDDEN = """() => [...document.querySelectorAll('main *')].filter(e =>
  e.scrollWidth > e.clientWidth + 1 && e.clientWidth > 1
  && ['hidden', 'clip'].includes(getComputedStyle(e).overflowX)
).map(e => e.outerHTML.slice(0, 120))"""


def faults(page: Page) -> Iterator[str]:
    """Violations that axe-core finds, contents wider than the window, what is cut, and sentences
    with nothing in them."""
    for violation in Axe().run(page).response["violations"]:
        yield f"{violation['id']}: {violation['nodes'][0]['html'][:200]}"
    if not page.evaluate("document.documentElement.scrollWidth <= innerWidth"):
        yield "wider than its window"
    yield from (f"cut in its picture: {text}" for text in page.evaluate(_CUT))
    yield from (f"cut: {element}" for element in page.evaluate(_HIDDEN))
    texts = page.locator("main p").all_text_contents()
    yield from (f"an empty sentence: {text!r}" for text in texts if EMPTY.search(text))
