"""Softmax and cross-entropy with labels: E = −Σ log p[label], the right class a whole number.

The same as `softmax_cross_entropy` with one-hot targets: t[n] = c stands for a row of zeros
with a 1 at c. The stable form computes log p as z − l with l = log Σ exp(z).
"""

from deltarule.language import *

aliases("sparse_cross_entropy")

batch = option("batch", True, "several examples at once, one a row")
mean = option("mean", False, "divide by the number of examples")
stable = option("stable", False, "the form that does not overflow, with log Σ exp(z)")
masked = option("masked", False, "a mask m of zeros and ones says which examples count")

N, C = sizes("N C")
n, c, k = indices("n c k")
rows, row = ([N], [n]) if batch else ([], [])

z = input("z", *rows, C)
t = target("t", *rows, below=C)
p = intermediate("p", *rows, C)

if stable:
    l = intermediate("l", *rows)
    l[*row] = LogSumExp[c](z[*row, c])
    p[*row, c] = exp(z[*row, c] - l[*row])
    right = z[*row, t[*row]] - l[*row]
else:
    p[*row, c] = exp(z[*row, c]) / Sum[k](exp(z[*row, k]))
    right = log(p[*row, t[*row]])
if masked and batch:
    m = input("m", N, below=2)
    right = m[n] * right
total = -Sum[n](right) if batch else -right
E = loss("E", total / N if batch and mean else total)
