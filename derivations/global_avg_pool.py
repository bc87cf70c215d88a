"""Global average pooling: the mean of every channel over the whole image."""

from deltarule.language import *

layout("layout", "channels_first", channels_last=(1, -1))

N, C, H, W = sizes("N C H W")
n, c, i, j = indices("n c i j")

x = input("x", N, C, H, W)
y = output("y", N, C)

y[n, c] = Mean[i, j](x[n, c, i, j])
