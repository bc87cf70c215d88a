"""Bilinear upsampling by a factor of U: between U pixels and the next lie U − 1 new ones."""

from deltarule.language import *

aliases("upsample_bilinear")

layout("layout", "channels_first", channels_last=(1, -1))

N, C, H, W = sizes("N C H W")
U = attribute("U", factor=2)
n, c, i, j, p, q = indices("n c i j p q")

x = input("x", N, C, H, W)
y = output("y", N, C, U * (H - 1) + 1, U * (W - 1) + 1)

row, column = max(0, 1 - abs(i / U - p)), max(0, 1 - abs(j / U - q))
y[n, c, i, j] = Sum[p, q](x[n, c, p, q] * row * column)
