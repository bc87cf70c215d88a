"""What a derivation is made of: steps, the gradients that they end in, and all of them together."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

from sympy import Expr

from deltarule.calculus.named_terms import InLines, in_lines, put_back
from deltarule.calculus.rules.rule import Rule
from deltarule.calculus.rules.settle import settled
from deltarule.expressions.bounds import bounded
from deltarule.expressions.gradient_names import gradient_name
from deltarule.expressions.nodes import read
from deltarule.expressions.substitution import substitute
from deltarule.expressions.symbols import Index
from deltarule.matrix_form import MatrixForms
from deltarule.networks.equations import Equation
from deltarule.networks.network import Network
from deltarule.networks.tensors import Tensor
from deltarule.represented import Represented
from deltarule.spelling.counted import counted
from deltarule.spelling.text import text

if TYPE_CHECKING:
    from deltarule.matrix_form.find import Words


@dataclass(frozen=True)
class Step:
    """One line of a derivation: by the rule `row`, `before` becomes `after`.

    `detail` says what the rule was applied to, `condition` under what the step holds (empty if
    always), `verified` how it was checked when it was made, `proved` how it is proved for all
    sizes: empty where it is not, and where nobody asked (see step_proofs.py).
    """

    row: Rule
    before: Expr
    after: Expr
    detail: str
    condition: str
    verified: str
    proved: str = field(default="", compare=False)

    @property
    def checked(self) -> str:
        """How it is known to hold: proved for all sizes, and verified at some."""
        proof = f"proved for all sizes ({self.proved}); " if self.proved else ""
        return f"{proof}{self.verified}"

    @property
    def rule(self) -> str:
        """The rule's name."""
        return self.row.name

    @property
    def reason(self) -> str:
        """Why the step holds, in a sentence."""
        return f"{self.row.reason} {self.detail}".strip()


@dataclass(frozen=True)
class Gradient:
    """∂loss/∂tensor at `indices`: the closed form, and how it came about.

    `words` is the same in the field's words (empty where no pattern is known), `alternatives`
    other closed forms of the same gradient, `notes` what could not be decided of its kinks
    and ties; if `lenient`, its kinks on some surface keep their own conventions, and may make no
    derivative. `matrix_forms` finds the words. Gradients of one `kind` differ in the names and
    sizes of their layers alone; it is None where that is not known. `places` are closed forms for
    the parts of the tensor where the one for all of it tells places apart: x[2·r] and x[2·r + 1].
    """

    of: str
    tensor: Tensor
    indices: tuple[Index, ...]
    expr: Expr
    steps: Sequence[Step]
    alternatives: tuple[Expr, ...] = ()
    notes: tuple[str, ...] = ()
    lenient: bool = False
    matrix_forms: MatrixForms | None = field(default=None, compare=False, repr=False)
    kind: Hashable = field(default=None, compare=False, repr=False)
    places: tuple[Equation, ...] = ()

    @property
    def lines(self) -> tuple[tuple[Expr, Expr], ...]:
        """The closed form as it is printed, left and right sides: at each place, if it has any.

        One that is too long has its parts in lines before it (see named_terms.py).
        """
        if self.places:
            return tuple((e.lhs, bounded(e.rhs, dict(e.ranges))) for e in self.places)
        ranges = dict(zip(self.indices, self.tensor.axes, strict=True))
        parts = ((e.lhs, bounded(e.rhs, dict(e.ranges))) for e in self.parts)
        return (*parts, (self.lhs, bounded(self.in_lines.rhs, ranges)))

    @cached_property
    def in_lines(self) -> InLines:
        """The closed form in lines, if it is too long for one and has no places to tell apart."""
        if self.places:
            return InLines((), self.expr)
        left = read(self.name, *self.indices)
        return in_lines(left, self.expr, tuple(zip(self.indices, self.tensor.axes, strict=True)))

    @property
    def parts(self) -> tuple[Equation, ...]:
        """The parts of a closed form that is too long for one line, each an equation."""
        return self.in_lines.parts

    @property
    def other_lines(self) -> tuple[tuple[Expr, Expr], ...]:
        """Its alternatives as they are printed; none where it is told apart at several places."""
        if len(self.places) > 1:
            return ()
        if not self.places:
            return tuple((self.lhs, other) for other in self.alternatives)
        (place,) = self.places
        table = dict(zip(self.indices, place.subscripts, strict=True))
        there = (
            settled(substitute(other, table), dict(place.ranges)) for other in self.alternatives
        )
        return tuple((place.lhs, other) for other in there)

    @property
    def dual(self) -> Gradient:
        """The gradient in its other form, as it is printed; itself where it has none."""
        if not self.other_lines:
            return self
        form, *others = self.alternatives
        return replace(self, expr=form, alternatives=(self.expr, *others), places=())

    @property
    def words(self) -> str:
        """`xᵀ · ∂E/∂s`, and what is summed over; found and checked when it is asked for."""
        found = self.saying
        if found is not None or not self.places or self.matrix_forms is None:
            return str(found or "")
        there = [self.matrix_forms.words(place) for place in self.places]
        if None in there:
            return ""
        if len(there) == 1:
            return str(there[0])
        at = (", ".join(map(text, place.subscripts)) for place in self.places)
        return "; ".join(f"at [{a}]: {said}" for a, said in zip(at, there, strict=True))

    @property
    def saying(self) -> Words | None:
        """The words as a tree, for other alphabets; None where no pattern is known."""
        if self.matrix_forms is None:
            return None
        found = self.matrix_forms.words(self.equation())
        if found is None or not self.places:
            return found
        return found.at(self.places[0], settled) if len(self.places) == 1 else None

    @property
    def name(self) -> str:
        """Its name, such as `dE/dTheta2`."""
        return gradient_name(self.of, self.tensor.name)

    @property
    def lhs(self) -> Expr:
        """The gradient at its indices, as an expression."""
        return read(self.name, *self.indices)

    def equation(self) -> Equation:
        """The closed form as an equation, which is evaluated and compiled like any other."""
        return self._equation

    @cached_property
    def _equation(self) -> Equation:
        ranges = tuple(zip(self.indices, self.tensor.axes, strict=True))
        return Equation(self.name, self.indices, self.expr, ranges, f"∂ of {self.tensor.name}")


