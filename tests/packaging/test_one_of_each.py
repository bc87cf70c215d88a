"""Tripwires for what stands in one place: other files call it, and do not do it again.

A rule takes the syntax tree of a file and gives the lines that do again what `home` does for all.
"""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCE = sorted([*(ROOT / "src").rglob("*.py"), *(ROOT / "cli").glob("*.py")])


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def nodes_made_anew(tree: ast.Module) -> Iterator[int]:
    """Calls of `node.func(…)`: a tree is rebuilt by `rebuild`, `with_body`, `read_at` …."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "func":
            yield node.lineno


# Each rule with the files that it is about, and a line that it must find.
RULES = [
    (
        nodes_made_anew,
        {"expressions/rebuild.py", "expressions/substitution.py"},
        "after = node.func(*map(change, node.args))",
    )
]


@pytest.mark.parametrize(
    ("rule", "homes", "example"), RULES, ids=lambda r: getattr(r, "__name__", "")
)
def test_what_stands_in_one_place_stands_nowhere_else(rule, homes, example):
    found = {
        f"{path.relative_to(ROOT)}:{line}"
        for path in SOURCE
        if not any(path.as_posix().endswith(f"deltarule/{home}") for home in homes)
        for line in rule(parsed(path))
    }
    assert found == set()
    assert list(rule(ast.parse(example))) == [1]
    assert all((ROOT / "src/deltarule" / home).is_file() for home in homes)
