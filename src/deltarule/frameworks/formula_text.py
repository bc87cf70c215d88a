"""Formulas with their reductions: sums of products are Einstein sums of their factors."""

from __future__ import annotations

from collections.abc import Sequence
from string import ascii_letters

from sympy import Expr, Mul

from deltarule.expressions import nodes
from deltarule.expressions.matrices import Inverse, LogDet
from deltarule.expressions.support import support
from deltarule.expressions.symbols import Index
from deltarule.frameworks.entry_text import EntryText
from deltarule.frameworks.labelled import Labelled, joined, laid_along, tupled
from deltarule.kernels.python_text.integer_text import ADD, ATOM

_TIES = {nodes.Max: "first", nodes.MaxAll: "all", nodes.MaxSplit: "split"}


class FormulaText(EntryText):
    """Writes whole formulas."""

    def _inner(self, node: nodes.Reduction) -> tuple[Index, ...]:
        """The indices of a reduction, which are axes within it. What they were before is lost."""
        self.extents.update(node.ranges)
        fresh = tuple(i for i in node.indices if i not in self.order)
        self.order = (*self.order, *fresh)
        self.spell_apart(fresh)
        return node.indices

    def _sum(self, node: nodes.Sum) -> Labelled:
        indices = self.summed = self._inner(node)
        tests, body = self.tests_apart(node.body)
        conditions = [*self._beside_shapes(node), *tests]
        # What Python itself decides comes first: beyond the last time nothing is read.
        decided = [c for c in conditions if self.is_number(c)]
        chosen = self.all_hold(decided)
        with self.under(*self.integers.given, *decided):
            mask = self.all_hold([c for c in conditions if c not in decided])
            inner = self._total(body, indices, mask)
        return inner if chosen is None else self.where(chosen, inner, Labelled("0.0", number=True))

    def _beside_shapes(self, node: nodes.Sum) -> list[nodes.Condition]:
        """The conditions that do more than to keep a factor's place within its shape.

        Beyond its shape a factor is 0 here, unless its tensor is declared to be something else.
        """
        said = set()
        for factor in Mul.make_args(node.body):
            if isinstance(factor, nodes.Read):
                tensor = self.tensors[nodes.tensor_name(factor)]
                if tensor.outside in (None, 0):
                    for subscript, axis in zip(factor.indices, tensor.axes, strict=True):
                        said |= {subscript.expand(), (axis - 1 - subscript).expand()}
        return [
            c
            for c in node.conditions
            if not (isinstance(c, nodes.AtLeastZero) and self.labels_of([c]))
            or c.args[0].expand() not in said
        ]

    def _total(self, body: Expr, indices: tuple[Index, ...], mask: Labelled | None) -> Labelled:
        number, rest = body.as_coeff_Mul()
        narrow = [f for f in Mul.make_args(rest) if _is_narrow(f)]
        # Beyond its support a factor is 0, whatever the others are there.
        weights = [self.named(self.array(f), "weight") for f in narrow]
        above, below = self.factors(Mul(*(f for f in Mul.make_args(rest) if f not in narrow)))
        above = [*weights, *above]
        front = [self.array(number)] if number != 1 else []
        front += [p for p in above if p.number]
        above = [p for p in above if not p.number]
        divisors = [p for p in below if p.number]
        above += [self.quotient([], [p]) for p in below if not p.number]
        masks = [] if mask is None else [mask]
        if mask is not None:
            above = self._masked(above, mask)
        if len(above) > 1:
            reads = (f for f in Mul.make_args(rest) if isinstance(f, nodes.Read))
            masks += [where for where in map(self._inside, reads) if where is not None]
            masks += [Labelled(f"{w.bound(ADD)} != 0", w.labels, 0) for w in weights]
        present = {i for p in above for i in p.labels}
        counts = [self.array(self.extents[i]) for i in indices if i not in present]
        # A factor beside a sum of nothing would be 0·NaN: it is within where there is a mask.
        within = len(above) > 1 and bool(masks)
        kept = [p for p in above if not within and not set(p.labels) & set(indices)]
        summed = [p for p in above if p not in kept]
        total = [self._einsum(summed, indices, masks)] if summed else []
        return self.quotient([*front, *counts, *kept, *total], divisors)

    def _inside(self, node: nodes.Read) -> Labelled | None:
        """Where a read lies within its shape, beyond which it is 0; None for everywhere."""
        tensor = self.tensors[nodes.tensor_name(node)]
        labels = self.labels_of(node.indices)
        if (
            not labels
            or tensor.outside not in (None, 0)
            or self.plain_places(node, tensor) is not None
        ):
            return None
        if all(map(self.integers.within, node.indices, tensor.axes)):
            return None
        self.grid(labels)
        at = tupled([self.integers.integer(s) for s in node.indices])
        shape = f"{self.spelling.tensor(tensor.name)}.shape"
        return self.named(Labelled(f"inside({at}, {shape})", labels), "inner")

    def _masked(self, parts: list[Labelled], mask: Labelled) -> list[Labelled]:
        """The factors, one of which is 0 where the mask does not hold."""
        zero = Labelled("0.0", number=True)
        for k, part in enumerate(parts):
            if set(mask.labels) <= set(part.labels):
                return [*parts[:k], self.where(mask, part, zero), *parts[k + 1 :]]
        product = self.quotient(parts, []) if parts else Labelled("1.0", number=True)
        return [self.where(mask, product, zero)]

    def _einsum(
        self, parts: Sequence[Labelled], indices: Sequence[Index], masks: Sequence[Labelled]
    ) -> Labelled:
        """The sum of the products of some factors, over the entries for which all masks hold."""
        labels = tuple(i for i in joined(parts, self.order) if i not in indices)
        if len(parts) == 1:
            own = parts[0].labels
            axes = tuple(k for k, i in enumerate(own) if i in indices)
            left = tuple(i for i in own if i not in indices)
            function = f"{self.dialect.module}.sum"
            return Labelled(f"{function}({parts[0].text}, {_axes(axes)})", left)
        letters = self._letters(joined(parts, self.order))
        called = f"{self.dialect.module}.einsum"
        if masks:
            called, along = "einsum_where", joined(masks, self.order)
            where = " & ".join(laid_along(m, along, self.dialect).bound(ATOM) for m in masks)
            parts = [Labelled(where, along), *parts]
        takes = ",".join("".join(letters[i] for i in p.labels) for p in parts)
        gives = "".join(letters[i] for i in labels)
        texts = ", ".join(p.text for p in parts)
        return Labelled(f'{called}("{takes}->{gives}", {texts})', labels)

    def _letters(self, labels: Sequence[Index]) -> dict[Index, str]:
        """A letter for each index: its own where it is one."""
        own = {i: i.name for i in labels if len(i.name) == 1 and i.name in ascii_letters}
        free = (c for c in ascii_letters if c not in own.values())
        return {i: own.get(i) or next(free) for i in labels}

    def _whole(self, node: nodes.Reduction, least: str) -> tuple[str, str, tuple[Index, ...]]:
        """A body along all of its indices, the axes to reduce, and the labels that are left."""
        return self._masked_whole(node, least)[:3]

    def _masked_whole(self, node: nodes.Reduction, least: str) -> tuple:
        """The same, and where the conditions hold as an argument `among`, or nothing."""
        indices = self._inner(node)
        body = self.array(node.body)
        mask = self.all_hold(node.conditions)
        if mask is not None:
            body = self.where(mask, body, Labelled(least, (), ADD, number=True))
        free = tuple(i for i in joined((body,), self.order) if i not in indices)
        labels = (*free, *indices)
        text = laid_along(body, labels, self.dialect).text
        missing = [i for i in indices if i not in body.labels]
        if missing or body.number:
            shape = ", ".join(self.integers.integer(self.extents[i]) for i in labels)
            text = f"{self.dialect.call('broadcast_to')}({text}, ({shape},))"
        axes = _axes(tuple(range(len(free), len(labels))))
        return text, axes, free, self._among(mask, labels)

    def _among(self, mask: Labelled | None, labels: Sequence[Index]) -> str:
        if mask is None:
            return ""
        return f", among={laid_along(mask, labels, self.dialect).text}"

    def _max(self, node: nodes.Max) -> Labelled:
        text, axes, labels = self._whole(node, "-math.inf")
        return Labelled(f"largest({text}, {axes})", labels)

    def _log_sum_exp(self, node: nodes.LogSumExp) -> Labelled:
        text, axes, labels = self._whole(node, "-math.inf")
        return Labelled(f"logsumexp({text}, {axes})", labels)

    def _product(self, node: nodes.Product) -> Labelled:
        text, axes, labels = self._whole(node, "1.0")
        for axis in reversed(axes.strip("(),").split(", ")):
            text = f"{self.dialect.module}.prod({text}, {axis})"
        return Labelled(text, labels)

    def _selection(self, node: nodes.Selection) -> Labelled:
        """Which entries are the largest; where the equation has none of its indices, the first."""
        maximum = node.maximum
        if not set(maximum.indices) & set(self.order):
            text, axes, labels, among = self._masked_whole(maximum, "-math.inf")
            return Labelled(f"first_largest({text}, {axes}{among})", labels)
        self._inner(maximum)
        body, mask = self.array(maximum.body), self.all_hold(maximum.conditions)
        least = Labelled("-math.inf", (), ADD, number=True)
        body = body if mask is None else self.where(mask, body, least)
        labels = self.order
        shape = ", ".join(self.integers.integer(self.extents[i]) for i in labels)
        text = laid_along(body, labels, self.dialect).text
        wide = f"{self.dialect.call('broadcast_to')}({text}, ({shape},))"
        axes = _axes(tuple(labels.index(i) for i in maximum.indices))
        ties = _TIES[type(maximum)]
        more = "" if ties == "first" else f', "{ties}"'
        return Labelled(f"chosen({wide}, {axes}{more}{self._among(mask, labels)})", labels)

    def _inverse(self, node: Inverse) -> Labelled:
        body, row, column, extent = node.args
        self.extents.update({row: extent, column: extent})
        self.order = (*(i for i in self.order if i not in (row, column)), row, column)
        inner = self.array(body)
        free = tuple(i for i in joined((inner,), self.order) if i not in (row, column))
        labels = (*free, row, column)
        return Labelled(f"inverse({laid_along(inner, labels, self.dialect).text})", labels)

    def _log_det(self, node: LogDet) -> Labelled:
        text, _, labels = self._whole(node, "0.0")
        return Labelled(f"log_determinant({text})", labels)

    methods = {
        **EntryText.methods,
        nodes.Sum: _sum, nodes.Max: _max, LogDet: _log_det, nodes.LogSumExp: _log_sum_exp,
        nodes.Product: _product, nodes.Selection: _selection, Inverse: _inverse,
    }  # fmt: skip


def _axes(axes: Sequence[int]) -> str:
    return tupled([*map(str, axes)])


def _is_narrow(factor: Expr) -> bool:
    """Whether a factor is 0 but for a few values of an index."""
    return any(support(factor, i) for i in nodes.free_indices(factor))
