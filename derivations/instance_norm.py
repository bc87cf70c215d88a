"""Instance normalisation: every channel of every image is normalised over its own places."""

from deltarule.language import *

affine = option("affine", True, "a slope γ and a shift β behind the norm")
layout("layout", "channels_first", channels_last=(1, -1))

N, C, H, W = sizes("N C H W")
n, c, i, j = indices("n c i j")
epsilon = scalar("epsilon", "0.00001", within="[0, oo)")

x = input("x", N, C, H, W)
if affine:
    gamma, beta = parameter("gamma", C), parameter("beta", C)
mu, v, xhat = intermediate("mu", N, C), intermediate("v", N, C), intermediate("xhat", N, C, H, W)
y = output("y", N, C, H, W)

mu[n, c] = Mean[i, j](x[n, c, i, j])
v[n, c] = Mean[i, j](square(x[n, c, i, j] - mu[n, c]))
xhat[n, c, i, j] = (x[n, c, i, j] - mu[n, c]) / sqrt(v[n, c] + epsilon)
y[n, c, i, j] = gamma[c] * xhat[n, c, i, j] + beta[c] if affine else xhat[n, c, i, j]
