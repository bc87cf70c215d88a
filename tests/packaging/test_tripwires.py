"""Tripwires over the whole source: each rule is a function, and each is shown to fire.

A rule takes a file's place in the checkout and its syntax tree, and says what is wrong with it.
"""

import ast
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from syntax_trees import parsed, text_of, walked

ROOT = Path(__file__).resolve().parents[2]
# A room may import from itself and from the rooms before it.
ORDER = (
    "lazy_names", "represented", "nearest", "errors", "processors", "blocked_signals",
    "whole_files", "signed_files",
    "sandbox", "expressions", "spelling", "networks", "language", "arithmetic", "matrix_form",
    "calculus", "counting", "proving", "tracing", "kernels", "frameworks", "gradcheck", "training",
    "formulas", "typed", "marking", "submissions", "reports", "pages", "exams", "classes",
    "serving", "cli", "testing", "notebooks",
)  # fmt: skip
LARGEST = 300
EXECUTE = {"eval", "exec", "sympify", "parse_expr", "lambdify"}
UNSAFE_MODULES = {"pickle", "marshal", "shelve", "dill", "cloudpickle"}
COMPARISONS = {"allclose", "isclose", "array_equal", "array_equiv", "approx"}


def sources(*folders: str) -> list[Path]:
    """Python files of the checkout; the two links in src/ are not followed."""
    found = [path for folder in folders for path in (ROOT / folder).rglob("*.py")]
    links = (ROOT / "src/deltarule/cli", ROOT / "src/deltarule/derivations")
    return sorted(path for path in found if not any(path.is_relative_to(link) for link in links))


LIBRARY = sources("src", "cli", "derivations")
EVERYTHING = [*LIBRARY, *sources("tests")]


def room(place: str) -> str:
    """expressions, … cli, derivations; "" for src/deltarule/__init__.py itself.

    errors.py, nearest.py, processors.py and the like stand alone, and are rooms of their own.
    """
    parts = Path(place).parts
    if parts[0] == "src":
        alone = Path(parts[2]).stem
        return parts[2] if len(parts) > 3 else alone if alone in ORDER else ""
    return parts[0]


@cache
def imports(place: str, tree: ast.Module) -> tuple[tuple[int, str], ...]:
    """Every imported module by its full name, relative ones too, with its line."""
    return tuple(_imports(place, tree))


def _imports(place: str, tree: ast.Module) -> Iterator[tuple[int, str]]:
    package = ["deltarule", *Path(place).parent.parts[2:]] if place.startswith("src/") else []
    package = package or ["deltarule", *Path(place).parent.parts]
    for node in walked(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, name.name) for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            if base == "deltarule":
                yield from ((node.lineno, f"deltarule.{name.name}") for name in node.names)
            else:
                yield node.lineno, base


def against_the_order(place: str, tree: ast.Module) -> Iterator[str]:
    here = room(place)
    if here in ("", "tests"):
        return
    # A derivation is written in the words of the language, and imports nothing else of ours.
    allowed = ORDER[: ORDER.index(here) + 1] if here in ORDER else ("language",)
    for line, module in imports(place, tree):
        parts = module.split(".")
        if parts[0] == "deltarule" and (len(parts) < 2 or parts[1] not in allowed):
            yield f"{place}:{line}: {here} imports {module}"


def screens_outside_cli(place: str, tree: ast.Module) -> Iterator[str]:
    for line, module in imports(place, tree):
        if module.split(".")[0] in ("rich", "click") and room(place) not in ("cli", "tests"):
            yield f"{place}:{line}: {module} belongs in cli/"


def asserts_in_the_library(place: str, tree: ast.Module) -> Iterator[str]:
    for node in walked(tree):
        if isinstance(node, ast.Assert) and room(place) != "tests":
            yield f"{place}:{node.lineno}: assert; raise a DeltaruleError instead"


def text_that_runs(place: str, tree: ast.Module) -> Iterator[str]:
    """Nothing typed by a person may be executed or unpickled."""
    if room(place) == "tests":
        return
    for line, module in imports(place, tree):
        if module.split(".")[0] in UNSAFE_MODULES:
            yield f"{place}:{line}: {module} runs what it reads"
    for node in walked(tree):
        if not isinstance(node, ast.Call):
            continue
        name, owner = called(node)
        runs = name in EXECUTE and not (name in ("eval", "exec") and owner not in ("", "builtins"))
        if runs or (name == "S" and owner == "sympy"):
            yield f"{place}:{node.lineno}: {name}(…) runs text"
        for keyword in node.keywords:
            if keyword.arg == "allow_pickle" and getattr(keyword.value, "value", True):
                yield f"{place}:{node.lineno}: allow_pickle runs what it reads"


