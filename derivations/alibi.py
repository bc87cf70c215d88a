"""Attention with linear biases (Press et al. 2022): a key i − j times back loses m·(i − j)."""

from deltarule.language import *

aliases("attention_with_linear_biases")

H, T, D = sizes("H T D")
h, i, j, k, d = indices("h i j k d")

q, kk, v = input("q", H, T, D), input("k", H, T, D), input("v", H, T, D)
m = parameter("m", H)
e, a = intermediate("e", H, T, T), intermediate("a", H, T, T)
y = output("y", H, T, D)

e[h, i, j] = Sum[d](q[h, i, d] * kk[h, j, d]) / sqrt(D) - m[h] * (i - j)
a[h, i, j] = where(j <= i, exp(e[h, i, j]) / Sum[k](exp(e[h, i, k]), where=k <= i), 0)
y[h, i, d] = Sum[j](a[h, i, j] * v[h, j, d])
