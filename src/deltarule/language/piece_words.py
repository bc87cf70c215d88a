"""What pieces of long equations are called."""

from __future__ import annotations

from sympy import Add, Basic, Pow, Rational

from deltarule.expressions.choices import Declared
from deltarule.expressions.functions import log
from deltarule.expressions.matrices import Inverse, LogDet
from deltarule.expressions.nodes import Carried, Choose, Frozen, LogSumExp, Selection, Sum

PREACTIVATION, EXPONENT, SCORES, SHARE = "pre", "exponent", "scores", "share"
MEAN, VARIANCE = "mean", "var"
GATED, LOG_SHARE = "gated", "logp"
SOLUTION, RESPONSIBILITY = "solution", "responsibility"
#: Lengths: what they are of follows where they are of one tensor.
NORM, ROOT_MEAN_SQUARE, ROOT = "norm", "rms", "root"
LENGTHS = (NORM, ROOT_MEAN_SQUARE, ROOT)
#: What these of a tensor are called by, the first that no tensor has.
LETTERS = {
    PREACTIVATION: ("s", "a", "z", "u"),
    EXPONENT: ("s", "e", "z", "u"),
    SCORES: ("s", "e", "z", "u"),
    SHARE: ("p", "a", "q", "c"),
    GATED: ("u", "g", "c", "q"),
    SOLUTION: ("alpha", "a", "r", "u"),
    RESPONSIBILITY: ("gamma", "r", "p", "q"),
}
#: What the pieces are, by the words that their names begin with.
WORDS = {
    PREACTIVATION: "the preactivation",
    EXPONENT: "the exponent",
    SCORES: "the scores",
    SHARE: "the softmax",
    LOG_SHARE: "the logarithm of the softmax",
    MEAN: "the mean of",
    VARIANCE: "the variance of",
    GATED: "the gated values",
    SOLUTION: "the inverse times the vector",
    RESPONSIBILITY: "the responsibilities",
    NORM: "the norm of",
    ROOT_MEAN_SQUARE: "the root mean square of",
    ROOT: "the root",
    "den": "the divisor",
    "rad": "what is under the root",
    "diff": "the difference",
    "total": "the sum",
    "arg": "the argument",
}
#: What is left as it is: reads beyond guards, and what stands for data.
_CLOSED = (Choose, Frozen, Inverse, LogDet, Selection)


def is_closed(node: Basic) -> bool:
    """Whether a node is left as it is, and all that is in it."""
    return isinstance(node, _CLOSED) and not isinstance(node, Carried | Declared)


def word_of_base(power: Pow) -> str:
    """What the base of a power is: a divisor, what is under a root, a sum or difference."""
    if power.exp == -1:
        return "den"
    if power.exp in (Rational(1, 2), Rational(-1, 2)):
        return "rad"
    negative = any(t.could_extract_minus_sign() for t in Add.make_args(power.base))
    return "diff" if negative else "total"


def is_log_of_sum(node: Basic) -> bool:
    """Whether a node is log Σ …, by which exp(a − log Σ exp(a)) is a share."""
    return isinstance(node, LogSumExp) or isinstance(node, log) and node.args[0].has(Sum)
