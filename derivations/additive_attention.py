"""Additive (soft) attention: e_ij = v·tanh(W s_i + U h_j), a = softmax(e), c_i = Σ_j a_ij h_j.

The state s_i of a decoder looks at all states h_j of an encoder; the context c_i is their mean,
weighted by how well they fit (Bahdanau, Cho and Bengio 2015).
"""

from deltarule.language import *

aliases("soft_attention", "bahdanau_attention")

batch = option("batch", True, "several examples at once, one a row")

N, I, J, S, H, A = sizes("N I J S H A")
n, i, j, l, p, k, q = indices("n i j l p k q")
rows, row = ([N], [n]) if batch else ([], [])

s, h = input("s", *rows, I, S), input("h", *rows, J, H)
W, U, v = parameter("W", S, A), parameter("U", H, A), parameter("v", A)
f = intermediate("f", *rows, I, J, A)
e, a = intermediate("e", *rows, I, J), intermediate("a", *rows, I, J)
c = output("c", *rows, I, H)

f[*row, i, j, q] = tanh(Sum[p](s[*row, i, p] * W[p, q]) + Sum[k](h[*row, j, k] * U[k, q]))
e[*row, i, j] = Sum[q](v[q] * f[*row, i, j, q])
a[*row, i, j] = exp(e[*row, i, j]) / Sum[l](exp(e[*row, i, l]))
c[*row, i, k] = Sum[j](a[*row, i, j] * h[*row, j, k])
