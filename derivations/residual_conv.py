"""Residual block of images: two 3×3 convolutions with batch normalisation, and the shortcut."""

from deltarule.language import *

order = layout("layout", "channels_first", channels_last=(1, -1))

N, C, H, W = sizes("N C H W")
n, c, i, j = indices("n c i j")
same = {"stride": 1, "dilation": 1, "pad": 1, "bias": False, "layout": order}

x = input("x", N, C, H, W, outside=0)
s1 = layer("conv2d", x, suffix="1", sizes={"F": C, "K": 3, "L": 3}, **same)
b1 = layer("batch_norm", s1, suffix="1", names={"y": "b1"}, images=True, layout=order)
h = intermediate("h", N, C, H, W, outside=0)
h[n, c, i, j] = relu(b1[n, c, i, j])
s2 = layer("conv2d", h, suffix="2", sizes={"F": C, "K": 3, "L": 3}, **same)
b2 = layer("batch_norm", s2, suffix="2", names={"y": "b2"}, images=True, layout=order)
y = output("y", N, C, H, W)

y[n, c, i, j] = relu(b2[n, c, i, j] + x[n, c, i, j])
