"""Concatenation along channels: the maps of two branches in one tensor, u first."""

from deltarule.language import *

aliases("concat", "depth_concat")

layout("layout", "channels_first", channels_last=(1, -1))

N, A, B, H, W = sizes("N A B H W")
n, a, b, i, j = indices("n a b i j")

u, v = input("u", N, A, H, W), input("v", N, B, H, W)
y = output("y", N, A + B, H, W)

y[n, a, i, j] = u[n, a, i, j]
y[n, A + b, i, j] = v[n, b, i, j]
