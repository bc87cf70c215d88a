"""Which tiles of strips are written over others: scores become their softmax where they lie.

Half as many tiles stay in the second nearest cache then, from the product that writes one to
those that read what it has become.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from deltarule.expressions.nodes import Choose, Reduction, Selection, free_indices, reads, walk
from deltarule.kernels.lowering.loop_nest import lies_inside
from deltarule.kernels.passes.strip_groups import Strips
from deltarule.networks.equations import Equation
from deltarule.networks.tensors import Tensor


def tiles_in_place(groups: Collection[Strips], tensors: Mapping[str, Tensor]) -> dict[str, str]:
    """For each tile that becomes another row by row the name of that one, last ones first.

    Both passes know a tile by one name: it must become the same wherever it is written.
    """
    every = [(_of_group(group, tensors), {e.name for e in group.equations}) for group in groups]
    found: dict[str, str] = {}
    for pairs, _ in every:
        for tile, other in pairs.items():
            if all(p.get(tile) == other for p, names in every if tile in names):
                found[tile] = other
    return found


def _of_group(group: Strips, tensors: Mapping[str, Tensor]) -> dict[str, str]:
    found = {}
    for k, equation in reversed([*enumerate(group.equations)]):
        before = {e.name for e in group.equations[:k]}
        after = {n for e in group.equations[k + 1 :] for n in e.read_names()}
        ending = equation.read_names() & before & group.tiles - group.kept - after
        mine = (tile for tile in sorted(ending) if _row_by_row(tile, equation, tensors))
        if equation.name in group.tiles and (tile := next(mine, None)):
            found[tile] = equation.name
    return found


def _row_by_row(tile: str, equation: Equation, tensors: Mapping[str, Tensor]) -> bool:
    """Whether a row is written after all that is read of it, each entry after its own.

    Sums along a row are run before the loop over its entries: all but some of those behind a
    condition that tells the entries apart.
    """
    *rows, last = equation.subscripts
    bound, sums = {last}, []
    for node in walk(equation.rhs):
        if isinstance(node, Selection) or isinstance(node, Choose) and node.has(Reduction):
            return False
        if isinstance(node, Reduction) and node.indices:
            bound |= {*node.indices}
            sums.append(node)
    extents, guarded = dict(equation.ranges), len(sums) < len(equation.rhs.atoms(Reduction))
    for node in sums:
        if last in free_indices(node) or guarded and not lies_inside(node, extents, tensors):
            return False
    found = reads(equation.rhs, tile)
    return all([*a.indices[:-1]] == rows and a.indices[-1] in bound for a in found)
