"""The search of words for gradients: it gives none that it has not checked."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from sympy import Expr

from deltarule.arithmetic.evaluate import evaluate
from deltarule.arithmetic.floats import Float64
from deltarule.arithmetic.probe import Probe
from deltarule.arithmetic.run import run
from deltarule.expressions.gradient_names import gradient_name
from deltarule.expressions.nodes import FloorQuotient, Remainder, free_indices, reads
from deltarule.expressions.symbols import Index
from deltarule.matrix_form.axes import Axes, Kinds
from deltarule.matrix_form.evaluate_tree import World, laid
from deltarule.matrix_form.match_correlation import correlation_of
from deltarule.matrix_form.match_formula import phrase_of
from deltarule.matrix_form.match_places import (
    block_sum_of,
    fetched_of,
    rearranged_of,
    scattered_of,
    shared_of,
)
from deltarule.matrix_form.match_pooling import pooling_of
from deltarule.matrix_form.match_second import Ranges, matrix_of
from deltarule.matrix_form.match_slopes import Slopes
from deltarule.matrix_form.moved_entries import Weighted
from deltarule.matrix_form.place_writer import PlaceWriter, Settle
from deltarule.matrix_form.sentence import Speech
from deltarule.matrix_form.tree import NoWords, Phrase
from deltarule.networks.equations import Equation
from deltarule.networks.network import Network
from deltarule.spelling.text import Writer, text

#: Seeds of the sizes and values that words are tried on.
SEEDS = (0, 1)


@dataclass(frozen=True)
class Words:
    """A phrase that was found to be true, with what is needed to say it; `writer` writes
    the formulas in it.
    """

    phrase: Phrase
    axes: Axes
    indices: tuple[Index, ...]
    blocks: tuple[Index, ...] = ()
    writer: Writer = text

    def __str__(self) -> str:
        speech = Speech(self.axes, self.writer)
        return speech.sentence(self.phrase, self.indices) + speech.only_blocks(self.blocks)

    def at(self, place: Equation, settle: Settle) -> Words | None:
        """The words where the closed form is printed at a place; None where they would say by
        conditions and quotients what the place settles.
        """
        weighted = [p for p in self.phrase.walk() if isinstance(p, Weighted)]
        if any(p.conditions or p.weights.has(FloorQuotient, Remainder) for p in weighted):
            return None
        new = {i for s in place.subscripts for i in free_indices(s)} - {*self.indices}
        if new & self.axes.extents.keys():
            return None
        table = dict(zip(self.indices, place.subscripts, strict=True))
        return replace(self, writer=PlaceWriter(table, dict(place.ranges), settle))


class Search:
    """The search of words for the equations of one backward pass; MatrixForms says of which."""

    def __init__(
        self, network: Network, of: str, upstream: tuple[str, ...], equations: tuple[Equation, ...]
    ):
        self._network, self._of, self._upstream = network, of, upstream
        self._equations = equations
        self._probes: dict[int, Probe] = {}

    def words(self, equation: Equation) -> Words | None:
        """The words for a gradient; None where no pattern is known."""
        if not reads(equation.rhs):
            return None
        formula, ranges = equation.rhs, equation.ranges

        def plain(part: Expr):
            return phrase_of(part, ranges, self._network, self._slopes, self._rank)

        for pattern in (
            lambda: rearranged_of(formula, ranges, self._network),
            lambda: plain(formula),
            lambda: correlation_of(formula, ranges, self._network),
            lambda: pooling_of(formula, ranges, self._network),
            lambda: block_sum_of(formula, ranges, self._network),
            lambda: scattered_of(formula, ranges, self._network),
            lambda: fetched_of(formula, ranges, self._network),
            lambda: shared_of(formula, ranges, self._network, plain),
        ):
            try:
                phrase, extents = pattern()
            except NoWords:
                continue
            words = Words(phrase, Axes(self._kinds, extents), equation.indices)
            if all(self.true(words, equation, seed) for seed in SEEDS):
                return words
        return None

    def matrix(self, expression: Expr, rows: Ranges, columns: Ranges) -> Words | None:
        """The words for derivatives entry by entry, as a matrix; None where none is known."""
        try:
            found = matrix_of(expression, rows, columns, self._network, self._slopes)
        except NoWords:
            return None
        phrase, equation, extents, blocks = found
        words = Words(phrase, Axes(self._kinds, extents), phrase.labels, blocks)
        return words if all(self.true(words, equation, seed) for seed in SEEDS) else None

    def _rank(self, index, extents) -> int:
        return Axes(self._kinds, extents).rank(index)

    @cached_property
    def _kinds(self) -> Kinds:
        return Kinds(self._network)

    @cached_property
    def _slopes(self) -> Slopes:
        return Slopes(self._network)

    def true(self, words: Words, equation: Equation, seed: int) -> bool:
        """Whether the phrase, computed by itself, gives what the formula gives."""
        probe = self._probe(seed)
        wanted = evaluate(equation.rhs, equation.ranges, probe.values, Float64())
        extents = {i: probe.values.extent(n) for i, n in words.axes.extents.items()}
        claimed = laid(words.phrase, equation.indices, World(probe.values, extents, {}))
        return bool(np.allclose(claimed, wanted, rtol=1e-9, atol=1e-11))

    def _probe(self, seed: int) -> Probe:
        if seed not in self._probes:
            self._probes[seed] = self._made(seed)
        return self._probes[seed]

    def _made(self, seed: int) -> Probe:
        probe = Probe(self._network, Float64(), seed)
        for name in self._upstream:
            axes = self._network.tensors[name].axes
            probe.values.arrays[gradient_name(self._of, name)] = probe.noise(axes)
        run(self._equations, probe.values, probe.arithmetic)
        return probe
