"""Global max pooling: the largest entry of every channel."""

from deltarule.language import *

ties = option("ties", "first", "of several largest entries, which pass the gradient", choices=TIES)
layout("layout", "channels_first", channels_last=(1, -1))

N, C, H, W = sizes("N C H W")
n, c, i, j = indices("n c i j")

x = input("x", N, C, H, W)
y = output("y", N, C)

y[n, c] = Max[i, j](x[n, c, i, j], ties=ties)
