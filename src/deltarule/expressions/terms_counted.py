"""How long a formula is: the terms that a reader has to take in."""

from __future__ import annotations

from sympy import Add, Basic, Mul

from deltarule.expressions.conditions import Condition
from deltarule.expressions.nodes import Read, Reduction
from deltarule.expressions.symbols import Size

#: A formula of more terms is taken apart into lines.
MOST_TERMS = 12


def count_terms(node: Basic) -> int:
    """How many values stand in a formula, each as often as it does.

    A value is what is read of a tensor, a constant, an index, or a product of sizes: N·H·W is a
    count, and one value. Numbers are values where they are added, as the 1 in 1 − f. What stands in
    subscripts, in ranges and in conditions is not counted: these limit a term, and add none.
    """
    if isinstance(node, Read):
        return 1
    if isinstance(node, Condition):
        return 0
    if isinstance(node, Reduction):
        return count_terms(node.body)
    if not node.args:
        return int(not node.is_number)
    if isinstance(node, Add):
        return sum(max(count_terms(a), 1) for a in node.args)
    if isinstance(node, Mul):
        counts = [a for a in node.args if _is_count(a)]
        return sum(count_terms(a) for a in node.args if a not in counts) + bool(counts)
    return sum(map(count_terms, node.args))


def _is_count(factor: Basic) -> bool:
    return isinstance(factor, Size) or factor.is_Pow and isinstance(factor.args[0], Size)
