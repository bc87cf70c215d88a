"""Jacobians and Hessians entry by entry: ∂y[m]/∂x[d], ∂²E/∂z[k]∂z[j].

∂L/∂x[u] is linear in the upstream gradient: Σ_a ∂L/∂y[a]·J[a, u] for every ∂L/∂y. So the entries of
the Jacobian are what each ∂L/∂y[a] is multiplied by, once all gradients on the way are written out.
The Hessian is the Jacobian of the gradient, whose closed form is an equation like any other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

from sympy import Expr, Integer

from deltarule.calculus.gradient_network import GradientNetwork, variables, without_ends
from deltarule.calculus.record import Record
from deltarule.calculus.reverse import derive
from deltarule.calculus.rules.common_factor import COMMON_FACTOR
from deltarule.calculus.rules.read_off import READ_OFF, entries_of
from deltarule.calculus.rules.rule import Given
from deltarule.calculus.rules.write_upstream import INSERT, upstream_of, written_out
from deltarule.calculus.steps import Derivation, Step
from deltarule.calculus.verify import Verifier
from deltarule.errors import DeltaruleError
from deltarule.expressions.gradient_names import gradient_name
from deltarule.expressions.nodes import PartialOf, Read, Sum, read, reads, size_of, tensor_name
from deltarule.expressions.size_constraints import facts_of
from deltarule.expressions.substitution import plainly_named, replace_reads, substitute
from deltarule.expressions.symbols import Index, fresh
from deltarule.matrix_form import MatrixForms
from deltarule.networks.equations import Equation
from deltarule.networks.network import Network
from deltarule.networks.tensors import Tensor
from deltarule.spelling.names import pretty
from deltarule.spelling.text import equation_text

if TYPE_CHECKING:
    from deltarule.matrix_form.find import Words

#: A closed form with more nodes is none to be read.
_MOST_NODES = 2000

Ranges = tuple[tuple[Index, Expr], ...]


@dataclass(frozen=True, repr=False)
class Entries:
    """The derivative of each entry of `value`, at its `rows`, by each of `tensor`, at `columns`.

    `of` is empty for a Jacobian; for a Hessian it names what was differentiated before, by `value`.
    `steps` lead from the gradient, in which the upstream one stands, to `expr`; `derivation` has
    the steps to that gradient. `matrix_forms` finds words for them. Of a Hessian `first` has the
    gradients that `expr` reads, and `bars` what these are called in the steps, by their tensors.
    """

    of: str
    value: Tensor
    tensor: Tensor
    rows: Ranges
    columns: Ranges
    expr: Expr
    steps: tuple[Step, ...]
    derivation: Derivation
    matrix_forms: MatrixForms | None = field(default=None, compare=False, repr=False)
    first: Derivation | None = field(default=None, compare=False)
    bars: Mapping[str, str] = field(default_factory=dict, compare=False)

    def __repr__(self) -> str:
        return equation_text(self.lhs, self.expr)

    @cached_property
    def saying(self) -> Words | None:
        """The entries as a matrix, diag(p) − p·pᵀ, checked; None where no pattern is known."""
        if self.matrix_forms is None or not reads(self.expr) and self.expr == 0:
            return None
        return self.matrix_forms.matrix(self.expr, self.rows, self.columns)

    @property
    def words(self) -> str:
        """The matrix as a sentence; empty where no pattern is known."""
        return str(self.saying or "")

    @property
    def all_steps(self) -> tuple[Step, ...]:
        """Those to the gradient, and on to the entries; none where all entries are 0."""
        gradient = self.derivation.gradients.get(self.tensor.name)
        return (*gradient.steps, *self.steps) if gradient is not None and self.steps else ()

    @property
    def lhs(self) -> Expr:
        """∂y[m]/∂x[d], or ∂²E/∂z[k]∂z[j]."""
        value = read(self.value.name, *(i for i, _ in self.rows))
        if self.of:
            value = PartialOf(read(self.of), value)
        return PartialOf(value, read(self.tensor.name, *(i for i, _ in self.columns)))

    @property
    def bare(self) -> Expr:
        """The left-hand side without indices, ∂²E/∂z∂z."""
        value = read(self.value.name)
        return PartialOf(
            PartialOf(read(self.of), value) if self.of else value, read(self.tensor.name)
        )

    @property
    def equation(self) -> Equation:
        """The closed form as an equation, over rows and columns."""
        ranges = self.rows + self.columns
        return Equation("entries", tuple(i for i, _ in ranges), self.expr, ranges)


def jacobian(network: Network, of: str, wrt: str) -> Entries:
    """∂of/∂wrt, entry by entry, with symbolic sizes.

    Raises DeltaruleError where one of them is no tensor, where `of` does not depend on `wrt`, and
    where the entries have no closed form, as along a recurrence.
    """
    value, by = network.tensor(of), network.tensor(wrt)
    put_out, name = _put_out(network, of)
    derivation = derive(put_out)
    variables(derivation, [wrt])
    found = _entries(derivation, "", value, name, by)
    if found.expr == 0:
        raise DeltaruleError(
            f"{pretty(of)} does not depend on {pretty(wrt)}: every entry is 0",
            network.name,
            "ask for another pair, as in --jacobian y/x",
        )
    return found


def hessian(network: Network, wrt: Iterable[str] = ()) -> list[Entries]:
    """The blocks of the Hessian ∂²E/∂x∂w, entry by entry, each pair of tensors once.

    `wrt` names the tensors; all inputs and parameters if none is named. Of a layer by itself E is
    any loss L: its gradient ∂L/∂y stays in the formula. A block is 0 where ∂E/∂x does not depend on
    w. Raises DeltaruleError for a tensor without a gradient, and as `jacobian` does.
    """
    first = derive(network)
    whole = GradientNetwork(first)
    names = variables(first, wrt)
    shown = {bar: first.gradient_name(n) for n, bar in whole.bars.items()}
    found: list[Entries] = []
    for k, wrt_first in enumerate(names):
        of = whole.network("hessian", "Hessian", "", whole.bars[wrt_first])
        put_out, out = _put_out(of, whole.bars[wrt_first])
        put_out = replace(put_out, another_loss=first.of)
        derivation = derive(put_out)
        for other in names[k:]:
            value = network.tensors[wrt_first]
            entries = _entries(derivation, first.of, value, out, network.tensors[other])
            expr = replace_reads(entries.expr, _named(shown))
            forms = first.gradients[wrt_first].matrix_forms
            table = {n: bar for n, bar in whole.bars.items() if bar in put_out.tensors}
            found.append(replace(entries, expr=expr, matrix_forms=forms, first=first, bars=table))
    return found


def _named(shown: Mapping[str, str]) -> Callable[[Read], Expr]:
    """ȳ[n] as ∂L/∂y[n] again."""
    return lambda access: read(shown.get(tensor_name(access), tensor_name(access)), *access.indices)


def _put_out(network: Network, name: str) -> tuple[Network, str]:
    """The network with one output, the tensor or a copy where something reads it; its name."""
    tensors = without_ends(network)
    tensor, own = network.tensors[name], network.equation_of(name)
    if own and not any(name in e.read_names() for e in network.equations):
        tensors[name] = replace(tensor, role="output")
        return replace(network, tensors=tensors, uses=(), options={}), name
    out = next(n for n in ("G", "G_out", f"{name}_out") if n not in tensors)
    indices = own[0].indices if own and own[0].subscripts == own[0].indices else ()
    if len(indices) != len(tensor.axes):
        indices = tuple(Index(f"i{k}") for k in range(len(tensor.axes)))
    ranges = tuple(zip(indices, tensor.axes, strict=True))
    tensors[out] = Tensor(out, tensor.axes, "output")
    equations = (*network.equations, Equation(out, indices, read(name, *indices), ranges))
    return replace(network, tensors=tensors, equations=equations, uses=(), options={}), out


def _entries(derivation: Derivation, of: str, value: Tensor, out: str, tensor: Tensor) -> Entries:
    network = derivation.network
    upstream = gradient_name(derivation.of, out)
    found = derivation.gradients.get(tensor.name)
    if found is None:
        return _none(derivation, of, value, out, tensor)
    verifier = Verifier(network, {upstream: network.tensors[out]}, derivation.seed)
    verifier.learn([g.equation() for g in derivation.gradients.values()])
    table = _plain_names(found.indices)
    at = [table.get(i, i) for i in found.indices]
    columns = tuple(zip(at, found.tensor.axes, strict=True))
    record = Record(substitute(found.expr, table), network, columns, verifier)
    _write_out(record, derivation, out)
    if not reads(record.now, upstream):
        return _none(derivation, of, value, out, tensor)
    rows = _rows(network, out, columns)
    whole = plainly_named(record.now, frozenset(i.name for i, _ in rows + columns))
    expr = entries_of(whole, upstream, rows, columns, facts_of(network.definitions))
    whole = Sum(expr * read(upstream, *(i for i, _ in rows)), rows)
    verified = verifier.same(record.now, whole, columns)
    entries = Record(expr, network, rows + columns, verifier)
    entries.state(READ_OFF, record.now, expr, verified)
    entries.simplify()
    put = COMMON_FACTOR.apply(entries.now, Given(network, dict(rows + columns)))
    if put is not None:
        entries.move(COMMON_FACTOR, put.after)
    steps = (*record.steps, *entries.steps)
    forms = found.matrix_forms
    return Entries(of, value, found.tensor, rows, columns, entries.now, steps, derivation, forms)


def _plain_names(indices: Sequence[Index]) -> dict[Index, Index]:
    """n for n1 and n′, where no other index has that name."""
    table: dict[Index, Index] = {}
    taken = {i.name for i in indices}
    for index in indices:
        name = index.name.rstrip("′0123456789")
        if name and name not in taken:
            taken.add(name)
            table[index] = Index(name)
    return table


def _rows(network: Network, out: str, columns: Ranges) -> Ranges:
    """The indices of what is put out, named apart from the columns'."""
    taken = {i.name for i, _ in columns}
    rows: Ranges = ()
    line, axes = network.equation_of(out)[0], network.tensors[out].axes
    plain = line.subscripts == line.indices
    ranges = line.ranges if plain else [(Index(f"i{k}"), n) for k, n in enumerate(axes)]
    for index, extent in ranges:
        base = index.name.rstrip("′0123456789") or index.name
        name = base if base not in taken else fresh(base, taken).name
        taken.add(name)
        rows += ((Index(name), extent),)
    return rows


def _none(derivation: Derivation, of: str, value: Tensor, out: str, tensor: Tensor) -> Entries:
    """Entries that are all 0: the value does not depend on the tensor."""
    columns = tuple((Index(f"i{k}"), n) for k, n in enumerate(tensor.axes))
    rows = _rows(derivation.network, out, columns)
    return Entries(of, value, tensor, rows, columns, Integer(0), (), derivation)


def _write_out(record: Record, derivation: Derivation, out: str) -> None:
    """Write every gradient on the way out, until only the upstream one is left."""
    known = {n: g.equation() for n, g in derivation.gradients.items() if n != out}
    for _ in range(len(known) + 1):
        inserted, detail = written_out(record.now, known)
        if not detail:
            return
        if size_of(inserted) > _MOST_NODES:
            break
        record.move(INSERT, inserted, detail)
        record.simplify()
    names = sorted({upstream_of(r) for r in reads(record.now)} & set(known))
    raise DeltaruleError(
        "the entries have no closed form: the gradient goes back and back, through "
        + ", ".join(pretty(n) for n in names),
        record.network.name,
        "--hvp and --jvp multiply them by a vector, by a recurrence; or write the times out, as "
        "with --unroll 3",
    )
