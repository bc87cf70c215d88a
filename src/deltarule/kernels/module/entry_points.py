"""The functions around the compiled passes: they check shapes, make room, and call."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sympy import Expr
from sympy.core.symbol import Symbol

from deltarule.kernels.lowering.shared_rooms import Rooms
from deltarule.kernels.module import docstrings
from deltarule.kernels.module.one_thread import for_each_loop
from deltarule.kernels.passes.program import Pass, Program, known_sizes
from deltarule.kernels.python_text.indented import Lines
from deltarule.kernels.python_text.real_text import Code
from deltarule.networks.recurrences import no_times, sequence_lengths
from deltarule.networks.tensors import Tensor
from deltarule.spelling.text import text


class EntryPoints:
    """Writes the drivers of both passes into `lines`; `sizes` are all that the passes need.

    Where one of its `tests` holds, a pass runs in stages; `rooms` tell which arrays share memory.
    """

    def __init__(
        self,
        program: Program,
        code: Code,
        sizes: list[Symbol],
        tests: Mapping[str, list[str]],
        rooms: Mapping[str, Rooms],
        lines: Lines,
    ):
        self.program, self.code, self.sizes, self.lines = program, code, sizes, lines
        self.tests, self.rooms = tests, rooms
        self.spell = code.spelling.tensor
        tensors = program.network.tensors.values()
        self.given = [t.name for t in tensors if t.given]

    def write(self, parallel: bool = False) -> None:
        """`inputs`, and for each pass its three functions; what one thread takes, if `parallel`."""
        self._inputs()
        if parallel:
            self._one_thread()
        self._pass("forward", self.program.forward, ())
        self._pass("backward", self.program.backward, self.program.kept)

    # ---- what is given ----------------------------------------------------------------------
    def _inputs(self) -> None:
        """The function that checks the given arrays and reads all sizes off their shapes."""
        names = [self.spell(t) for t in self.given]
        tensors = self.program.network.tensors
        self.lines.add("", "", f"def inputs({', '.join(names)}):")
        promise = "The given arrays, made to fit, and the sizes that their shapes tell."
        with self.lines.block(f'    """{promise}"""'):
            for name in self.given:
                self._fit(name, tensors[name], name)
            known = known_sizes(self.program.network)[0]
            for size, (name, k, rest, coefficient) in known.items():
                self.lines.add(
                    f"{self._size(size)} = {self._read_size(name, k, rest, coefficient)}"
                )
            self._defined()
            for name in self.given:
                axes = enumerate(tensors[name].axes)
                if any(known.get(axis, ())[:2] != (name, k) for k, axis in axes):
                    self._check(name, tensors[name], name)
            for tensor in map(tensors.__getitem__, self.given):
                self._declared(tensor)
            returned = [*names, *map(self._size, self.sizes)]
            self.lines.add(f"return {row(returned)}")
        whole = [tensors[name] for name in self.given if tensors[name].integral]
        if whole:
            self.lines.add("", "", f"def entries({', '.join(returned)}):")
            with self.lines.block('    """Refuse whole numbers that number no entry."""'):
                for tensor in whole:
                    below = tensor.integers_below
                    limit = f'{self.code.integer(below)}, "{text(below)}"'
                    if tensor.points is not None:
                        limit += f", {tensor.points[0]}, {tensor.points[1]}"
                    self.lines.add(f"below({self._called(tensor)}, {limit})")

    def _one_thread(self) -> None:
        """What decides whether threads are woken."""
        names = [*map(self.spell, self.given), *map(self._size, self.sizes)]
        self.lines.add("", "", f"def one_thread({', '.join(names)}):")
        promise = "About how many nanoseconds one thread takes for a loop, on average."
        cost = for_each_loop(self.program, self.code)
        self.lines.add(f'    """{promise}"""', f"    return {cost}")

    def _declared(self, tensor: Tensor) -> None:
        """The tests of declared properties that machine code can do without."""
        if tensor.sums_to_one is not None:
            self.lines.add(f"summing_to_one({self._called(tensor)}, {tensor.sums_to_one})")
        if tensor.within is not None:
            low, high = tensor.within
            self.lines.add(f"within({self._called(tensor)}, {low}, {high})")

    def _called(self, tensor: Tensor) -> str:
        """Name and array; the array of a scalar has no axes again."""
        return f'"{tensor.name}", {self.spell(tensor.name)}{"" if tensor.axes else ".reshape(())"}'

    def _read_size(self, name: str, axis: int, rest: Expr, coefficient: Expr) -> str:
        """A size, from the axis of the array that tells it."""
        value = f"{self.spell(name)}.shape[{axis}]"
        if rest != 0:
            value = f"({value} - {self.code.integer(rest, 2)})"
        if coefficient != 1:
            value += f" // {self.code.integer(coefficient, 3)}"
        return value

    def _defined(self) -> None:
        """The sizes that follow from others, and the refusal of those below 0."""
        for symbol, definition in self.program.network.definitions.items():
            size = self._size(symbol)
            self.lines.add(f"{size} = {self.code.integer(definition)}")
            with self.lines.block(f"if {size} < 0:"):
                self.lines.add(
                    f'raise Misfit(f"the sizes do not fit: {symbol} = {{{size}}}", '
                    f'"{symbol} is {text(definition)}")'
                )
        # A sequence has a first time, which is read whatever its length is.
        for extent in sequence_lengths(self.program.network.equations):
            with self.lines.block(f"if {self.code.integer(extent)} < 1:"):
                refusal = no_times(extent, "")
                self.lines.add(f'raise Misfit("{refusal.fact}", "{refusal.remedy}")')

    def _fit(self, name: str, tensor: Tensor, called: str) -> None:
        array, axes = self.spell(name), tensor.axes
        kind = f"np.dtype({self.code.kind(tensor)})" if tensor.integral else "REAL"
        shape = ", ".join(map(str, axes))
        self.lines.add(f'{array} = fitting("{called}", {array}, {kind}, {len(axes)}, "{shape}")')
        if not axes:
            self.lines.add(f"{array} = {array}.reshape(1)")

    def _check(self, name: str, tensor: Tensor, called: str) -> None:
        if not tensor.axes:
            return
        array, shape = self.spell(name), self._shape(tensor.axes)
        with self.lines.block(f"if {array}.shape != {shape}:"):
            self.lines.add(f'raise misshapen("{called}", {array}, {shape})')

    # ---- the passes -------------------------------------------------------------------------
    def _pass(self, name: str, one: Pass, kept: tuple[str, ...]) -> None:
        spell = self.spell
        upstream = dict(self.program.upstream.items()) if name == "backward" else {}
        more = {**{t: t for t in kept}, **{g: f"d{t}" for t, g in upstream.items()}}
        taken = [*map(spell, self.given), *map(spell, more)]
        sizes = [self._size(s) for s in self.sizes]
        called = [spell(t) for t in (*one.reads, *one.writes)]
        self.lines.add("", "", f"def ready_{name}({', '.join(taken)}):")
        with self.lines.block('    """What runs, what it takes, and what it fills, by name."""'):
            given = ", ".join(map(spell, self.given))
            self.lines.add(f"{row([*map(spell, self.given), *sizes])} = inputs({given})")
            for tensor, place in more.items():
                self._fit(tensor, self._tensor(tensor, one), place)
                self._check(tensor, self._tensor(tensor, one), place)
            self._make_room(one, self.rooms[name].needed)
            self.lines.add("filled = {")
            for key, tensor in self._returned(name):
                flat = "" if one.tensors[tensor].axes else ".reshape(())"
                self.lines.add(f'    "{key}": {spell(tensor)}{flat},')
            self.lines.add("}", f"run = {name}_loops")
            for test in self.tests[name]:
                self.lines.add(f"if {test}:", f"    run = {name}_in_stages")
                if strayed(one):
                    self.lines.add(f"    entries({', '.join([*map(spell, self.given), *sizes])})")
            self.lines.add(f"return run, {row([*called, *sizes])}, filled")
        self.lines.add("", "", f"def {name}({', '.join(taken)}):")
        self.lines.add(*self._docstring(name, (*self.given, *more)))
        self.lines.add(f"    run, taken, filled = ready_{name}({', '.join(taken)})")
        given = ", ".join(map(spell, self.given))
        refused = [f"    if run(*taken):\n        entries(*inputs({given}))"]
        self.lines.add(*(refused if strayed(one) else ["    run(*taken)"]), "    return filled")
        self._at(name, one, called, sizes)

    def _at(self, name: str, one: Pass, called: list[str], sizes: list[str]) -> None:
        """The pass for arrays that stay in their place: it is called with one number."""
        loops, inside = f"{name}_loops", f"{name}_inside"
        self.lines.add(
            "",
            "",
            "# Compiled anew: code that is optimised twice adds up in another order.",
            f'{inside} = compiled(getattr({loops}, "py_func", {loops}))',
        )
        self.lines.add("", "", "@kept", f"def {name}_at(place):")
        with self.lines.block('    """The pass over arrays whose addresses stand in a table."""'):
            for k, size in enumerate(sizes, len(called)):
                self.lines.add(f"{size} = number_at(place, {k})")
            for k, tensor in enumerate((*one.reads, *one.writes)):
                described = self._tensor(tensor, one)
                shape = self._shape(described.axes)
                self.lines.add(
                    f"{self.spell(tensor)} = carray(address_at(place, {k}, "
                    f"{self.code.kind(described)}), {shape})"
                )
            self.lines.add(f"return {inside}({', '.join([*called, *sizes])})")

    def _docstring(self, name: str, taken: tuple[str, ...]) -> list[str]:
        """The docstring of a pass, as lines."""
        names = {t: self.spell(t) for t in taken}
        write = docstrings.of_backward if name == "backward" else docstrings.of_forward
        first, *rest = write(self.program, names)
        return [f'    """{first}', *("    " + r if r else "" for r in rest), '    """']

    def _returned(self, name: str) -> list[tuple[str, str]]:
        if name == "backward":
            return [(t, g) for t, g in self.program.gradients.items()]
        return [(t, t) for t in self.program.values]

    def _tensor(self, name: str, one: Pass) -> Tensor:
        return one.tensors[name] if name in one.tensors else self.program.network.tensors[name]

    def _make_room(self, one: Pass, needed: Mapping[str, tuple[int, int]]) -> None:
        """The arrays that a pass fills; those `needed` at some of its steps alone share memory."""
        for tensor in one.writes:
            if tensor not in needed:
                self.lines.add(f"{self.spell(tensor)} = {self._room(tensor, one)}")
        sharing = [tensor for tensor in one.writes if tensor in needed]
        if sharing:
            names = ", ".join(map(self.spell, sharing))
            with self.lines.block(f"{names} = rooms(real,"):
                for tensor in sharing:
                    first, last = needed[tensor]
                    shape = self._shape(one.tensors[tensor].axes)
                    self.lines.add(f"({shape}, {first}, {last}),")
            self.lines.add(")")

    def _room(self, name: str, one: Pass) -> str:
        tensor = one.tensors[name]
        room = "empty" if one.fills(name) else "zeros"
        return f"on_line(np.{room}, {self._shape(tensor.axes)}, {self.code.kind(tensor)})"

    def _shape(self, axes: tuple[Expr, ...]) -> str:
        return row(self.code.integer(a) for a in axes) if axes else "(1,)"

    def _size(self, symbol: Symbol) -> str:
        return self.code.spelling.symbol(symbol)


def strayed(one: Pass) -> list[Tensor]:
    """The integers that a pass is given and makes subscripts of."""
    read = (one.tensors[name] for name in one.reads if name in one.tensors)
    return [tensor for tensor in read if tensor.given and tensor.integral]


def row(parts: Iterable[str]) -> str:
    """A tuple as text."""
    parts = list(parts)
    return f"({', '.join(parts)}{',' if len(parts) == 1 else ''})"
