"""Equations that all have indices: axes by their subscripts, windows and times among them.

    y[n,m] = tanh(Sum[d](x[n,d]*W[d,m]) + b[m])
    y[n,f,i] = Sum[c,k](x[n,c,S*i + D*k - P]*w[f,c,k])    i runs as far as the window fits
    h[t,m] = tanh(Sum[k](h[t-1,k]*W[k,m]) + u[t,m])       h[−1] is h0, unless a line says it

An index has one extent, wherever it stands alone. S, D and P in subscripts are stride, dilation
and padding; an input that is read beyond its edges is 0 there, which is shown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from sympy import Expr, Integer

from deltarule.errors import DeltaruleError
from deltarule.expressions.affine import affine
from deltarule.expressions.nodes import FloorQuotient, Read, free_symbols, tensor_name
from deltarule.expressions.substitution import replace_reads, substitute
from deltarule.expressions.symbols import Attribute, Index, Size
from deltarule.language.boundary_values import Edges
from deltarule.marking.formulas.index_names import index_of
from deltarule.marking.formulas.parser import Parser
from deltarule.marking.formulas.vocabulary import Vocabulary
from deltarule.marking.typed.equation_texts import TypedEquation, summed_letters
from deltarule.marking.typed.index_equations import parsed_right
from deltarule.marking.typed.index_uses import Use, compound, is_plain, states_before, uses_of
from deltarule.marking.typed.slips_of_indices import alone_left
from deltarule.marking.typed.text_lines import TextLine, in_words_of_texts
from deltarule.marking.typed.typed_names import names_in
from deltarule.marking.typed.unified_sizes import UnifiedSizes, final_size
from deltarule.networks.argmax_equations import with_selections
from deltarule.networks.equations import Equation
from deltarule.networks.network import Network, ordered
from deltarule.networks.read_ranges import check_inside
from deltarule.networks.tensors import Tensor
from deltarule.spelling.text import equation_text

#: Stride, dilation and padding: what a letter in a subscript is, that is no index, and its value.
_ATTRIBUTES = {"S": 1, "D": 1, "P": 0}
#: What axes are called that no index stands on alone: of an image, of a sequence.
_OF_WINDOWS = {1: ("T",), 2: ("H", "W"), 3: ("Z", "H", "W")}


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
    return _Lines(typed, said).read()


class _Lines:
    """Reads the lines: first where indices stand, then how far they run, then the formulas."""

    def __init__(self, typed: Sequence[TypedEquation], said: Mapping[str, tuple[int, ...]]):
        starts = [e for e in typed if e.indices[:1] == ("-1",)]
        self.starts = {e.name: e for e in starts}
        self.typed = [e for e in typed if e not in starts]
        self.said, self.written = said, {e.name: e for e in self.typed}
        self.sizes = UnifiedSizes()
        self.uses = list(uses_of(self.typed, self.starts))
        self.states = states_before(self.uses, self.written, self.starts)
        self.axes = self._found_axes()
        self.attributes: dict[Attribute, int] = {}
        self.definitions: dict[Size, Expr] = {}
        self.outside: set[str] = set()

    # ---- how far indices run ---------------------------------------------------------------
    def _found_axes(self) -> dict[str, tuple[Expr, ...]]:
        """Sizes for the axes of what is read, those found equal where one index stands."""
        axes: dict[str, tuple[Expr, ...]] = {}
        for name in dict.fromkeys(u.name for u in self.uses):
            if name in self.written:
                axes[name] = tuple(self.sizes.letter(i) for i in self.written[name].indices)
        for use in self.uses:
            known = axes.setdefault(
                use.name, tuple(Size(f"size_{k}_of_{use.name}") for k in range(len(use.at)))
            )
            if len(use.at) != len(known):
                counts = " and ".join(map(str, sorted({len(use.at), len(known)})))
                raise DeltaruleError(
                    f"{use.name} has {counts} subscripts",
                    use.equation.place,
                    "write one index for each axis",
                )
            for index, size in zip(use.at, known, strict=True):
                if is_plain(index):
                    self.sizes.join(self.sizes.letter(index), size)
        for state, start in self.states.items():
            if start and start not in axes:
                axes[start] = axes[state][1:]
        for name, shape in self.said.items():
            for size, number in zip(axes.get(name, ()), shape, strict=False):
                self.sizes.join(size, Integer(number))
        return axes

    def read(self) -> IndexedLines:
        subscripts = [(u, k, self._subscript(u, at)) for u in self.uses for k, at in compound(u)]
        self._runs_along(subscripts)
        taken = {*self.axes, *self.written, *(a.name for a in self.attributes)}
        standing = {self.sizes.of(n) for own in self.axes.values() for n in own}
        windows = [(u, k, at) for u, k, at in subscripts if u.name not in self.written]
        alone = list(dict.fromkeys(self.sizes.of(self.axes[u.name][k]) for u, k, _ in windows))
        letters = {self.sizes.of(n) for n in self.sizes.letters.values()}
        every = [n for own in self.axes.values() for n in own]
        names = self.sizes.named([], taken) if alone else self.sizes.named(every, taken)
        unnamed = [n for n in alone if n not in letters and not n.is_Integer]
        used = {str(n) for n in names.values()} | taken
        usual = [n for n in _OF_WINDOWS.get(len(unnamed), ()) if n not in used]
        for k, size in enumerate(unnamed):
            names[size] = Size(usual[k] if len(usual) == len(unnamed) else f"N_{k + 1}")
        final = {n: tuple(self._final(s, names) for s in own) for n, own in self.axes.items()}
        extents = {i: self._final(s, names) for i, s in self.sizes.letters.items()}
        table = {Index(i): n for i, n in self._symbols(extents).items()}
        for use, k, at in windows:
            self._fits(use, substitute(at, table), final[use.name][k], extents, standing)
        self._refuse_unbounded(extents, standing)
        return self._lines(final, extents)

    def _final(self, size: Expr, names: Mapping[Expr, Expr]) -> Expr:
        return final_size(size, self.sizes, names)

    def _subscript(self, use: Use, at: str) -> Expr:
        """S·i + D·k − P as an expression, in which every letter is an index so far."""
        place = f"{use.name}[{', '.join(use.at)}] in {use.equation.place}"
        parser = Parser(at, Vocabulary(Network("", "", "", {}, ())), place)
        found = parser.counting(parser.sum_of_terms, halves=True)
        letters = {*use.equation.indices, *summed_letters(use.equation)}
        for symbol in sorted(free_symbols(found), key=str):
            if symbol.name in letters:
                continue
            if symbol.name in _ATTRIBUTES:
                usual = _ATTRIBUTES[symbol.name]
                self.attributes[Attribute(symbol.name, positive=usual > 0)] = usual
            elif symbol.name.lower() not in letters:
                raise DeltaruleError(
                    f"{symbol.name} is no index there",
                    place,
                    "S, D and P are stride, dilation and padding, K is how far k runs; sum over "
                    f"an index, Sum[{symbol.name}](…), or put it on the left",
                )
        return found

    def _symbols(self, extents: Mapping[str, Expr]) -> dict[str, Expr]:
        """What the letters in subscripts are that are no indices."""
        sizes = {i.upper(): n for i, n in extents.items() if i.upper() not in extents}
        return {**sizes, **{a.name: a for a in self.attributes}}

    def _runs_along(self, subscripts: Sequence[tuple[Use, int, Expr]]) -> None:
        """In x[t − k] and x[t − 1], t runs along the axis, unless it stands somewhere alone."""
        alone = {self.sizes.of(n) for own in self.axes.values() for n in own}
        for use, k, at in subscripts:
            split = affine(at, tuple(Index(i) for i in use.equation.indices))
            if split is None or len(split[0]) != 1:
                continue
            (index, coefficient), rest = next(iter(split[0].items())), split[1]
            shifts = rest.is_Integer or all(c < 0 for c in rest.as_coefficients_dict().values())
            padded = any(i.name in _ATTRIBUTES for i in free_symbols(rest))
            of_own = self.sizes.of(self.sizes.letter(index.name)) not in alone
            if coefficient == 1 and shifts and not padded and rest != 0 and of_own:
                self.sizes.join(self.sizes.letter(index.name), self.axes[use.name][k])

    def _fits(
        self, use: Use, at: Expr, extent: Expr, extents: dict[str, Expr], standing: set[Expr]
    ) -> None:
        """How far the index of a window runs: as far as the window fits into the padded axis."""
        letters = [*use.equation.indices, *summed_letters(use.equation)]
        split = affine(at, tuple(index_of(i) for i in letters))
        if split is None:
            raise self._no_window(use)
        coefficients, rest = split
        self.outside |= set() if _never_below(coefficients, rest) else {use.name}
        new = [i for i in coefficients if i.name in use.equation.indices]
        new = [i for i in new if self.sizes.of(self.sizes.letter(i.name)) not in standing]
        new = [i for i in new if not isinstance(extents.get(i.name), FloorQuotient)]
        if not new or any(Size(i.name.upper()) in self.definitions for i in new):
            return
        if len(new) > 1 or any(not c.is_positive for c in coefficients.values()):
            raise self._no_window(use)
        span = extent - 1 - abs(rest) if _never_below({}, rest) else extent - 1 - 2 * rest
        for index, coefficient in coefficients.items():
            if index not in new:
                if index.name not in extents:
                    raise self._no_window(use)
                span -= coefficient * (extents[index.name] - 1)
        stride = coefficients[new[0]]
        count = (span if stride == 1 else FloorQuotient(span, stride)) + 1
        size = Size(new[0].name.upper())
        self.definitions[size], extents[new[0].name] = count, size

    def _no_window(self, use: Use) -> DeltaruleError:
        return DeltaruleError(
            f"how far the indices of {use.name}[{', '.join(use.at)}] run is not known",
            use.equation.place,
            "write windows as S*i + D*k - P, or a derivation file: see the guide for developers, "
            "a layer",
        )

    def _refuse_unbounded(self, extents: Mapping[str, Expr], standing: set[Expr]) -> None:
        defined = {str(n).lower() for n in self.definitions}
        for e in self.typed:
            for i in e.indices:
                size = self.sizes.of(self.sizes.letter(i))
                if i not in defined and size not in standing and not size.is_Integer:
                    raise alone_left(i, names_in(e.formula, e.place), e.name, e.place)

    # ---- the formulas ----------------------------------------------------------------------
    def _lines(
        self, final: Mapping[str, tuple[Expr, ...]], extents: Mapping[str, Expr]
    ) -> IndexedLines:
        given = {n: own for n, own in final.items() if n not in self.written}
        zero = Integer(0)
        tensors = {
            n: Tensor(n, own, "input", zero if n in self.outside else None)
            for n, own in given.items()
        }
        edges = {}
        for name, start in self.states.items():
            axes = tuple(extents[i] for i in self.written[name].indices)
            tensors[name] = Tensor(name, axes, "state")
            edges[name] = Edges(tensors[name], tensors.get(start, zero), None, 0)
        symbols = {**self.definitions, **{a: a for a in self.attributes}}
        equations: list[Equation] = []
        for e in self.typed:
            rhs, ranges = parsed_right(e, tensors, extents, equations, symbols)
            here = TextLine(e.place, tensors)

            def carried(access: Read, line: TextLine = here) -> Expr:
                edge = edges.get(tensor_name(access))
                return access if edge is None else edge.carry(access, line)

            tensors.setdefault(e.name, Tensor(e.name, tuple(n for _, n in ranges), "intermediate"))
            rhs = replace_reads(rhs, carried)
            found = Equation(e.name, tuple(i for i, _ in ranges), rhs, ranges, e.place)
            with in_words_of_texts():
                check_inside(found, tensors)
            equations.append(found)
        last = equations[-1].name
        if tensors[last].role == "state":  # what comes from upstream is read by nothing
            name = next(n for n in ("y", "out", "y_out") if n not in tensors)
            whole = equations[-1]
            tensors[name] = replace(tensors[last], name=name, role="output")
            equations.append(replace(whole, name=name, rhs=whole.lhs))
        elif tensors[last].role == "intermediate":
            tensors[last] = replace(tensors[last], role="output" if tensors[last].axes else "loss")
        equations, tensors = with_selections(equations, tensors)
        return IndexedLines(
            tensors, list(ordered(equations, tensors)), self.attributes, self.definitions
        )


def _never_below(coefficients: Mapping[Index, Expr], rest: Expr) -> bool:
    """Whether positions are at least 0."""
    return all(c.is_positive for c in coefficients.values()) and bool(rest.is_nonnegative)
