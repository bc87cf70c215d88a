"""Biases, thresholds and radii beside a sum, which are numbers: c of ‖x‖² − c, μ of E[x²] − μ².

As a vector c would have a size that nothing else has, and make a vector of what is a number.
"""

from __future__ import annotations

from collections.abc import Mapping

from sympy import Expr

from deltarule.expressions import nodes
from deltarule.formulas.matrix_readings import Matrix
from deltarule.networks.tensors import Tensor

#: What is beside a number a number, too.
_NAMES = ("b", "c", "r", "d", "k", "t", "y", "mu", "theta")


def lonely_size(number: Matrix, term: Matrix, tensors: Mapping[str, Tensor]) -> Expr | None:
    """The size of a vector alone, or of its power, that is added to a sum over what is given; None
    where either is something else."""
    sizes = [n for n in term.shape if n != 1]
    if number.axes or len(sizes) != 1 or not isinstance(sizes[0], Expr):
        return None
    names = {nodes.tensor_name(r) for r in nodes.reads(term.entry)}
    others = {nodes.tensor_name(r) for r in nodes.reads(number.entry)}
    given = all(tensors[n].role == "input" for n in names | others)
    reduced = number.entry.has(nodes.Sum, nodes.Max)
    if len(names) != 1 or not names <= {*_NAMES} or names & others or not given or not reduced:
        return None
    shared = [n for n in others for s in tensors[n].axes if s == sizes[0]]
    return None if shared or term.entry.has(nodes.Reduction) or sizes[0].is_Integer else sizes[0]
