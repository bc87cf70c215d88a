"""How pages are laid out in a real browser: on paper, for the keyboard, in fonts."""

import re

import pytest
from once import derived

from deltarule.pages.blocks_html import STYLES, table_html
from deltarule.pages.derivation_html import derivation_html
from deltarule.pages.html_page import page_html, quoted_html
from deltarule.reports.things import ShownDerivation

expect = pytest.importorskip("playwright.sync_api", reason="a browser: '.[browser]'").expect
pytestmark = pytest.mark.slow


def test_the_tab_key_stops_at_lines_that_are_wider_than_their_place_alone(opened, slide):
    page = opened(slide)
    wrong = """() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => {
      const moved = (e) => e.scrollWidth > e.clientWidth
        || (e.matches(".wide") && e.scrollHeight > e.clientHeight);
      const lines = [...document.querySelectorAll(".eq, .wide")];
      done(lines.filter(e => e.checkVisibility() && (e.tabIndex === 0) !== moved(e)).length) })))"""
    lines = page.locator(".eq")
    assert lines.count() > 60
    expect(page.locator('.eq[tabindex="-1"]').first).to_be_attached()
    assert page.evaluate(wrong) == 0
    shown = page.locator(".eq:visible")
    assert page.locator('.eq[tabindex="0"]:visible').count() < shown.count()
    page.keyboard.press("ArrowRight")  # the picture has less room, and may be moved
    expect(page.locator(".line:visible")).to_have_count(1)
    assert page.evaluate(wrong) == 0


@pytest.mark.parametrize("opened", [(360, "light"), (360, "dark")], indirect=True)
def test_words_in_tables_are_not_broken(opened):
    """A table that is too wide for its page is moved; its columns are as wide as a word."""
    row = ["∂E/∂Θ₂", "contradictory", "José Hernández", "weights where activations belong"]
    table = table_html("abcdefgh", [[quoted_html(cell) for cell in row * 2]])
    page = opened(page_html("Table", [table], STYLES))
    lines = page.locator("td bdi").evaluate_all("all => all.map(e => e.getClientRects().length)")
    assert len(lines) == 8
    words = [len(re.split("[ /]", cell)) for cell in row * 2]
    assert all(n <= most for n, most in zip(lines, words, strict=True)), lines


def test_a_theta_in_a_picture_is_no_zero(opened, slide):
    """Where all letters are of one width, Θ looks as a 0 does that has a dot or a stroke in it."""
    families = opened(slide).evaluate("""() => {
      const names = [...document.querySelectorAll("svg text")];
      return names.filter(e => e.textContent.includes("Θ")).map(e => getComputedStyle(e).fontFamily)
    }""")
    assert len(families) == 6 and not [f for f in families if "mono" in f.lower()]


def printed_formulas(page) -> tuple[float, float]:
    """How far to the right formulas reach on paper, and how small the smallest is, in points."""
    page.set_viewport_size({"width": 680, "height": 1000})
    page.emulate_media(media="print")
    right, size = page.evaluate("""() => {
      const formulas = [...document.querySelectorAll(".eq math")];
      return [Math.max(...formulas.map(e => e.getBoundingClientRect().right)),
              Math.min(...formulas.map(e => parseFloat(getComputedStyle(e).fontSize)))] }""")
    return right, size * 0.75


def test_on_paper_nothing_is_cut_and_what_is_folded_unfolds(opened, slide, strided):
    derivation = derived("lstm")  # some of its formulas are three times as wide as a sheet
    page = opened(derivation_html(ShownDerivation(derivation, [*derivation.gradients.values()])))
    right, size = printed_formulas(page)
    assert right <= 680 and size >= 7
    assert page.locator("details li").first.bounding_box()["height"] > 40
    right, size = printed_formulas(opened(strided))  # sums of numbers
    assert right <= 680 and size >= 7
    page = opened(slide)
    page.set_viewport_size({"width": 680, "height": 1000})  # A4 between margins of 15 mm
    page.emulate_media(media="print")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    graph = page.locator(".graph").first.bounding_box()
    assert graph["x"] + graph["width"] <= 680 and not page.locator(".stepper").first.is_visible()
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"


def test_pictures_stand_below_their_heading_on_paper(opened, strided):
    """A picture as high as a sheet would leave the first one empty."""
    page = opened(strided)
    page.set_viewport_size({"width": 680, "height": 1000})
    page.emulate_media(media="print")
    boxes = [svg.bounding_box() for svg in page.locator("svg").all()]
    assert boxes and all(box["y"] > 0 and box["height"] <= 20 * 96 / 2.54 + 1 for box in boxes)
    assert "@page { margin: 15mm; }" in strided


def test_paper_holds_everything_whatever_the_screen_shows(opened, slide, strided):
    drawn_parts = """[...document.querySelectorAll("main *")].map((e) => {
      const s = getComputedStyle(e), { width, height } = e.getBoundingClientRect();
      return [s.visibility, s.stroke, s.fill, width > 2, height > 2] })"""
    for page in map(opened, (slide, strided)):
        page.emulate_media(media="print")
        before = page.evaluate(drawn_parts)
        for key in ("ArrowRight", "ArrowRight", "End"):
            page.keyboard.press(key)
            assert page.evaluate(drawn_parts) == before
