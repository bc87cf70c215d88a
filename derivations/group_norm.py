"""Group normalisation: the A channels of a group are normalised together, image by image."""

from deltarule.language import *

affine = option("affine", True, "a slope γ and a shift β behind the norm")
layout("layout", "channels_first", channels_last=(1, -1))

N, G, A, H, W = sizes("N G A H W")
n, c, i, j = indices("n c i j")
g, a = index("g", G), index("a", A)
epsilon = scalar("epsilon", "0.00001", within="[0, oo)")

x = input("x", N, G*A, H, W)
if affine:
    gamma, beta = parameter("gamma", G*A), parameter("beta", G*A)
mu, v = intermediate("mu", N, G), intermediate("v", N, G)
xhat, y = intermediate("xhat", N, G*A, H, W), output("y", N, G*A, H, W)

mu[n, g] = Mean[a, i, j](x[n, A*g + a, i, j])
v[n, g] = Mean[a, i, j](square(x[n, A*g + a, i, j] - mu[n, g]))
xhat[n, A*g + a, i, j] = (x[n, A*g + a, i, j] - mu[n, g]) / sqrt(v[n, g] + epsilon)
y[n, c, i, j] = gamma[c] * xhat[n, c, i, j] + beta[c] if affine else xhat[n, c, i, j]
