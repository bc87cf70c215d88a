"""Equations that all have indices: axes by their subscripts, windows and times among them.

    y[n,m] = tanh(Sum[d](x[n,d]*W[d,m]) + b[m])
    y[n,f,i] = Sum[c,k](x[n,c,S*i + D*k - P]*w[f,c,k])    i runs as far as the window fits
    h[t,m] = tanh(Sum[k](h[t-1,k]*W[k,m]) + u[t,m])       h[−1] is h0, unless a line says it

An index has one extent, wherever it stands alone. S, D and P in subscripts are stride, dilation
and padding; an input that is read beyond its edges is 0 there, which is shown.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from sympy import Basic, Expr, Integer

from deltarule.expressions.nodes import Read, Reduction, reads, tensor_name, walk
from deltarule.expressions.substitution import replace_reads, substitute
from deltarule.expressions.symbols import Attribute, Size
from deltarule.language.boundary_values import Edges
from deltarule.networks.argmax_equations import unused_name, with_selections
from deltarule.networks.equations import Equation
from deltarule.networks.network import ordered
from deltarule.networks.read_ranges import check_inside
from deltarule.networks.tensors import Tensor
from deltarule.spelling.text import equation_text
from deltarule.typed.equation_texts import TypedEquation
from deltarule.typed.index_equations import parsed_right
from deltarule.typed.sizes.axis_sizes import AxisSizes
from deltarule.typed.sizes.index_uses import AFTER, states_before, uses_of
from deltarule.typed.sizes.local_indices import Renamed, called_as_typed, with_local_indices
from deltarule.typed.sizes.window_extents import WindowExtents
from deltarule.typed.sizes.windows_fit import beyond
from deltarule.typed.slips.slips_of_indices import alone_left
from deltarule.typed.slips.text_lines import TextLine, in_words_of_texts


@dataclass
class IndexedLines:
    """What lines with indices say: tensors by name, equations in order, attributes and sizes."""

    tensors: dict[str, Tensor]
    equations: list[Equation]
    attributes: dict[Attribute, int] = field(default_factory=dict)
    definitions: dict[Size, Expr] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """The equation itself, where it is the only one."""
        first, *rest = self.equations
        whole = " ".join(equation_text(first.lhs, first.rhs).split())
        return "Equations as typed" if rest else whole


def indexed_lines(
    typed: Sequence[TypedEquation], said: Mapping[str, tuple[int, ...]]
) -> IndexedLines:
    """Tensors and equations of lines with indices; `said` gives the shapes of single tensors.

    Raises DeltaruleError for an index of which no line says how far it runs.
    """
    found, renamed = with_local_indices(typed, lambda lines: _Lines(lines, said).runs.extents)
    return _Lines(found, said, renamed).read()


class _Lines:
    """Reads the lines: first where indices stand, then how far they run, then the formulas."""

    def __init__(
        self,
        typed: Sequence[TypedEquation],
        said: Mapping[str, tuple[int, ...]],
        renamed: Renamed | None = None,
    ):
        changed = zip(typed, renamed or [], strict=False)
        self.renamed = {e.name: names for e, names in changed if names}
        starts = [e for e in typed if e.indices[:1] == ("-1",)]
        self.starts = {e.name: e for e in starts}
        self.typed = [e for e in typed if e not in starts]
        self.written = {e.name: e for e in self.typed}
        self.uses = list(uses_of(self.typed, self.starts))
        self.states = states_before(self.uses, self.written, self.starts)
        self.found = AxisSizes(self.typed, self.uses, self.states, said)
        self.runs = WindowExtents(self.typed, self.found)

    def read(self) -> IndexedLines:
        """The tensors and the equations."""
        self._refuse_unbounded()
        return self._lines()

    def _edge(self, name: str) -> Expr | None:
        """What a tensor is beyond its edges, where it is read there, or its state is."""
        carried = {s for s, start in self.states.items() if start == name}
        return Integer(0) if self.runs.outside & {name, *carried} else None

    def _refuse_unbounded(self) -> None:
        for e in self.typed:
            for i in e.indices:
                if not self.runs.known(e, i):
                    raise alone_left(i, e.reads(), e.name, e.place, e.indices)

    # ---- the formulas ----------------------------------------------------------------------
    def _lines(self) -> IndexedLines:
        given = {n: own for n, own in self.runs.final.items() if n not in self.written}
        below = {n: self.runs.named(size) for n, size in self.found.labels.items()}
        tensors = {
            n: Tensor(n, own, "input", self._edge(n), None, below.get(n))
            for n, own in given.items()
        }
        for name in self.states:
            axes = tuple(
                self.runs.extent(self.written[name], i) for i in self.written[name].indices
            )
            tensors[name] = Tensor(name, axes, "state", self._edge(name))
        symbols = {**self.runs.definitions, **{a: a for a in self.runs.attributes}}
        equations: list[Equation] = []
        for e in self.typed:
            extents = {**self.runs.extents, **{i: self.runs.extent(e, i) for i in e.indices}}
            rhs, ranges = parsed_right(e, tensors, extents, equations, symbols)
            rhs = called_as_typed(rhs, self.renamed.get(e.name, {}))
            axes = tuple(n for _, n in ranges)
            tensors.setdefault(e.name, Tensor(e.name, axes, "intermediate", self._edge(e.name)))
            equations.append(Equation(e.name, tuple(i for i, _ in ranges), rhs, ranges, e.place))
        lines = finished(equations, tensors, self.states, self.runs.outside)
        definitions = with_numbers(self.runs.definitions, lines)
        return replace(lines, attributes=self.runs.attributes, definitions=definitions)


def with_numbers(definitions: Mapping[Size, Expr], lines: IndexedLines) -> dict[Size, Expr]:
    """Sizes with the number of times that a sum says, 3 for K of Σ_{k=0}^{2} x[i+k], where k stands
    on no axis."""
    axes = {s for t in lines.tensors.values() for n in t.axes for s in n.free_symbols}
    runs = axes | {s for e in lines.equations for _, n in e.ranges for s in n.free_symbols}
    extents: dict[str, set[Expr]] = {}
    for e in lines.equations:
        for node in walk(e.rhs):
            for i, n in node.ranges if isinstance(node, Reduction) else ():
                extents.setdefault(i.name.upper(), set()).add(n)
    numbers: dict[Basic, Expr] = {}
    for size in {s for n in definitions.values() for s in n.free_symbols if isinstance(s, Size)}:
        found = extents.get(size.name, set())
        if size not in runs and len(found) == 1 and all(n.is_Integer for n in found):
            numbers[size] = found.pop()
    return {size: substitute(n, numbers) for size, n in definitions.items()}


def finished(
    equations: Sequence[Equation],
    given: Mapping[str, Tensor],
    states: Mapping[str, str],
    outside: Collection[str] = (),
) -> IndexedLines:
    """The lines with what lies beyond the first time of a state, in the order in which they are
    computed; `states` are what they are before it, `outside` what is read beyond its edges."""
    tensors = dict(given)
    edges = {}
    for name, start in states.items():
        beyond_it = tensors.get(start, Integer(0))
        ends = (None, beyond_it) if start == f"{name}{AFTER}" else (beyond_it, None)
        edges[name] = Edges(tensors[name], *ends, 0)
    found: list[Equation] = []
    for e in equations:
        here = TextLine(e.place, tensors)

        def carried(access: Read, line: TextLine = here) -> Expr:
            edge = edges.get(tensor_name(access))
            return access if edge is None else edge.carry(access, line)

        axes = tuple(n for _, n in e.ranges)
        tensors.setdefault(e.name, Tensor(e.name, axes, "intermediate"))
        line = replace(e, rhs=replace_reads(e.rhs, carried))
        with in_words_of_texts():
            check_inside(line, tensors)
        found.append(line)
    equations = found
    last = _last(equations)
    if tensors[last].role == "state":  # what comes from upstream is read by nothing
        name = unused_name(f"{last}_out", tensors)  # as outputs of files that others read
        whole = next(e for e in equations if e.name == last)
        tensors[name] = replace(tensors[last], name=name, role="output")
        equations.append(replace(whole, name=name, rhs=whole.lhs))
    elif tensors[last].role == "intermediate":
        tensors[last] = replace(tensors[last], role="output" if tensors[last].axes else "loss")
    for name in set(outside) & set(tensors):
        tensors[name] = replace(tensors[name], outside=beyond(name, equations))
    equations, tensors = with_selections(equations, tensors)
    return IndexedLines(tensors, list(ordered(equations, tensors)))


def _last(equations: Sequence[Equation]) -> str:
    """What comes out: the last line that no other one reads, else the last one."""
    names = [e.name for e in equations]
    unread = [n for n in names if not any(reads(e.rhs, n) for e in equations if e.name != n)]
    return unread[-1] if unread else names[-1]
