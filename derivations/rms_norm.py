"""RMSNorm (Zhang and Sennrich 2019): every example is divided by its root mean square."""

from deltarule.language import *

aliases("rmsnorm", "root_mean_square_norm")

N, D = sizes("N D")
n, d = indices("n d")
epsilon = scalar("epsilon", 1e-6, within="[0, oo)")

x, g = input("x", N, D), parameter("g", D)
r, y = intermediate("r", N), output("y", N, D)

r[n] = sqrt(Mean[d](x[n, d] ** 2) + epsilon)
y[n, d] = g[d] * x[n, d] / r[n]
