"""The field's words: names, docstrings and comments say what the field says.

Each row is a word that was ours alone, and what stands in its place. What students read on the
screen is plain English, and is no business of this test.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from syntax_trees import parsed, text_of, walked

#: A part of a name, and the field's word for it.
NAMES = {
    "told": "message, detail, evidence",
    "desk": "session",
    "scene": "context",
    "bench": "evaluator",
    "teller": "matrix forms",
    "mends": "corrected givens",
    "lent": "extra values",
    "steady": "numerically stable",
    "lift": "hoist",
    "lifted": "hoisted",
    "drivers": "entry points",
}

#: What docstrings and comments do not say, and what they say.
PHRASES = {
    r"told(?! apart)": "said, message, detail",
    r"desks?": "session",
    r"bench": "evaluator",
    r"scenes?": "context",
    r"(what|that|something|which) is no number": "NaN",
    r"gradients? from outside": "upstream gradient",
    r"worked out": "evaluated",
    r"whole numbers?": "integer",
    r"fewer multiplications(?! by)": "Winograd",
}

ROOT = Path(__file__).resolve().parents[2]
SOURCE = sorted([*(ROOT / "src/deltarule").rglob("*.py"), *(ROOT / "cli").glob("*.py")])


def names(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Every name that a file gives to something, with its line."""
    for node in walked(tree):
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            yield node.name, node.lineno
        elif isinstance(node, ast.arg):
            yield node.arg, node.lineno
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id, node.lineno
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.attr, node.lineno


def prose(path: Path, tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Docstrings and comments, with their lines."""
    for node in walked(tree):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)):
            text = ast.get_docstring(node, clean=False)
            if text:
                yield text, node.body[0].lineno
    for number, line in enumerate(text_of(path).splitlines(), start=1):
        comment = re.search(r"(?:^|\s)(#.*)$", line) if "#" in line else None
        if comment:
            yield comment[1], number


@cache
def parts(name: str) -> list[str]:
    """The words that a name is made of."""
    return [part.lower() for part in re.findall(r"[A-Z]?[a-z]+|[A-Z]+", name)]


def private_names(found: Iterator[tuple[str, int]]) -> Iterator[str]:
    for name, line in found:
        for part in parts(name):
            if part in NAMES:
                yield f"{line}: {name}: say {NAMES[part]}"


ANY_PHRASE = re.compile(rf"\b(?:{'|'.join(PHRASES)})\b", re.IGNORECASE)


def private_phrases(found: Iterator[tuple[str, int]]) -> Iterator[str]:
    for text, line in found:
        if not ANY_PHRASE.search(text):
            continue
        for phrase, instead in PHRASES.items():
            seen = re.search(rf"\b{phrase}\b", text, re.IGNORECASE)
            if seen:
                yield f"{line}: “{seen.group()}”: say {instead}"


@pytest.mark.slow
def test_the_source_says_the_fields_words():
    found = []
    for path in SOURCE:
        tree = parsed(path)
        faults = [*private_names(names(tree)), *private_phrases(prose(path, tree))]
        found += [f"{path.relative_to(ROOT)}:{fault}" for fault in faults]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("name", ["told", "_is_told", "OpenDesk", "lifted_sums", "SCENE"])
def test_a_private_name_is_found(name):
    assert list(private_names(iter([(name, 1)])))


@pytest.mark.parametrize("name", ["hold", "total", "shifted", "Benchmark", "describe"])
def test_other_names_are_free(name):
    assert not list(private_names(iter([(name, 1)])))


def test_a_private_phrase_is_found():
    assert list(private_phrases(iter([("Where this is worked out.", 1), ("what is no number", 2)])))
    assert not list(private_phrases(iter([("Two that cannot be told apart.", 1)])))
