"""Wrong lines that differ from the right one in what they read: another tensor, another entry.

There are hundreds for a line, and hardly one of them is ever shown: the formula is written out
when it is asked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from functools import cached_property, lru_cache

from sympy import Basic, Expr

from deltarule.expressions.nodes import Delta, Read, Reduction, free_indices, reads, tensor_name
from deltarule.expressions.substitution import replace_reads
from deltarule.networks.equations import Equation


class Reread(Equation):
    """An equation with something else in the place of every read of some of its tensors.

    `table` holds what stands for each read of these tensors in the formula of `right`.
    """

    def __init__(self, right: Equation, table: Mapping[Expr, Expr]):
        own = {name: getattr(right, name) for name in _FIELDS}
        self.__dict__.update(own, indices=right.indices, right=right, table=dict(table))

    right: Equation
    table: dict[Expr, Expr]

    def __getattr__(self, name: str) -> Expr:
        if name != "rhs":
            raise AttributeError(name)
        formula = replaced(self.right.rhs, self.table)
        object.__setattr__(self, "rhs", formula)
        return formula

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Reread):
            same = self.right is other.right or self.right == other.right
            return same and self.table == other.table
        return NotImplemented

    def __hash__(self) -> int:
        return hash((self.name, *self.table.values()))

    @cached_property
    def opened(self) -> frozenset:
        """The reads that something else stands for."""
        return frozenset(self.table)

    @cached_property
    def accesses(self) -> tuple[Expr, ...]:
        """All that it reads, each once."""
        kept = (r for r in reads(self.right.rhs) if r not in self.table)
        return tuple(dict.fromkeys([*kept, *(r for e in self.table.values() for r in reads(e))]))

    @cached_property
    def filling_names(self) -> frozenset[str]:
        """The names of what is read instead."""
        return frozenset(tensor_name(r) for e in self.table.values() for r in reads(e))

    @cached_property
    def kept_names(self) -> frozenset[str]:
        """The names of what is read as in the right formula."""
        return frozenset(tensor_name(r) for r in reads(self.right.rhs) if r not in self.table)

    @cached_property
    def _read_names(self) -> frozenset[str]:
        return self.filling_names | self.kept_names


#: What it has of the right equation.
_FIELDS = tuple(field.name for field in fields(Equation) if field.name != "rhs")


def replaced(formula: Expr, table: Mapping[Expr, Expr]) -> Expr:
    """A formula with other things in the place of some of its reads."""
    return replace_reads(formula, lambda access: table.get(access, access))


@lru_cache(maxsize=1 << 14)
def marks(formula: Basic) -> frozenset:
    """The reads and the deltas of a formula, those in subscripts apart: by these, formulas that
    differ in what they read are said apart without being written out."""
    found: set = set()
    stack = [formula]
    while stack:
        node = stack.pop()
        if isinstance(node, Read | Delta):
            found.add(node)
        elif isinstance(node, Reduction):
            stack += [node.body, *node.conditions]
        else:
            stack.extend(node.args)
    return frozenset(found)


def distinct_marks(wrong: Reread) -> frozenset | None:
    """The marks of its formula, where it is sure to have these and to be sound; else None.

    That is so if it is the right formula but for the names of its parts: then nothing cancels, and
    nothing is gathered, that did not before.
    """
    own, names = _own_marks(wrong.right.rhs)
    moved = {old: new for old, new in wrong.table.items() if old != new}
    if not moved or not moved.keys() <= own:
        return None
    bound, apart = frozenset(wrong.indices), set()
    for old, new in moved.items():
        fresh = marks(new) - {old}
        if not fresh or not fresh.isdisjoint(own) or fresh in apart:
            return None
        others = {tensor_name(a) for a in fresh if isinstance(a, Read)} & names
        if not others <= {tensor_name(old)} or not free_indices(new) <= bound | free_indices(old):
            return None
        apart.add(fresh)
    return (own - moved.keys()).union(*map(marks, moved.values()))


@lru_cache(maxsize=1 << 12)
def _own_marks(formula: Expr) -> tuple[frozenset, frozenset[str]]:
    """The marks of a right formula with the names that it reads; none where a subscript reads."""
    own = marks(formula)
    if any(len(reads(a)) > 1 for a in own):
        return frozenset(), frozenset()
    return own, frozenset(tensor_name(a) for a in own if isinstance(a, Read))
