"""The axes of what is read, found equal where one index stands: x[n, d] and W[d, m] share D.

A letter has one extent wherever it stands, but for a line that reads further than it puts out: in
d[i] = x[i + 1] − x[i], i runs as far as both can be read. Of labels, p[n, t[n]], the entries are
integers, as many as the axis has.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from sympy import Expr, Integer

from deltarule.errors import DeltaruleError
from deltarule.expressions.symbols import Size
from deltarule.formulas.commas import parted_tokens
from deltarule.typed.equation_texts import TypedEquation, summed_letters
from deltarule.typed.sizes.index_uses import Use, is_plain, lag_of
from deltarule.typed.sizes.unified_sizes import UnifiedSizes

_AHEAD = re.compile(r"([^\W\d_]\w*)([-+])([0-9]+)")
_LABEL = re.compile(r"([^\W\d_]\w*)\[[^\[\]]*\]")
#: The indices of rows and columns of a matrix that has an inverse, or a determinant.
_SQUARE = re.compile(
    r"\b(?:inverse|inv|det)\s*\(\s*\w+\s*\[(?:[^\[\]]*,)?\s*(\w+)\s*,\s*(\w+)\s*\]"
)
_NAME = ("name", "primed")


class AxisSizes:
    """The sizes of all axes, those of one letter joined."""

    def __init__(
        self,
        typed: Sequence[TypedEquation],
        uses: Sequence[Use],
        states: Mapping[str, str],
        said: Mapping[str, tuple[int, ...]],
    ):
        self.written = {e.name: e for e in typed}
        self.sizes = UnifiedSizes(typed)
        self.uses, self.states = uses, states
        self.shortened = {(e.place, i) for e in typed for i in self._shortened(e)}
        self.axes = self._found_axes()
        for state, start in states.items():
            if start and start not in self.axes:
                lag = lag_of(state, self.uses)
                before = (Integer(lag),) if lag > 1 else ()
                self.axes[start] = (*before, *self.axes[state][1:])
        for name, shape in said.items():
            for size, number in zip(self.axes.get(name, ()), shape, strict=False):
                self.sizes.join(size, Integer(number))
        for equation in typed:
            for row, column in _SQUARE.findall(equation.formula):
                self.sizes.join(*(self.extent(equation, i) for i in (row, column)))
        self.labels = self._found_labels(typed)
        self._join_compared(typed)

    def key(self, equation: TypedEquation, letter: str) -> str:
        """What a letter is known by: one of a line that is shortened is that line's own."""
        own = (equation.place, letter) in self.shortened
        return f"{letter} of {equation.name}" if own else letter

    def extent(self, equation: TypedEquation, letter: str) -> Expr:
        """How far a letter runs in a line."""
        return self.sizes.letter(self.key(equation, letter))

    def standing(self) -> set[Expr]:
        """The sizes on which some axis of what is given stands, and those of times."""
        given = (own for name, own in self.axes.items() if name not in self.written)
        times = [self.axes[state][0] for state in self.states if state in self.axes]
        return {self.sizes.of(n) for n in (*times, *(n for own in given for n in own))}

    def _shortened(self, equation: TypedEquation) -> set[str]:
        """The letters left of = at which a tensor is read, and ahead of them, too: x[i + 1]."""
        plain: set[tuple[str, int, str]] = set()
        ahead: set[tuple[str, int, str]] = set()
        behind: set[str] = set()
        for use in self.uses:
            if use.equation is not equation or use.name in self.states:
                continue
            for k, at in enumerate(use.at):
                shift = _AHEAD.fullmatch(at)
                if at in equation.indices:
                    plain.add((use.name, k, at))
                elif shift and shift[2] == "+":
                    ahead.add((use.name, k, shift[1]))
                elif shift:
                    behind.add(shift[1])
        return ({letter for _, _, letter in plain & ahead} | self._of_layers(equation)) - behind

    def _of_layers(self, equation: TypedEquation) -> set[str]:
        """The letters by which a window goes over a line that has the same one: of two layers
        y[i] = Σ_k x[i + k]·w[k] and z[i] = Σ_k y[i + k]·v[k] each has its own."""
        found = set()
        for use in self.uses:
            own = self.written.get(use.name)
            if use.equation is equation and own is not None and use.name not in self.states:
                for at, letter in zip(use.at, own.indices, strict=False):
                    alone = re.fullmatch(rf"(?:[^-]*\W)?{re.escape(letter)}(?:\W.*)?", at)
                    if alone and at != letter and letter in equation.indices:
                        found.add(letter)
        return found

    def _found_axes(self) -> dict[str, tuple[Expr, ...]]:
        axes: dict[str, tuple[Expr, ...]] = {}
        for name in dict.fromkeys(u.name for u in self.uses):
            if name in self.written:
                own = self.written[name]
                axes[name] = tuple(self.extent(own, i) for i in own.indices)
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
                own = (use.equation.place, index) in self.shortened
                if is_plain(index) and not own and not self._is_label(use, index):
                    self.sizes.join(self.sizes.letter(index), size)
        return axes

    def _is_label(self, use: Use, at: str) -> bool:
        """Whether a subscript is a label of one example, −log p[y], and no index."""
        return any(u.name == at and not u.at and u.equation is use.equation for u in self.uses)

    # ---- labels ----------------------------------------------------------------------------
    def _found_labels(self, typed: Sequence[TypedEquation]) -> dict[str, Expr]:
        """What is read at, or compared with an index by = or ≠, and below what it lies."""
        found: dict[str, Expr] = {}

        def note(name: str, size: Expr) -> None:
            if name in self.axes and name not in self.written:
                self.sizes.join(found.setdefault(name, size), size)

        for use in self.uses:
            for at, size in zip(use.at, self.axes[use.name], strict=True):
                label = _LABEL.fullmatch(at)
                if self._is_label(use, at):
                    note(at, size)
                elif label:
                    note(label[1], size)
                else:
                    for name in _read_at(at):
                        note(name, size)
        for equation in typed:
            letters = {*equation.indices, *summed_letters(equation)}
            for letter, name in _compared(equation, letters, by=("=", "≠")):
                if name not in letters:
                    note(name, self.extent(equation, letter))
        return found

    def _join_compared(self, typed: Sequence[TypedEquation]) -> None:
        """i of [i = j] and of Σ_{i<j} runs as far as j, where it stands on no axis."""
        for equation in typed:
            letters = {*equation.indices, *summed_letters(equation)}
            pairs = (*_compared(equation, letters), *_subtracted(equation, letters))
            for one, other in pairs:
                if other not in letters:
                    continue
                sizes, standing = (self.extent(equation, i) for i in (one, other)), self.standing()
                a, b = map(self.sizes.of, sizes)
                if (a in standing) != (b in standing):
                    self.sizes.join(a, b)


