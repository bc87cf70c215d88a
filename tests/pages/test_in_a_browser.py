"""Pages in a real browser: Chromium, driven by Playwright, looked through by axe-core.

They need `pip install '.[browser]'` and Debian's `chromium`; without them these tests say so.
"""

import json
import re

import pytest
from once import derived

from deltarule.pages.derivation_html import derivation_html
from deltarule.pages.trace_html import trace_html
from deltarule.pages.window_svg import sentence, trace_windows
from deltarule.reports.things import ShownDerivation, ShownTrace
from deltarule.tracing.random_givens import drawn
from deltarule.tracing.trace import trace

axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe: '.[browser]'")
expect = pytest.importorskip("playwright.sync_api", reason="a browser: '.[browser]'").expect
pytestmark = pytest.mark.slow


def sound(page) -> None:
    """axe-core finds no violation, and the page is no wider than its window."""
    found = axe.Axe().run(page).response["violations"]
    assert [(v["id"], v["nodes"][0]["html"]) for v in found] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_trace_is_gone_through_forwards_and_back(opened, slide):
    page = opened(slide)
    sound(page)
    count = page.locator(".line").count()
    shown = page.locator(".line:visible")
    assert shown.count() == count > 10
    order = [line.get_attribute("data-q") for line in page.locator(".line").all()]
    for own in order:
        page.keyboard.press("ArrowRight")
        expect(shown).to_have_count(1)
        expect(shown).to_have_attribute("data-q", own)
        expect(page.locator(".graph .box.now")).to_have_count(1)
    expect(page.get_by_role("status")).to_have_text(re.compile(f"^step {count} of {count}"))
    page.get_by_role("button", name="step back").click()
    expect(page.locator(".line.now")).to_have_attribute("data-q", order[-2])
    sound(page)
    page.keyboard.press("Home")
    expect(page.locator(".graph .gradient:not(.later)")).to_have_count(0)
    page.keyboard.press("Escape")
    expect(shown).to_have_count(count)


def test_a_number_shows_where_it_comes_from_and_a_symbol_its_numbers(opened, slide):
    page = opened(slide)
    for _ in range(3):
        page.keyboard.press("ArrowRight")  # s₂ = 0.79·(−0.2) + …
    number = page.locator('.line.now mrow.n[data-q="h1"][data-at="1"]')
    number.hover()
    lit = page.locator(".graph .cell.lit")
    expect(lit).to_have_count(1)
    assert lit.text_content() == number.text_content() == "0.92"
    page.keyboard.press("ArrowDown")
    expect(lit).to_have_count(7)
    value = page.locator(".line.now .entry .own").text_content()
    said = re.compile(rf"^step 3 of .*\[0\] = {re.escape(value)}$")
    expect(page.get_by_role("status")).to_have_text(said)
    page.locator('.line.now mrow.q[data-q="h1"]').first.hover()
    values = json.loads(re.search(r'id="data">(.*)', slide)[1])[0]["h1"]
    expect(page.locator("#tip-of-symbol")).to_have_text(f"3 = ({', '.join(values['value'])})")


def test_a_window_lights_up_what_it_reads(opened):
    numbers = {"N": 1, "C": 1, "H": 4, "W": 4, "F": 1, "K": 3, "L": 3}
    derivation = derived("conv2d")
    givens, sizes = drawn(derivation, 2, numbers)
    found = trace(derivation, givens, sizes=sizes, checks=False)
    page = opened(trace_html(ShownTrace(found)))
    page.keyboard.press("ArrowRight")
    for _ in range(4):
        page.keyboard.press("ArrowDown")
    lit = page.locator('.graph .box[data-q="x"] .cell.lit')
    window = [f"0,0,{i},{j}" for i in range(1, 4) for j in range(1, 4)]
    expect(lit).to_have_count(len(window))
    assert [cell.get_attribute("data-at") for cell in lit.all()] == window


def lights(page, quantity: str, places: list[str], kind: str = "in") -> None:
    """These places of a quantity light up in the step that is shown, and no other does."""
    lit = page.locator(f'.line.now .tensor[data-q="{quantity}"] .place.{kind}')
    expect(lit).to_have_count(len(places))
    for k, place in enumerate(places):
        expect(lit.nth(k)).to_have_attribute("data-place", place)


def test_a_window_moves_over_its_tensor_with_stride_and_padding(opened, strided):
    page = opened(strided)
    page.keyboard.press("ArrowRight")
    window = [f"0,0,{i},{j}" for i in range(-1, 2) for j in range(-1, 2)]
    lights(page, "x", window)
    lights(page, "y", ["0,0,0,0"])
    slider = page.locator(".line.now input")
    expect(slider).to_have_attribute("aria-valuetext", "y[0,0,0,0]")
    frame = page.locator('.line.now .tensor[data-q="x"] .frame')
    before = float(frame.get_attribute("x"))
    slider.focus()
    page.keyboard.press("ArrowRight")
    lights(page, "x", [f"0,0,{i},{j}" for i in range(-1, 2) for j in range(1, 4)])
    expect(page.locator(".line.now")).to_have_attribute("data-q", "y")  # the step stays
    cell = page.locator('.line.now .tensor[data-q="x"] .place rect').first
    moved = float(frame.get_attribute("x")) - before
    assert moved == pytest.approx(2 * float(cell.get_attribute("width")), abs=0.3)
    said = re.compile("from 6 entries of w, 6 entries of x and 3 places of its padding.$")
    expect(page.locator(".line.now .said")).to_have_text(said)
    sound(page)


