"""Sheets and answers that are changed at random to try the marking."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from mutations import TOML_PIECES, mutations

from deltarule.marking import mark
from deltarule.marking.sheet_files.answers import holds_answers, load_answers
from deltarule.marking.sheet_files.sheets import load_sheet

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
#: A vector where the sheet prints one number, columns, entries by derivatives of entries.
OTHER_ANSWERS = """\
sheet = "slide"
[answers]
yhat = [0.62]
E = [[0.07]]
s1 = [[1.35], [2.45], [-1.65]]
"∂E/∂Θ₂[0]" = -0.07
"dE/dTheta1[1, 2]" = "1.2e-3"
"dE/dx" = [0.1, "0.2 (0.3)"]
[formulas]
"dE/dTheta2[0,0]" = "dE/ds2[0] · h1[0]"
"dE/ds1" = "(Theta2 @ dE/ds2)[:, 0] * h1 * (1 - h1)"
"dE/dx" = "ds1.reshape(-1) @ Theta1.T"
E = "1/N ‖y − softmax(w·x)‖²"
"""
SHEETS, HANDED_IN = [SHEET, LAYER], [ANSWERS, OTHER_ANSWERS]


class Mutated(str):
    """The path of a file that shows what is in it."""

    def __new__(cls, path: Path, content: str):
        self = super().__new__(cls, path)
        self.content = content
        return self

    def __repr__(self) -> str:
        return repr(self.content)


def files(folder: Path, seeds: list[str], number: int, seed: int) -> Iterator[Mutated]:
    """Paths of files that are changed at random, each written when it is asked for."""
    path = folder / "in.toml"
    for text in mutations(seeds, TOML_PIECES, number, seed):
        path.write_bytes(text.encode("utf-8", "surrogatepass"))
        yield Mutated(path, text)


def mark_answers(path: str) -> None:
    """Marks answers by the sheet that they name."""
    holds_answers(path)
    answers = load_answers(path)
    mark(load_sheet(answers.example()), answers)
