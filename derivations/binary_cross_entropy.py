"""Binary cross-entropy: E = −Σ y·log ŷ + (1 − y)·log(1 − ŷ), for outputs between 0 and 1.

Every output is a yes-or-no question of its own: ŷ is the probability of a yes, y is 1 or 0.
"""

from deltarule.language import *

aliases("bce", "log_loss")

batch = option("batch", True, "several examples at once, one a row")
mean = option("mean", False, "divide by the number of examples")
reduction = option(
    "reduction", "sum", "as in PyTorch: mean is over all outputs of all examples",
    ("sum", "mean", "none"),
)

logits = option("logits", False, "z comes without a sigmoid: the form that does not overflow")
weighted = option("weighted", False, "a yes of output m counts w[m] times")

N, M = sizes("N M")
n, m = indices("n m")
rows, row = ([N], [n]) if batch else ([], [])

said = input("z", *rows, M) if logits else input("yhat", *rows, M, within=(0, 1))
y = target("y", *rows, M)
e = (output if reduction == "none" else intermediate)("E_o", *rows, M)

if logits:
    yes, no = -softplus(-said[*row, m]), -softplus(said[*row, m])
else:
    yes, no = log(said[*row, m]), log(1 - said[*row, m])
if weighted:
    w = target("w", M, within="(0, oo)")
    yes = w[m] * yes
e[*row, m] = -(y[*row, m] * yes + (1 - y[*row, m]) * no)
if reduction == "mean":
    E = loss("E", Mean[*row, m](e[*row, m]))
elif reduction == "sum":
    total = Sum[*row, m](e[*row, m])
    E = loss("E", total / N if batch and mean else total)