@pytest.mark.parametrize("name", ["conv2d", "max_pool2d"])
def test_a_moved_window_says_what_the_page_without_a_script_says(opened, name):
    """Of every entry, and of tensors with too many axes to be drawn."""
    sizes = {"N": 1, "C": 1, "H": 4, "W": 4, "K": 2, "L": 2}
    givens, sizes = drawn(derived(name), 2, sizes)
    found = trace(derived(name), givens, sizes=sizes, checks=False)
    page = opened(trace_html(ShownTrace(found)))
    for quantity, reads in trace_windows(found).items():
        window = page.locator(f'.window[data-q="{quantity}"]')
        if reads.quantity != quantity or not window.count():
            continue
        says = window.evaluate("""shown => {
          const range = shown.querySelector("input"), said = shown.querySelector(".said");
          return [...Array(Number(range.max) + 1).keys()].map(k => {
            range.value = k;
            range.dispatchEvent(new Event("input"));
            return said.textContent;
          });
        }""")
        assert says == [sentence(reads, entry, found) for entry in reads.reads]


def test_which_gradients_reach_an_entry_and_where_a_place_goes(opened, strided):
    page = opened(strided)
    page.keyboard.press("End")
    expect(page.locator(".line.now")).to_have_attribute("data-q", "dL/dx")
    page.locator('.line.now .tensor.made .place[data-place="0,0,1,1"]').click()
    lights(page, "dL/dy", [f"0,0,{i},{j}" for i in range(2) for j in range(2)])
    lights(page, "w", ["0,0,0,0", "0,0,0,2", "0,0,2,0", "0,0,2,2"])
    page.locator('.line.now .tensor[data-q="dL/dy"] .place[data-place="0,0,0,0"]').hover()
    lights(page, "dL/dx", [f"0,0,{i},{j}" for i in range(2) for j in range(2)], "to")
    said = "∂L/∂y[0,0,0,0] goes into ∂L/∂x[0,0,0,0], ∂L/∂x[0,0,0,1]"
    expect(page.locator(".line.now .said")).to_have_text(re.compile(f"^{re.escape(said)}"))


def test_a_symbol_that_is_reached_by_keys_says_its_shape_and_value(opened, slide):
    page = opened(slide)
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    symbol = page.locator('.line.now mrow.q[data-q="h1"][tabindex]')
    expect(symbol).to_have_count(1)
    page.locator(".line.now .eq").first.focus()
    for _ in range(4):
        page.keyboard.press("Tab")
        if symbol.evaluate("e => e === document.activeElement"):
            break
    tip = page.get_by_role("tooltip")
    expect(tip).to_be_visible()
    expect(tip).to_have_text(re.compile(r"^3 = \(0\.79"))
    sound(page)
    page.keyboard.press("ArrowRight")
    expect(symbol).to_have_count(0)
    assert page.locator("mrow.q[tabindex]").count() > 0


def test_every_step_is_in_sight_with_its_place_in_the_picture(opened, recurrent, strided):
    """Below the buttons, whatever the picture's size, which moves to the active box."""
    for page in map(opened, (recurrent, strided)):
        for own in page.locator(".line").all():
            page.keyboard.press("ArrowRight")
            expect(own).to_have_class(re.compile(r"\bnow\b"))
            line, bar, pane, box = (
                page.locator(chosen).first.bounding_box()
                for chosen in (".line.now", ".stepper", ".wide:has(.graph)", ".graph .box.now")
            )
            assert bar["y"] >= -1 and bar["y"] + bar["height"] - 1 <= line["y"]
            assert line["y"] + min(line["height"], 150) <= 901
            assert pane["y"] - 1 <= box["y"] <= pane["y"] + pane["height"] - 20
            assert box["x"] < pane["x"] + pane["width"] and box["x"] + box["width"] > pane["x"]


def test_gradients_that_come_from_upstream_light_their_arrows(opened, strided):
    page = opened(strided)
    for name in ("b", "w", "x"):
        page.keyboard.press("Home")
        expect(page.locator(".line").first).to_have_class(re.compile(r"\bnow\b"))
        while not page.locator(f'.line.now[data-q="dL/d{name}"]').count():
            page.keyboard.press("ArrowRight")
        arrow = page.locator(".graph .arrow.back")
        expect(arrow).to_have_count(1)
        assert arrow.get_attribute("data-from") == name and arrow.get_attribute("data-to") == "y"


@pytest.fixture(scope="module")
def recurrent():
    derivation = derived("min_gru")
    givens, sizes = drawn(derivation, 2, {"T": 3, "N": 1, "H": 2, "D": 2})
    return trace_html(ShownTrace(trace(derivation, givens, sizes=sizes, checks=False)))


def test_a_recurrence_is_unrolled_with_the_gradients_way_back(opened, recurrent):
    page = opened(recurrent)
    boxes = page.locator(".unrolled .time")
    assert boxes.count() == 3 and page.locator(".unrolled .back").count() == 2
    sound(page)
    number = page.locator('mrow.n[data-q="h"][data-at="1,0,0"]').first
    number.hover()
    expect(page.locator(".unrolled .cell.lit")).to_have_count(1)
    page.keyboard.press("Home")
    expect(page.locator(".unrolled :is(.cell, .back, .heat):visible")).to_have_count(0)
    page.keyboard.press("End")
    expect(page.locator(".unrolled .back:visible")).to_have_count(2)


def test_a_derivation_unfolds_without_a_script(opened):
    derivation = derived("batch_norm")
    page = opened(derivation_html(ShownDerivation(derivation, [*derivation.gradients.values()])))
    assert page.locator("details li:visible").count() == 0
    page.locator("summary").first.click()
    expect(page.locator("details li").first).to_be_visible()
    assert page.locator("details li:visible").count() > 1
    sound(page)
    formula = page.locator("math").first.bounding_box()
    assert formula["height"] > 20 and formula["width"] > 60
