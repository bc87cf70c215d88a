"""Which sizes a pass needs, and what has to be given so that shapes tell them."""

from __future__ import annotations

from sympy import Expr, Symbol

from deltarule.expressions.nodes import free_symbols
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
        """Lines that read the sizes off the shapes, whole shapes where these tell all of theirs."""
        needed, whole, known, lines = self.of(one), set(), set(), []
        spell, symbol = code.spelling.tensor, code.spelling.symbol
        for name in self.takes(one):
            own = {s for s, (tensor, *_) in self.shapes.items() if tensor == name}
            axes = [*self.network.tensors[name].axes] if own else []
            every = all(a in own or a in known for a in axes) and len({*axes}) == len(axes)
            if every and len(needed & own - whole) > 1:
                lines.append(f"{', '.join(map(symbol, axes))} = {spell(name)}.shape")
                whole.update(own)
            known |= own
        for size, (name, axis, rest, coefficient) in self.shapes.items():
            if size in needed - whole:
                value = f"{spell(name)}.shape[{axis}]"
                value = f"({value} - {code.integer(rest, 2)})" if rest != 0 else value
                value += f" // {code.integer(coefficient, 3)}" if coefficient != 1 else ""
                lines.append(f"{symbol(size)} = {value}")
        defined: list[tuple[str, str]] = []
        for size, definition in self.network.definitions.items():
            if size not in needed:
                continue
            name, value = symbol(size), code.integer(definition)
            follows = free_symbols(definition) & {*self.network.definitions}
            if defined and not follows and len("".join((*defined[-1], name, value))) <= 60:
                names, values = defined[-1]
                defined[-1] = f"{names}, {name}", f"{values}, {value}"
            else:
                defined.append((name, value))
        return lines + [" = ".join(pair) for pair in defined]
