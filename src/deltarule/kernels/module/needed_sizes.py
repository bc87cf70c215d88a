"""Which sizes a pass needs, and what has to be given so that shapes tell them."""

from __future__ import annotations

from collections.abc import Sequence

from sympy import Expr, Symbol

from deltarule.expressions.nodes import free_symbols, walk
from deltarule.expressions.symbols import Size
from deltarule.kernels.passes.program import Pass, Program, known_sizes
from deltarule.kernels.python_text.plain_text import PlainCode


class NeededSizes:
    """The sizes of a program by what tells them: tensor, axis and formula (see `known_sizes`)."""

    def __init__(self, program: Program):
        self.network = program.network
        self.shapes = known_sizes(program.network)[0]

    def takes(self, one: Pass) -> tuple[str, ...]:
        """What a pass reads, and what tells the sizes that it needs."""
        needed = self.of(one)
        telling = {self.shapes[s][0] for s in needed if s in self.shapes}
        given = [t.name for t in self.network.tensors.values() if t.given]
        reads = [n for n in given if n in one.reads or n in telling]
        return (*reads, *(n for n in one.reads if n not in reads))

    def of(self, one: Pass) -> set[Symbol]:
        """The sizes in a pass, and those by which they are defined."""
        parts = [
            p for e in one.equations for p in (e.rhs, *e.subscripts, *(n for _, n in e.ranges))
        ]
        beyond = [n for n in one.reads if one.tensors[n].outside is not None]
        parts += [a for n in (*one.writes, *beyond) for a in one.tensors[n].axes]
        parts += [b for n in one.reads if (b := self.limited(n, one)) is not None]
        found = {s for p in parts for s in free_symbols(p)}
        definitions = self.network.definitions
        for symbol in reversed([*definitions]):
            if symbol in found:
                found |= free_symbols(definitions[symbol])
        for symbol, (_, _, *formula) in reversed([*self.shapes.items()]):
            if symbol in found:
                found.update(*map(free_symbols, formula))
        return found

    def limited(self, name: str, one: Pass) -> Expr | None:
        """Below what the integers lie that a pass is given and reads; None for other arrays."""
        tensor = self.network.tensors.get(name)
        if tensor is None or not tensor.given or name not in one.reads:
            return None
        return tensor.integers_below

    def lines(self, one: Pass, code: PlainCode) -> list[str]:
        """Lines that read the sizes off the shapes, whole shapes where these tell several."""
        needed, lines = self.of(one), []
        spell, symbol = code.spelling.tensor, code.spelling.symbol
        whole = self._whole_shapes(self.takes(one), {s for s in self.shapes if s in needed})
        for name in whole:
            axes = self.network.tensors[name].axes
            lines.append(f"{', '.join(map(symbol, axes))} = {spell(name)}.shape")
        known = {a for name in whole for a in self.network.tensors[name].axes}
        pairs: list[tuple[str, str]] = []
        for size, (name, axis, rest, coefficient) in self.shapes.items():
            if size in needed - known:
                value = f"{spell(name)}.shape[{axis}]"
                value = f"({value} - {code.integer(rest, 2)})" if rest != 0 else value
                value += f" // {code.integer(coefficient, 3)}" if coefficient != 1 else ""
                joins = pairs and rest == 0 and free_symbols(coefficient) == set()
                _pair(pairs, symbol(size), value, bool(joins))
        lines += [" = ".join(pair) for pair in pairs]
        pairs = []
        for size, definition in self.network.definitions.items():
            if size in needed:
                apart = not free_symbols(definition) & {*self.network.definitions}
                _pair(pairs, symbol(size), code.integer(definition), apart)
        return lines + [" = ".join(pair) for pair in pairs]

    def _whole_shapes(self, takes: Sequence[str], wanted: set[Symbol]) -> list[str]:
        """Arrays whose shapes tell two or more of some sizes that no earlier one tells."""
        found: list[str] = []
        while True:
            new = {n: self._seen_in(n, wanted) for n in takes if n in self.network.tensors}
            best = max(new, key=lambda n: len(new[n]), default=None)
            if best is None or len(new[best]) < 2:
                return [n for n in takes if n in found]
            found.append(best)
            wanted = wanted - new[best]

    def _seen_in(self, name: str, wanted: set[Symbol]) -> set[Symbol]:
        """The wanted sizes that a shape tells, if it is made of different sizes alone."""
        axes = self.network.tensors[name].axes
        sizes = len({*axes}) == len(axes) and all(a in self.shapes for a in axes)
        return {*axes} & wanted if sizes else set()


def _pair(pairs: list[tuple[str, str]], name: str, value: str, joins: bool) -> None:
    """One more name and its value, in the line of the last ones where they are short."""
    if pairs and joins and len("".join((*pairs[-1], name, value))) <= 60:
        names, values = pairs[-1]
        pairs[-1] = f"{names}, {name}", f"{values}, {value}"
    else:
        pairs.append((name, value))


def every_size(program: Program) -> list[Symbol]:
    """Every size that the kernel needs: those said by shapes, then those that follow."""
    found: dict[Symbol, None] = {}
    for tensor in program.network.tensors.values():
        for axis in tensor.axes:
            found.update(dict.fromkeys(sorted(free_symbols(axis), key=str)))
    for one in (program.forward, program.backward):
        for equation in one.equations:
            parts = (equation.rhs, *(n for _, n in equation.ranges), *equation.subscripts)
            for part in parts:
                for node in walk(part):
                    if isinstance(node, Size):
                        found[node] = None
    derived = program.network.definitions
    free = [s for s in found if s not in derived]
    return free + list(derived)
