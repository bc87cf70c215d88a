"""Generalised mean pooling (GeM): y = (mean x^p)^(1/p), with a power p that is learnt."""

from deltarule.language import *

aliases("generalised_mean", "generalized_mean", "gem_pooling")

N, D = sizes("N D")
n, d = indices("n d")

x, p = input("x", N, D, within="(0, oo)"), parameter("p", within="[1, 4]")
y = output("y", N)

y[n] = Mean[d](x[n, d] ** p) ** (1 / p)
