"""Half the squared error: E = Σ ½(y − ŷ)², added up over outputs and examples."""

from deltarule.language import *

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

e[*row, m] = square(y[*row, m] - yhat[*row, m]) / 2
if reduction == "mean":
    E = loss("E", Mean[*row, m](e[*row, m]))
elif reduction == "sum":
    total = Sum[*row, m](e[*row, m])
    E = loss("E", total / N if batch and mean else total)
