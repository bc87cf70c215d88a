"""Nearest-neighbour upsampling: every pixel becomes a block of U × U."""

from deltarule.language import *

aliases("upsample_nearest")

layout("layout", "channels_first", channels_last=(1, -1))

N, C, H, W = sizes("N C H W")
U = attribute("U", factor=2)
n, c, i, j = indices("n c i j")

x, y = input("x", N, C, H, W), output("y", N, C, U * H, U * W)

y[n, c, i, j] = x[n, c, i // U, j // U]
