"""Every kind of page there is, in a real browser, narrow and light, wide and dark.

They need `pip install '.[browser]'` and Debian's `chromium`; without them these tests say so.
"""

import pytest
from kinds_of_pages import COMMANDS, WITHOUT, all_pages

from deltarule.cli.formats import FORMATS

#: A page has so many bytes at most.
LARGEST = 1_000_000


def test_every_thing_that_is_shown_has_its_page_looked_at():
    html = FORMATS["html"]
    things = {*FORMATS["text"].functions, *html.functions, *html.folders}
    assert things - WITHOUT == {*COMMANDS} and all(map(html.shows, things))


@pytest.mark.slow
@pytest.mark.parametrize(("width", "scheme"), [(360, "light"), (1400, "dark")])
def test_pages_are_sound(chromium, written_pages, width, scheme):
    from page_soundness import faults

    context = chromium.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    context.set_default_timeout(60_000)  # the machine may do other things too
    page, found, wrong = context.new_page(), [], {}
    page.on("console", lambda message: found.append(message.text))
    page.on("pageerror", lambda error: found.append(str(error)))
    page.on("request", lambda asked: found.append(asked.url))
    for thing, path in written_pages.items():
        assert path.stat().st_size < LARGEST, thing
        page.goto(path.as_uri())
        policies = [p.get_attribute("content") for p in page.locator("meta[http-equiv]").all()]
        own = thing != "results in a notebook"  # which has the notebook's
        assert [str(p).startswith("default-src 'none'") for p in policies] == [True] * own, thing
        said = [f for f in (*found, *faults(page)) if f != path.as_uri()]
        wrong |= {thing: said} if said else {}
        found.clear()
    context.close()
    assert wrong == {}


@pytest.fixture(scope="module")
def written_pages(tmp_path_factory):
    return dict(all_pages(tmp_path_factory.mktemp("pages")))
