"""The site of the documentation in a real browser: it is searched, and its pages are sound.

They need `pip install '.[browser]'` and Debian's `chromium`; without them these tests say so.
"""

import re

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
    results = page.locator("main > section")
    by_name, in_text = (results.nth(k).locator("li:visible") for k in range(2))
    named = by_name.all_inner_texts()
    assert len(named) > 1 and all("batch" in n.lower() and "norm" in n.lower() for n in named)
    counts = f"{len(named)} by name, {in_text.count()} in the text"
    expect(status).to_have_text(f"{len(named) + in_text.count()} found: {counts}")
    expect(page.locator("li:visible")).to_have_count(len(named) + in_text.count())
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
    for typed, first in (
        ("softmax", "softmax"),
        ("attention", "attention"),
        ("soft attention", "additive_attention"),
    ):
        field.fill(typed)
        expect(page.locator("li:visible a").first, typed).to_have_text(first)
    field.fill("LSTM gate")
    expect(in_text.first).to_contain_text(re.compile("^lstm "))
    field.fill("dropuot")
    expect(status).to_contain_text(", “dropuot” taken for “dropout”")
    expect(page.locator("li:visible a").first).to_have_text("dropout")
    field.fill("")
    expect(page.locator("h2:visible")).to_have_count(3)
    assert page.locator("li:visible").count() > 150 > page.locator("h2:visible").count() == 3


@pytest.mark.parametrize("opened", [(800, "light")], indirect=True)
def test_whatever_is_typed_is_searched(opened):
    """Each sign has a meaning in regular expressions, in HTML or in formulas; none may end the
    search, and what is found is that of this query, not of the one before."""
    page = opened(site_page("index.html"))
    field, status = page.get_by_role("searchbox"), page.get_by_role("status")
    signs = r"""∂ Σ [ ] ( ) { } < > & " ' ` ^ $ . * + ? | / # % ~ = ! @ ; : , ‖ ′ ✓ √ ᵀ 𝛩 é"""
    texts = [
        *signs.split(),
        "\\",
        "∂L/∂W",
        "[n,m]",
        "‖x‖",
        "σ′",
        "<b>",
        "a+b",
        "x^2",
        "[^",
        "(?<",
        r"\p{",
    ]
    for typed in texts:
        field.fill("softmax")
        expect(status).to_contain_text("found")
        before = status.inner_text()
        field.fill(typed)
        expect(status, typed).not_to_have_text(before)
        expect(status, typed).to_contain_text("found")
    for typed, found in (('"softmax"', "softmax"), ("∂L/∂W", "gradient"), ("(dropout)", "dropout")):
        field.fill(typed)
        expect(page.get_by_role("link", name=found).first, typed).to_be_visible()


def test_a_page_of_the_site_is_sound(opened):
    from page_soundness import faults

    for path in ("layers/softmax.html", "guides/an_exam.html"):
        assert not [*faults(opened(site_page(path)))]
