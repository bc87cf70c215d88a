"""Flatten: the channels and rows of an image written one behind the other."""

from deltarule.language import *

N, C, H, W = sizes("N C H W")
n, c, i, j = indices("n c i j")

x = input("x", N, C, H, W)
y = output("y", N, C*H*W)

y[n, (c*H + i)*W + j] = x[n, c, i, j]
