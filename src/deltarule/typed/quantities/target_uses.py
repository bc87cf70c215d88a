"""Where a name is used as targets and constants are: t − y, t·log p, 1 − t·s inside a maximum."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from sympy import Add, Basic, Expr, Function, Mul

from deltarule.expressions.conditions import Condition
from deltarule.expressions.nodes import Frozen, Read, Reduction, Sum, reads, tensor_name, walk
from deltarule.expressions.symbols import Index
from deltarule.networks.equations import Equation
from deltarule.networks.reachability import needed_for

#: Functions in which labels of ±1 multiply scores: hinge, logistic and exponential losses.
_OF_MARGINS = ("exp", "log", "log1p", "maximum", "minimum", "relu", "sigmoid", "softplus")


class TargetUses:
    """The uses of names in some equations, beside what is `moving`: what a gradient may be by."""

    def __init__(self, equations: Sequence[Equation], moving: Iterable[str]) -> None:
        self.equations = equations
        self.moving = set(moving)

    def as_target(self, name: str) -> bool:
        """Whether a name is compared with what moves, or stands in conditions alone."""
        others = self.moving - {name}
        if not others:
            return False
        places = [p for e in self.equations for p in _places(e.rhs)]
        bare = [p for p in places if isinstance(p.node, Read) and tensor_name(p.node) == name]
        return not bare or any(self._compares(p, name, others) for p in places)

    def in_prediction(self, name: str, targets: Iterable[str]) -> bool:
        """Whether it stands in what a target is compared with, as α of y − α·x does."""
        targets = set(targets) - {name}
        for sums in (p.node for e in self.equations for p in _places(e.rhs)):
            if isinstance(sums, Add):
                for summand in sums.args:
                    alone = _alone(summand) in targets
                    opposed = (s for s in sums.args if alone and _sign(s) != _sign(summand))
                    if any(name in self._needs(s) for s in opposed):
                        return True
        return False

    def _compares(self, place: _Place, name: str, others: set[str]) -> bool:
        node = place.node
        if isinstance(node, Add):
            return any(
                self._beside(summand, s, name, others)
                for summand in node.args
                if _times(_factors(summand), name) is not None
                for s in node.args
                if s is not summand
            )
        if not isinstance(node, Mul) or (access := _times(node.args, name)) is None:
            return False
        rest = [a for a in node.args if a is not access and self._needs(a) & others]
        margin = place.function and not place.bound & access.free_symbols
        return bool(rest) and (margin or any(_has(a, "log") for a in rest))

    def _beside(self, summand: Expr, sibling: Expr, name: str, others: set[str]) -> bool:
        """Whether a summand with the name is compared with another one."""
        opposed = _sign(summand) != _sign(sibling)
        if _alone(summand) == name:
            one = sibling.is_number and _sign(summand) < 0
            return opposed and (one or bool(self._needs(sibling) & others))
        return opposed and _has(sibling, "exp", "log") and bool(self._needs(sibling) & others)

    def _needs(self, expression: Expr) -> set[str]:
        return needed_for(self.equations, map(tensor_name, reads(expression)))


class _Place:
    """A node of an expression, whether it stands in one of the functions of margins, and the
    indices that are summed over within that function."""

    __slots__ = ("bound", "function", "node")

    def __init__(self, node: Basic, function: bool, bound: frozenset[Index]) -> None:
        self.node, self.function, self.bound = node, function, bound


def _places(expression: Expr) -> Iterator[_Place]:
    """The nodes through which a small step goes: no conditions, subscripts or frozen values."""
    waiting = [_Place(expression, False, frozenset())]
    while waiting:
        place = waiting.pop()
        yield place
        node, function, bound = place.node, place.function, place.bound
        if isinstance(node, Condition | Read | Frozen):
            continue
        if isinstance(node, Reduction):
            inner = bound | frozenset(node.indices) if function else bound
            waiting.append(_Place(node.body, function, inner))
            continue
        if isinstance(node, Function) and type(node).__name__ in _OF_MARGINS:
            function, bound = True, frozenset()
        waiting += [_Place(arg, function, bound) for arg in node.args]


def _times(factors: Iterable[Basic], name: str) -> Read | None:
    """The tensor where it is one of some factors."""
    return next((f for f in factors if isinstance(f, Read) and tensor_name(f) == name), None)


def _factors(summand: Expr) -> tuple[Basic, ...]:
    """What is multiplied, within sums too: t and z of −Σ_k t[k]·z[k]."""
    _, rest = summand.as_coeff_Mul()
    while isinstance(rest, Sum):
        _, rest = rest.body.as_coeff_Mul()
    return rest.args if isinstance(rest, Mul) else (rest,)


def _alone(summand: Expr) -> str:
    """The name of a tensor that is multiplied by a number at most; empty for all else."""
    _, rest = summand.as_coeff_Mul()
    return tensor_name(rest) if isinstance(rest, Read) else ""


def _sign(summand: Expr) -> int:
    coefficient, _ = summand.as_coeff_Mul()
    return -1 if coefficient.is_negative else 1


def _has(expression: Expr, *functions: str) -> bool:
    """Whether one of some functions stands in an expression."""
    return any(isinstance(n, Function) and type(n).__name__ in functions for n in walk(expression))
