"""Tripwires for what stands in one place: other files call it, and do not do it again.

A rule takes the syntax tree of a file and gives the lines that do again what `home` does for all.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from syntax_trees import parsed, text_of, walked

ROOT = Path(__file__).resolve().parents[2]
SOURCE = sorted([*(ROOT / "src").rglob("*.py"), *(ROOT / "cli").glob("*.py")])


def nodes_made_anew(tree: ast.Module) -> Iterator[int]:
    """Calls of `node.func(…)`: a tree is rebuilt by `rebuild`, `with_body`, `read_at` …."""
    for node in walked(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "func":
            yield node.lineno


def gradients_in_text(tree: ast.Module) -> Iterator[int]:
    """Text `/d` alone, or before what is put in: `GradientName` makes and reads such names."""
    for node in walked(tree):
        if isinstance(node, ast.JoinedStr):
            texts = [p for p in node.values[:-1] if isinstance(p, ast.Constant)]
        else:
            texts = [node] if isinstance(node, ast.Constant) and node.value == "/d" else []
        yield from (t.lineno for t in texts if str(t.value).endswith("/d"))


def searches_of_their_own(tree: ast.Module) -> Iterator[int]:
    """`while` loops over what equations read: `networks.reachability` finds all that depends."""
    for loop in walked(tree):
        if isinstance(loop, ast.While):
            words = {getattr(n, "attr", getattr(n, "id", "")) for n in ast.walk(loop)}
            if words & {"read_names", "needs"}:
                yield loop.lineno


def samplers_of_their_own(tree: ast.Module) -> Iterator[int]:
    """Functions that draw labels or targets: `arithmetic.sampler` knows what a tensor may hold."""
    drawing = {"randrange", "integers", "choice", "uniform", "normal", "dirichlet"}
    for node in walked(tree):
        if isinstance(node, ast.FunctionDef):
            words = {n.attr for n in ast.walk(node) if isinstance(n, ast.Attribute)}
            if words & {"integers_below", "sums_to_one"} and words & drawing:
                yield node.lineno


# Each rule with a word that no offence is without, the files that it is about, and a line that it
# must find.
RULES = [
    (
        nodes_made_anew,
        ".func(",
        {"expressions/rebuild.py", "expressions/substitution.py"},
        "after = node.func(*map(change, node.args))",
    ),
    (gradients_in_text, "/d", {"expressions/gradient_names.py"}, 'name = f"d{of}/d{wrt}"'),
    (gradients_in_text, "/d", {"expressions/gradient_names.py"}, 'found = name.rpartition("/d")'),
    (
        searches_of_their_own,
        "while ",
        {"networks/reachability.py", "networks/recurrences.py"},
        "while len(live) > seen: seen, live = len(live), live | e.read_names()",
    ),
    (
        samplers_of_their_own,
        "random",
        {"arithmetic/sampler.py"},
        "def draw(random, tensor): return random.integers(extent(tensor.integers_below))",
    ),
]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("rule", "word", "homes", "example"), RULES, ids=lambda r: getattr(r, "__name__", "")
)
def test_what_stands_in_one_place_stands_nowhere_else(rule, word, homes, example):
    found = {
        f"{path.relative_to(ROOT)}:{line}"
        for path in SOURCE
        if not any(path.as_posix().endswith(f"deltarule/{home}") for home in homes)
        and word in text_of(path)
        for line in rule(parsed(path))
    }
    assert found == set()
    assert word in example and set(rule(ast.parse(example))) == {1}
    assert all((ROOT / "src/deltarule" / home).is_file() for home in homes)
