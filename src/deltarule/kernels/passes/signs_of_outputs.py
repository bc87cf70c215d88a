"""The sign of a rectified number read off the result, so that the number itself is not kept.

ReLU(s) is above 0 exactly where s is, and so is leaky ReLU(s) with a slope of at least 0. The
backward pass, which asks for the sign of s alone, asks for that of the result instead: of the two
arrays one is enough, and the next layer reads the result anyway.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

from sympy import Basic, Expr

from deltarule.expressions.functions import leaky_relu, relu
from deltarule.expressions.nodes import Positive, Read, read, reads, tensor_name
from deltarule.expressions.rebuild import rebuild
from deltarule.expressions.symbols import Scalar
from deltarule.kernels.passes.program import Pass, Program, only


def signs_of_outputs(program: Program) -> Program:
    """The program whose backward pass reads fewer arrays."""
    forward, backward = program.forward, program.backward
    for name in program.kept:
        result = _result(name, forward, program.scalars)
        if result is not None and _sign_alone(name, backward):
            equations = (replace(e, rhs=_asked_of(e.rhs, name, result)) for e in backward.equations)
            tensors = {**backward.tensors, result: forward.tensors[result]}
            backward = replace(backward, equations=tuple(equations), tensors=tensors)
    if backward is program.backward:
        return program
    backward, network = only(backward, backward.results), program.network.tensors
    kept = tuple(n for n in backward.reads if n in network and not network[n].given)
    earlier = only(forward, (*forward.results, *kept))
    return replace(program, forward=earlier, backward=backward, kept=kept)


def _result(name: str, one: Pass, scalars: Mapping[Scalar, Fraction]) -> str | None:
    """An array that holds a number of the same sign for each entry of another, at its place."""
    own = one.tensors[name]
    for equation in one.equations:
        made = equation.rhs
        if not isinstance(made, relu | leaky_relu) or not isinstance(made.args[0], Read):
            continue
        slope = scalars.get(made.args[1], made.args[1]) if isinstance(made, leaky_relu) else 0
        if not isinstance(slope, int | Fraction) and not getattr(slope, "is_nonnegative", False):
            continue
        same = made.args[0].indices == equation.subscripts == equation.indices
        whole = one.tensors[equation.name].axes == own.axes
        alone = [e.name for e in one.equations].count(equation.name) == 1
        if tensor_name(made.args[0]) == name and same and whole and alone and not slope < 0:
            return equation.name
    return None


def _sign_alone(name: str, one: Pass) -> bool:
    """Whether nothing but signs of an array's entries is read, and these are."""
    return any(name in e.read_names() for e in one.equations) and not any(
        _read_otherwise(e.rhs, name) for e in one.equations if name in e.read_names()
    )


def _read_otherwise(node: Basic, name: str) -> bool:
    if isinstance(node, Positive) and _is_entry(node.args[0], name):
        return any(reads(s, name) for s in node.args[0].args[1:])
    if isinstance(node, Read):
        return bool(reads(node, name))
    return any(_read_otherwise(part, name) for part in node.args if isinstance(part, Basic))


def _is_entry(node: Basic, name: str) -> bool:
    return isinstance(node, Read) and tensor_name(node) == name


def _asked_of(node: Expr, name: str, result: str) -> Expr:
    """The expression with the signs of another array's entries."""
    if isinstance(node, Positive) and _is_entry(node.args[0], name):
        access = node.args[0]
        return Positive(type(access)(read(result).base, *access.indices))
    return rebuild(node, lambda part: _asked_of(part, name, result), conditions=True)
