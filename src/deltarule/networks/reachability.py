"""Which tensors depend on which: one search for all who ask."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from typing import TypeVar

from deltarule.networks.equations import Equation

Node = TypeVar("Node", bound=Hashable)


def reachable(starts: Iterable[Node], step: Callable[[Node], Iterable[Node]]) -> list[Node]:
    """All that can be reached from some starts by one step or more, nearest first.

    A start is among them only if a step leads back to it.
    """
    found: dict[Node, None] = {}
    waiting = list(starts)
    for node in waiting:
        new = [n for n in dict.fromkeys(step(node)) if n not in found]
        found.update(dict.fromkeys(new))
        waiting += new
    return list(found)


def needed_for(equations: Iterable[Equation], names: Iterable[str]) -> set[str]:
    """Some tensors, and all on which they depend by these equations."""
    needs: dict[str, frozenset[str]] = {}
    for equation in equations:
        needs[equation.name] = needs.get(equation.name, frozenset()) | equation.read_names()
    names = set(names)
    return names.union(reachable(names, lambda name: needs.get(name, ())))


def depending_on(equations: Iterable[Equation], names: Iterable[str]) -> set[str]:
    """Some tensors, and all that depend on them by these equations."""
    readers: dict[str, list[str]] = {}
    for equation in equations:
        for name in equation.read_names():
            readers.setdefault(name, []).append(equation.name)
    names = set(names)
    return names.union(reachable(names, lambda name: readers.get(name, ())))
