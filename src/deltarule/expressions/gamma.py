"""log Γ(x) and its derivatives ψ(x) and ψ′(x), for x > 0 (DLMF, chapter 5).

SymPy's own evaluate themselves at integers and turn into ψ of any order; these stay as written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sympy import Expr, Function

from deltarule.errors import DeltaruleError


def no_third_derivative() -> DeltaruleError:
    """The refusal of what lies beyond ψ′."""
    return DeltaruleError(
        "ψ′(x), the second derivative of log Γ(x), is differentiated no further",
        "the third derivative of log Γ",
        "ask for first and second derivatives where log Γ(x) is of what is learnt",
    )


class Real(Function):
    """A function of one real number, as it is written."""

    is_real = True

    if TYPE_CHECKING:

        def __new__(cls, *args: Expr) -> Expr: ...

        @property
        def args(self) -> tuple[Expr, ...]: ...


class Trigamma(Real):
    """ψ′(x), the second derivative of log Γ(x)."""

    def fdiff(self, argindex: int = 1) -> Expr:
        raise no_third_derivative()


class Digamma(Real):
    """ψ(x), the derivative of log Γ(x)."""

    def fdiff(self, argindex: int = 1) -> Expr:
        return Trigamma(self.args[0])


class LogGamma(Real):
    """log Γ(x)."""

    def fdiff(self, argindex: int = 1) -> Expr:
        return Digamma(self.args[0])
