"""What letters usually stand for: how many axes a name has, and what it is for.

A capital is a matrix, another Latin letter a vector, a Greek letter such as λ a number; θ, μ, β, γ
and ϕ are vectors. Whoever means it otherwise says so: w = "scalar".
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_NUMBERS = (
    "lambda", "alpha", "eta", "epsilon", "tau", "rho", "kappa", "nu", "zeta", "delta", "eps", "lam",
    "lr", "tol", "ell", "Delta", "temp", "temperature", "margin", "momentum",
)  # fmt: skip
#: What stands for how many there are, where it is divided by alone: 1/N, √D.
COUNTS = ("N", "M", "D", "K", "T", "B", "n", "m", "d", "k")
_INPUTS = ("x", "h", "z", "X", "H", "Z", "u", "a", "s")
_TARGETS = ("y", "t", "d", "Y", "T", "target")
_LOSSES = ("L", "E", "J", "C", "F", "H", "KL", "l", "ell", "loss", "cost", "energy", "NLL", "ELBO")
#: What is added so that nothing is divided by 0, and never learned.
_GUARDS = ("epsilon", "eps")
#: Losses and energies with words below, which are added up.
_TERM = re.compile(r"[LEJ]_(?!inv|logdet)[A-Za-z]{2,}")
_ACCENT = re.compile(r"(?:hat|bar|tilde|d?dot)$")


def usual_rank(name: str) -> int:
    """How many axes a name usually has."""
    stem = _stem(name)
    if stem in (*_NUMBERS, "sigma") or _ACCENT.sub("", stem) in _NUMBERS:
        return 0
    if _TERM.fullmatch(name):
        return 0  # L_CE of L = L_CE + λ L_reg
    return 2 if stem[:1].isupper() else 1


def has_accent(name: str) -> bool:
    """Whether it is a letter with a hat, a bar or a tilde: ρ̂."""
    return bool(_ACCENT.search(name.partition("_")[0]))


def is_number(name: str) -> bool:
    """Whether it is what numbers are usually called: λ, and N or D, which say how many."""
    return _stem(name) in (*_NUMBERS, *COUNTS)


def role_of(name: str, wrt: Iterable[str], rank: int) -> str:
    """What a name is usually for: input, target, parameter or constant; what is derived by is a
    parameter."""
    stem = _stem(name)
    role = "input" if is_input(name) else "target" if is_target(name) else "parameter"
    if rank == 0 and stem in (*_NUMBERS, *COUNTS):
        role = "target" if stem in _TARGETS and stem.islower() else "constant"
    return "parameter" if role in ("target", "constant") and name in wrt else role


def is_input(name: str) -> bool:
    """Whether it is what inputs are usually called: x, h, z2."""
    return _stem(name) in _INPUTS


def is_target(name: str) -> bool:
    """Whether it is what targets are usually called: y, t, d_1."""
    return _stem(name) in _TARGETS


def is_loss(name: str) -> bool:
    """Whether it is what losses are usually called: L, E, J_1, loss, KL."""
    return _stem(name) in _LOSSES


def is_guard(name: str) -> bool:
    """Whether it is what is added so that nothing is divided by 0: ε."""
    return _stem(name) in _GUARDS


def _stem(name: str) -> str:
    return name.partition("_")[0].rstrip("0123456789")
