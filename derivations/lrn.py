"""Local response normalisation across channels (AlexNet): y = x/(κ + α/M · Σ x²)^β.

The sum goes over the M = 2R + 1 channels around c; what lies beyond the first or last channel
counts as zero.
"""

from deltarule.language import *

aliases("local_response_normalisation", "local_response_normalization")

layout("layout", "channels_first", channels_last=(1, -1))

N, C, H, W = sizes("N C H W")
R = attribute("R", radius=2)
n, c, i, j = indices("n c i j")
m = index("m", 2*R + 1)
kappa = scalar("kappa", 2, within="(0, oo)")
alpha = scalar("alpha", "0.0005", within="[0, oo)")
beta = scalar("beta", "0.75", within="(0, oo)")

x = input("x", N, C, H, W, outside=0)
s = intermediate("s", N, C, H, W)
y = output("y", N, C, H, W)

s[n, c, i, j] = kappa + alpha / (2*R + 1) * Sum[m](square(x[n, c + m - R, i, j]))
y[n, c, i, j] = x[n, c, i, j] / s[n, c, i, j]**beta
