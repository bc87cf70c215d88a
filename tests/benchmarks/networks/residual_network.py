"""Residual network for images of 32 × 32 pixels: blocks of 64 and 128 maps, as in ResNet-18.

A convolution, two blocks of 64 maps, one that halves the sides and doubles the maps, another of
that size, the mean of every map, and a dense layer (He, Zhang, Ren and Sun 2015).
"""

from deltarule.language import *

N = size("N")
n, f, i, j = indices("n f i j")


def conv(source, name, maps, window=3, stride=1):
    s = layer(
        "conv2d",
        source,
        suffix=f"_{name}",
        names={"y": f"s_{name}"},
        sizes={"F": maps, "K": window, "L": window},
        stride=stride,
        dilation=1,
        pad=window // 2,
        bias=False,
    )
    return layer("batch_norm", s, suffix=f"_{name}", names={"y": f"norm_{name}"}, images=True)


def activated(source, name, *more):
    h = intermediate(name, *source.axes)
    h[n, f, i, j] = relu(sum((m[n, f, i, j] for m in more), source[n, f, i, j]))
    return h


def block(x, name, maps, stride=1):
    h = activated(conv(x, f"{name}a", maps, 3, stride), f"conv_{name}")
    shortcut = conv(x, f"{name}s", maps, 1, stride) if stride > 1 else x
    return activated(conv(h, f"{name}b", maps), f"block_{name}", shortcut)


h = activated(conv(input("x", N, 3, 32, 32), "stem", 64), "conv_stem")
for number, (maps, stride) in enumerate(((64, 1), (64, 1), (128, 2), (128, 1)), 1):
    h = block(h, str(number), maps, stride)

h = layer("global_avg_pool", h, suffix="_g", names={"y": "mean"})
z = layer("dense", h, suffix="_fc", sizes={"M": 10}, names={"y": "z"})
layer("label_cross_entropy", z, mean=True, last=True)
