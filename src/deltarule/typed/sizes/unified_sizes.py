"""Sizes that are found equal, by the places where their axes meet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sympy import Add, Expr, Integer

from deltarule.expressions.symbols import Size
from deltarule.typed.equation_texts import TypedEquation


class Unequal(Exception):
    """Two extents that have to be equal, and are not yet known to be."""

    def __init__(self, one: Expr, two: Expr):
        super().__init__(one, two)
        self.one, self.two = one, two


class UnifiedSizes:
    """Classes of equal sizes; a class may be known to be a number."""

    def __init__(self, lines: Iterable[TypedEquation]) -> None:
        #: Letters of sizes at the ends of sums; what no index runs along is not called so.
        self.ends = frozenset[str]().union(*(e.ends for e in lines))
        self._above: dict[Expr, Expr] = {}
        self.letters: dict[str, Expr] = {}
        #: Letters of sizes that are written: N of x[N − 1 − n].
        self.said: set[str] = set()
        #: Below what labels lie, tensors that are read at.
        self.labels: dict[str, Expr] = {}

    def label(self, name: str, size: Expr) -> None:
        """Note a label that is read at an axis: all its axes are of one size. Raises Unequal."""
        known = self.labels.setdefault(name, size)
        if self.of(known) != self.of(size):
            raise Unequal(known, size)

    def of(self, size: Expr) -> Expr:
        """The one that stands for all that are equal to a size."""
        while size in self._above:
            size = self._above[size]
        if isinstance(size, Add):  # N − 1 of x[1:]
            parts = {s: self.of(s) for s in size.free_symbols}
            size = size.xreplace(parts).expand()  # type: ignore[assignment, arg-type]
        return size

    def join(self, one: Expr, two: Expr) -> bool:
        """Note that two are equal; False where they differ whatever sizes there are."""
        one, two = self.of(one), self.of(two)
        if one == two:
            return True
        if isinstance(one, Integer) and isinstance(two, Integer):
            return False
        if isinstance(one, Add) or isinstance(two, Add):
            return self._join_parts((one - two).expand())
        if isinstance(one, Integer):
            one, two = two, one
        self._above[one] = two
        return True

    def _join_parts(self, difference: Expr) -> bool:
        """Note that a difference of sizes is 0: M is N − 1; False for one that is a number."""
        for size in sorted(difference.free_symbols, key=str)[::-1]:
            factor = difference.coeff(size)  # type: ignore[arg-type]
            if factor in (1, -1):
                self._above[size] = (size - factor * difference).expand()  # type: ignore[index]
                return True
        return False

    def letter(self, index: str) -> Expr:
        """The extent of an index, by its letter."""
        return self.letters.setdefault(index, Size(f"size_of_{index}"))

    def named(
        self, sizes: Iterable[Expr], taken: Iterable[str], letters: str = "NMKLDHPQR"
    ) -> dict[Expr, Expr]:
        """A letter for each class of the sizes, that of an index where there is one.

        Neither it nor the index of its axis, n of N, is a name that is taken.
        """
        taken = set(taken)
        used = {form for name in taken for form in (name, name.upper())}
        names: dict[Expr, Expr] = {}
        for index in sorted(self.letters, key=lambda i: i not in self.said):
            size = self.letters[index]
            root, own = self.of(size), index.upper()
            if own.isidentifier() and root not in names and isinstance(root, Size):
                free = own not in (taken if index in self.said else used)
                other = next((n for n in letters if n not in used), "") if own == "I" else ""
                names[root] = Size(own if free else other or f"{own}_{own}")
                used.add(str(names[root]))
        free = (n for n in letters if n not in used | self.ends)
        for size in sizes:
            root = self.of(size)
            if isinstance(root, Size) and root not in names:
                names[root] = Size(next(free, f"N_{len(names)}"))
        return names


def final_size(size: Expr, sizes: UnifiedSizes, names: Mapping[Expr, Expr]) -> Expr:
    """The name of a size, once there are names."""
    root = sizes.of(size)
    return names.get(root, root.xreplace(dict(names)))  # type: ignore[arg-type]
