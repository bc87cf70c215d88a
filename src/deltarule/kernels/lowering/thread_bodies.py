"""What a thread does in one turn of a parallel loop, as a function of its own.

In what Numba makes of the body of a parallel loop LLVM finds fewer vectors than in a function that
is compiled by itself: a maximum over windows took 6.6 times as long. It also takes long to make it.
So loops are written with `prange` at first, and then such functions are called (`in_turns`).
"""

from __future__ import annotations

import ast
import functools
import itertools
import re
from collections.abc import Callable
from dataclasses import dataclass, field

from deltarule.kernels.python_text.indented import Lines

#: A function whose loops threads share, with its arguments and its body.
_IN_THREADS = re.compile(
    r"^@(kept_)?in_threads\ndef (\w+)\(([^)]*)\):\n((?:    .*(?:\n|\Z)|\n(?=    ))*)", re.MULTILINE
)


@functools.cache
def all_bodies_apart(text: str) -> str:
    """The same of all functions of a text that are marked as such, whose names they then bear."""
    return _IN_THREADS.sub(_bodies_apart, text)


def _bodies_apart(found: re.Match) -> str:
    kept, name, arguments, body = found.groups()
    names = (f"turn{n}_of_{name}" for n in itertools.count(1))
    taken = re.findall(r"\w+", arguments)
    lines, functions = bodies_apart(body, taken, lambda _: next(names), signed=True)
    head = ["@kept" if kept else "@compiled", f"def {name}({arguments}):"]
    return "\n".join([*functions[2:], "", "", *head, *lines]) + "\n"


def bodies_apart(
    body: str,
    arguments: list[str],
    fresh: Callable[[str], str],
    short_loops: bool = False,
    alone: str = "0",
    signed: bool = False,
) -> tuple[list[str], list[str]]:
    """The lines of a function's body whose parallel loops call functions, and the lines of these.

    `body` has one level of indentation, `arguments` are those of its function, and `fresh` gives
    a new name for a stem. A body without loops of its own is copied into the loop that threads
    share: that one becomes vectors. With `short_loops` it is said that arrays lie apart. Where
    `alone` is not 0 when it runs, no other threads are woken. Numbers of turns are without a
    sign, as indices are, unless they are to be `signed`.
    """
    lines, functions = body.splitlines(), Lines()
    head = ["    unaliased()"] if short_loops else []
    if "prange(" not in body:
        return [*head, *lines], []
    made = ast.parse("def shared():\n" + body).body[0]
    known = set(arguments)
    loops = [node for node in ast.walk(made) if _is_parallel(node)]
    for node in sorted(loops, key=lambda loop: -loop.lineno):
        # Lines are counted from 1, and the first is that of the function.
        first, last = node.lineno - 1, (node.end_lineno or node.lineno) - 1
        nested = any(_is_loop(inner) for part in node.body for inner in ast.walk(part))
        turn = node.target.id
        taken = sorted(_taken(node.body) & (known | _stored_before(made, node)) - {turn})
        name, inside = fresh("in_thread"), lines[first:last]
        indent = len(lines[first - 1]) - len(lines[first - 1].lstrip())
        functions.add("", "", "@compiled", f"def {name}({', '.join([turn, *taken])}):")
        functions.add(*([] if nested else ["    copied_in()"]))
        functions.add(*(head if nested and _all_apart(made, taken) else []))
        functions.add(*([f"    {turn} = np.int64({turn})"] * signed))
        functions.add(*(line[indent:] for line in inside))
        count, held = ast.unparse(node.iter.args[0]), "".join(f"{n}, " for n in taken)
        call = f"in_turns({name}, {count}, ({held.rstrip()}), {alone})"
        lines[first - 1 : last] = [" " * indent + call]
    return lines, str(functions).splitlines()


def _all_apart(function: ast.stmt, names: list[str]) -> bool:
    """Whether no two names are views of one array."""
    views = {
        n.targets[0].id: n.value.args[0].id
        for n in ast.walk(function)
        if isinstance(n, ast.Assign)
        and isinstance(n.targets[0], ast.Name)
        and isinstance(n.value, ast.Call)
        and isinstance(n.value.func, ast.Name)
        and n.value.func.id in ("seen_as", "data")
        and isinstance(n.value.args[0], ast.Name)
    }
    arrays = [views.get(name, name) for name in names]
    return len(set(arrays)) == len(arrays)


def _is_loop(node: ast.AST) -> bool:
    return isinstance(node, ast.For | ast.While)


def _is_parallel(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.For)
        and isinstance(node.iter, ast.Call)
        and isinstance(node.iter.func, ast.Name)
        and node.iter.func.id == "prange"
    )


def _stored_before(function: ast.stmt, loop: ast.For) -> set[str]:
    """The names that are set further up in the function."""
    return {
        n.id
        for n in ast.walk(function)
        if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store) and n.lineno < loop.lineno
    }


def _taken(body: list[ast.stmt]) -> set[str]:
    """The names that statements read and have not set before."""
    seen = _Reads()
    for statement in body:
        seen.visit(statement)
    return seen.taken


@dataclass
class _Reads(ast.NodeVisitor):
    """Visits names in the order in which they are met when the statements run."""

    stored: set[str] = field(default_factory=set)
    taken: set[str] = field(default_factory=set)

    def visit_Name(self, node: ast.Name) -> None:
        if isinstance(node.ctx, ast.Store):
            self.stored.add(node.id)
        elif node.id not in self.stored:
            self.taken.add(node.id)

    def visit_Assign(self, node: ast.Assign) -> None:
        self.visit(node.value)
        for target in node.targets:
            self.visit(target)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        if isinstance(node.target, ast.Name) and node.target.id not in self.stored:
            self.taken.add(node.target.id)
        self.generic_visit(node)

    def visit_For(self, node: ast.For) -> None:
        self.visit(node.iter)
        self.generic_visit(node)
