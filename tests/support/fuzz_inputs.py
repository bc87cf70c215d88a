"""What is changed at random to try the marking: formulas, and networks in formulas.

Formulas begin as what the tests of typed formulas hold, in every syntax that is read, and as what
`derive` prints; each is read for a quantity of the network that it was written for.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from importlib.util import module_from_spec, spec_from_file_location
from itertools import count
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

from mutations import FORMULA_PIECES, changed, mutations

import deltarule
from deltarule.calculus import Derivation, derive
from deltarule.errors import DeltaruleError
from deltarule.formulas.target import target_of
from deltarule.language.catalogue import catalogue
from deltarule.language.load import load
from deltarule.marking.formula_answers import judge_formula
from deltarule.marking.formula_answers.judging import readings
from deltarule.spelling.text import text
from deltarule.typed import typed_network

#: What an input may be answered with.
REFUSED = (DeltaruleError,)
#: Files of the library and of these tests may be opened.
ROOT = str(Path(deltarule.__file__).resolve().parents[2])
#: Of the formulas that can be read, one in so many is judged as well.
JUDGED = 20
#: Networks whose printed formulas are changed, beside those of the tables of the tests.
NETWORKS = (
    ("mlp", {"layers": 2, "batch": False}),
    ("mlp", {"layers": 2, "loss": "softmax_cross_entropy"}),
    ("rnn", {}),
    ("conv2d", {}),
)
TYPED = (
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
    "Σ_k dE/dTheta2[0,0] ∂p[n,k]/∂z[n,c] · ∂h_{tk}/∂s_{tm}",
    "h1[:, 0] + h1[1:].T @ dE/ds2[:-1] − x[..., None]",
    "dE/ds2.reshape(N, -1).sum(0) * x.shape[0] + np.mean(x) * x.reshape(x.shape)",
    "softmax(z)[k] − w·x + A⁻¹ x / N",
)
#: Modules of tests whose tables of formulas are changed.
TABLES = (
    "formulas", "formulas_as_typed", "formulas_meant", "formulas_of_programs", "formula_answers",
    "left_out_axes", "hostile_formulas", "index_names", "other_names",
)  # fmt: skip


#: Comparisons of whole arrays in networks.
OF_ARRAYS = (
    "y = [x > 0] ⊙ x",
    "h = 3 (W x if x > 0 else 0)",
    "E = sum(np.where(V > 0, V, 0.1 V) ⊙ [V < 1, V > -1])",
    "E = ½‖y − frozen(W) x‖²",
)


class Typed(NamedTuple):
    """A formula that somebody might type for a quantity."""

    derivation: Derivation
    quantity: str
    formula: str

    def __repr__(self) -> str:
        return f"{self.derivation.network.name}, {self.quantity} = {self.formula!r}"


@cache
def few_seeds() -> list[Typed]:
    """Formulas of four networks, as printed, and some that are typed."""
    found = [derive(load(name, **options)) for name, options in NETWORKS]
    return [
        Typed(derivation, gradient.name, formula)
        for derivation in found
        for gradient in derivation.gradients.values()
        for formula in (text(gradient.expr), *TYPED)
    ]


@cache
def all_seeds() -> list[Typed]:
    """Those and the tables of the tests, with what `derive` prints for the networks in them."""
    found = [s for s in few_seeds() if s.formula not in TYPED or s.derivation.network.name == "mlp"]
    of: dict[int, Derivation] = {}
    for derivation, quantity, formula in _tables():
        found.append(Typed(derivation, quantity, formula))
        of[id(derivation)] = derivation
    for derivation in of.values():
        lines = derivation.equations()
        found += [Typed(derivation, text(e.lhs).split("[")[0], text(e.rhs)) for e in lines]
    return found


def _tables() -> Iterator[tuple[Derivation, str, str]]:
    """Derivation, quantity and formula of all rows in the modules' tables that begin with them."""
    known = set(catalogue())
    by_name = cache(lambda name: derive(load(name)))
    for module in TABLES:
        for row in _rows(_tests(module)):
            if len(row) < 3 or not all(isinstance(part, str) for part in row[1:3]):
                continue
            if callable(row[0]):
                yield row[0](), *row[1:3]
            elif isinstance(row[0], str) and row[0] in known:
                yield by_name(row[0]), *row[1:3]


@cache
def _tests(name: str) -> ModuleType:
    """A module of tests, read from its file: tests are no package."""
    (path,) = Path(__file__).parents[1].glob(f"*/test_{name}.py")
    spec = spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None:
        raise FileNotFoundError(path)
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _rows(module: ModuleType) -> Iterator[tuple]:
    """The rows of a module's lists, and of what its tests are parametrised with."""
    for value in vars(module).values():
        marks = getattr(value, "pytestmark", ())
        tables = [m.args[1] for m in marks if m.name == "parametrize" and len(m.args) > 1]
        for table in (*tables, value):
            if isinstance(table, (list, tuple)):
                yield from (row for row in table if isinstance(row, tuple))


def formulas(seeds: list[Typed], number: int, seed: int) -> Iterator[Typed]:
    """So many changed formulas, each for the quantity that it was typed for or for another."""
    chance = random.Random(seed)
    others = [s.formula for s in seeds]
    for _ in range(number):
        derivation, quantity, formula = chance.choice(seeds)
        if chance.random() < 0.2:
            quantity = chance.choice(list(derivation.gradients.values())).name
            quantity += chance.choice(("", "[0]", "[1,0]", "[0, 0, 1]"))
        yield Typed(derivation, quantity, changed(formula, FORMULA_PIECES, chance, others))


def judge_one(judged: int = JUDGED) -> Callable[[Typed], None]:
    """Reads every formula, and judges one in `judged`."""
    counted = count()

    def examine(given: Typed) -> None:
        derivation, quantity, formula = given
        readings(formula, derivation, quantity, target_of(derivation, quantity))
        if next(counted) % judged == 0:
            judge_formula(derivation, quantity, formula)

    return examine


def networks(number: int, seed: int) -> Iterable[str]:
    """Formulas of whole networks, changed."""
    seeds = [*_tests("typed_networks").SHAPES, *OF_ARRAYS]
    return mutations(seeds, FORMULA_PIECES, number, seed)


def examine_network(formula: str) -> None:
    """Reads the formulas of a network that somebody typed."""
    typed_network(formula)
