"""Pixel shuffle (Shi et al. 2016): R² channels become an image R times as wide and high."""

from deltarule.language import *

aliases("depth_to_space", "sub_pixel_convolution")

layout("layout", "channels_first", channels_last=(1, -1))

N, C, H, W, R = sizes("N C H W R")
n, c, i, j = indices("n c i j")

x = input("x", N, C * R * R, H, W)
y = output("y", N, C, R * H, R * W)

y[n, c, i, j] = x[n, (c*R + i % R)*R + j % R, i // R, j // R]
