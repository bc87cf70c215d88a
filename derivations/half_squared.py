"""Half the squared error: E = Σ ½(y − ŷ)², added up over outputs and examples."""

from deltarule.language import *

batch = option("batch", True, "several examples at once, one a row")
mean = option("mean", False, "divide by the number of examples")

N, M = sizes("N M")
n, m = indices("n m")
rows, row = ([N], [n]) if batch else ([], [])

yhat = input("yhat", *rows, M)
y = target("y", *rows, M)
e = intermediate("E_o", *rows, M)

e[*row, m] = square(y[*row, m] - yhat[*row, m]) / 2
total = Sum[*row, m](e[*row, m])
E = loss("E", total / N if batch and mean else total)
