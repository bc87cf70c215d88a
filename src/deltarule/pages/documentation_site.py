"""The documentation as a site of files: a page for each derivation, rule and guide, made from the
sources that the commands use, and an index that is searched without a server.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from deltarule.calculus.rules.rule import Rule
from deltarule.language.catalogue import catalogue
from deltarule.language.derivation_groups import GROUPS, described, entry_of
from deltarule.pages.blocks_html import STYLES, equation_html, paragraph
from deltarule.pages.guide_html import Guide, guide_body, guides, listed_guides
from deltarule.pages.html_page import page_html, text_html
from deltarule.pages.layer_html import layer_body
from deltarule.pages.trace_html import STEPPER
from deltarule.proving.cited import EVERYWHERE
from deltarule.reports.rule_values import given_lines
from deltarule.signed_files import refuse_others, write_signed
from deltarule.spelling.counted import counted

#: What is searched: words, and what has signs in it, such as ∂L/∂W.
_WORD = re.compile(r"[^\W\d_]{3,}|(?<!\S)[^\s\w]*\w*[∂∇Σ√σ′‖ᵀ²·][^\s`\",;:]*")


@dataclass
class Site:
    """What a site was written to, and how many pages of each kind."""

    folder: Path
    layers: int = 0
    rules: int = 0
    guides: int = 0


def site_paths() -> Iterator[str]:
    """The pages of the site by their paths, in the order in which they are made."""
    yield "index.html"
    yield from (f"guides/{name}.html" for name in guides())
    yield from (f"rules/{rule_file(rule)}" for rule in all_rules())
    yield from (f"layers/{name}.html" for name in catalogue())


def write_site(
    folder: Path, only: Sequence[str] = (), tell: Callable[[str], object] = str, force: bool = False
) -> Site:
    """Write the site into a folder; with `only`, of the derivations these alone.

    The index lists what was written, and what is in the folder already.
    `tell` is called with the path of each page. Raises DeltaruleError where nothing can be written,
    and, before anything is, where something else would be overwritten, unless by `force`.
    """
    site = Site(folder)
    paths = [path for path in site_paths() if not only or _is_wanted(path, only)]
    if not force:
        refuse_others((folder / path for path in paths), "folder")
    there = {path for path in site_paths() if path in paths or (folder / path).is_file()}
    for path in paths:
        kind = path.partition("/")[0]
        tell(path)
        write_signed(folder / path, site_page(path, there), force, "folder")
        site.guides += kind == "guides"
        site.rules += kind == "rules"
        site.layers += kind == "layers"
    return site


def site_page(path: str, there: Collection[str] | None = None) -> str:
    """One page of the site, by its path; the index lists the pages that are `there`, None: all."""
    kind, _, file = path.partition("/")
    name = file.removesuffix(".html")
    if kind == "guides":
        return _guide_page(guides()[name])
    if kind == "rules":
        return _rule_page(next(rule for rule in all_rules() if rule_file(rule) == file))
    if kind == "layers":
        return _layer_page(name)
    return _index(there)


def all_rules() -> list[Rule]:
    """All rules that steps cite, each once."""
    return list({rule.name: rule for rules in EVERYWHERE.values() for rule in rules}.values())


def rule_file(rule: Rule) -> str:
    """The file of a rule: `sift_the_delta.html`."""
    letters = "".join(c if c.isalnum() else "_" for c in rule.name.lower())
    return f"{letters}.html"


def _is_wanted(path: str, only: Sequence[str]) -> bool:
    """Whether a page is none of a derivation, or of one of these."""
    kind, _, name = path.partition("/")
    return kind != "layers" or name.removesuffix(".html") in only


def _inside(body: Sequence[str]) -> list[str]:
    """The elements of a page below the index."""
    return ['<nav><a href="../index.html">deltarule</a></nav>', *body]


def _guide_page(guide: Guide) -> str:
    return page_html(guide.title, _inside([*guide_body(guide)]), STYLES)


def _layer_page(name: str) -> str:
    body, values = layer_body(name)
    if not values:
        return page_html(name, _inside(body), STYLES)
    return page_html(name, _inside(body), (*STYLES, "trace_style.css"), STEPPER, values)


def _rule_page(rule: Rule) -> str:
    """Statement, reason, and an example."""
    example = rule.example()
    body = [f"<h1>{text_html(rule.name)}</h1>", f"<p><b>{text_html(rule.statement)}</b></p>"]
    body += [paragraph(rule.reason), "<h2>Example</h2>"]
    body += [equation_html(example.before, example.after)]
    body += [paragraph(f"given: {line}", "soft") for line in given_lines(example.given)]
    body += [paragraph(example.note)] if example.note else []
    if rule.seen:
        body.append(f"<p><code>{text_html(rule.seen)}</code> shows it.</p>")
    return page_html(rule.name, _inside(body), STYLES)


def _index(there: Collection[str] | None) -> str:
    """Everything there is, with a field that leaves what holds all words typed into it."""
    styles = (*STYLES, "site_style.css")
    pages = {*site_paths()} if there is None else {*there}
    words = {page: said for page, said in _searched().items() if page in pages}
    return page_html("deltarule", _index_body(pages), styles, "site_search.js", words)


def _searched() -> dict[str, str]:
    """The words by which pages are found, beside those that the index shows."""
    texts = {f"guides/{name}.html": guide.text for name, guide in guides().items()}
    texts |= {f"rules/{rule_file(rule)}": rule.reason for rule in all_rules()}
    for name, path in catalogue().items():
        texts[f"layers/{name}.html"] = f"{entry_of(name, path)['group']} {described(path)}"
    words = {page: dict.fromkeys(_WORD.findall(text.lower())) for page, text in texts.items()}
    return {page: " ".join(found) for page, found in words.items()}


def _index_body(pages: Collection[str]) -> Iterator[str]:
    yield "<h1>deltarule</h1>"
    yield paragraph(
        "Write a layer's forward equations once; the gradient, every step, the numbers, the "
        "kernel and the mistakes that people make are derived."
    )
    yield '<p class="search" hidden><label for="search">search</label> '
    yield '<input id="search" type="search" autocomplete="off"> <span role="status"></span></p>'
    yield "<h2>Guides</h2>"
    yield from listed_guides()
    yield "<h2>Derivations</h2>"
    paths = {n: path for n, path in catalogue().items() if f"layers/{n}.html" in pages}
    left = len(catalogue()) - len(paths)
    if left:
        yield paragraph(f"Not in this folder: {counted(left, 'other derivation')}.", "soft")
    entries = [entry_of(name, path) for name, path in paths.items()]
    for group in GROUPS:
        mine = [_entry(entry) for entry in entries if entry["group"] == group]
        if mine:
            yield f"<h3>{group}</h3><ul>{''.join(mine)}</ul>"
    yield "<h2>Rules</h2>"
    for part, rules in EVERYWHERE.items():
        yield f"<h3>{text_html(part)}</h3><ul>"
        for rule in rules:
            link = f'<a href="rules/{rule_file(rule)}">{text_html(rule.name)}</a>'
            yield f"<li>{link} {text_html(rule.statement)}</li>"
        yield "</ul>"


def _entry(entry: Mapping) -> str:
    also = f" (also: {', '.join(entry['aliases'])})" if entry["aliases"] else ""
    link = f'<a href="layers/{entry["name"]}.html">{text_html(entry["name"])}</a>'
    return f"<li>{link} {text_html(entry['title'] + also)}</li>"