def discarded_comparisons(place: str, tree: ast.Module) -> Iterator[str]:
    for node in walked(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            name, _ = called(node.value)
            if name in COMPARISONS:
                yield f"{place}:{node.lineno}: the result of {name}(…) is thrown away"


def twins_among_tests(place: str, tree: ast.Module) -> Iterator[str]:
    """Of two tests with one name in one scope, the first never runs."""
    for scope in walked(tree):
        if isinstance(scope, ast.Module | ast.ClassDef):
            names = Counter(
                node.name
                for node in scope.body
                if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
            )
            for name, count in names.items():
                if count > 1 and name.lower().startswith("test"):
                    yield f"{place}: {name} stands here {count} times"


def called(node: ast.Call) -> tuple[str, str]:
    """`np.allclose(…)` -> ("allclose", "np"); what is not a plain name has "?" for an owner."""
    if isinstance(node.func, ast.Attribute):
        owner = node.func.value
        return node.func.attr, owner.id if isinstance(owner, ast.Name) else "?"
    return (node.func.id, "") if isinstance(node.func, ast.Name) else ("", "")


RULES = [
    against_the_order,
    screens_outside_cli,
    asserts_in_the_library,
    text_that_runs,
    discarded_comparisons,
    twins_among_tests,
]
PLANTED = [
    (against_the_order, "src/deltarule/expressions/a.py", "from deltarule.calculus import derive"),
    (against_the_order, "src/deltarule/expressions/a.py", "def f():\n    import deltarule.marking"),
    (against_the_order, "src/deltarule/calculus/a.py", "from deltarule import derive"),
    (against_the_order, "src/deltarule/calculus/a.py", "import deltarule"),
    (against_the_order, "src/deltarule/arithmetic/a.py", "from ..calculus.rules import ROWS"),
    (against_the_order, "src/deltarule/arithmetic/a.py", "from .. import kernels"),
    (against_the_order, "src/deltarule/marking/a.py", "from deltarule.reports import latex"),
    (against_the_order, "derivations/a.py", "from deltarule.calculus import derive"),
    (screens_outside_cli, "src/deltarule/reports/a.py", "from rich.text import Text"),
    (screens_outside_cli, "src/deltarule/reports/a.py", "def f():\n    import rich"),
    (asserts_in_the_library, "src/deltarule/reports/a.py", "assert 1"),
    (text_that_runs, "cli/a.py", "eval(text)"),
    (text_that_runs, "cli/a.py", "builtins.exec(text)"),
    (text_that_runs, "derivations/a.py", "sympy.parsing.sympy_parser.parse_expr(text)"),
    (text_that_runs, "src/deltarule/marking/a.py", "x = sp.sympify(text)"),
    (text_that_runs, "src/deltarule/marking/a.py", "x = sympy.S(text)"),
    (text_that_runs, "src/deltarule/marking/a.py", "import pickle"),
    (text_that_runs, "src/deltarule/marking/a.py", "from pickle import loads"),
    (text_that_runs, "src/deltarule/marking/a.py", "np.load(path, allow_pickle=True)"),
    (discarded_comparisons, "tests/test_a.py", "def test_a():\n    np.allclose(a, b)"),
    (twins_among_tests, "tests/test_a.py", "def test_a(): ...\ndef test_a(): ..."),
    (twins_among_tests, "tests/test_a.py", "class T:\n  def test_a(s): ...\n  def test_a(s): ..."),
]
ALLOWED = [
    ("src/deltarule/marking/a.py", "from deltarule.arithmetic.rounding import round_decimal"),
    ("src/deltarule/calculus/a.py", "from . import rules\nfrom ..spelling import names"),
    ("src/deltarule/kernels/a.py", "np.load(path, allow_pickle=False)"),
    ("src/deltarule/expressions/a.py", "class F(Function):\n    def eval(cls, x): cls.eval(x)"),
    ("src/deltarule/expressions/a.py", "spec.loader.exec_module(m)\nre.compile(text)"),
    ("cli/a.py", "from rich.text import Text\nfrom deltarule.reports import latex"),
    ("derivations/a.py", "from deltarule.language import *"),
    ("tests/test_a.py", "import deltarule\nassert np.allclose(a, b)"),
]


@pytest.mark.slow
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_source_keeps_the_rule(rule):
    broken = []
    for path in EVERYTHING:
        place = path.relative_to(ROOT).as_posix()
        broken += rule(place, parsed(path))
    assert not broken, "\n".join(broken)


@pytest.mark.parametrize(("rule", "place", "text"), PLANTED)
def test_the_rule_fires(rule, place, text):
    assert len(list(rule(place, ast.parse(text)))) == 1


@pytest.mark.parametrize(("place", "text"), ALLOWED)
def test_the_rules_leave_good_code_alone(place, text):
    assert not [told for rule in RULES for told in rule(place, ast.parse(text))]


def test_files_are_short():
    lengths = {path: len(text_of(path).splitlines()) for path in EVERYTHING}
    long = [f"{path.relative_to(ROOT)}: {n} lines" for path, n in lengths.items() if n > LARGEST]
    assert not long, "\n".join(long)


def test_the_formatter_is_kept_from_tables_alone():
    """`fmt: skip` ends a module's or a class's table; nothing else is laid out by hand."""
    stray = []
    for path in EVERYTHING:
        lines = text_of(path).splitlines()
        skipped = {n for n, line in enumerate(lines, 1) if line.endswith(f"# fmt: {'skip'}")}
        tree = parsed(path) if skipped else ast.Module([], [])
        bodies = [tree.body, *(n.body for n in walked(tree) if isinstance(n, ast.ClassDef))]
        tables = {
            s.end_lineno
            for body in bodies
            for s in body
            if isinstance(s, (ast.Assign, ast.AnnAssign))
        }
        stray += [f"{path.relative_to(ROOT)}:{n}" for n in sorted(skipped - tables)]
    assert not stray, "\n".join(stray)


def test_there_is_source_to_look_at():
    assert {room(path.relative_to(ROOT).as_posix()) for path in EVERYTHING} >= {
        "expressions",
        "arithmetic",
        "marking",
        "cli",
        "derivations",
        "tests",
    }
