"""The word `Softmax[k](z[n, k])`, which is exp(z[n, k]) / Sum[j](exp(z[n, j]))."""

from __future__ import annotations

from sympy import Expr, Integer

from deltarule.errors import DeltaruleError
from deltarule.expressions import nodes
from deltarule.expressions.functions import exp
from deltarule.expressions.nodes import Read, index_names
from deltarule.expressions.substitution import substitute
from deltarule.expressions.symbols import Index, fresh
from deltarule.language.comparisons import cases
from deltarule.language.declarations import current
from deltarule.language.given_expressions import expression
from deltarule.language.reductions import ReductionWord, counted
from deltarule.spelling.text import text


class SoftmaxWord(ReductionWord):
    """`Softmax[k](z[n, k])`: exp(z[n, k]) over the sum of such terms for all values of k."""

    def _made(self, body: Expr, ranges: list, conditions: list) -> Expr:
        taken: set[str] = index_names(body)
        table: dict[Index, Index] = {}
        for index, _ in ranges:
            table[index] = fresh(index.name, taken)
            taken |= {table[index].name}
        apart = [c.xreplace(table) for c in conditions]
        over = [(table[index], extent) for index, extent in ranges]
        share = exp(body) / counted(nodes.Sum, exp(substitute(body, table)), over, apart)
        for condition in reversed(conditions):
            share = cases(condition, share, Integer(0), current())
        return share


class SmallSoftmax(SoftmaxWord):
    """softmax(z[n, k]) is Softmax[k](z[n, k]): over the last axis that is read; and so is
    softmax[k](z[n, k])."""

    def __call__(self, value, *more, **how) -> Expr:
        """Raises DeltaruleError for what is not one entry of a tensor."""
        page = current()
        at = expression(value, page)
        last = at.indices[-1] if isinstance(at, Read) and at.indices else None
        if more or how or not isinstance(last, Index):
            raise DeltaruleError(
                f"softmax of {text(at)[:80]} does not say which index it runs over",
                page.place(),
                "name it in square brackets: Softmax[k](z[n, k])",
            )
        return Softmax[last](at)


Softmax, softmax = SoftmaxWord("Softmax", nodes.Sum), SmallSoftmax("softmax", nodes.Sum)
