"""Layer normalisation: every example gets mean 0 and variance 1 over its own features."""

from deltarule.language import *

aliases("layernorm", "ln", "layer_normalisation", "layer_normalization")

affine = option("affine", True, "a slope γ and a shift β behind the norm")

N, D = sizes("N D")
n, d = indices("n d")
epsilon = scalar("epsilon", "0.00001", within="[0, oo)")

x = input("x", N, D)
if affine:
    gamma, beta = parameter("gamma", D), parameter("beta", D)
mu, v, xhat = intermediate("mu", N), intermediate("v", N), intermediate("xhat", N, D)
y = output("y", N, D)

mu[n] = Mean[d](x[n, d])
v[n] = Mean[d](square(x[n, d] - mu[n]))
xhat[n, d] = (x[n, d] - mu[n]) / sqrt(v[n] + epsilon)
y[n, d] = gamma[d] * xhat[n, d] + beta[d] if affine else xhat[n, d]
