"""How far the indices of windows run, and how long the axes are on which windows alone stand."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from sympy import Expr, Symbol

from deltarule.errors import DeltaruleError
from deltarule.expressions.affine import affine, never_negative
from deltarule.expressions.nodes import Read, free_symbols
from deltarule.expressions.quotients import Remainder
from deltarule.expressions.substitution import substitute
from deltarule.expressions.symbols import Attribute, Index, Size
from deltarule.formulas.parser import Parser
from deltarule.formulas.vocabulary import Vocabulary
from deltarule.networks.network import Network
from deltarule.networks.tensors import Tensor
from deltarule.typed.equation_texts import TypedEquation, summed_letters
from deltarule.typed.index_equations import alone_right
from deltarule.typed.lecture_notation.positions_cut_off import cut_off, is_cut_off
from deltarule.typed.sizes.axis_sizes import AxisSizes, free_on_the_left
from deltarule.typed.sizes.index_uses import Use, compound
from deltarule.typed.sizes.size_names import size_names
from deltarule.typed.sizes.unified_sizes import final_size
from deltarule.typed.sizes.windows_fit import (
    Window,
    along_axis,
    axis_of,
    count_of,
    lowest,
    reversed_by,
    says_the_extent,
    unknown_length,
)

#: Stride, dilation and padding: what a letter in a subscript is, that is no index, and its value.
_ATTRIBUTES = {"S": 1, "D": 1, "P": 0}


class WindowExtents:
    """The extents of all letters and axes of a text, once its windows are looked at."""

    def __init__(self, typed: Sequence[TypedEquation], found: AxisSizes):
        self.typed, self.found = typed, found
        self.written, self.sizes, self.axes = found.written, found.sizes, found.axes
        self.attributes: dict[Attribute, int] = {}
        self.widths: set[Expr] = set()
        self.definitions: dict[Size, Expr] = {}
        #: The tensors that are read beyond their edges.
        self.outside: set[str] = set()
        #: Axes as long as their windows need them, and axes by which windows are counted.
        self.needed: dict[Expr, Expr] = {}
        self.counted: set[Expr] = set()
        every = [(u, k, self._subscript(u, k, at)) for u in found.uses for k, at in compound(u)]
        windows = [w for w in every if not isinstance(w[2], Read)]
        self._runs_along(windows)
        self.standing = found.standing() | {
            self.sizes.of(found.extent(e, i)) for e in typed for i in free_on_the_left(e)
        }
        windows = [w for w in windows if w[0].name not in found.states or w[1] > 0]
        taken = {*self.axes, *self.written, *(a.name for a in self.attributes)}
        self.names = size_names(found, windows, taken)
        self.final = {n: tuple(map(self.named, own)) for n, own in self.axes.items()}
        self.extents = {i: self.named(s) for i, s in self.sizes.letters.items()}
        self._widths(windows)
        table = {Index(i): n for i, n in self._symbols().items()}
        for use, k, at in sorted(windows, key=self._furthest):
            self._fits(use, k, substitute(at, table))
        for use in found.uses:
            for k, at in enumerate(use.at):
                if (use.equation.place, at) in found.shortened and self.known(use.equation, at):
                    self._is_as_long(use, k, self.extent(use.equation, at))

    def _widths(self, windows: Sequence[Window]) -> None:
        """How far summed indices run that stand in windows alone: K of Max[k](x[S*i + k]).

        No shape tells it, so a kernel asks for the number.
        """
        for use, _, at in windows:
            for letter in sorted(summed_letters(use.equation) & {s.name for s in free_symbols(at)}):
                size = self.found.extent(use.equation, letter)
                if self.sizes.of(size) not in self.standing and letter.upper() not in self.axes:
                    self.extents[letter] = Size(letter.upper())
                    self.widths.add(self.extents[letter])

    def _axis(self, use: Use, k: int) -> Expr:
        """The extent of the axis on which a subscript stands."""
        own = self.written.get(use.name)
        return self.final[use.name][k] if own is None else self.extent(own, own.indices[k])

    def _axis_fits(self, use: Use, k: int, at: Expr, sizes: Mapping[Index, Expr]) -> None:
        """An axis on which windows alone stand, whose indices all run along others: it is as long
        as they need it."""
        axis = axis_of(at, sizes)
        if axis is not None:
            self._is_as_long(use, k, axis)
        elif is_cut_off(at) and self._is_unknown(use, k):
            raise unknown_length(use, sizes)

    def _is_as_long(self, use: Use, k: int, axis: Expr) -> None:
        """What is given is as long as it is read, where nothing else tells: r of d[t] = r[t] +
        V[t + 1] − V[t] as long as d."""
        if not self._is_unknown(use, k):
            return
        size = self.sizes.of(self.axes[use.name][k])
        before = self.needed.get(size)
        if before is None or never_negative((axis - before).expand()):
            self.needed[size] = axis
            self.final = {
                n: tuple(
                    self.needed.get(self.sizes.of(s), e)
                    for s, e in zip(self.axes[n], own, strict=True)
                )
                for n, own in self.final.items()
            }

    def _is_unknown(self, use: Use, k: int) -> bool:
        """Whether no index and no number says how long an axis of what is given is."""
        size = self.sizes.of(self.axes[use.name][k])
        letters = {self.sizes.of(n) for n in self.sizes.letters.values()}
        given = use.name not in self.written and size not in letters and not size.is_Integer
        return given and size not in self.counted

    def extent(self, equation: TypedEquation, letter: str) -> Expr:
        """How far a letter runs in a line."""
        return self.extents[self.found.key(equation, letter)]

    def _furthest(self, window: Window) -> tuple[int, Expr]:
        """Equations in their order; in each of them the reads that are the furthest ahead first."""
        use, _, at = window
        ahead = at.as_coeff_Add()[0]
        lines = [e.place for e in self.typed]
        return lines.index(use.equation.place) if use.equation.place in lines else -1, -ahead

    def named(self, size: Expr) -> Expr:
        """The letter of a size."""
        return final_size(size, self.sizes, self.names)

    def _subscript(self, use: Use, k: int, at: str) -> Expr:
        """S·i + D·k − P as an expression, in which every letter is an index so far."""
        place = f"{use.name}[{', '.join(use.at)}] in {use.equation.place}"
        labels = {
            n: Tensor(n, self.axes[n], "input", None, None, size)
            for n, size in self.found.labels.items()
        }
        parser = Parser(at, Vocabulary(Network("", "", "", labels, ())), place)
        found = parser.counting(parser.sum_of_terms, halves=True)
        letters = {*use.equation.indices, *summed_letters(use.equation)}
        for symbol in sorted(free_symbols(found), key=str):
            if symbol.name in letters:
                continue
            own = symbol.name.lower() in use.equation.letters and says_the_extent(found, symbol)
            if symbol.name in _ATTRIBUTES and not own:  # S of u[S − 1] is how far s runs
                usual = _ATTRIBUTES[symbol.name]
                self.attributes[Attribute(symbol.name, positive=usual > 0)] = usual
            elif symbol.name.isupper() and says_the_extent(found, symbol):
                self.sizes.said.add(symbol.name.lower())
                self.sizes.join(self.sizes.letter(symbol.name.lower()), self.axes[use.name][k])
            elif symbol.name.isupper() and (back := reversed_by(found, symbol, letters)):
                self.sizes.said.add(symbol.name.lower())
                own = self.found.extent(use.equation, back)
                self.sizes.join(self.sizes.letter(symbol.name.lower()), own)
            elif symbol.name.islower() and len(symbol.name) == 1:
                raise alone_right(use.equation, [symbol.name])
            elif symbol.name.lower() not in letters:
                raise DeltaruleError(
                    f"{symbol.name} is no index there",
                    place,
                    "S, D and P are stride, dilation and padding, K is how far k runs; sum over "
                    f"an index, Sum[{symbol.name}](…), or put it on the left",
                )
        return found

    def _symbols(self) -> dict[str, Expr]:
        """What the letters in subscripts are that are no indices."""
        sizes = {i.upper(): n for i, n in self.extents.items() if i.upper() not in self.extents}
        return {**sizes, **{a.name: a for a in self.attributes}}

    def _runs_along(self, subscripts: Sequence[Window]) -> None:
        """In x[t − k], x[t − 1], x[T − 1 − t] and x[(t + 1) mod T], t runs along the axis, unless
        it stands somewhere alone."""
        alone = {self.sizes.of(n) for own in self.axes.values() for n in own}
        for use, k, at in subscripts:
            around = isinstance(at, Remainder) and isinstance(at.args[1], Symbol)
            around = around or is_cut_off(at)  # x[clip(i + k − 1, 0, N − 1)] is as long as x
            left = {Index(i) for i in use.equation.indices}
            parts = (p for p in cut_off(at) if p.free_symbols & left and not is_cut_off(p))
            within = next(parts, at) if is_cut_off(at) else at.args[0] if around else at
            split = affine(within, tuple(Index(i) for i in use.equation.indices))
            if split is None or len(split[0]) != 1:
                continue
            index = next(iter(split[0]))
            own = self.found.extent(use.equation, index.name)
            shortened = (use.equation.place, index.name) in self.found.shortened
            whole = around or along_axis(*split)
            lagged = self._is_lagged(use.name, k)
            if whole and (lagged or self.sizes.of(own) not in alone) and not shortened:
                self.sizes.join(own, self.axes[use.name][k])

    def _is_lagged(self, name: str, k: int) -> bool:
        """Whether a tensor is read at times before alone, as e of a·e[t−1] + b·s[t−1]: it has as
        many as there are."""
        every = [u.at[k] for u in self.found.uses if u.name == name and k < len(u.at)]
        return name not in self.written and all(re.fullmatch(r"[a-z]-\d+", at) for at in every)

    def _fits(self, use: Use, k: int, at: Expr) -> None:
        """How far the index of a window runs: as far as the window fits into the padded axis."""
        equation = use.equation
        letters = {*equation.indices, *summed_letters(equation)} & {
            i.name for i in free_symbols(at)
        }
        if not letters:
            return  # the last entry, h[T − 1]
        known = {i: self.extent(equation, i) for i in letters if self.known(equation, i)}
        below, sizes = lowest(at, known), {Index(i): n for i, n in known.items()}
        self.outside |= set() if below is not None and never_negative(below) else {use.name}
        new = sorted(letters - set(known))
        if not new:
            self._axis_fits(use, k, at, sizes)
            return
        count = count_of(at, self._axis(use, k), sizes, new)
        if count is None or new[0] not in equation.indices:
            raise self._no_window(use)
        letter, key = new[0].upper(), self.found.key(equation, new[0])
        size = self.extents.get(key)
        if size not in self.names.values():
            taken = {str(n) for n in (*self.names.values(), *self.definitions)}
            size = Size(letter if letter not in taken else f"{letter}_{equation.name}")
        self.counted.add(self.sizes.of(self.axes[use.name][k]))
        self.definitions[size] = count
        self.extents[key] = size

    def known(self, equation: TypedEquation, letter: str) -> bool:
        """Whether it is known how far a letter runs."""
        key = self.found.key(equation, letter)
        size = self.extents.get(key)
        sizes = (*self.attributes, *self.definitions, *self.widths)
        return size is not None and (
            size in sizes
            or size.is_Integer
            or self.sizes.of(self.sizes.letter(key)) in self.standing
        )

    def _no_window(self, use: Use) -> DeltaruleError:
        index = next((i for i in use.equation.indices if i not in use.at), "i")
        return DeltaruleError(
            f"how far the indices of {use.name}[{', '.join(use.at)}] run is not known",
            use.equation.place,
            f"read some tensor at {index} alone, or write windows as S*{index} + D*k - P",
        )
