"""Every example in the README and the guides is run, and does what its page says."""

from __future__ import annotations

from pathlib import Path

import guides
import pytest
from markdown_it import MarkdownIt

PAGES = guides.pages()
#: Two screens of a tall window.
MOST_LINES = 130


@pytest.fixture(params=PAGES, ids=lambda p: p.stem)
def page(request) -> guides.Page:
    return guides.Page.read(request.param)


@pytest.mark.slow
def test_the_examples_of_a_page_run(page, tmp_path):
    assert guides.checks_something(page), "no command with its output, and no assertion, is run"
    found = guides.faults(page, tmp_path)
    assert not found, "\n".join(found)


def test_the_options_that_a_page_names_exist(page):
    assert not guides.unknown_options(page)


def test_no_link_of_a_page_leads_nowhere(page):
    lost = guides.lost_links(page)
    assert not lost, f"no such file: {lost} (a file that the reader makes is called NAME.py)"


def test_no_underscore_of_a_page_is_lost_as_emphasis(page):
    """Outside code, ‖x‖_1 and ‖x‖_∞ of one paragraph are shown without their underscores."""
    inline = [token for part in MarkdownIt().parse(page.text) for token in part.children or ()]
    assert not [t for t in inline if t.type in ("em_open", "strong_open") and "_" in t.markup]


def test_the_readme_fits_two_screens_and_leads_to_every_guide():
    page = guides.Page.read(guides.README)
    assert len(page.text.splitlines()) <= MOST_LINES
    linked = {Path(link).name for link in guides.links(page)}
    by_rooms = guides.links(guides.Page.read(guides.GUIDES / "developers/rooms.md"))
    assert {path.name for path in PAGES} - linked - {*by_rooms} == {"README.md"}


def test_the_map_of_the_rooms_names_every_page():
    rooms = (guides.GUIDES / "developers/rooms.md").read_text(encoding="utf-8")
    pages = [path.name for path in PAGES if path.parent.name == "developers"]
    assert [name for name in pages if f"({name})" not in rooms] == ["rooms.md"]


WRONG = """Read [this](rooms.md), [that](no_page.md) and `calculus/no_file.py`;
write `derivations/NAME.py`. `derive dense --stepps` shows steps, `pip install --user x` installs.

```python
b = 2
```

Saved as `own.py`.

```python
from own import b

assert b == 2
print("not to be seen")
```

```console
$ check example mazur --brief
all is right
$ derive no_layer
$ ls
```

```python
assert b == 3
```
"""


@pytest.mark.slow
def test_faults_of_a_page_are_found(tmp_path):
    page = guides.Page(guides.GUIDES / "developers/wrong.md", WRONG)
    assert guides.lost_links(page) == ["no_page.md", "calculus/no_file.py"]
    assert guides.unknown_options(page) == ["--stepps"]
    first, second, third, fourth = guides.faults(page, tmp_path)
    assert first.startswith("wrong.md, line 18: check example mazur --brief prints\n")
    assert "derive no_layer prints\n" in second and "no derivation" in second
    assert third == "wrong.md, line 18: ls is none of our commands; show it in a ```bash block"
    assert fourth.startswith("wrong.md, line 25: Traceback") and "AssertionError" in fourth


def test_a_page_that_checks_nothing_is_found():
    for text in ("", "```python\na = 1\n```\n", "```python\nassert 1\n```\n\nSaved as `a.py`.\n"):
        assert not guides.checks_something(guides.Page(guides.GUIDES / "x.md", text))
    assert guides.checks_something(guides.Page(guides.GUIDES / "x.md", WRONG))
