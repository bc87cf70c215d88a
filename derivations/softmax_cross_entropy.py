"""Softmax and cross-entropy: p = exp(z)/Σ exp(z), E = −Σ t·log p, for one class out of C.

z holds the weighted sums (logits) as they come, without an activation; t is one-hot, or any
distribution over the classes. The stable form computes log p as z − l with l = log Σ exp(z),
and so never takes the exponential of a large number or the logarithm of 0.
"""

from deltarule.language import *

aliases("cross_entropy", "softmax_ce")

batch = option("batch", True, "several examples at once, one a row")
mean = option("mean", False, "divide by the number of examples")
stable = option("stable", False, "the form that does not overflow, with log Σ exp(z)")

N, C = sizes("N C")
n, c, k = indices("n c k")
rows, row = ([N], [n]) if batch else ([], [])

z = input("z", *rows, C)
t = target("t", *rows, C, sums_to_one=len(rows))
p = intermediate("p", *rows, C)

if stable:
    l = intermediate("l", *rows)
    l[*row] = LogSumExp[c](z[*row, c])
    log_p = z[*row, c] - l[*row]
    p[*row, c] = exp(log_p)
else:
    p[*row, c] = exp(z[*row, c]) / Sum[k](exp(z[*row, k]))
    log_p = log(p[*row, c])

total = -Sum[*row, c](t[*row, c] * log_p)
E = loss("E", total / N if batch and mean else total)
