"""Residual and norm in one, as transformers chain them: the sum s goes on, and so does its norm y.

Both are put out, and both get a gradient from above: s from the blocks that add to it, y from the
next layer. The norm is RMSNorm (Zhang and Sennrich 2019).
"""

from deltarule.language import *

aliases("add_norm", "add_and_norm", "prenorm")

N, D = sizes("N D")
n, d = indices("n d")
epsilon = scalar("epsilon", "1e-6", within="(0, oo)")

x, r, g = input("x", N, D), input("r", N, D), parameter("g", D)
rms = intermediate("rho", N)
s, y = output("s", N, D), output("y", N, D)

s[n, d] = r[n, d] + x[n, d]
rms[n] = sqrt(Mean[d](square(s[n, d])) + epsilon)
y[n, d] = g[d] * s[n, d] / rms[n]
