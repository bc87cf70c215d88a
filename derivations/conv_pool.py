"""Convolution and max pooling, one behind the other, and back: s = w ⋆ x, y = max of windows of s.

The gradient that arrives at the pooled maps is given as t, as if E = Σ t·y.
"""

from deltarule.language import *

aliases("cnn_block")

ties = option("ties", "first", "of several largest entries, which pass the gradient", choices=TIES)
stride = option("stride", 1, "of the convolution", at_least=1)
window = option("window", 2, "rows and columns of a pooling window", at_least=1)
order = layout("layout", "channels_first", channels_last=(1, -1))

N, C, H, W, F, K, L = sizes("N C H W F K L")
n, f, i, j = indices("n f i j")

x = input("x", N, C, H, W)
s = layer(
    "conv2d", x, names={"y": "s"}, sizes={"F": F, "K": K, "L": L},
    stride=stride, dilation=1, pad=0, bias=False, layout=order,
)
y = layer("max_pool2d", s, suffix="_p", names={"y": "y", "y_chosen": "chosen"},
          ties=ties, height=window, width=window, stride=window, pad=0,
          layout=order)
t = target("t", *y.axes)

E = loss("E", Sum[n, f, i, j](t[n, f, i, j] * y[n, f, i, j]))
