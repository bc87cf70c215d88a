"""The loops of a function as short as they can be read: what is done to them, in order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from deltarule.kernels.plain_loops.equal_sums import without_equal_sums
from deltarule.kernels.plain_loops.fusion import Fusion
from deltarule.kernels.plain_loops.guarded_terms import GuardedTerms
from deltarule.kernels.plain_loops.loop_tree import Node
from deltarule.kernels.plain_loops.nests import nested
from deltarule.kernels.plain_loops.scalars import as_scalars, in_place
from deltarule.kernels.plain_loops.variables import few_names, together, without_primes
from deltarule.kernels.plain_loops.zero_fills import without_zero_fills
from deltarule.kernels.python_text.identifiers import LoopSpelling


class Shortened:
    """`nodes` with fewer lines that give the same numbers.

    `axes` are the lengths of each tensor that is written, of which some are `returned` and some
    written `once`, entry by entry. Of the arrays `zeros` have to be 0 before, and `numbers` are
    none any more.
    """

    def __init__(
        self,
        nodes: Sequence[Node],
        axes: Mapping[str, Sequence[str]],
        returned: Iterable[str],
        once: Iterable[str],
        spelling: LoopSpelling,
    ):
        lengths = {spelling.tensor(name): own for name, own in axes.items() if own}
        nodes, self.zeros = without_zero_fills(nodes, lengths)
        nodes = without_primes(nodes, lambda name: spelling.index(name) is not None)
        kept = {*map(spelling.tensor, returned)}
        own = [a for a in lengths if a not in kept]
        nodes, self.numbers = as_scalars(Fusion(spelling, own).body(nodes), own)
        arrays = {*map(spelling.tensor, once)} - self.numbers
        guarded = GuardedTerms(nodes, arrays)
        self.zeros |= guarded.zeros
        nodes = without_equal_sums(in_place(guarded.nodes), spelling.stems)
        self.nodes = nested(together(few_names(nodes, spelling.stems, spelling.taken)))
