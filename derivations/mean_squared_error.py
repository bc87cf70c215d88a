"""Mean squared error: E = (1/(N·M)) Σ (y − ŷ)², the mean over all outputs of all examples.

`mean_squared_error` divides by every number compared; `squared_error` with `mean` divides by
the number of examples alone.
"""

from deltarule.language import *

aliases("mse")

batch = option("batch", True, "several examples at once, one a row")

N, M = sizes("N M")
n, m = indices("n m")
rows, row = ([N], [n]) if batch else ([], [])

yhat = input("yhat", *rows, M)
y = target("y", *rows, M)
e = intermediate("E_o", *rows, M)

e[*row, m] = square(y[*row, m] - yhat[*row, m])
E = loss("E", Mean[*row, m](e[*row, m]))
