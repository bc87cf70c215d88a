"""Batch normalisation in training: every feature gets mean 0 and variance 1 over the batch.

x̂ = (x − μ)/√(v + ε) with the mean μ and the variance v of the batch; y = γ·x̂ + β. For images the
mean is taken over the batch and all places, one μ and v a channel.
"""

from deltarule.language import *

aliases("batchnorm", "bn", "batch_normalisation", "batch_normalization")

images = option("images", False, "images with channels, not rows of features")

N, C, H, W = sizes("N C H W")
n, c, i, j = indices("n c i j")
places, place = ([H, W], [i, j]) if images else ([], [])
epsilon = scalar("epsilon", "0.00001", within="[0, oo)")

x = input("x", N, C, *places)
gamma, beta = parameter("gamma", C), parameter("beta", C)
mu, v, xhat = intermediate("mu", C), intermediate("v", C), intermediate("xhat", N, C, *places)
y = output("y", N, C, *places)

mu[c] = Mean[n, *place](x[n, c, *place])
v[c] = Mean[n, *place](square(x[n, c, *place] - mu[c]))
xhat[n, c, *place] = (x[n, c, *place] - mu[c]) / sqrt(v[c] + epsilon)
y[n, c, *place] = gamma[c] * xhat[n, c, *place] + beta[c]
