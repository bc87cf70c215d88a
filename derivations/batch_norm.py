"""Batch normalisation in training: every feature gets mean 0 and variance 1 over the batch.

x̂ = (x − μ)/√(v + ε) with the mean μ and the variance v of the batch; y = γ·x̂ + β. For images the
mean is taken over the batch and all places, one μ and v a channel.
"""

from deltarule.language import *

aliases("batchnorm", "bn", "batch_normalisation", "batch_normalization")

images = option("images", False, "images with channels, not rows of features")
affine = option("affine", True, "a slope γ and a shift β behind the norm")
statistics = option(
    "statistics", "batch", "the mean and variance are those of the batch, or kept from training",
    choices=("batch", "kept"),
)
running = option("running", False, "the running averages r and s of both are put out, too")
layout("layout", "channels_first", channels_last=(1, -1))

N, C, H, W = sizes("N C H W")
n, c, i, j = indices("n c i j")
places, place = ([H, W], [i, j]) if images else ([], [])
epsilon = scalar("epsilon", "0.00001", within="[0, oo)")

x = input("x", N, C, *places)
if affine:
    gamma, beta = parameter("gamma", C), parameter("beta", C)
if statistics == "kept":
    mu, v = input("mu", C), input("v", C, within=(0, oo))
else:
    mu, v = intermediate("mu", C), intermediate("v", C)
    mu[c] = Mean[n, *place](x[n, c, *place])
    v[c] = Mean[n, *place](square(x[n, c, *place] - mu[c]))
xhat = intermediate("xhat", N, C, *places)
y = output("y", N, C, *places)

xhat[n, c, *place] = (x[n, c, *place] - mu[c]) / sqrt(v[c] + epsilon)
y[n, c, *place] = gamma[c] * xhat[n, c, *place] + beta[c] if affine else xhat[n, c, *place]

if running and statistics == "batch":
    momentum = scalar("momentum", "0.9", within="[0, 1]")
    r0, s0 = input("r0", C), input("s0", C, within=(0, oo))
    r, s = output("r", C), output("s", C)
    several = N*H*W if images else N
    unbiased = v[c] * several / (several - 1)
    r[c] = momentum * r0[c] + (1 - momentum) * stop_gradient(mu[c])
    s[c] = momentum * s0[c] + (1 - momentum) * stop_gradient(unbiased)
