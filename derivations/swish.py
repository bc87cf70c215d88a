"""Swish, z σ(β z), with a slope β that is learnt; β = 1 is SiLU."""

from deltarule.language import *

N, M = sizes("N M")
n, m = indices("n m")

z, beta = input("z", N, M), parameter("beta")
h = output("h", N, M)

h[n, m] = z[n, m] * sigmoid(beta[()] * z[n, m])
