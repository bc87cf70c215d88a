"""The passes, in their order: equations become equations that give the same numbers.

A new pass is a file with a function from Draft to Draft, and a row here. A test runs each over
the catalogue and holds every equation that it changed against the evaluator. One more stands in
`collapse_axes`: it is asked for equation by equation, where loops are written.
"""

from __future__ import annotations

from collections.abc import Callable

from deltarule.kernels.passes.argmax_indices import argmax_indices
from deltarule.kernels.passes.arrays_of_maxima import arrays_of_maxima
from deltarule.kernels.passes.conditions_inside import conditions_inside
from deltarule.kernels.passes.draft import Draft
from deltarule.kernels.passes.gradients_of_norms import gradients_of_norms
from deltarule.kernels.passes.hoist_invariants import hoist_factors, hoist_invariants
from deltarule.kernels.passes.infer_bounds import infer_bounds
from deltarule.kernels.passes.numerically_stable import numerically_stable
from deltarule.kernels.passes.outweighed_edges import outweighed_edges
from deltarule.kernels.passes.partial_sums import partial_sums
from deltarule.kernels.passes.positions_of_data import positions_of_data
from deltarule.kernels.passes.products_apart import products_apart
from deltarule.kernels.passes.products_of_a_time import products_of_a_time
from deltarule.kernels.passes.sums_apart import sums_apart

PASSES: tuple[Callable[[Draft], Draft], ...] = (
    arrays_of_maxima,
    argmax_indices,
    gradients_of_norms,
    numerically_stable,
    outweighed_edges,
    partial_sums,
    positions_of_data,
    conditions_inside,
    infer_bounds,
    sums_apart,
    hoist_factors,
    hoist_invariants,
    products_apart,
    products_of_a_time,
)


def rewritten(draft: Draft) -> Draft:
    """A draft after all passes."""
    for apply in PASSES:
        draft = apply(draft)
    return draft.renumbered()
