"""Running averages of batch normalisation: r′ = m r + (1 − m) μ for the mean, s′ for the variance.

Batch normalisation keeps them in training, a little of every batch's mean μ and variance v, for
when the network is used. The momentum m says how slowly they forget.
"""

from deltarule.language import *

N, C = sizes("N C")
n, c = indices("n c")
momentum = scalar("momentum", "0.9", within="[0, 1]")

x = input("x", N, C)
r0, s0 = input("r0", C), input("s0", C, within=(0, oo))
mu, v = intermediate("mu", C), intermediate("v", C)
r, s = output("r", C), output("s", C)

mu[c] = Mean[n](x[n, c])
v[c] = Mean[n](square(x[n, c] - mu[c]))
r[c] = momentum * r0[c] + (1 - momentum) * mu[c]
s[c] = momentum * s0[c] + (1 - momentum) * v[c]
