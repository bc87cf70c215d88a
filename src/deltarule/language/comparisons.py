"""Statements as derivation files write them: j <= i, x[n] >= 0.5, equal(y[n], k), a & b, ~a.

What is about integers (indices, sizes, labels) is a condition that loops take; what is about
real numbers chooses between values. A loop's conditions are about integers alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

from sympy import Add, Basic, Expr, Integer, Not, Number, Rational, Tuple, ilcm
from sympy.core.relational import (
    Equality,
    GreaterThan,
    LessThan,
    Relational,
    StrictGreaterThan,
    StrictLessThan,
    Unequality,
)
from sympy.logic.boolalg import And, Boolean, BooleanAtom, Or

from deltarule.errors import DeltaruleError
from deltarule.expressions import nodes
from deltarule.expressions.conditions import Every, Fails, Some
from deltarule.expressions.integer_comparisons import of_sums
from deltarule.expressions.largest_position import plain
from deltarule.expressions.symbols import Scalar
from deltarule.language.declarations import Page, current
from deltarule.language.given_expressions import expression

#: Statements that are made of others, by SymPy of two comparisons and by us of others.
_ALL, _SOME, _DENIED = (And, Every), (Or, Some), (Not, Fails)
_Strict = StrictGreaterThan | StrictLessThan
_SIGNS = {">=": "≥", "<=": "≤", "==": "=", "!=": "≠"}


def equal(one, other) -> nodes.Condition:
    """The statement that two numbers are equal: `where(equal(y[n], k), 1, 0)`."""
    page = current()
    return nodes.Equal(expression(one, page), expression(other, page))


def differ(one, other) -> nodes.Condition:
    """The statement that two numbers differ: `where=differ(c, label[n])`."""
    page = current()
    return nodes.Unequal(Tuple(expression(one, page)), Tuple(expression(other, page)))


def delta(one, other) -> Expr:
    """The Kronecker delta δ(i, j): 1 where two integers are equal, else 0.

    Raises DeltaruleError for real numbers.
    """
    page = current()
    sides = [expression(v, page) for v in (one, other)]
    for side in sides:
        if not _whole_number(side, page):
            raise DeltaruleError(
                f"delta compares integers, and {side} is none",
                page.place(),
                "write where(equal(a, b), 1, 0) for real numbers",
            )
    if sides[0] == sides[1]:
        return Integer(1)
    return nodes.Sum(Integer(1), (), [nodes.Equal(*sides)])


def indicator(statement) -> Expr | int:
    """1 where a statement holds, 0 elsewhere: indicator(x[n] >= 0), which (x[n] >= 0) is, too."""
    if isinstance(statement, bool):  # of Python's own values, as in (layer == 1)
        return int(statement)
    return cases(statement, Integer(1), Integer(0), current())


def cases(statement, then: Expr, otherwise: Expr, page: Page) -> Expr:
    """`then` where a statement holds, `otherwise` elsewhere.

    Raises DeltaruleError for what is no statement.
    """
    if isinstance(statement, _DENIED):
        return cases(statement.args[0], otherwise, then, page)
    if isinstance(statement, _ALL):
        # The first is asked first: where i ≥ 2 fails, l[i − 2] is not read.
        for part in reversed(statement.args):
            then = cases(part, then, otherwise, page)
        return then
    if isinstance(statement, _SOME):
        for part in reversed(statement.args):
            otherwise = cases(part, then, otherwise, page)
        return otherwise
    if isinstance(statement, GreaterThan | LessThan) and about_reals(statement, page):
        # a ≥ b is that b > a does not hold: there is one sort of condition on real numbers.
        return cases(StrictGreaterThan(statement.lts, statement.gts), otherwise, then, page)
    if isinstance(statement, Equality | Unequality):
        same = isinstance(statement, Equality)
        statement = (equal if same else differ)(statement.lhs, statement.rhs)
    apart = _of_sums(statement, page)
    if apart is not statement:
        return cases(apart, then, otherwise, page)
    if isinstance(statement, nodes.Equal | nodes.Unequal):
        return _equality(statement, then, otherwise, page)
    return nodes.Choose(condition(statement, page), then, otherwise)


def _of_sums(statement, page: Page):
    """A comparison of integers with |·|, max or min taken apart; any other statement as it is."""
    if not isinstance(statement, Basic) or chooses(statement, page):
        return statement
    found = condition(statement, page)
    apart = of_sums(found)
    return statement if apart is found else apart


def _equality(statement: nodes.Equal | nodes.Unequal, then: Expr, otherwise: Expr, page) -> Expr:
    if isinstance(statement, nodes.Unequal):
        # Statements about several pairs are made by the calculus alone.
        ((one,), (other,)) = (part.args for part in statement.args)
        return _equality(nodes.Equal(one, other), otherwise, then, page)
    one, other = statement.args
    if not (_whole_number(one, page) and _whole_number(other, page)):
        above, below = nodes.Positive(one - other), nodes.Positive(other - one)
        return nodes.Choose(above, otherwise, nodes.Choose(below, otherwise, then))
    if otherwise == 0:
        return nodes.Sum(then, (), [statement])
    if then == 0:
        return nodes.Sum(otherwise, (), [nodes.Unequal(Tuple(one), Tuple(other))])
    return nodes.Choose(statement, then, otherwise)


def conditions(where, page: Page) -> list:
    """The statements of `where=`, those that are joined by & one by one."""
    wanted = where if isinstance(where, list | tuple) else [where]
    parts = [_of_sums(p, page) for w in wanted for p in _parts(w) if p is not True]
    return [_known(p, page) for part in parts for p in _parts(part)]


def _parts(statement) -> list:
    """The statements that one joins by &."""
    if not isinstance(statement, _ALL):
        return [statement]
    return [p for part in statement.args for p in _parts(part)]


def _known(statement, page: Page):
    """A condition that a loop takes, or a statement about real numbers as it is."""
    return statement if chooses(statement, page) else condition(statement, page)


def chooses(statement, page: Page) -> bool:
    """Whether a statement is about real numbers, or made of others by | and ~."""
    if isinstance(statement, (nodes.Positive, *_SOME, *_DENIED)):
        return True
    if isinstance(statement, nodes.Equal | nodes.Unequal):
        return any(not _whole_number(side, page) for side in _compared(statement))
    return about_reals(statement, page)


def _compared(statement: nodes.Equal | nodes.Unequal) -> Iterable[Expr]:
    if isinstance(statement, nodes.Equal):
        return statement.args
    return [side for part in statement.args for side in part.args]


def condition(statement, page: Page) -> nodes.Condition:
    """A comparison of integers, or a strict one of real numbers, as a condition.

    Raises DeltaruleError for anything else.
    """
    if isinstance(statement, nodes.Condition):
        return statement
    if about_reals(statement, page) and not isinstance(statement, _Strict):
        raise DeltaruleError(
            f"{statement} compares real numbers by {_SIGNS.get(statement.rel_op)}",
            page.place(),
            "write > or <; or where(a >= b, then, otherwise), which may take >= and <=",
        )
    if isinstance(statement, GreaterThan | LessThan):
        return nodes.AtLeastZero(_whole(statement, page).expand())
    if isinstance(statement, _Strict):
        if about_reals(statement, page):
            return nodes.Positive(expression(_gap(statement), page))
        return nodes.AtLeastZero((_whole(statement, page) - 1).expand())
    if isinstance(statement, Equality):
        return nodes.Equal(*statement.args)
    if isinstance(statement, Unequality):
        return nodes.Unequal(Tuple(statement.lhs), Tuple(statement.rhs))
    raise _no_statement(statement, page)


def _no_statement(statement, page: Page) -> DeltaruleError:
    if isinstance(statement, bool | BooleanAtom):
        return DeltaruleError(
            f"the statement is {statement} everywhere",
            page.place(),
            "Python's == and != compare formulas, not numbers: write equal(a, b) or differ(a, b)",
        )
    shown = "a combination of statements" if isinstance(statement, Boolean) else str(statement)
    return DeltaruleError(
        f"{shown} is no statement about indices",
        page.place(),
        "write where=j <= i, say; the larger of a Max and a number is max(Max[d](…), 0)"
        if isinstance(statement, int | Number)
        else "write where=j <= i, say",
    )


def about_reals(statement, page: Page) -> bool:
    """Whether it is a comparison of entries of tensors other than integers, or of scalars."""
    if not isinstance(statement, Relational):
        return False
    beside = plain(statement)
    names = {nodes.tensor_name(r) for r in nodes.reads(beside)}
    return bool(beside.atoms(Scalar)) or any(
        name in page.tensors and not page.tensors[name].integral for name in names
    )


def _whole_number(side: Expr, page: Page) -> bool:
    """Whether it is made of indices, sizes and whole data."""
    side = plain(side)
    names = {nodes.tensor_name(r) for r in nodes.reads(side)}
    whole = all(page.tensors[n].integral for n in names if n in page.tensors)
    return whole and not side.atoms(Scalar) and all(n.is_Integer for n in side.atoms(Rational))


def _whole(statement, page: Page) -> Expr:
    """How much larger the greater side of a comparison of indices is, times the denominators: where
    n ≥ 1/2, it is 2·n − 1.
    """
    found = expression(_gap(statement), page).expand()
    factors = (t.as_coeff_Mul()[0] for t in Add.make_args(found))
    return ilcm(1, *(f.q for f in factors if isinstance(f, Rational))) * found


def _gap(statement: GreaterThan | LessThan | StrictGreaterThan | StrictLessThan) -> Expr:
    """How much larger the greater side of a comparison is."""
    # SymPy's annotation says less: that they are nodes.
    return cast(Expr, statement.gts) - cast(Expr, statement.lts)
