"""Scaled dot-product attention: a = softmax(Q Kᵀ/√D), y = a V.

Each query i takes a mean of the values, weighted by how well the keys fit.

A mask tells which keys a query may see: none, all up to its own time (causal), or given as an
array of ones and zeros. The weights of keys that it may not see are 0, all of them where it may
see none.
"""

from deltarule.language import *

aliases("scaled_dot_product_attention", "dot_product_attention", "self_attention")

mask = option("mask", "none", "which keys a query may see", choices=("none", "causal", "given"))
batch = option("batch", True, "several examples at once, one a row")

N, I, J, D, M = sizes("N I J D M")
if mask == "causal":
    J = I
n, i, j, l, d, m = indices("n i j l d m")
rows, row = ([N], [n]) if batch else ([], [])

Q, K, V = input("Q", *rows, I, D), input("K", *rows, J, D), input("V", *rows, J, M)
e, a = intermediate("e", *rows, I, J), intermediate("a", *rows, I, J)
y = output("y", *rows, I, M)

e[*row, i, j] = Sum[d](Q[*row, i, d] * K[*row, j, d]) / sqrt(D)
if mask == "none":
    a[*row, i, j] = exp(e[*row, i, j]) / Sum[l](exp(e[*row, i, l]))
else:
    seen = input("mask", *rows, I, J, below=2) if mask == "given" else None
    visible, among = (seen[*row, i, j] >= 1, seen[*row, i, l] >= 1) if seen else (j <= i, l <= i)
    weight = exp(e[*row, i, j]) / Sum[l](exp(e[*row, i, l]), where=among)
    a[*row, i, j] = where(visible, weight, 0)
y[*row, i, m] = Sum[j](a[*row, i, j] * V[*row, j, m])
