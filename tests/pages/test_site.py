"""The documentation as a site: every page is made, every link leads somewhere."""

import json
import re
from collections import Counter
from dataclasses import replace

import pytest
from click.testing import CliRunner
from once import derivation_of, loaded
from parsed_html import Parsed, Whole
from variants import FULL

from deltarule.cli.programs import program
from deltarule.errors import DeltaruleError
from deltarule.language.catalogue import catalogue
from deltarule.language.optimisers import is_update
from deltarule.pages.documentation_site import (
    all_rules,
    rule_file,
    site_page,
    site_paths,
    write_site,
)
from deltarule.pages.guide_html import READERS, guide_body, guide_html, guide_named, guides
from deltarule.pages.html_page import sentence_html
from deltarule.pages.layer_html import layer_body

LINK = re.compile(r'<a href="([^"#]*)(?:#([^"]*))?')


def resolved(path: str, link: str) -> str:
    """Where a link of a page leads, from the site's own folder on."""
    if not link:
        return path
    parts = path.split("/")[:-1]
    for part in link.split("/"):
        parts = parts[:-1] if part == ".." else [*parts, part]
    return "/".join(parts)


def page_data(page: str) -> dict:
    """What a page holds for its script."""
    return json.loads(re.search(r'id="data">(.*?)</script>', page, re.S)[1])


def whole(page: str) -> None:
    """A page of the site: it may have links to the others, and nothing else from elsewhere."""
    Whole(LINK.sub('<a title="', page))


@pytest.mark.slow
def test_every_guide_and_rule_has_a_page_and_every_link_leads_to_one():
    paths = set(site_paths())
    assert len(paths) == 1 + len(guides()) + len(all_rules()) + len(catalogue())
    pages = {path: site_page(path) for path in paths if not path.startswith("layers/")}
    ids = {path: re.findall(r' id="([^"]*)"', page) for path, page in pages.items()}
    parts = set()
    for path, page in pages.items():
        whole(page)
        assert len(set(ids[path])) == len(ids[path]), path
        for link, part in LINK.findall(page):
            there = resolved(path, link)
            assert there in paths, (path, link)
            assert not part or part in ids[there], (path, link, part)
            parts |= {part} - {""}
    assert parts  # there are links to parts of pages, so that they are checked
    links = [link for link, _ in LINK.findall(pages["index.html"])]
    assert Counter(links).most_common(1)[0][1] == 1
    assert {resolved("index.html", link) for link in links} == paths - {"index.html"}


def test_parts_of_pages_that_sources_link_to_are_headings():
    """Links without pages, such as those to files of the source, are dropped; not these."""
    for guide in guides().values():
        page = "".join(guide_body(guide))
        for part in re.findall(r"\]\([^)#\s]*#([^)\s]+)\)", guide.text):
            assert f'#{part}"' in page, (guide.name, part)


def test_headings_have_the_ids_by_which_repositories_name_them():
    text = "# A `derive` page\n\n## What's (not) here?\n\n## No\n\n## No\n\n[up](#no)"
    page = "".join(guide_body(replace(guides()["an_exam"], text=text)))
    found = re.findall(r'<h\d id="([^"]*)"', page)
    assert found == ["a-derive-page", "whats-not-here", "no", "no-1"]
    assert '<a href="#no">' in page


def test_every_reader_has_a_guide():
    assert {guide.reader for guide in guides().values()} == set(READERS)


#: No page is larger, in bytes, with the styles and scripts that each has.
LARGEST = 1_000_000 - 40_000
#: Derivations whose pages are made with their examples and mistakes; with DELTARULE_FULL all are.
WORKED = {"conv2d", "max_pool2d", "rnn", "batch_norm", "mlp", "label_cross_entropy"}


@pytest.mark.parametrize("name", catalogue())
def test_every_derivation_has_a_page(name, monkeypatch):
    monkeypatch.setattr("deltarule.pages.layer_html.derive", derivation_of)
    body, values = layer_body(name, kernel=FULL, example=FULL or name in WORKED)
    page = "".join(body)
    whole(page)
    assert len(f"{page}{values}".encode()) < LARGEST
    title = sentence_html(loaded(name).title.partition("`")[0])
    assert Parsed(title).text in Parsed(page).text
    if is_update(loaded(name)):
        assert values == [] and "<math" in page
    else:
        assert "<h2>Backward</h2>" in page and page.count("<math") > 3
        assert values or name not in WORKED
        assert bool(values) == ("A worked example" in page)


@pytest.mark.slow
def test_a_page_has_an_example_the_mistakes_and_the_kernel():
    page = "".join(layer_body("dense")[0])
    text = Parsed(page).text
    assert "dual numbers agree" in text and "def backward" in text
    assert "the mean over n stands for the sum" in text
    (mistakes,) = re.findall("Mistakes that people make(.*)The kernel", text, re.S)
    assert mistakes.count("stands") > 3


@pytest.mark.slow
def test_a_kernel_that_needs_a_number_says_which():
    page = "".join(layer_body("group_norm")[0])
    told = "The size A is told by no shape; give A=…; on the command line --set A=…"
    assert told in Parsed(page).text


def test_guides_are_text(monkeypatch):
    guide = replace(guides()["an_exam"], text="# <b>x</b>\n\n<script>alert(1)</script> [a](b.py)")
    page = guide_html(guide)
    Whole(page)
    assert "<script" not in page and "<b>" not in page and "href" not in page


def said(*words):
    return CliRunner().invoke(program("guide"), words, env={"COLUMNS": "100"})


def test_a_guide_on_the_screen_has_all_its_words():
    for guide in guides().values():
        shown = said(guide.name)
        assert shown.exit_code == 0
        words = Counter(re.findall(r"[A-Za-z]{5,}", guide.text))
        missing = words - Counter(re.findall(r"[A-Za-z]{5,}", shown.output))
        assert sum(missing.values()) <= sum(words.values()) // 20, (guide.name, missing)
    assert said("an_exam", "--markdown").output == guide_named("an_exam").text
    assert "before_an_exam" in said().output and '"for": "students"' in said("--json").output


def test_an_unknown_guide_is_told_with_the_nearest():
    with pytest.raises(DeltaruleError, match="there is no guide an exm") as error:
        guide_named("an exm")
    assert error.value.remedy == "did you mean 'an_exam'?"


@pytest.mark.slow
def test_the_site_is_written(tmp_path):
    told = []
    site = write_site(tmp_path / "docs", ["adam"], told.append)
    assert (site.layers, site.guides, site.rules) == (1, len(guides()), len(all_rules()))
    assert told[0] == "index.html" and told[-1] == "layers/adam.html"
    assert all((tmp_path / "docs" / path).is_file() for path in told)
    for path in told:  # of some derivations no page leads to one that is not there
        for link, _ in LINK.findall((tmp_path / "docs" / path).read_text()):
            assert (tmp_path / "docs" / resolved(path, link)).is_file(), (path, link)
    searched = page_data((tmp_path / "docs/index.html").read_text())
    assert "layers/adam.html" in searched and "layers/dense.html" not in searched
    write_site(tmp_path / "docs", ["lms"])
    assert "layers/adam.html" in (tmp_path / "docs/index.html").read_text()
    (tmp_path / "taken").write_text("")
    with pytest.raises(DeltaruleError, match="the file cannot be written"):
        write_site(tmp_path / "taken", ["adam"])
    shown = said("--site", str(tmp_path / "docs"), "--only", "adam", "--json")
    assert '"derivations": 1' in shown.output
    assert rule_file(all_rules()[0]) in {p.name for p in (tmp_path / "docs/rules").iterdir()}
