"""An array that a kernel makes lives as long as a pointer into it is used.

`data(array)` is a pointer, which keeps nothing alive: where it is the last use of an array, the
memory is given back before the call that gets the pointer. What is read then is by chance right.
"""

import ast
from pathlib import Path

import pytest

import deltarule.kernels.prelude

PRELUDE = Path(deltarule.kernels.prelude.__file__).parent
LOOPS = (ast.For, ast.While)


def given_away(source: str) -> list[str]:
    """The arrays made in a function of which `data(…)` is the last use, with their lines."""
    found = []
    for function in ast.walk(ast.parse(source)):
        if isinstance(function, ast.FunctionDef):
            own = [n for s in function.body if not isinstance(s, ast.FunctionDef) for n in _of(s)]
            found += _last_uses(function, own)
    return found


def _of(statement: ast.stmt) -> list[ast.AST]:
    return list(ast.walk(statement))


def _last_uses(function: ast.FunctionDef, own: list[ast.AST]) -> list[str]:
    made = {n.id: n for n in own if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    loops = [n for n in own if isinstance(n, LOOPS)]
    found = []
    for call in own:
        is_data = isinstance(call, ast.Call) and getattr(call.func, "id", "") == "data"
        name = call.args[0] if is_data else None
        if not isinstance(name, ast.Name) or name.id not in made:
            continue
        first = min(n.lineno for n in own if isinstance(n, ast.Name) and n.id == name.id)
        end = max(
            (s.end_lineno for s in own if isinstance(s, ast.Expr | ast.Assign) and call in _of(s)),
            default=call.end_lineno,
        )
        around = [k for k in loops if k.lineno <= call.lineno <= k.end_lineno]
        again = any(k.lineno > first for k in around)  # the next turn of a loop uses it again
        later = any(isinstance(n, ast.Name) and n.id == name.id and n.lineno > end for n in own)
        if not again and not later:
            found.append(f"{function.name}: {name.id} in line {call.lineno}")
    return found


@pytest.mark.parametrize("path", sorted(PRELUDE.glob("*.py")), ids=lambda p: p.stem)
def test_no_pointer_is_the_last_use_of_an_array(path):
    assert given_away(path.read_text(encoding="utf-8")) == []


def test_a_pointer_that_is_the_last_use_is_found():
    source = "def f(y):\n    a = zeros(3)\n    call(data(y), data(a), a.size)\n"
    assert given_away(source) == ["f: a in line 3"]
    assert given_away(source + "    return a\n") == []
