"""Binary cross-entropy: E = −Σ y·log ŷ + (1 − y)·log(1 − ŷ), for outputs between 0 and 1.

Every output is a yes-or-no question of its own: ŷ is the probability of a yes, y is 1 or 0.
"""

from deltarule.language import *

aliases("bce", "log_loss")

batch = option("batch", True, "several examples at once, one a row")
mean = option("mean", False, "divide by the number of examples")

N, M = sizes("N M")
n, m = indices("n m")
rows, row = ([N], [n]) if batch else ([], [])

yhat = input("yhat", *rows, M, within=(0, 1))
y = target("y", *rows, M)
e = intermediate("E_o", *rows, M)

yes, no = yhat[*row, m], 1 - yhat[*row, m]
e[*row, m] = -(y[*row, m] * log(yes) + (1 - y[*row, m]) * log(no))
total = Sum[*row, m](e[*row, m])
E = loss("E", total / N if batch and mean else total)
