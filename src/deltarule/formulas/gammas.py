"""Γ(x), y! and B(a, b) by log Γ, and the logarithms of their products and quotients."""

from __future__ import annotations

from sympy import Expr, Integer, Mul, Pow

from deltarule.expressions.functions import exp, lgamma, log

#: The beta function's words, and those of its logarithm.
BETA, LOG_BETA = ("B", "Beta", "Β"), ("betaln", "lbeta", "logBeta", "logB", "lnB")
#: What log and ln stand before without parentheses, as in log Γ(a) and ln B(a, b).
OF_GAMMAS = ("Γ", "Gamma", *BETA)


def gamma(z: Expr) -> Expr:
    """Γ(z), for z > 0."""
    return exp(lgamma(z))


def factorial(z: Expr) -> Expr:
    """z!, which is Γ(z + 1)."""
    return gamma(z + 1)


def log_beta(a: Expr, b: Expr) -> Expr:
    """log B(a, b)."""
    return lgamma(a) + lgamma(b) - lgamma(a + b)


def beta(a: Expr, b: Expr) -> Expr:
    """B(a, b)."""
    return exp(log_beta(a, b))


def logarithm(z: Expr) -> Expr:
    """log z; of a product that Γ, y! or B stand in, the sum of their logarithms and of the rest's.

    Γ(171) is the last that float64 holds.
    """
    terms, rest = [], []
    for factor in Mul.make_args(z):
        base, exponent = factor.as_base_exp() if isinstance(factor, Pow) else (factor, Integer(1))
        inside = base.args[0] if isinstance(base, exp) else None
        if inside is not None and inside.has(lgamma):
            terms.append(exponent * inside)
        else:
            rest.append(factor)
    if not terms:
        return log(z)
    whole = Mul(*rest)
    return sum(terms, Integer(0)) + (Integer(0) if whole == 1 else log(whole))
