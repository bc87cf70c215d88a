"""Residual block: y = ReLU(x + F(x)); F is two dense layers, and the shortcut goes past them."""

from deltarule.language import *

aliases("residual_block", "resnet_block")

N, D, M = sizes("N D M")
n, d = indices("n d")

x = input("x", N, D)
h = layer("dense", x, suffix="1", sizes={"M": M}, activation="relu")
f = layer("dense", h, suffix="2", sizes={"M": D})
y = output("y", N, D)

y[n, d] = relu(x[n, d] + f[n, d])
