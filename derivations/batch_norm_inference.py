"""Batch normalisation when the network is used: mean and variance are those kept from training.

For images every channel has one of each.
"""

from deltarule.language import *

images = option("images", False, "images with channels, not rows of features")
layout("layout", "channels_first", channels_last=(1, -1))

N, C, H, W = sizes("N C H W")
n, c, i, j = indices("n c i j")
places, place = ([H, W], [i, j]) if images else ([], [])
epsilon = scalar("epsilon", "0.00001", within="[0, oo)")

x = input("x", N, C, *places)
gamma, beta = parameter("gamma", C), parameter("beta", C)
mu, v = input("mu", C), input("v", C, within=(0, oo))
y = output("y", N, C, *places)

rest = x[n, c, *place] - mu[c]
y[n, c, *place] = gamma[c] * rest / sqrt(v[c] + epsilon) + beta[c]
