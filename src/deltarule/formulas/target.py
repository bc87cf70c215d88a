"""What a formula is for: a gradient, a derivative or a line, whole or one entry of it."""

from __future__ import annotations

from dataclasses import dataclass

from sympy import Expr, Integer

from deltarule.arithmetic.printed import shortened
from deltarule.calculus import Derivation
from deltarule.errors import DeltaruleError, did_you_mean
from deltarule.expressions.substitution import substitute
from deltarule.expressions.symbols import Index
from deltarule.networks.equations import Equation
from deltarule.spelling.counted import counted
from deltarule.spelling.names import Reference, pretty
from deltarule.tracing.quantities import local_derivative, meant

#: Formulas for single entries are tried at sizes that have them.
LARGEST_ENTRY = 1000


@dataclass(frozen=True)
class Target:
    """The right equation of a quantity; `entry` is the one that is asked, () for all of them."""

    equation: Equation
    entry: tuple[int, ...] = ()

    @property
    def name(self) -> str:
        """The quantity's name."""
        return self.equation.name

    @property
    def indices(self) -> tuple[Index, ...]:
        """The quantity's indices."""
        return self.equation.indices

    @property
    def ranges(self) -> tuple:
        """The indices that are left, with how far they run."""
        return () if self.entry else self.equation.ranges

    def at_entry(self, formula: Expr) -> Expr:
        """A formula for all entries, for the one that is asked."""
        if not self.entry:
            return formula
        table = dict(zip(self.indices, map(Integer, self.entry), strict=True))
        return substitute(formula, table)

    @property
    def shown(self) -> str:
        """The quantity as it is shown."""
        inside = ",".join(map(str, self.entry))
        return pretty(self.name) + (f"[{inside}]" if self.entry else "")


def target_of(derivation: Derivation, quantity: str) -> Target:
    """What a quantity is. Raises DeltaruleError for one that has no formula of its own."""
    reference = meant(quantity, derivation)
    equation = _equation(derivation, reference)
    if equation is None:
        name = reference.wrt or reference.name
        raise DeltaruleError(
            f"{quantity} is no gradient of {derivation.network.name}",
            quantity,
            did_you_mean(name, derivation.gradients)
            or "its gradients are of " + ", ".join(derivation.gradients),
        )
    entry = entry_of(reference.entry or reference.of_index, equation, quantity)
    return Target(equation, entry)


def entry_of(entry: tuple[int, ...], equation: Equation, quantity: str) -> tuple[int, ...]:
    """The entry that is asked. Raises DeltaruleError for one that there is not."""
    if entry and len(entry) != len(equation.indices):
        raise DeltaruleError(
            f"{quantity} names {counted(len(entry), 'index')}, but {pretty(equation.name)} has "
            f"{len(equation.indices)}",
            quantity,
            "give one number for each axis, counted from 0",
        )
    if any(k > LARGEST_ENTRY for k in entry or ()):
        raise DeltaruleError(
            f"{shortened(quantity)} is no entry that can be tried out",
            shortened(quantity),
            f"entries count from 0 and here to {LARGEST_ENTRY}; write the formula for all entries",
        )
    return entry


def _equation(derivation: Derivation, reference: Reference) -> Equation | None:
    network = derivation.network
    if reference.of is not None and reference.of != derivation.of:
        return local_derivative(network, reference.of, reference.wrt, reference.direct)
    if reference.of is not None:
        gradient = derivation.gradients.get(str(reference.wrt))
        return None if gradient is None else gradient.equation()
    writers = network.equation_of(reference.name)
    plain = len(writers) == 1 and writers[0].subscripts == writers[0].indices
    return writers[0] if plain else None
