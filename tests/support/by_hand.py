"""A two-layer sigmoid network worked out in NumPy, rightly and with mistakes of real students.

Nothing here comes from the engine; the numbers of the mistakes are those of the project's list.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal

import numpy as np

from deltarule.marking.sheet_files.arrays import read_numbers
from deltarule.marking.sheet_files.sheets import Rounding, Run, Sheet

RATE = 0.5


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def draw(seed: int, sizes: tuple[int, int, int, int]) -> dict[str, np.ndarray]:
    """Givens with two decimals: N examples, D inputs, H hidden units, M outputs."""
    random = np.random.default_rng(seed)
    n, d, h, m = sizes
    return {
        "x": random.integers(-150, 150, (n, d)) / 100,
        "Theta1": random.integers(-150, 150, (d, h)) / 100,
        "b1": random.integers(-90, 90, h) / 100,
        "Theta2": random.integers(-150, 150, (h, m)) / 100,
        "b2": random.integers(-90, 90, m) / 100,
        "y": random.integers(5, 95, (n, m)) / 100,
    }


def right(g: dict[str, np.ndarray], **wrong: Callable) -> dict[str, np.ndarray]:
    """Every quantity; `wrong` replaces single lines by functions of what is known before them."""
    q = dict(g)
    lines = {
        "s1": lambda q: q["x"] @ q["Theta1"] + q["b1"],
        "h1": lambda q: sigmoid(q["s1"]),
        "s2": lambda q: q["h1"] @ q["Theta2"] + q["b2"],
        "yhat": lambda q: sigmoid(q["s2"]),
        "E": lambda q: np.sum((q["y"] - q["yhat"]) ** 2) / 2,
        "dE/dyhat": lambda q: q["yhat"] - q["y"],
        "dE/ds2": lambda q: q["dE/dyhat"] * q["yhat"] * (1 - q["yhat"]),
        "dE/dTheta2": lambda q: q["h1"].T @ q["dE/ds2"],
        "dE/db2": lambda q: q["dE/ds2"].sum(0),
        "Theta2 after": lambda q: q["Theta2"] - RATE * q["dE/dTheta2"],
        "dE/dh1": lambda q: q["dE/ds2"] @ q["Theta2"].T,
        "dE/ds1": lambda q: q["dE/dh1"] * q["h1"] * (1 - q["h1"]),
        "dE/dTheta1": lambda q: q["x"].T @ q["dE/ds1"],
        "dE/db1": lambda q: q["dE/ds1"].sum(0),
    }
    for name, line in lines.items():
        worked_out: Callable = wrong.get(name, line)
        q[name] = worked_out(q)
    return q


def printed(array: np.ndarray, decimals: int, place: str):
    """The numbers as they would be printed."""
    unit = Decimal(1).scaleb(-decimals)

    def text(value) -> str:
        # Twelve digits, or three more than are printed, undo the noise of float64, so that ties go
        # up as they do by hand.
        return str(Decimal(f"{value:.{max(12, decimals + 3)}f}").quantize(unit, ROUND_HALF_UP))

    texts = np.vectorize(text, otypes=[object])(np.asarray(array))
    return read_numbers(texts.tolist(), place)


def sheet(
    g: dict[str, np.ndarray],
    published: dict[str, np.ndarray],
    decimals: int,
    rounding: Rounding | None = None,
    **options,
) -> Sheet:
    """The sheet of a network with what was published of it."""
    run = Run(
        "by hand",
        "mlp",
        {"layers": 2, "activation": "sigmoid", "bias": True, "orientation": "xW", **options},
        rate=printed(np.array(RATE), 2, "rate"),
        updates=1,
        rounding=rounding or Rounding(),
        given={name: printed(v, 2, name) for name, v in g.items()},
        published={name: printed(v, decimals, name) for name, v in published.items()},
    )
    return Sheet("by hand", "", "by_hand.py", (run,))
