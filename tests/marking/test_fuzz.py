"""Input changed at random: no crash, no hang, no swelling, and no file opened but those named.

A sample runs always; a million formulas and ten thousand files with DELTARULE_FULL=1.
"""

import os
from functools import lru_cache
from itertools import count
from pathlib import Path
from typing import NamedTuple

import pytest

import deltarule
from deltarule.calculus import Derivation, derive
from deltarule.errors import DeltaruleError
from deltarule.language.load import load
from deltarule.marking import mark
from deltarule.marking.answers import holds_answers, load_answers
from deltarule.marking.formulas import judge_formula
from deltarule.marking.formulas.judging import readings
from deltarule.marking.formulas.target import target_of
from deltarule.marking.sheets import load_sheet
from deltarule.spelling.text import text

from fuzzing import apart, faults  # isort: skip
from mutations import FORMULA_PIECES, TOML_PIECES, mutations  # isort: skip

FULL = bool(os.environ.get("DELTARULE_FULL"))
FORMULAS, FILES = (1_000_000, 5_000) if FULL else (800, 10)
#: Of the formulas that can be read, one in so many is judged as well.
JUDGED = 20
ROOT = str(Path(deltarule.__file__).resolve().parents[2])
NETWORKS = (
    ("mlp", {"layers": 2, "batch": False}),
    ("mlp", {"layers": 2, "loss": "softmax_cross_entropy"}),
    ("rnn", {}),
    ("conv2d", {}),
)
TYPED = [
    "(ŷ − y) ŷ (1 − ŷ)",
    "σ'(s2) * Theta2 * σ'(s1) * x",
    "Σ_m dE/ds2[m] * Theta2[d, m]",
    "(p − t) Theta2^T",
    "log det(x) + inverse(x)[m, d]",
    "(x if x > 0 else 0) mod 3",
    "√|x| ⊙ x²",
    "np.einsum('nd,nm->dm', x, dE/ds1)",
    "dW[d,k] = sum(n, x[n,d]*ds1[n,k])",
    "∂E/∂ŷ · ∂ŷ/∂s₂ · ∂s₂/∂Θ₂",
    r"\sum_{n=1}^{N} \frac{\partial E}{\partial s_{1}} x_{nd}",
    "1ᵀ (δ₂ Θ₂ᵀ ⊙ (1 − h₁²)) if x > 0 else log10(x)",
]


@lru_cache
def networks():
    """Derivations, the quantities asked of each, and the formulas that they print."""
    found = [derive(load(name, **options)) for name, options in NETWORKS]
    asked = [list(d.gradients.values()) for d in found]
    return found, [[g.name for g in gs] for gs in asked], [text(g.expr) for gs in asked for g in gs]


def formulas(number: int, seed: int):
    found, names, printed = networks()
    for k, formula in enumerate(mutations(printed + TYPED, FORMULA_PIECES, number, seed)):
        which = k % len(found)
        yield Typed(found[which], names[which][k // 7 % len(names[which])], formula)


class Typed(NamedTuple):
    """A formula that somebody might type for a quantity."""

    derivation: Derivation
    quantity: str
    formula: str

    def __repr__(self) -> str:
        return f"{self.derivation.network.name}, {self.quantity} = {self.formula!r}"


def judge_one(counted=count()):  # noqa: B008
    def examine(given: Typed) -> None:
        derivation, quantity, formula = given
        readings(formula, derivation, quantity, target_of(derivation, quantity))
        if next(counted) % JUDGED == 0:
            judge_formula(derivation, quantity, formula)

    return examine


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1])
def test_formulas_changed_at_random(seed):
    found = apart(lambda: formulas(FORMULAS, seed), judge_one(), (DeltaruleError,), (ROOT,))
    assert not found, "\n".join(found)


SHEET = """\
title = "t"
network = "mlp"
rate = 1
[options]
layers = 2
batch = false
[rounding]
decimals = 2
[given]
x = [1.0, -0.5]
y = 1.0
Theta1 = [[1.2, 2.1, -1.5], [-0.3, -0.7, 0.3]]
Theta2 = [-0.2, 0.5, 1.3]
[published]
s1 = [1.35, 2.45, -1.65]
yhat = 0.62
"dE/dTheta2" = [-0.07, -0.08, -0.01]
"Theta2 after" = [-0.13, 0.58, 1.31]
[formulas]
"dE/ds2" = "(yhat − y) yhat (1 − yhat)"
[marks]
yhat = 2
[[run]]
title = "after"
at = "after"
[run.published]
E = 0.05
"""
LAYER = """\
title = "l"
network = "softmax_cross_entropy"
options.batch = false
[given]
z = [2.9, 4.6, -2.2]
t = [1, 0, 0]
[properties]
t = "one-hot"
[published]
E = 1.87
"dE/dz" = [-0.85, 0.85, 0.00]
"""
ANSWERS = """\
sheet = "slide"
who = "Emmy N."
[answers]
s1 = [1.35, 2.45, -1.65]
h1 = ["0.79", "92%", "~0.16"]
yhat = "0,62"
E = 0.07
"dE/dTheta2" = [-0.07, -0.08, -0.01]
"Theta2 after" = ["", "1/2", 1.31]
"dE/dh1[0]" = 0.02
[formulas]
"dE/ds2" = "(yhat − y) yhat (1 − yhat)"
"dE/dTheta2" = "dE/ds2 h1"
"""


def files(folder: Path, seeds: list[str], number: int, seed: int):
    """Paths of files that are changed at random, each written when it is asked for."""
    path = folder / "in.toml"
    for changed in mutations(seeds, TOML_PIECES, number, seed):
        path.write_bytes(changed.encode("utf-8", "surrogatepass"))
        yield Mutated(path, changed)


class Mutated(str):
    """The path of a file that shows what is in it."""

    def __new__(cls, path: Path, content: str):
        self = super().__new__(cls, path)
        self.content = content
        return self

    def __repr__(self) -> str:
        return repr(self.content)


def mark_answers(path: Mutated) -> None:
    holds_answers(path)
    answers = load_answers(path)
    mark(load_sheet(answers.example()), answers)


@pytest.mark.parametrize(
    ("seeds", "examine", "seed"),
    [([SHEET, LAYER], mark, 2), ([ANSWERS], mark_answers, 3)],
    ids=["sheets", "answers"],
)
def test_files_changed_at_random(tmp_path, seeds, examine, seed):
    own = (ROOT, str(tmp_path))
    found = apart(lambda: files(tmp_path, seeds, FILES, seed), examine, (DeltaruleError,), own)
    assert not found, "\n".join(found)


@pytest.mark.slow
def test_that_faults_are_found(monkeypatch):
    monkeypatch.setattr("fuzzing.SECONDS", 0.2)

    def examine(given):
        if given == "crash":
            raise ValueError("planted")
        while given == "hang":
            pass
        if given == "open":
            open("/proc/self/stat", "rb").close()
        if given == "refuse":
            raise DeltaruleError("planted")

    found = faults(["crash", "hang", "open", "refuse", "fine"], examine, (DeltaruleError,))
    assert [line.partition(":")[0] for line in found] == [
        "ValueError",
        "TooLong",
        "open /proc/self/stat",
    ]

    def swell():
        yield bytearray(600_000_000)

    assert apart(swell, len, ())[-1].endswith("MB more memory")
