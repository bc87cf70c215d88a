"""Absolute error: E = Σ |y − ŷ|, added up over outputs and examples.

Where ŷ = y the absolute value has a kink; its derivative there is declared to be 0.
"""

from deltarule.language import *

aliases("absolute", "sae")

batch = option("batch", True, "several examples at once, one a row")
mean = option("mean", False, "divide by the number of examples")
reduction = option(
    "reduction", "sum", "as in PyTorch: mean is over all outputs of all examples",
    ("sum", "mean", "none"),
)

N, M = sizes("N M")
n, m = indices("n m")
rows, row = ([N], [n]) if batch else ([], [])

yhat = input("yhat", *rows, M)
y = target("y", *rows, M)
e = (output if reduction == "none" else intermediate)("E_o", *rows, M)

e[*row, m] = absolute(y[*row, m] - yhat[*row, m])
if reduction == "mean":
    E = loss("E", Mean[*row, m](e[*row, m]))
elif reduction == "sum":
    total = Sum[*row, m](e[*row, m])
    E = loss("E", total / N if batch and mean else total)
