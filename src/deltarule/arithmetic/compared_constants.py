"""The constants that tensors are compared with by = or ≠, and one for those compared with another.

What is drawn at random is equal to no constant, and no two entries are equal: of a formula that
asks for it, one side alone would be seen.
"""

from __future__ import annotations

from fractions import Fraction

from sympy import Add, Expr, Rational

from deltarule.expressions.conditions import Positive
from deltarule.expressions.nodes import Read, tensor_name, walk
from deltarule.networks.network import Network

#: What tensors hold here and there that are compared with each other.
SHARED = Fraction(3, 8)


def constants_of(network: Network) -> dict[str, tuple[Fraction, ...]]:
    """By tensor what some of its entries are to be: of a = c it is c, of a = b the same for both.

    `a = c` is written as neither being larger.
    """
    found: dict[str, set[Fraction]] = {}
    for equation in network.equations:
        larger = {n.args[0].expand() for n in walk(equation.rhs) if isinstance(n, Positive)}
        for difference in larger:
            if (-difference).expand() in larger:
                for name, constant in (*_read_and_constant(difference), *_both(difference)):
                    found.setdefault(name, set()).add(constant)
    return {name: tuple(sorted(constants)) for name, constants in found.items()}


def _read_and_constant(difference: Expr) -> list[tuple[str, Fraction]]:
    """Of ±(a − c) the tensor of a, and c; nothing of any other expression."""
    constant, rest = difference.as_coeff_Add()
    sign, entry = rest.as_coeff_Mul()
    if not isinstance(entry, Read) or not isinstance(constant, Rational) or abs(sign) != 1:
        return []
    return [(tensor_name(entry), Fraction(int(constant.p), int(constant.q)) * -int(sign))]


def _both(difference: Expr) -> list[tuple[str, Fraction]]:
    """Of a − b the tensors of both, with the same constant; nothing of any other expression."""
    terms = [t.as_coeff_Mul() for t in Add.make_args(difference)]
    entries = [entry for _, entry in terms if isinstance(entry, Read)]
    if len(terms) != 2 or len(entries) != 2 or terms[0][0] != -terms[1][0]:
        return []
    return [(tensor_name(entry), SHARED) for entry in entries]
