"""Names with the number of a layer, and names in which that number is a letter k.

Theta3, seen from layer 3    Theta@0     shown as Θ_k
h2, seen from layer 3        h@-1        shown as h_{k−1}
"""

from __future__ import annotations

import re
from collections.abc import Callable

from sympy import Basic

from deltarule.expressions.nodes import Read, read, tensor_name
from deltarule.expressions.rebuild import rebuild
from deltarule.expressions.rewrites import rewrite
from deltarule.expressions.symbols import Scalar, Size
from deltarule.networks.equations import Equation
from deltarule.spelling.text import Writer

# h10 is layer 10; h01 is the h0 of layer 1.
_NUMBERED = re.compile(r"(.*?[A-Za-z_]0?)(0|[1-9][0-9]*)")
_GENERAL = re.compile(r"(.*)@(-?[0-9]+)")


def number_of(name: str) -> int | None:
    """The number at the end of a name: 3 for Theta3 and dE/dTheta3."""
    found = _NUMBERED.fullmatch(name)
    return int(found[2]) if found else None


def general(name: str, k: int) -> str:
    """A name seen from layer k: h2 from layer 3 is h@-1; a name without a number stays."""
    found = _NUMBERED.fullmatch(name)
    return f"{found[1]}@{int(found[2]) - k}" if found else name


def special(name: str, k: int) -> str:
    """A general name at layer k: h@-1 at layer 3 is h2."""
    found = _GENERAL.fullmatch(name)
    return f"{found[1]}{int(found[2]) + k}" if found else name


def renamed(equation: Equation, rename: Callable[[str], str]) -> Equation:
    """An equation with its tensors, sizes and constants renamed; indices stay."""
    return Equation(
        rename(equation.name),
        tuple(respelled(s, rename) for s in equation.subscripts),
        respelled(equation.rhs, rename),
        tuple((i, respelled(n, rename)) for i, n in equation.ranges),
        "",
    )


@rewrite
def respelled(node: Basic, rename: Callable[[str], str]) -> Basic:
    """An expression with its tensors, sizes and constants renamed."""
    if isinstance(node, Read):
        subscripts = (respelled(i, rename) for i in node.indices)
        return read(rename(tensor_name(node)), *subscripts)
    if isinstance(node, Size | Scalar) and type(node) in (Size, Scalar):
        return type(node)(rename(node.name))
    return rebuild(node, lambda part: respelled(part, rename), conditions=True, extents=True)


class GeneralNames:
    """For a writer: general names are shown with k in their subscripts."""

    def __init__(self, letter: str = "k"):
        self.letter = letter

    def name(self, name: str) -> str:
        found = _GENERAL.fullmatch(name)
        if not found:
            return super().name(name)  # type: ignore[misc]
        shift = int(found[2])
        minus = self.minus  # type: ignore[attr-defined]
        below = self.letter
        if shift:
            below += f"{'+' if shift > 0 else minus}{abs(shift)}"
        return self.subscripted(super().name(found[1].rstrip("_")), below)  # type: ignore[misc]

    def subscripted(self, name: str, below: str) -> str:
        """A name with another subscript behind those it has."""
        return f"{name}_{below}" if len(below) == 1 else f"{name}_{{{below}}}"


class GeneralWriter(GeneralNames, Writer):
    """One line of Unicode: ∂E/∂s_k[n, m] = ∂E/∂h_k[n, m]·h_k[n, m]·(1 − h_k[n, m])."""