def _read_at(subscript: str) -> list[str]:
    """The names that are read in a subscript: h of 2·h[w[n]] + 1, where w is read at h's."""
    while "[" in (closed := re.sub(r"\[[^\[\]]*\]", "‹›", subscript)) != subscript:
        subscript = closed
    return re.findall(r"([^\W\d_]\w*)‹", closed)


def free_on_the_left(equation: TypedEquation) -> set[str]:
    """The indices left of = with which the right side calculates or compares, and that nothing is
    read at: k of cos(2·π·k·n/N), i of [r[e] = i]. How far they run is asked for."""
    found, numbers = parted_tokens(equation.formula, equation.place), set()
    inside = {i for uses in equation.reads().values() for use in uses for i in use or ()}
    within = set(re.findall(r"[^\W\d_]\w*", " ".join(inside)))
    subscripts: list[bool] = []  # of each bracket that is open, whether it stands behind a name
    for before, token in zip([None, *found], found, strict=False):
        if token.text == "[":
            subscripts.append(before is not None and before.kind in _NAME)
        elif token.text == "]":
            subscripts = subscripts[:-1]
        elif not any(subscripts) and token.text in equation.indices:
            numbers.add(token.text)
    return numbers - within


def _subtracted(equation: TypedEquation, letters: set[str]) -> list[tuple[str, str]]:
    """Letters of which the difference stands outside of subscripts: |i − j|."""
    found, depth, pairs = parted_tokens(equation.formula, equation.place), 0, []
    for k, token in enumerate(found):
        depth += (token.text == "[") - (token.text == "]")
        around = [t.text for t in found[max(k - 1, 0) : k + 2]]
        if (
            token.text == "-"
            and not depth
            and len(around) == 3
            and {around[0], around[2]} <= letters
        ):
            pairs.append((around[0], around[2]))
    return pairs


def _compared(
    equation: TypedEquation, letters: set[str], by: Sequence[str] = ("=", "≠", "<", ">", "≤", "≥")
) -> list[tuple[str, str]]:
    """Letters with what stands alone on the other side of a comparison: another, or a tensor."""
    found = parted_tokens(equation.formula, equation.place)
    pairs: list[tuple[str, str]] = []
    for k, token in enumerate(found):
        if token.text not in by or not 0 < k < len(found) - 1:
            continue
        before = _ending(found, k - 1)
        behind = found[k + 1].text if found[k + 1].kind in _NAME else ""
        after = found[_closed(found, k + 1)].text if behind else ""
        if before in letters and behind and after not in ("+", "-", "*", "/", "^"):
            pairs.append((before, behind))
        elif behind in letters and before:
            pairs.append((behind, before))
    return pairs


def _ending(found: list, k: int) -> str:
    """The name that ends at a token, with its subscripts; nothing for what is no name alone."""
    if found[k].text == "]":
        depth = 0
        while k >= 0:
            depth += (found[k].text == "]") - (found[k].text == "[")
            if depth == 0:
                break
            k -= 1
        k -= 1
    alone = k <= 0 or found[k - 1].text not in ("+", "-", "*", "/", "^")
    return found[k].text if k >= 0 and found[k].kind in _NAME and alone else ""


def _closed(found: list, k: int) -> int:
    """The token behind a name and its subscripts."""
    end = k + 1
    if end < len(found) and found[end].text == "[":
        depth = 0
        for end in range(k + 1, len(found)):
            depth += (found[end].text == "[") - (found[end].text == "]")
            if depth == 0:
                break
        end += 1
    return min(end, len(found) - 1)