@dataclass(frozen=True)
class Derivation(Represented):
    """All gradients of a network, in the order in which the backward pass computes them.

    `of` is the name of what is differentiated: the loss, or L where a layer stands alone; then
    the gradients of its outputs, `upstream`, come from upstream. `settings` are the sizes and
    attributes at which each step was checked; where layers were derived apart from each other,
    `layers` holds a derivation of each kind, with settings of its own.
    """

    network: Network
    of: str
    gradients: dict[str, Gradient]
    upstream: tuple[str, ...] = ()
    seed: int = 0
    conditions: tuple[str, ...] = field(default=())
    settings: tuple[dict[str, int], ...] = field(default=(), compare=False)
    layers: tuple[Derivation, ...] = field(default=(), compare=False, repr=False)

    @property
    def verified(self) -> bool:
        """Whether its steps were checked."""
        return bool(self.settings or self.layers)

    @property
    def tried(self) -> str:
        """At which settings steps were checked: `2 settings: N=2, S=1; N=1, S=3`."""
        if self.layers:
            kinds = counted(len(self.layers), "kind")
            return f"small sizes: {kinds} of layers, each with settings of its own"
        settings = [", ".join(f"{name}={n}" for name, n in s.items()) for s in self.settings]
        count = counted(len(settings), "setting")
        return f"{count}: {'; '.join(settings)}" if any(settings) else count

    def gradient_name(self, tensor: str) -> str:
        """The name of the gradient by a tensor, derived or from outside: `dE/dTheta2`."""
        return gradient_name(self.of, tensor)

    def equations(self) -> tuple[Equation, ...]:
        """The backward pass."""
        return tuple(g.equation() for g in self.gradients.values())

    def lines(self) -> tuple[Equation, ...]:
        """The backward pass with closed forms that are too long in lines, as they are printed."""
        return tuple(
            line
            for g in self.gradients.values()
            for line in (*g.parts, replace(g.equation(), rhs=g.in_lines.rhs))
        )

    def loops(self) -> tuple[Equation, ...]:
        """The backward pass as it is compiled: a part with more entries than its gradient has no
        array, but is computed where it is read."""
        found: list[Equation] = []
        for gradient in self.gradients.values():
            own = {*gradient.indices}
            large = tuple(p for p in gradient.parts if not {*p.indices} <= own)
            small = (p for p in gradient.parts if p not in large)
            for line in (*small, replace(gradient.equation(), rhs=gradient.in_lines.rhs)):
                found.append(replace(line, rhs=put_back(InLines(large, line.rhs))))
        return tuple(found)
