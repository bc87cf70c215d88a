"""Network in network: a convolution, then two 1×1 convolutions, each with ReLU (mlpconv).

A small dense network slides over the image in place of a linear filter.
"""

from deltarule.language import *

order = layout("layout", "channels_first", channels_last=(1, -1))

N, C, H, W, F1, F2, F3 = sizes("N C H W F1 F2 F3")
n, f, i, j = indices("n f i j")

x = input("x", N, C, H, W, outside=0)
s1 = layer("conv2d", x, suffix="1", sizes={"F": F1}, names={"y": "s1"}, layout=order)
h1 = intermediate("h1", *s1.axes)
h1[n, f, i, j] = relu(s1[n, f, i, j])

small = {"activation": "relu", "layout": order}
h2 = layer("conv1x1", h1, suffix="2", sizes={"F": F2}, names={"y": "h2"}, **small)
h3 = layer("conv1x1", h2, suffix="3", sizes={"F": F3}, names={"y": "h3"}, **small)

y = output("y", *h3.axes)
y[n, f, i, j] = h3[n, f, i, j]
