"""Squeeze and excitation (Hu et al. 2018): each channel is weighted by what all of them hold.

z is the mean of each channel, s = σ(W₂ relu(W₁ z)) its weight.
"""

from deltarule.language import *

aliases("squeeze_and_excitation", "se_block")

layout("layout", "channels_first", channels_last=(1, -1))

N, C, R, H, W = sizes("N C R H W")
n, c, r, i, j = indices("n c r i j")

x = input("x", N, C, H, W)
W1, W2 = parameter("W1", C, R), parameter("W2", R, C)
z, e, s = intermediate("z", N, C), intermediate("e", N, R), intermediate("s", N, C)
y = output("y", N, C, H, W)

z[n, c] = Mean[i, j](x[n, c, i, j])
e[n, r] = relu(Sum[c](z[n, c] * W1[c, r]))
s[n, c] = sigmoid(Sum[r](e[n, r] * W2[r, c]))
y[n, c, i, j] = s[n, c] * x[n, c, i, j]
