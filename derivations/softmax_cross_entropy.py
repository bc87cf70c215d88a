"""Softmax and cross-entropy: p = exp(z)/Σ exp(z), E = −Σ t·log p, for one class out of C.

z holds the weighted sums (logits) as they come, without an activation; t is one-hot, or any
distribution over the classes.
"""

from deltarule.notation.language import *

aliases("cross_entropy", "softmax_ce")

batch = option("batch", True, "several examples at once, one a row")
mean = option("mean", False, "divide by the number of examples")

N, C = sizes("N C")
n, c, k = indices("n c k")
rows, row = ([N], [n]) if batch else ([], [])

z = input("z", *rows, C)
t = target("t", *rows, C, sums_to_one=len(rows))
p = intermediate("p", *rows, C)

p[*row, c] = exp(z[*row, c]) / Sum[k](exp(z[*row, k]))
total = -Sum[*row, c](t[*row, c] * log(p[*row, c]))
E = loss("E", total / N if batch and mean else total)
