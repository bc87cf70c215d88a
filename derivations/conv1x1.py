"""1×1 convolution: the same dense layer over channels at every place of the image."""

from deltarule.language import *

aliases("pointwise_convolution")

phi = activation("activation", "identity", "what is applied to every output")
layout("layout", "channels_first", channels_last=(1, -1))

N, C, F, H, W = sizes("N C F H W")
n, c, f, i, j = indices("n c f i j")

x = input("x", N, C, H, W)
w, b = parameter("w", F, C), parameter("b", F)
s = (output if phi is identity else intermediate)("s", N, F, H, W)

s[n, f, i, j] = b[f] + Sum[c](x[n, c, i, j] * w[f, c])

if phi is not identity:
    y = output("y", N, F, H, W)
    y[n, f, i, j] = phi(s[n, f, i, j])
