"""The site of the documentation in a real browser: it is searched, and its pages are sound.

They need `pip install '.[browser]'` and Debian's `chromium`; without them these tests say so.
"""

import pytest

from deltarule.pages.documentation_site import site_page

pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe: '.[browser]'")
expect = pytest.importorskip("playwright.sync_api", reason="a browser: '.[browser]'").expect
pytestmark = pytest.mark.slow


def test_the_index_of_the_site_is_searched(opened):
    from page_soundness import faults

    page = opened(site_page("index.html"))
    assert not [*faults(page)]
    field = page.get_by_role("searchbox")
    status = page.get_by_role("status")
    field.fill("Batch-norm")
    expect(status).to_contain_text("found: ")
    shown = [item.inner_text() for item in page.locator("li:visible").all()]
    in_texts = page.locator("section li:visible")
    named = [text for text in shown if "batch" in text.lower() and "norm" in text.lower()]
    assert shown[: len(named)] == named and len(shown) == len(named) + in_texts.count()
    counts = f"{len(named)} by name, {in_texts.count()} in the text"
    expect(status).to_have_text(f"{len(shown)} found: {counts}")
    assert not [*faults(page)]
    for typed, found in (
        ("softmax loss", "softmax_cross_entropy"),
        ("attention heads", "multi_head_attention"),
        ("hints in a browser", "In a browser"),
        ("vanishing gradients", "Numbers"),
        ("normalization of batches", "batch_norm"),
        ("convolutional", "conv2d"),
        ("dropped", "dropout"),
    ):
        field.fill(typed)
        expect(page.get_by_role("link", name=found).first, typed).to_be_visible()
    field.fill("conv2d qqqq")
    expect(status).to_contain_text("none has all of these words, ")
    field.fill("qqqq xyzw")
    expect(status).to_have_text("0 found")
    expect(page.locator(":is(li, h2, h3):visible")).to_have_count(0)
    field.fill("")
    expect(page.locator("h2:visible")).to_have_count(3)
    assert page.locator("li:visible").count() > 150 > page.locator("h2:visible").count() == 3


def test_a_page_of_the_site_is_sound(opened):
    from page_soundness import faults

    for path in ("layers/softmax.html", "guides/an_exam.html"):
        assert not [*faults(opened(site_page(path)))]
