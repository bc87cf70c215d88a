"""A pass as steps: compiled loops and, where patterns allow, matrix products and window sums.

Large problems run step by step: each step is a call of a compiled function, of NumPy's matrix
product, or of the prelude. A recurrence is a loop of Python over its times.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from sympy import Add, Expr, Integer

from deltarule.kernels.code import Code
from deltarule.kernels.lines import Lines
from deltarule.kernels.patterns import product_of, windows_of
from deltarule.kernels.products import ProductWriter, points, products_of
from deltarule.kernels.scans import Scans, time_span
from deltarule.kernels.windowed import fits, write_windows
from deltarule.notation.equations import Equation
from deltarule.notation.nodes import reads, tensor_name
from deltarule.notation.recurrences import Block, Recurrence, equations_of
from deltarule.notation.symbols import Index
from deltarule.notation.text import text


class Steps:
    """Writes a pass: `functions` are compiled, `body` calls them in their order.

    `work` counts what the products add up; where it is small, one compiled function does better.
    """

    def __init__(self, code: Code, name: str, arguments: Sequence[str], parallel: bool):
        self.code, self.name, self.arguments, self.parallel = code, name, arguments, parallel
        self.functions, self.body = Lines(), Lines()
        self.prelude: set[str] = set()
        self.work: Expr = Integer(0)
        self._segment: Lines | None = None
        self._times: list[str] = []
        self._count = 0
        self._begun: dict[int, Equation] = {}

    def write(self, blocks: Sequence[Block]) -> None:
        """All blocks."""
        for block in blocks:
            self._block(block, {})
        self._flush()

    # ---- blocks -----------------------------------------------------------------------------
    def _block(self, block: Block, held: Mapping[int, tuple[Index, ...]]) -> None:
        if isinstance(block, Recurrence):
            if self._has_products(block):
                self._scan(block, held)
            else:
                self._loops(block, held)
            return
        known = held.get(id(block), ())
        block = self._begun.get(id(block), block)
        held = {**held, id(block): known} if known else held
        if not self._by_windows(block, known) and not self._by_products(block, known):
            self._loops(block, held)

    def _has_products(self, block: Recurrence) -> bool:
        times = {id(e): i for e, i, _ in block.times}
        return any(
            products_of(e, self.code.tensors, [times[id(e)]] if times[id(e)] else [])[0]
            for e in block.equations
        )

    def _by_windows(self, equation: Equation, known: Sequence[Index]) -> bool:
        pattern, found = windows_of(equation, self.code.tensors), product_of(equation)
        if known or pattern is None or found is None or not fits(pattern) or self.code.complex:
            return False
        total, rest, _ = found
        self._loops(replace(equation, rhs=rest), {})
        self._flush()
        self.prelude.add("windows")
        self.body.comment(f"{text(equation.lhs)} += {text(total)}")
        write_windows(pattern, self.code, self.body)
        self._count_points(equation, [n for _, n in total.ranges])
        return True

    def _by_products(self, equation: Equation, known: Sequence[Index]) -> bool:
        products, rest = products_of(equation, self.code.tensors, known)
        if not products:
            return False
        products.sort(key=lambda p: bool(p.conditions))
        writer = ProductWriter(self.code, equation, known)
        begun = equation.lhs in Add.make_args(rest)
        first = not products[0].conditions and not begun
        if begun and rest != equation.lhs or not begun and not first:
            self._loops(replace(equation, rhs=rest), {id(equation): known}, equation)
        self._flush()
        self.body.comment(f"{text(equation.lhs)} = {text(equation.rhs)}")
        for k, product in enumerate(products):
            self.work += points(equation, product)
            tests = " and ".join(self.code.condition(c) for c in product.conditions)
            lines = writer.lines(product, first and k == 0)
            if tests:
                with self.body.block(f"if {tests}:"):
                    self.body.add(*lines)
            else:
                self.body.add(*lines)
        if first and rest != 0:
            more = replace(equation, rhs=equation.lhs + rest)
            self._loops(more, {id(equation): known}, equation)
        return True

    def _count_points(self, equation: Equation, extents: list[Expr]) -> None:
        total: Expr = Integer(1)
        for extent in (*(n for _, n in equation.ranges), *extents):
            total = total * extent
        self.work += total

    # ---- recurrences ------------------------------------------------------------------------
    def _scan(self, block: Recurrence, held: Mapping[int, tuple[Index, ...]]) -> None:
        self._flush()
        before = list(self._times)
        for equation in block.equations:
            self._begin(equation, block)
        self._flush()
        head, times = time_span(block, self.code)
        with self.body.block(head):
            for part in self._products_first(block):
                self._at(part, block, times, held)
            self._flush()
        self._times = before

    def _products_first(self, block: Recurrence) -> list[Block]:
        """The parts of one time, matrix products as early as what they read at that time allows.

        The loops between them are then few and long.
        """
        index_of = {id(e): i for e, i, _ in block.times}

        def waits_for(part: Block, other: Block) -> bool:
            written = {e.name for e in equations_of(other)}
            now = [(index_of[id(e)], r) for e in equations_of(part) for r in reads(e.rhs)
                   if tensor_name(r) in written]
            return any(t is None or t in r.indices for t, r in now)

        waiting, result = list(block.parts), []
        while waiting:
            ready = [p for p in waiting
                     if not any(waits_for(p, q) for q in waiting if q is not p)] or waiting
            chosen = next((p for p in ready if self._is_product(p)), ready[0])
            waiting.remove(chosen)
            result.append(chosen)
        return result

    def _is_product(self, part: Block) -> bool:
        if isinstance(part, Recurrence):
            return False
        return id(part) in self._begun or product_of(part) is not None

    def _begin(self, equation: Equation, block: Recurrence) -> None:
        """Compute, for all times at once, what an equation adds up that needs no other time."""
        writers = [e for e in block.equations if e.name == equation.name]
        now = [t for t in Add.make_args(equation.rhs)
               if not {tensor_name(r) for r in reads(t)} & block.names]
        later = [t for t in Add.make_args(equation.rhs) if t not in now]
        plain = all(isinstance(s, Index) for s in equation.subscripts)
        if not later or not plain or len(writers) > 1:
            return
        whole = replace(equation, rhs=Add(*now))
        if products_of(whole, self.code.tensors)[0]:
            self._block(whole, {})
            self._begun[id(equation)] = replace(equation, rhs=Add(equation.lhs, *later))

    def _at(self, part: Block, block: Recurrence, times, held) -> None:
        members = equations_of(part)
        now = dict(held)
        index_of = {id(e): i for e, i, _ in block.times}
        for e in members:
            index = index_of[id(e)]
            now[id(e)] = (*held.get(id(e), ()), *([index] if index else []))
        names = [self.code.spelling.symbol(index_of[id(e)]) for e in members if index_of[id(e)]]
        before = list(self._times)
        if times.alike:
            self._times += [n for n in dict.fromkeys(names) if n not in before]
            self._set(times.settings(members), self.body, once=True)
            self._block(part, now)
        else:
            self._flush()
            with self.body.block(times.test(members)):
                self._times += [n for n in dict.fromkeys(names) if n not in self._times]
                self._set(times.settings(members), self.body)
                self._block(part, now)
                self._flush()
            self._times = before

    def _set(self, settings: list[str], lines: Lines, once: bool = False) -> None:
        fresh = [s for s in settings if not once or not lines.ends_with(s)]
        if fresh:
            self._flush()
            lines.add(*fresh)

    # ---- compiled segments ------------------------------------------------------------------
    def _loops(self, block: Block, held: Mapping, like: Equation | None = None) -> None:
        """Loops that go into the segment being written."""
        if self._segment is None:
            self._segment = Lines(1)
        if like is not None:
            held = {id(block): held[id(like)]}
        scans = Scans(self.code, self._segment, self.parallel and not held)
        scans.block(block, held)
        self.prelude |= scans.prelude

    def _flush(self) -> None:
        """Close the segment: a compiled function, and its call."""
        if self._segment is None:
            return
        self._count += 1
        name = f"{self.name}_{self._count}"
        inside = str(self._segment)
        words = set(re.findall(r"[^\W\d]\w*", re.sub(r"#.*", "", inside)))
        called = [a for a in (*self.arguments, *self._times) if a in words]
        in_threads = "prange(" in inside
        self.functions.add("", "", "@in_threads" if in_threads else "@compiled")
        self.functions.add(f"def {name}({', '.join(called)}):", inside)
        self.body.add(f"{name}({', '.join(called)})")
        self._segment = None
