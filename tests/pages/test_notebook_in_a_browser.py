"""Results in a notebook, in a real Chromium: as JupyterLab's style and VS Code's policy have them.

They need `pip install '.[browser]'` and Debian's `chromium`; without them these tests say so.
"""

import pytest
from once import derived

from deltarule.cli.embedded_page import as_html
from deltarule.marking.sheet_files.sheets import load_sheet
from deltarule.marking.worked_sheets import work

axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe: '.[browser]'")
expect = pytest.importorskip("playwright.sync_api", reason="a browser: '.[browser]'").expect
pytestmark = pytest.mark.slow


def all_colours(page, _):
    """A page of text with all that is coloured on the screen."""
    page.title("Some words")
    page.prose("that are soft", style="dim")
    page.python("import numpy as np\n@f\ndef g(x):\n    return None, f'{x}', 1.5  # so")
    for style in ("green", "bold red", "magenta", "cyan", "yellow", "blue"):
        page.prose(style, style=style)


def steps_on(frame):
    """The button of a frame is pressed by an event: the frame is drawn by a process of its own, and
    where the page around it has just moved it, a click at a place on the screen may miss it."""
    frame.get_by_role("button", name="next step").dispatch_event("click")
    expect(frame.locator(".line:visible")).to_have_count(1)


def test_results_in_a_notebook_keep_to_themselves(opened):
    trace = work(load_sheet("slide"))[0].trace
    parts = derived("dense")._repr_html_(), trace._repr_html_(), as_html(all_colours, None)
    page = opened(
        "<!doctype html><title>Notebook</title><style>h1 { margin: 7px } p { color: #a00 }</style>"
        f"<h1>Mine</h1><p>my words</p>{''.join(parts)}"
    )
    assert page.locator("h1").first.evaluate("e => getComputedStyle(e).marginTop") == "7px"
    soft = page.locator(".deltarule p.soft").first
    assert soft.evaluate("e => getComputedStyle(e).color") != "rgb(170, 0, 0)"
    # As Jupyter has it, whose theme is not the system's.
    page.add_style_tag(content="tbody tr:nth-child(odd) { background: #fff }")
    page.add_style_tag(content=".deltarule :is(table, h1, h2, h3, ul) { color: #888 }")
    contrast = axe.Axe().run(page, options={"runOnly": ["color-contrast"]}).response["violations"]
    found = [node["html"] for violation in contrast for node in violation["nodes"]]
    assert found == []
    steps_on(page.frame_locator("iframe"))


@pytest.mark.parametrize("scripts", ["'unsafe-inline'", "'none'"])
def test_results_are_whole_where_a_notebook_lets_little_in(chromium, scripts):
    """As in VS Code, whose outputs have a policy of their own; or where no script may run."""
    policy = f"default-src 'none'; script-src {scripts}; style-src 'unsafe-inline'; child-src data:"
    head = f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
    parts = derived("dense")._repr_html_(), work(load_sheet("slide"))[0].trace._repr_html_()
    page = chromium.new_page(viewport={"width": 700, "height": 900})
    page.set_content(f"<!doctype html>{head}<title>Notebook</title>{''.join(parts)}")
    assert page.locator(".deltarule math").first.bounding_box()["height"] > 10
    ground = page.locator(".deltarule").evaluate("e => getComputedStyle(e).backgroundColor")
    assert ground == "rgb(255, 255, 255)"
    frame = page.frame_locator("iframe")
    assert frame.locator(".line").count() == frame.locator(".line:visible").count() > 10
    if scripts != "'none'":
        steps_on(frame)
    page.close()
