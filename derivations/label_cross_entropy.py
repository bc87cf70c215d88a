"""Softmax and cross-entropy with labels: E = −Σ log p[label], the right class a whole number.

The same as `softmax_cross_entropy` with one-hot targets: t[n] = c stands for a row of zeros
with a 1 at c. The stable form computes log p as z − l with l = log Σ exp(z).
"""

from deltarule.language import *

aliases("sparse_cross_entropy")

batch = option("batch", True, "several examples at once, one a row")
mean = option("mean", False, "divide by the number of examples")
stable = option("stable", False, "the form that does not overflow, with log Σ exp(z)")
smoothed = option("smoothed", False, "a share ε of every label is spread over all classes")
weighted = option("weighted", False, "a weight v[c] for every class; the mean is a weighted one")
ignored = option(
    "ignored", False, "examples of class G (0 to C − 1) do not count; for labels of −100 say masked"
)
reduction = option(
    "reduction", "sum", "as in PyTorch: mean is over what counts", ("sum", "mean", "none")
)
masked = option("masked", False, "a mask m of zeros and ones says which examples count")

N, C = sizes("N C")
n, c, k = indices("n c k")
rows, row = ([N], [n]) if batch else ([], [])

z = input("z", *rows, C)
t = target("t", *rows, below=C)
p = intermediate("p", *rows, C)
v = target("v", C, within="(0, oo)") if weighted else None

if stable:
    l = intermediate("l", *rows)
    l[*row] = LogSumExp[c](z[*row, c])
    p[*row, c] = exp(z[*row, c] - l[*row])
    log_p = lambda c: z[*row, c] - l[*row]
else:
    p[*row, c] = exp(z[*row, c]) / Sum[k](exp(z[*row, k]))
    log_p = lambda c: log(p[*row, c])

weight = v[t[*row]] if weighted else 1
right = weight * log_p(t[*row])
if smoothed:
    epsilon = scalar("epsilon", 0.1, within="[0, 1)")
    every = Mean[c]((v[c] if weighted else 1) * log_p(c))
    right = (1 - epsilon) * right + epsilon * every
if ignored:
    G = attribute("G", ignore_index=0)
    right, weight = (where(t[*row] == G, 0, part) for part in (right, weight))
if masked and batch:
    m = input("m", N, below=2)
    right, weight = m[n] * right, m[n] * weight
if reduction == "none":
    e = output("E_n", *rows)
    e[*row] = -right
else:
    total = -Sum[n](right) if batch else -right
    count = Sum[n:N](weight) if weighted or ignored or masked else N
    averaged = batch and (mean or reduction == "mean")
    E = loss("E", total / count if averaged else total)
