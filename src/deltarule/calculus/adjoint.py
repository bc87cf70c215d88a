"""Reverse accumulation: the gradient of a network with respect to each of its tensors.

For every equation Y[I] = e that reads X[a], the gradient of X at U collects
Σ_{I, J} ∂E/∂Y[I]·∂e/∂X[a]·δ(a, U); the deltas are then eliminated. Backpropagation through
layers and through convolutions is this one rule.
"""

from __future__ import annotations

from collections.abc import Iterator

from sympy import Add, Expr, Integer

from deltarule.calculus.local import Partial, partials
from deltarule.calculus.record import Record
from deltarule.calculus.sift import Term, clipped, eliminate
from deltarule.calculus.steps import Derivation, Gradient, Step
from deltarule.calculus.targets import target_indices
from deltarule.calculus.verify import Verifier
from deltarule.notation import nodes
from deltarule.notation.equations import Equation
from deltarule.notation.networks import Network
from deltarule.notation.nodes import PartialOf, Read, read, reads, tensor_name
from deltarule.notation.substitution import replace_reads, substitute
from deltarule.notation.symbols import Index, fresh
from deltarule.notation.tensors import Tensor
from deltarule.notation.text import text


def derive(network: Network, of: str | None = None, seed: int = 0) -> Derivation:
    """All gradients of a network's loss, each step of them verified.

    `of` names another tensor to differentiate; its own gradient then comes from outside, as that
    of a layer's output does. Raises DeltaruleError for an unknown `of`.
    """
    root, upstream = _roots(network, of)
    names = tuple(t.name for t in upstream)
    verifier = Verifier(network, {f"d{root}/d{t.name}": t for t in upstream}, seed)
    live = _live(network, {root, *names})
    gradients: dict[str, Gradient] = {}
    for tensor in _backwards(network):
        if tensor.name in names:
            continue
        work = _Work(network, tensor, root, gradients, verifier, live)
        gradients[tensor.name] = work.gradient()
        verifier.learn(gradients[tensor.name].equation())
    return Derivation(network, root, gradients, names, seed)


def _roots(network: Network, of: str | None) -> tuple[str, list[Tensor]]:
    """What is differentiated, and the tensors whose gradients come from outside."""
    if of is not None and (network.loss is None or of != network.loss.name):
        return of, [network.tensor(of)]
    if network.loss is not None:
        return network.loss.name, []
    return "L", network.with_role("output")


def _live(network: Network, roots: set[str]) -> set[str]:
    """The tensors on which the roots depend, themselves included."""
    live = set(roots)
    for equation in reversed(network.equations):
        if equation.name in live:
            live |= equation.read_names()
    return live


def _backwards(network: Network) -> Iterator[Tensor]:
    """The tensors in the order of the backward pass; parameters right behind their layer."""
    waiting = {name: sum(name in e.read_names() for e in network.equations)
               for name in network.tensors}
    done: set[str] = set()
    for equation in reversed(network.equations):
        if equation.name not in done:
            done.add(equation.name)
            yield network.tensors[equation.name]
        for name in sorted(equation.read_names(), key=list(network.tensors).index, reverse=True):
            waiting[name] -= 1
            tensor = network.tensors[name]
            if not waiting[name] and tensor.role in ("parameter", "input") and not tensor.whole:
                yield tensor
    for tensor in network.with_role("parameter", "input"):
        if not any(tensor.name in e.read_names() for e in network.equations):
            yield tensor


