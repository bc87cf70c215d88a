"""Scaled dot-product attention: a = softmax(Q Kᵀ/√D), y = a V.

Each query i takes a mean of the values, weighted by how well the keys fit.

A mask tells which keys a query may see: none, all up to its own time (causal), or given as an
array of ones and zeros. Causal is of as many keys as queries; of other numbers top_left counts both
from their first, as PyTorch's is_causal, and bottom_right from their last, as with cached keys.
The weights of keys that it may not see are 0, all of them where it may see none.
With a mask that is added, a query whose scores are all −∞ has no weights (NaN).
"""

from deltarule.language import *

aliases("scaled_dot_product_attention", "dot_product_attention", "self_attention")

mask = option(
    "mask", "none", "which keys a query may see; added: numbers that are added to the scores; −∞ "
    "hides a key, but never all of a query's keys (given: all may be hidden)",
    choices=("none", "causal", "top_left", "bottom_right", "given", "added"),
)
batch = option("batch", True, "several examples at once, one a row")
heads = option(
    "heads", "none", "all: an axis of heads; grouped: R heads of queries to one of keys",
    choices=("none", "all", "grouped"),
)
scale = option("scale", "1/sqrt(D)", "what scores are multiplied by; a number, if given")
layout("layout", "batch_first", time_first=(-2, 0))

N, I, J, D, M, H, G, R = sizes("N I J D M H G R")
if mask == "causal":
    J = I
n, h, i, j, l, d, m = indices("n h i j l d m")
rows, row = ([N], [n]) if batch else ([], [])
shared, own, key = rows, row, row
if heads == "all":
    shared = rows = [*rows, H]
    own = key = row = [*row, h]
if heads == "grouped":
    g, r = index("g", G), index("r", R)
    shared, rows = [*rows, G], [*rows, G*R]
    own, key, row = [*row, R*g + r], [*row, g], [*row, h]

Q, K, V = input("Q", *rows, I, D), input("K", *shared, J, D), input("V", *shared, J, M)
e, a = intermediate("e", *rows, I, J), intermediate("a", *rows, I, J)
y = output("y", *rows, I, M)

score = Sum[d](Q[*own, i, d] * K[*key, j, d])
score = score / sqrt(D) if scale == "1/sqrt(D)" else scalar("s", scale) * score
if mask == "added":
    score = score + input("mask", *rows, I, J)[*own, i, j]
e[*own, i, j] = score
if mask in ("none", "added"):
    a[*row, i, j] = exp(e[*row, i, j]) / Sum[l](exp(e[*row, i, l]))
else:
    seen = input("mask", *rows, I, J, below=2) if mask == "given" else None
    last = i + (J - I if mask == "bottom_right" else 0)
    visible, among = (j <= last, l <= last)
    if seen:
        visible, among = seen[*row, i, j] >= 1, seen[*row, i, l] >= 1
    weight = exp(e[*row, i, j]) / Sum[l](exp(e[*row, i, l]), where=among)
    a[*row, i, j] = where(visible, weight, 0)
y[*own, i, m] = Sum[j](a[*own, i, j] * V[*key, j, m])
