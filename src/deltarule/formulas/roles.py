"""Names for what a quantity is: eps for ε, the mean, var, σ², c̃ for what is new in a state c.

    eps, varepsilon     the one known name that begins so in a Greek letter's spelling
    mean, mu_B, x̄       what is computed as a mean, or is called μ
    var, sigma2, σ²     what is computed as the mean square of deviations from it, or is called v
    std, σ              its root
    c̃, h̃                the one part of a state's equation that is no gate, which σ makes

No name is known of any layer: what a quantity is follows from the equations.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from sympy import Expr

from deltarule.expressions.functions import FUNCTIONS
from deltarule.expressions.nodes import Carried, Read, Sum, reads, tensor_name, walk
from deltarule.networks.equations import Equation
from deltarule.networks.tensors import Tensor
from deltarule.spelling.name_parts import GREEK

MEAN = ("mean", "mu", "avg", "average")
VARIANCE = ("var", "variance", "sigma2", "sigmasq")
#: Standard deviations: the root of the variance.
DEVIATION = ("std", "stdev", "sd", "sigma", "σ")
_NAMED_SO = {MEAN: ("mu",), VARIANCE: ("v", "var", "sigma2")}
_LABEL = re.compile(r"_[A-Z]$")
_LEAST = 3  # letters of a shortened name


def spelled_out(name: str, known: Iterable[str]) -> str | None:
    """The one known name of which a Greek letter's spelling is shortened, as in eps and lam_1."""
    found = re.fullmatch(r"(?:var(?=[a-z]))?([A-Za-z]+)(.*)", name)
    stem, rest = (found[1], found[2]) if found else ("", "")
    if len(stem) < _LEAST:
        return None
    letters = [g for g in GREEK if g.startswith(stem)]
    fitting = {n for n in known for g in letters if n == g + rest and n != name}
    return fitting.pop() if len(fitting) == 1 else None


def role(name: str, tensors: Mapping[str, Tensor], equations: Iterable[Equation]) -> str | None:
    """The tensor that a name means by what it is; None where that is none, or several."""
    plain = re.sub(r"_(hat|bar|tilde)(?=_|$)", r"\1", _LABEL.sub("", name))
    if plain in tensors:
        return plain
    equations = tuple(equations)
    if plain in MEAN or plain in VARIANCE:
        return _statistic(MEAN if plain in MEAN else VARIANCE, tensors, equations)
    if plain.endswith("bar") and plain[:-3] in tensors:
        return _one(n for n, of in _means(equations).items() if of == plain[:-3])
    if plain.endswith("tilde") and plain[:-5] in tensors:
        return _candidate(plain[:-5], equations)
    return None


def _statistic(
    which: tuple[str, ...], tensors: Mapping[str, Tensor], equations: tuple[Equation, ...]
) -> str | None:
    means = _means(equations)
    found = list(means) if which == MEAN else _variances(equations, means)
    return _one(found) or _one(name for name in _NAMED_SO[which] if name in tensors)


def _one(names: Iterable[str]) -> str | None:
    found = list(dict.fromkeys(names))
    return found[0] if len(found) == 1 else None


def _mean_of(equation: Equation) -> Expr | None:
    """What an equation is the mean of, over some indices."""
    sums = [n for n in walk(equation.rhs) if isinstance(n, Sum) and n.ranges]
    if len(sums) != 1 or sums[0] == equation.rhs:
        return None
    divisor = equation.rhs / sums[0]
    return None if reads(divisor) or divisor.is_number else sums[0].body


def _means(equations: Iterable[Equation]) -> dict[str, str]:
    """The quantities that are means of one other, with that other."""
    found = {}
    for equation in equations:
        body = _mean_of(equation)
        if isinstance(body, Read):
            found[equation.name] = tensor_name(body)
    return found


def _variances(equations: Iterable[Equation], means: Mapping[str, str]) -> list[str]:
    """The quantities that are means of squares of what differs from its mean."""
    found = []
    for equation in equations:
        body = _mean_of(equation)
        names = set() if body is None else {tensor_name(r) for r in reads(body)}
        if any(names == {mean, of} for mean, of in means.items()):
            found.append(equation.name)
    return found


def _candidate(state: str, equations: tuple[Equation, ...]) -> str | None:
    """What is new in a state: the one part of its equation, at the same time, that is no gate."""
    gate = FUNCTIONS["sigmoid"]
    made = {e.name: e.rhs for e in equations}
    found = []
    for equation in equations:
        if equation.name != state:
            continue
        before = {r for n in walk(equation.rhs) if isinstance(n, Carried) for r in reads(n)}
        names = dict.fromkeys(tensor_name(r) for r in reads(equation.rhs) if r not in before)
        found += [n for n in names if n in made and not isinstance(made[n], gate)]
    return _one(found)
