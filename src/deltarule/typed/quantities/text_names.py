"""The names in a text: how they are read, how many axes they have, and how the inputs stand."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from sympy import Expr, Integer

from deltarule.errors import DeltaruleError
from deltarule.expressions.symbols import Size
from deltarule.networks.tensors import Tensor
from deltarule.spelling.names import name_or_none, pretty
from deltarule.typed.equation_texts import TypedEquation, counts_in, states_of
from deltarule.typed.lecture_notation.norm_orders import orders_in
from deltarule.typed.quantities.coefficients import (
    coefficients,
    decays,
    intercepts,
    noises,
    temperatures,
)
from deltarule.typed.quantities.identity_matrix import IDENTITY
from deltarule.typed.quantities.logarithms_summed import note_of_vectors, summed_logarithms
from deltarule.typed.quantities.name_uses import (
    before_matrices,
    behind_matrices,
    by_entries_alone,
    exponents,
    in_lengths,
    on_diagonals,
    turned_in,
)
from deltarule.typed.quantities.typed_names import LABELS, PAIR_OF_WORDS
from deltarule.typed.quantities.usual_letters import is_input, role_of, usual_rank
from deltarule.typed.sizes.unified_sizes import UnifiedSizes

#: Capitals of returns and advantages, which are numbers beside a policy: A log π[a, s].
_RETURNS = ("A", "G", "R", "Q", "V")


@dataclass
class TextNames:
    """The names in some equations, with the subscripts that they have."""

    equations: list[TypedEquation]
    wrt: frozenset[str]
    said: dict[str, tuple[int, ...]]
    #: What is to be said of how the equations were read.
    remarks: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.uses: dict[str, list[tuple[str, ...] | None]] = {}
        #: What stands in subscripts.
        self.at: set[str] = set()
        self.orders = {name for e in self.equations for name in orders_in(e.formula)} - self.wrt
        self.counts = counts_in(self.equations) | self.orders
        #: What is transposed, and so no number, whatever its letter.
        self.turned = self._named(turned_in)
        self.diagonals = on_diagonals((e.formula, e.place) for e in self.equations)
        self.behind = self._named(behind_matrices, in_lengths)
        self.scales = self._named(before_matrices)
        self.raised = self._named(exponents)
        #: Letters of numbers that are vectors, as their logarithms are summed.
        self.summed = self._named(summed_logarithms) - {*self.said}
        self.entrywise = self._named(by_entries_alone, noises) | self.summed
        self.series = self._named(intercepts, temperatures)
        for e in self.equations:
            self.series |= {*coefficients(e.formula, e.place, e.name), *decays(e.formula)}
        self.written = self._read_in_order()
        for name in self.said:
            if name not in self.uses:
                raise DeltaruleError(
                    f"the formula has no {name}", "--set", f"it has {', '.join(self.uses)}"
                )

    def _named(self, *found_by: Callable[[str, str], Iterable[str]]) -> set[str]:
        """The names that are found in the formulas."""
        return {n for e in self.equations for find in found_by for n in find(e.formula, e.place)}

    def _read_in_order(self) -> set[str]:
        """Collect the uses of what is read before it is written, if it is; what is written."""
        written: set[str] = set()
        states = states_of(self.equations)
        for equation in self.equations:
            for name, uses in equation.reads().items():
                self.at |= {i for use in uses for i in use or ()}
                if name not in written and name not in states:
                    self.uses.setdefault(name, []).extend(uses)
            lags = [i for use in self.uses.get(equation.name, ()) for i in use or () if "-" in i]
            if lags and equation.indices:
                own, first = equation.name, equation.indices[0]
                raise DeltaruleError(
                    f"{own} is read at {lags[0]}, which is no fixed number of times back",
                    equation.place,
                    f"write the times out: a1*{own}[{first}-1] + a2*{own}[{first}-2]",
                )
            if equation.name in self.uses:
                raise DeltaruleError(
                    f"{equation.name} is read before it is written",
                    equation.place,
                    "write its equation first, or give it another name",
                )
            written.add(equation.name)
        return written

    def remarked(self, tensors: Mapping[str, Tensor]) -> str:
        """What is said of how the equations were read."""
        vectors = note_of_vectors(n for n in self.summed if n in tensors and tensors[n].axes)
        return " ".join(filter(None, (*sorted(self.remarks), vectors)))

    def is_identity(self, name: str) -> bool:
        """Whether a name is the identity matrix: I of XᵀX + λI, that nothing says to be another."""
        plain = all(use is None for use in self.uses.get(name, ()))
        return name == IDENTITY and plain and name not in self.wrt and name not in self.said

    def inputs_first(self) -> bool:
        """Whether an input stands before a parameter in the formulas, as in X W + b."""
        names = [n for n in self.uses if n != IDENTITY]
        ranks = {n: self.rank(n) for n in names}
        first = next((n for n in names if role_of(n, (), 1) == "input"), None)
        weights = [n for n in names if ranks[n] == 2 and role_of(n, (), 2) == "parameter"]
        return first is not None and bool(weights) and names.index(first) < names.index(weights[0])

    def inputs_last(self) -> bool:
        """Whether a parameter stands before an input, as in W X, whose examples are columns."""
        names = [n for n in self.uses if self.rank(n) == 2 and n != IDENTITY]
        roles = [role_of(n, (), 2) for n in names]
        first = "input" in roles and "parameter" in roles[: roles.index("input")]
        return first and not any(self._before_a_weight(n) for n in names if is_input(n))

    def _before_a_weight(self, name: str) -> bool:
        """Whether a matrix of weights stands right behind an input, as in Ã X W."""
        sides = "|".join(map(re.escape, {name, pretty(name)}))
        behind = rf"(?<!\w)(?:{sides})\s*[·*@]?\s*([^\W\d_][\w\u0300-\u036f]*)"
        found = {name_or_none(n) for e in self.equations for n in re.findall(behind, e.formula)}
        weights = [n for n in found if n in self.uses and self.rank(n) == 2]
        return any(role_of(n, (), 2) == "parameter" for n in weights)

    def rank(self, name: str) -> int:
        """How many axes a tensor has: as said, as it is read, or as its letter says."""
        if name in self.said:
            return len(self.said[name])
        word = name in PAIR_OF_WORDS and not any(self.uses[name])
        if (name in (*LABELS, "t") or word) and name in self.at:
            return 0
        subscripts = [len(u) for u in self.uses.get(name, ()) if u is not None]
        if subscripts or name in self.counts:
            return subscripts[0] if subscripts else 0
        if name in self.raised and not self.turned & {name} and name[:1].islower():
            return 0
        if name in _RETURNS and any(len(u or ()) == 2 for u in self.uses.get("pi", ())):
            return 0
        first = re.fullmatch(r"(beta|theta)\d", name)
        if first and f"{first[1]}0" in self.uses and first[1] not in self.written:
            return 0  # β₀ + β₁ x; θ₀ of θ = θ₀ − η g is what θ was
        if name in (self.scales | self.series) - self.turned - self.behind:
            return 0
        usual = 1 if name in self.diagonals else usual_rank(name)
        vector = self.turned | self.entrywise | (self.behind - self.counts)
        return max(usual, int(name in vector))

    def new_axes(self, name: str, columns: bool, sizes: UnifiedSizes) -> tuple[Expr, ...]:
        """New sizes for a tensor: a vector is a matrix of one column or row."""
        rank = self.rank(name)
        own: list[Expr] = [Size(f"size_{k}_of_{name}") for k in range(rank)]
        if self.is_identity(name):
            own = own[:1] * 2
        for size, number in zip(own, self.said.get(name, ()), strict=False):
            sizes.join(size, Integer(number))
        if rank == 1:
            own = [*own, Integer(1)] if columns else [Integer(1), *own]
        return tuple(own)