class _Work:
    """The derivation of one gradient."""

    def __init__(self, network, tensor, root, gradients, verifier, live):
        self.network, self.tensor, self.root = network, tensor, root
        self.gradients, self.live = gradients, live
        self.consumers = [
            e for e in network.equations if e.name in live and reads(e.rhs, tensor.name)
        ]
        self.indices = target_indices(tensor, self.consumers, network.equation_of(tensor.name))
        self.ranges = tuple(zip(self.indices, tensor.axes, strict=True))
        self.record = Record(network, self.ranges, verifier)

    def gradient(self) -> Gradient:
        if self.tensor.name == self.root:
            return self._finished([Step("start", self._lhs(), Integer(1), "", "", "by definition")])
        if not self.consumers:
            reason = "nothing on the way reads it"
            return self._finished([Step("no path", self._lhs(), Integer(0), "", "", reason)])
        terms = self._chain()
        self._eliminate(terms)
        self.record.simplify()
        self._insert()
        return self._finished(self.record.steps)

    def _lhs(self) -> Expr:
        return read(f"d{self.root}/d{self.tensor.name}", *self.indices)

    def _finished(self, steps: list[Step]) -> Gradient:
        return Gradient(
            self.root, self.tensor, self.indices, steps[-1].after, tuple(steps)
        )

    def _chain(self) -> list[Term]:
        """The chain rule, and the local derivatives that it asks for."""
        terms: list[Term] = []
        paths: list[Expr] = []
        here = read(self.tensor.name, *self.indices)
        for original in self.consumers:
            equation = self._primed(original)
            upstream = read(f"d{self.root}/d{equation.name}", *equation.subscripts)
            paths.append(nodes.Sum(upstream * PartialOf(equation.lhs, here), equation.ranges))
            for partial in partials(equation.rhs, self.tensor.name, equation.lhs):
                terms.append(self._term(upstream, partial, equation))
        after = Add(*(t.expression() for t in terms))
        verified = self.record.verifier.derivative(
            after, self.tensor.name, self.ranges, self.consumers, self.root
        )
        through = ", ".join(text(read(e.name)) for e in self.consumers)
        self.record.state("chain rule", self._lhs(), Add(*paths), verified, f"Here: {through}.")
        self.record.state("local derivative", Add(*paths), after, verified)
        return terms

    def _primed(self, equation: Equation) -> Equation:
        """The equation with its free indices named apart from ours."""
        taken = {i.name for i in self.indices}
        names = taken | nodes.index_names(equation.rhs, *equation.subscripts)
        table = {}
        for index in equation.indices:
            if index.name in taken:
                table[index] = fresh(index.name, names)
                names.add(table[index].name)
        return Equation(
            equation.name,
            tuple(substitute(s, table) for s in equation.subscripts),
            substitute(equation.rhs, table),
            tuple((table.get(i, i), n) for i, n in equation.ranges),
            equation.place,
        )

    def _term(self, upstream: Expr, partial: Partial, equation: Equation) -> Term:
        taken = {i.name for i in (*self.indices, *equation.indices)}
        table: dict[Index, Index] = {}
        for index, _ in partial.ranges:
            if index.name in taken:
                table[index] = fresh(index.name, taken)
            taken.add(table.get(index, index).name)
        return Term(
            upstream * substitute(partial.factor, table),
            tuple(
                (substitute(a, table), u)
                for a, u in zip(partial.subscripts, self.indices, strict=True)
            ),
            equation.ranges + tuple((table.get(i, i), n) for i, n in partial.ranges),
            tuple(substitute(c, table) for c in partial.conditions),
        )

    def _eliminate(self, terms: list[Term]) -> None:
        """Remove every delta of every term, then cut the ranges to where something is read."""
        free = dict(self.ranges)
        for k in range(len(terms)):
            while (found := eliminate(terms[k], free)) is not None:
                terms[k] = found.term
                condition = ", ".join(text(c) for c in found.condition)
                self._now(terms, found.rule, found.detail, condition)
            cut = clipped(terms[k], self.network.tensors, free)
            if cut != terms[k]:
                terms[k] = cut
                self._now(terms, "clip the range")

    def _now(self, terms: list[Term], rule: str, detail: str = "", condition: str = "") -> None:
        self.record.move(rule, Add(*(t.expression() for t in terms)), detail, condition)

    def _insert(self) -> None:
        """Write the upstream gradients out where the formula gets shorter by it."""
        used: dict[str, str] = {}

        def written_out(access: Read) -> Expr:
            name = tensor_name(access)
            known = self.gradients.get(name.rpartition("/d")[2]) if "/" in name else None
            if known is None or nodes.size_of(known.expr) > _SHORT:
                return access
            used[name] = f"{text(known.lhs)} = {text(known.expr)}"
            return substitute(known.expr, dict(zip(known.indices, access.indices, strict=True)))

        inserted = replace_reads(self.record.now, written_out)
        if used:
            self.record.insert(inserted, "Here: " + ", ".join(used.values()) + ".")


#: Upstream formulas above this size are not tried for insertion.
_SHORT = 60
