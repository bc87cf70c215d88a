"""Triplet loss (Schroff et al. 2015): the like one is to be nearer by α than the unlike one."""

from deltarule.language import *

aliases("triplet")

N, D = sizes("N D")
n, d = indices("n d")
alpha = scalar("alpha", 0.2, within="[0, oo)")

a, p, q = input("a", N, D), input("p", N, D), input("q", N, D)
near, far = intermediate("u", N), intermediate("v", N)

near[n] = Sum[d]((a[n, d] - p[n, d]) ** 2)
far[n] = Sum[d]((a[n, d] - q[n, d]) ** 2)
L = loss("L", Mean[n](max(0, near[n] - far[n] + alpha)))
