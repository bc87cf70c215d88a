"""Local response normalisation over M channels, R of them before the channel itself."""

from deltarule.language import *

N, C, H, W = sizes("N C H W")
M, R = attribute("M", channels=2), attribute("R", before=0)
n, c, i, j = indices("n c i j")
m = index("m", M)
kappa, alpha, beta = scalar("kappa", 2), scalar("alpha", "0.0005"), scalar("beta", "0.75")

x = input("x", N, C, H, W, outside=0)
s, y = intermediate("s", N, C, H, W), output("y", N, C, H, W)

s[n, c, i, j] = kappa + alpha / M * Sum[m](square(x[n, c + m - R, i, j]))
y[n, c, i, j] = x[n, c, i, j] / s[n, c, i, j]**beta
